"""A photograph beside a document: which page it shows, how much of it is as approved, where it differs."""

from collections.abc import Callable, Sequence

from privyseal.paper.differing import differences
from privyseal.paper.finding import LEAST_POINTS, page_on
from privyseal.paper.ink import Picture
from privyseal.paper.points import Points, points_of_photo
from privyseal.paper.verdict import Seen, Sight


def match(photo: Picture, pages: Sequence[Points], *, drawn: Callable[[int], Picture], likeliest: int = 0) -> Seen:
    """Return what a photograph shows; ``drawn`` draws a page, counted from 1, with ``COMPARE_DPI``.

    The ``likeliest`` page, counted from 1 as well, is tried first; 0 is none.
    """
    points = points_of_photo(photo)
    lies = page_on(points, pages, side=max(photo.shape[:2]), first=likeliest - 1)
    if lies is None:
        return Seen(Sight.UNREADABLE if len(points) < LEAST_POINTS else Sight.NOT_THERE)
    return differences(drawn(lies.index + 1), photo, lies.matrix, number=lies.index + 1)
