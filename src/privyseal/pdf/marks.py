"""Figures on pages: as the appearance of a field, or as part of the page itself."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.figures import Figure
from privyseal.pdf.placement import MOST_TURNED, Box, Frame, NoSuchPage, Size
from privyseal.pdf.reading import pages, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.pages import Page
from privyseal.pdf.reading.syntax import Entries
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision, stream
from privyseal.pdf.spots import Stamp

_LETTER: Final = Box(0.0, 0.0, 612.0, 792.0)
_CORNERS: Final = 4
_CORNER: Final = rb"(-?\d{1,9}(?:\.\d{0,20})?)"
_PLAIN_BOX: Final = re.compile(rb"\[[\t\n\r ]*+" + rb"[\t\n\r ]++".join(_CORNERS * [_CORNER]) + rb"[\t\n\r ]*+\]")
_LONGEST_KEPT: Final = 200
_Resolved: TypeAlias = Callable[[bytes | None], bytes | None]


class Mark(NamedTuple):
    """A figure, or a part of it, and where it stands."""

    figure: Figure
    stamp: Stamp


class Shown(NamedTuple):
    """A page and how it is shown."""

    page: Page
    frame: Frame

    def box(self, stamp: Stamp, figure: Size) -> Box:
        """Return where a stamp stands, in the page's own points."""
        width, height = stamp.width, figure.height
        return self.frame.box_around(stamp.left + width / 2, stamp.bottom + height / 2, width, height)


class Forms:
    """The forms that one revision puts in: the same figure, turned the same way, is put in once."""

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._known: dict[tuple[Figure, int, int, int], Reference] = {}

    def whole(self, figure: Figure, frame: Frame) -> Reference:
        """Return the form of a figure that stands upright on a page of this frame."""
        return self._form(figure, frame, 0, figure.size.width)

    def part(self, figure: Figure, frame: Frame, stamp: Stamp) -> Reference:
        """Return the form of what a stamp shows of a figure, upright."""
        return self._form(figure, frame, stamp.start, stamp.end)

    def _form(self, figure: Figure, frame: Frame, start: int, end: int) -> Reference:
        known = (figure, frame.rotation, start, end)
        form = self._known.get(known)
        if form is None:
            form = self._known[known] = self._added(figure, frame, start, end)
        return form

    def _added(self, figure: Figure, frame: Frame, start: int, end: int) -> Reference:
        if not start and end == figure.size.width:
            return self._revision.add(_whole_form(figure, frame.upright))
        entries = _form_entries(figure.size, frame.upright, start, end)
        upright = Frame(frame.visible, 0, frame.unit)
        resources = b"<</XObject<</Whole %d 0 R>>>>" % self.whole(figure, upright).number
        return self._revision.add(stream(b"/Whole Do", entries | {b"/Resources": resources}))


@lru_cache(maxsize=64)
def _whole_form(figure: Figure, upright: tuple[int, int, int, int]) -> bytes:
    entries = _form_entries(figure.size, upright, 0, figure.size.width)
    return stream(figure.packed, entries | {b"/Resources": figure.resources, b"/Filter": b"/FlateDecode"})


def _form_entries(size: Size, upright: tuple[int, int, int, int], start: int, end: int) -> Entries:
    return {
        b"/Type": b"/XObject",
        b"/Subtype": b"/Form",
        b"/BBox": b"[%d 0 %d %d]" % (start, end, size.height),
        b"/Matrix": b"[%d %d %d %d 0 0]" % upright,
    }


def shown(file: PdfFile, numbers: Iterable[int]) -> dict[int, Shown]:
    """Return the pages of these numbers, from 1, or refuse one that is not there."""
    wanted = set(numbers)
    found = pages.find(file, wanted)
    if len(found) < len(wanted):
        raise NoSuchPage(page=min(wanted - found.keys()))
    return {number: Shown(page, frame_of(file, page)) for number, page in found.items()}


def draw(revision: Revision, marks: Sequence[Mark], on: Mapping[int, Shown], forms: Forms) -> None:
    """Make marks a part of their pages: for a file that nobody has signed."""
    if not marks:
        return
    by_page: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_page[mark.stamp.page].append(mark)
    for number, together in by_page.items():
        place, content = on[number], b""
        names: dict[bytes, bytes] = {}
        for mark in together:
            form = forms.whole(mark.figure, place.frame).number
            names[b"/Seal%d" % form] = b"%d 0 R" % form
            content += _drawn(mark, place, form)
        revision.draw(place.page, content, {b"/XObject": names})


def _drawn(mark: Mark, place: Shown, form: int) -> bytes:
    """Return operators that show the part of a form which the mark is about; the form turns itself upright."""
    stamp, size, scale = mark.stamp, mark.figure.size, 1 / place.frame.scale
    x, y = place.frame.own_point(stamp.left - stamp.start, stamp.bottom)
    shape = b""
    if stamp.width != size.width:
        box = place.box(stamp, size)
        shape = b"%.3f %.3f %.3f %.3f re W n " % (box.left, box.bottom, box.right - box.left, box.top - box.bottom)
    return b"q %b%.8f 0 0 %.8f %.3f %.3f cm /Seal%d Do Q\n" % (shape, scale, scale, x, y, form)


def frame_of(file: PdfFile, page: Page) -> Frame:
    """Return how a page is shown, or refuse boxes that are none."""
    _, _, own, above = page
    written = (
        own.get(b"/MediaBox") or above.get(b"/MediaBox"),
        own.get(b"/CropBox") or above.get(b"/CropBox"),
        own.get(b"/Rotate") or above.get(b"/Rotate"),
        own.get(b"/UserUnit"),
    )
    together = b"".join(filter(None, written))
    is_plain = len(together) <= _LONGEST_KEPT and b"R" not in together
    return _plain_frame(written) if is_plain else _frame(file.resolved, written)


@lru_cache(maxsize=256)
def _plain_frame(written: tuple[bytes | None, ...]) -> Frame:
    """Return the frame that nothing but these values makes: nearly all pages of all documents have one of a few."""
    return _frame(lambda value: None if value == b"null" else value, written)


def _frame(resolved: _Resolved, written: tuple[bytes | None, ...]) -> Frame:
    media, crop, rotation, unit = written
    whole = _drawn_box(resolved, media) or _LETTER
    visible = _drawn_box(resolved, crop) or whole
    if not visible.meets(whole):
        raise NotSealable(reason="page-box")  # some readers show all of the page then, others nothing
    turned = _number(resolved, rotation, 0)
    if abs(turned) > MOST_TURNED:
        raise NotSealable(reason="page-box")
    return Frame.of(whole, visible, turned, _number(resolved, unit, 1))


def _drawn_box(resolved: _Resolved, written: bytes | None) -> Box | None:
    """Return a rectangle that something can be seen in; readers go by the usual one for others."""
    found = box(resolved, written)
    return found if found and found.meets(found) else None


def box(resolved: _Resolved, written: bytes | None) -> Box | None:
    """Return a rectangle as written, None where there is none, or refuse what is no rectangle."""
    array = resolved(written)
    if array is None:
        return None
    plain = _PLAIN_BOX.fullmatch(array)
    if plain:
        return Box.of((float(plain[1]), float(plain[2]), float(plain[3]), float(plain[4])))
    corners = [_number(resolved, corner, None) for corner in syntax.items(array)]
    if len(corners) != _CORNERS:
        raise NotSealable(reason="page-box")
    left, bottom, right, top = corners
    return Box.of((left, bottom, right, top))


def _number(resolved: _Resolved, written: bytes | None, usual: float | None) -> float:
    found = resolved(written) if written else None
    value = values.parsed(found)[0] if found else usual
    if not isinstance(value, int | float):
        raise NotSealable(reason="page-box")
    return float(value)
