"""Where a seal usually stands on a document, for a form to begin with."""

from collections.abc import Sequence

from privyseal.pdf.placement import PageSize, Placement, Size, usual_place


def usual_spot(pages: Sequence[PageSize], face: Size) -> Placement:
    """Return the usual place on the last page, or the middle of one that is too small for any."""
    last = pages[-1]
    if last.width <= face.width or last.height <= face.height:
        return Placement(page=len(pages), x=last.width // 2, y=last.height // 2)
    return usual_place(len(pages), last, face)
