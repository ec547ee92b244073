"""Which page a photograph shows, and how it lies on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from privyseal.paper.ink import Picture
from privyseal.paper.points import Points

Matrix: TypeAlias = Picture

LEAST_POINTS: Final = 150
"""A photograph with fewer shows too little print, or none that can be read."""

_MOST_TRIED: Final = 6
_HOMOGRAPHY: Final = (3, 3)
_LEAST_COMMON: Final = 14
_CERTAIN: Final = 40
_WITHIN: Final = 0.005
"""How far from its place a point may lie, by the photograph's longer side: paper bends."""


@dataclass(frozen=True, slots=True)
class Lies:
    """The page of this place in the list; ``matrix`` leads from its dots to those of the photograph."""

    index: int
    common: int
    matrix: Matrix


def page_on(photo: Points, pages: Sequence[Points], *, side: int, first: int = -1) -> Lies | None:
    """Return the page that most of the photograph's points agree with, if enough do; ``side`` is its longer one.

    The page at ``first``, if any, is tried before all others.
    """
    best: Lies | None = None
    known = [first] if 0 <= first < len(pages) else []
    for index in dict.fromkeys([*known, *_likeliest(photo, pages)]):
        lies = _lies(photo, pages[index], index, _WITHIN * side)
        if lies and (best is None or lies.common > best.common):
            best = lies
        if best and best.common >= _CERTAIN:
            break
    return best


def _likeliest(photo: Points, pages: Sequence[Points]) -> list[int]:
    """Return the pages of which most codes stand on the photograph, with a few bits off, most first."""
    said = _bands(photo)
    common = [int(np.isin(_bands(page), said).sum()) for page in pages]
    return sorted(range(len(pages)), key=lambda index: (-common[index], index))[:_MOST_TRIED]


def _bands(points: Points) -> Picture:
    """Return parts of the codes, each with which part it is: codes that are a few bits off have some in common."""
    parts = np.ascontiguousarray(points.codes).view("<u4").astype(np.uint64)
    return (parts | (np.arange(parts.shape[1], dtype=np.uint64) << np.uint64(32))).ravel()


def _lies(photo: Points, page: Points, index: int, within: float) -> Lies | None:
    if min(len(page), len(photo)) < _LEAST_COMMON:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(page.codes, photo.codes)
    if len(pairs) < _LEAST_COMMON:
        return None
    here = page.places[[pair.queryIdx for pair in pairs]]
    there = photo.places[[pair.trainIdx for pair in pairs]]
    # Where nothing fits, OpenCV answers with none, whatever its types say.
    matrix, agrees = map(np.asarray, cv2.findHomography(here, there, cv2.USAC_MAGSAC, within, maxIters=5_000))
    if matrix.shape != _HOMOGRAPHY:
        return None
    common = int(agrees.sum())
    if common < _LEAST_COMMON or not _is_seen_from_above(matrix, here[agrees.ravel() > 0]):
        return None
    return Lies(index, common, matrix)


def _is_seen_from_above(matrix: Matrix, places: Picture) -> bool:
    """Return whether the page is neither mirrored nor folded by this, around the points that agree."""
    x, y = places.mean(axis=0)
    corners = np.array([[(x, y)], [(x + 10, y)], [(x + 10, y + 10)], [(x, y + 10)]], np.float64)
    area = cv2.contourArea(cv2.perspectiveTransform(corners, matrix).astype(np.float32), oriented=True)
    return bool(area > 1)
