"""How the pages of a file that is taken in are shown: written so plainly that every reader shows them alike."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Name

from privyseal.pdf.placement import MOST_TURNED, Box, Frame

_LETTER: Final = Box(0.0, 0.0, 612.0, 792.0)
_CORNERS: Final = 4
_QUARTER: Final = 90


def frame(page: Dictionary) -> tuple[Frame, bool]:
    """Return how a page is shown, and whether something about that had to be written anew.

    What readers take in different ways goes: a box that is none, has no area or refers to its corners, a CropBox beyond
    the page or beside it, a turn by no quarter, a unit that is no length.
    """
    media, is_media_odd = _box(page, Name.MediaBox)
    crop, is_crop_odd = _box(page, Name.CropBox)
    turned, is_turn_odd = _turn(page)
    unit, is_unit_odd = _unit(page)
    whole = media or _LETTER
    found = Frame.of(whole, crop or whole, turned, unit)
    is_crop_odd |= crop is not None and found.visible != crop
    if is_media_odd:
        page[Name.MediaBox] = _written(whole)
    if is_crop_odd:
        page[Name.CropBox] = _written(found.visible)
    if is_turn_odd:
        page[Name.Rotate] = found.rotation
    if is_unit_odd:
        del page[Name.UserUnit]
    return found, is_media_odd or is_crop_odd or is_turn_odd or is_unit_odd


def box(written: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401  a PDF value of any type
    """Return the corners of a rectangle as they are written, None where it is none."""
    corners: Sequence[Any] = list(written) if isinstance(written, Array) else ()
    if len(corners) != _CORNERS or not all(map(_is_number, corners)):
        return None
    left, bottom, right, top = map(float, corners)
    return left, bottom, right, top


def _box(page: Dictionary, name: Name) -> tuple[Box | None, bool]:
    """Return a box of a page, None where there is none to go by, and whether what stands there is odd."""
    written: Any = page.get(name)
    if written is None:
        return None, name in page or name == Name.MediaBox
    corners = box(written)
    if corners is None:
        return None, True
    found = Box.of(corners)
    # some readers do not look where a corner is that stands elsewhere
    return (found, b" R" in written.unparse()) if found.meets(found) else (None, True)


def _turn(page: Dictionary) -> tuple[float, bool]:
    written: Any = page.get(Name.Rotate, 0)
    if not _is_number(written) or abs(written) > MOST_TURNED:
        return 0.0, True
    return float(written), not isinstance(written, int) or bool(written % _QUARTER)


def _unit(page: Dictionary) -> tuple[float, bool]:
    written: Any = page.get(Name.UserUnit, 1)
    return (float(written), False) if _is_number(written) and written > 0 else (1.0, True)


def _written(box: Box) -> Array:
    return Array([Decimal(str(corner)) for corner in box])


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
