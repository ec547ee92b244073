"""Where the print on a photograph is not what was approved, and where ink was added to it."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np

from privyseal.paper.bending import straightened
from privyseal.paper.finding import Matrix
from privyseal.paper.ink import Picture, Reals, colour_of, ink_of
from privyseal.paper.points import PAGE_DPI
from privyseal.paper.verdict import Box, Mark, Seen, Sight

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

COMPARE_DPI: Final = 150
COARSEST_DPI: Final = 95
"""A photograph with fewer dots an inch of paper does not tell one digit from another."""

_BLURS: Final = (0.5, 0.8, 1.1, 1.5, 2.0)
_SHIFT: Final = 2
_WINDOW: Final = 11
_FAINT: Final = 0.02
_INK: Final = 0.15
_CHANGED: Final = 0.24
_UNLIKE: Final = 0.16
"""Where half of the print is as unlike as that, the photograph is too poor to compare."""

_OTHER_PAGE: Final = 60
_COLOUR: Final = 45
_DARK_COLOUR: Final = 0.75
_ADDED: Final = 0.3
_AROUND_PRINT: Final = 9
_STRAY: Final = 0.4
_MUCH_STRAY: Final = 40
_LEAST_CHANGED: Final = 8
_LEAST_ADDED: Final = 25
_MOST_BOXES: Final = 60
_HUNDRED: Final = 100
_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The approved page as sharp as the photograph, the photograph's ink on it, and what of it is in view."""

    approved: Reals
    seen: Reals
    is_coloured: Mask
    in_view: Mask


def differences(page: Picture, photo: Picture, matrix: Matrix, *, number: int) -> Seen:
    """Return what the photograph shows of a page drawn with ``COMPARE_DPI``; ``matrix`` is as in ``Lies``."""
    to_photo = matrix @ np.diag([PAGE_DPI / COMPARE_DPI, PAGE_DPI / COMPARE_DPI, 1.0])
    if _dots_an_inch(to_photo, page.shape) < COARSEST_DPI:
        return Seen(Sight.UNREADABLE)
    sheet = _laid_over(page, photo, to_photo)
    print_here = cv2.GaussianBlur(sheet.approved**2, (0, 0), _WINDOW / 3)
    is_print = print_here > _FAINT
    judged = is_print & sheet.in_view
    if not judged.any():
        return Seen(Sight.UNREADABLE)
    added = _added(sheet)
    unlike = _unlike(sheet, added) / (print_here + _FAINT)
    if np.median(unlike[judged]) > _UNLIKE:
        return Seen(Sight.UNREADABLE)
    changed = judged & (unlike > _CHANGED)
    similarity = int(_HUNDRED * (1 - changed.sum() / judged.sum()))
    in_view = int(_HUNDRED * judged.sum() / is_print.sum())
    if similarity < _OTHER_PAGE:
        return Seen(Sight.NOT_THERE)
    boxes = _boxes(changed, Mark.PRINT, least=_LEAST_CHANGED, join=9)
    beside = _boxes(added & ~is_print & sheet.in_view, Mark.ADDED, least=_LEAST_ADDED, join=25)
    sight = Sight.DIFFERS if boxes else Sight.SAME
    return Seen(sight, number, similarity, in_view, (*boxes, *beside))


def _dots_an_inch(to_photo: Matrix, shape: tuple[int, ...]) -> float:
    """Return how many dots of the photograph an inch of paper has in its middle."""
    height, width = shape[:2]
    corners = np.array([[(width * x, height * y)] for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))])
    area = abs(cv2.contourArea(cv2.perspectiveTransform(corners, to_photo).astype(np.float32)))
    return float(COMPARE_DPI * np.sqrt(area / (0.04 * width * height)))


def _laid_over(page: Picture, photo: Picture, to_photo: Matrix) -> _Sheet:
    """Return the photograph laid over its page without bends, and the page made as blurred as the photograph is."""
    approved = ink_of(page)
    size = (page.shape[1], page.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(photo, to_photo, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    whole = np.full(photo.shape[:2], 255, np.uint8)
    in_view = cv2.erode(cv2.warpPerspective(whole, to_photo, size, flags=flags), np.ones((15, 15), np.uint8)) > 0
    laid = straightened(laid, approved, in_view.astype(np.float32))
    seen = ink_of(laid)
    is_coloured = cv2.dilate((colour_of(laid) > _COLOUR).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    print_in_view = (cv2.blur(approved, (_WINDOW, _WINDOW)) > _FAINT) & in_view & ~is_coloured
    blurred = min((_fitted(approved, seen, print_in_view, blur) for blur in _BLURS), key=lambda fitted: fitted[0])
    _, gain, sharp = blurred
    return _Sheet(sharp, seen / np.float32(max(gain, _INK)), is_coloured, in_view)


def _fitted(approved: Reals, seen: Reals, where: Mask, blur: float) -> tuple[float, float, Reals]:
    """Return how far the page blurred like this is from the photograph, how much darker that is, and the page."""
    page = cv2.GaussianBlur(approved, (0, 0), blur)
    here, there = page[where], seen[where]
    gain = float((here * there).sum() / max(float((here * here).sum()), _FAINT))
    return float(((gain * here - there) ** 2).sum()) / max(gain * gain, _FAINT), gain, page


def _added(sheet: _Sheet) -> Mask:
    """Return where there is ink that is no print: coloured, or of strokes that run far beyond print."""
    is_print = (sheet.approved > _INK).astype(np.uint8)
    near, tight = (cv2.dilate(is_print, np.ones((wide, wide), np.uint8)) > 0 for wide in (_AROUND_PRINT, 3))
    dark = sheet.seen > _ADDED
    count, labels, _, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    stray = np.bincount(labels[dark & ~near], minlength=count)
    extra = np.maximum(np.bincount(labels[dark & ~tight], minlength=count), 1)
    is_stray = (stray > _STRAY * extra) | (stray > _MUCH_STRAY)
    is_stray[0] = False
    over = is_stray[labels] & (sheet.seen > sheet.approved)
    return np.asarray(over | (sheet.is_coloured & (sheet.seen < _DARK_COLOUR)), np.bool_)


def _unlike(sheet: _Sheet, added: Mask) -> Reals:
    """Return how unlike the print around each dot is, the photograph moved by so little that it is most like."""
    seen = np.where(added, np.minimum(sheet.seen, sheet.approved), sheet.seen)
    padded = cv2.copyMakeBorder(seen, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_REPLICATE)
    height, width = seen.shape
    least = np.full((height, width), np.inf, np.float32)
    for down in range(2 * _SHIFT + 1):
        for across in range(2 * _SHIFT + 1):
            apart = cv2.subtract(padded[down : down + height, across : across + width], sheet.approved)
            cv2.min(least, cv2.blur(cv2.multiply(apart, apart), (_WINDOW, _WINDOW)), dst=least)
    return least


def _boxes(where: Mask, mark: Mark, *, least: int, join: int) -> tuple[Box, ...]:
    """Return a box for each group of dots, largest first; what is not farther apart than ``join`` is one group."""
    dots = where.astype(np.uint8)
    joined = cv2.dilate(dots, np.ones((join, join), np.uint8))
    count, labels, _, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    sizes = np.bincount(labels[where], minlength=count)
    groups = [group for group in np.argsort(-sizes, kind="stable") if group and sizes[group] >= least]
    height, width = where.shape
    boxes = []
    for group in groups[:_MOST_BOXES]:
        left, top, across, down = cv2.boundingRect(((labels == group) & where).astype(np.uint8))
        parts = (left / width, top / height, across / width, down / height)
        boxes.append(Box(mark, *(round(_THOUSAND * part) for part in parts)))
    return tuple(boxes)
