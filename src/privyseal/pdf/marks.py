"""A face on a page: as the appearance of a field, or as part of the page itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.face import Face, drawing
from privyseal.pdf.placement import Box, Frame, NoSuchPage, Placement, Size
from privyseal.pdf.reading import pages, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.pages import Page
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision, stream

_LETTER: Final = Box(0.0, 0.0, 612.0, 792.0)
_CORNERS: Final = 4
_PLAIN_BOX: Final = re.compile(rb"\[" + 4 * rb"[\t\n\r ]*+(-?\d{1,9}(?:\.\d{0,20})?)" + rb"[\t\n\r ]*+\]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A face and where it stands."""

    face: Face
    placement: Placement


def page(file: PdfFile, number: int) -> Page:
    """Return the page of this number, from 1, or refuse."""
    found = pages.find(file, {number})
    if number not in found:
        raise NoSuchPage(page=number)
    return found[number]


def frame_of(file: PdfFile, page: Page) -> Frame:
    """Return how a page is shown, or refuse boxes that are none."""
    media = box(file, page.get(b"/MediaBox")) or _LETTER
    crop = box(file, page.get(b"/CropBox")) or media
    rotation, unit = _number(file, page.get(b"/Rotate"), 0), _number(file, page.entries.get(b"/UserUnit"), 1)
    return Frame.of(media, crop, int(rotation), unit)


def box(file: PdfFile, written: bytes | None) -> Box | None:
    """Return a rectangle as written, None where there is none, or refuse what is no rectangle."""
    array = file.resolved(written)
    if array is None:
        return None
    plain = _PLAIN_BOX.fullmatch(array)
    if plain:
        return Box.of((float(plain[1]), float(plain[2]), float(plain[3]), float(plain[4])))
    corners = [_number(file, corner, None) for corner in syntax.items(array)]
    if len(corners) != _CORNERS:
        raise NotSealable(reason="page-box")
    left, bottom, right, top = corners
    return Box.of((left, bottom, right, top))


def add_form(revision: Revision, face: Face, frame: Frame) -> Reference:
    """Put the face in as a form that stands upright on a page of this frame."""
    return revision.add(_form(face, frame.upright))


def draw(revision: Revision, marks: Sequence[Mark]) -> None:
    """Make marks a part of their pages: for a file that nobody has signed."""
    if not marks:
        return
    forms: dict[tuple[Face, int], Reference] = {}
    found = pages.find(revision.file, {mark.placement.page for mark in marks})
    for mark in marks:
        shown_on = found.get(mark.placement.page)
        if shown_on is None:
            raise NoSuchPage(page=mark.placement.page)
        frame = frame_of(revision.file, shown_on)
        spot = frame.rectangle(mark.placement, mark.face.size)
        if (mark.face, frame.rotation) not in forms:
            forms[mark.face, frame.rotation] = add_form(revision, mark.face, frame)
        form = forms[mark.face, frame.rotation]
        name = b"/Seal%d" % form.number
        content = b"q %b cm %b Do Q\n" % (_matrix(spot, frame, mark.face.size), name)
        revision.draw(shown_on, content, {b"/XObject": {name: b"%d 0 R" % form.number}})


def _matrix(spot: Box, frame: Frame, face: Size) -> bytes:
    """Return what brings a form that turns itself upright to its spot."""
    across, along, other_across, other_along = frame.upright
    scale = (spot.right - spot.left) / abs(across * face.width + other_across * face.height)
    left = min(across * face.width, other_across * face.height, 0)
    bottom = min(along * face.width, other_along * face.height, 0)
    return b"%.8f 0 0 %.8f %.3f %.3f" % (scale, scale, spot.left - scale * left, spot.bottom - scale * bottom)


@lru_cache(maxsize=256)
def _form(face: Face, upright: tuple[int, int, int, int]) -> bytes:
    form = {
        b"/Type": b"/XObject",
        b"/Subtype": b"/Form",
        b"/BBox": b"[0 0 %d %d]" % (face.size.width, face.size.height),
        b"/Matrix": b"[%d %d %d %d 0 0]" % upright,
        # what stands under a seal stays legible, as under real ink
        b"/Resources": b"<</ExtGState<</Ink<</BM/Multiply>>>>>>",
    }
    return stream(b"/Ink gs\n" + drawing(face), form, is_packed=True)


def _number(file: PdfFile, written: bytes | None, usual: float | None) -> float:
    found = file.resolved(written) if written else None
    value = values.parsed(found)[0] if found else usual
    if not isinstance(value, int | float):
        raise NotSealable(reason="page-box")
    return float(value)
