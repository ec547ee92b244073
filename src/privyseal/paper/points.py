"""Places of a page that are found again on a photograph of it, and what they look like in 128 bits."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from privyseal.paper.ink import Picture, Reals, evenly_lit

PAGE_DPI: Final = 100
"""How finely a page is drawn whose points are taken; places on pages are in its dots."""

MOST_OF_PAGE: Final = 300
MOST_OF_PHOTO: Final = 2_500
_PAGE_SIDE: Final = 830
_PHOTO_SIDE: Final = 1_000
_SMALLEST, _LARGEST = 2.4, 30.0
_CONTRAST: Final = 0.04
_PLACES: Final = np.dtype("<u2")
_STEPS_A_DOT: Final = 5
_CODE_BYTES: Final = 16
_POINT_BYTES: Final = 2 * _PLACES.itemsize + _CODE_BYTES


@dataclass(frozen=True, slots=True)
class Points:
    """Where they are, strongest first, and what each looks like."""

    places: Reals
    codes: Picture

    def __len__(self) -> int:
        return len(self.codes)

    def packed(self) -> bytes:
        steps = np.clip(np.rint(self.places * _STEPS_A_DOT), 0, np.iinfo(_PLACES).max).astype(_PLACES)
        return steps.tobytes() + self.codes.tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> "Points":
        """Return what ``packed`` wrote, or raise ValueError."""
        count, rest = divmod(len(data), _POINT_BYTES)
        if rest:
            raise ValueError("not whole points")
        steps = np.frombuffer(data, _PLACES, 2 * count).reshape(-1, 2)
        codes = np.frombuffer(data, np.uint8, offset=steps.nbytes).reshape(-1, _CODE_BYTES)
        return cls((steps / _STEPS_A_DOT).astype(np.float32), codes)


def points_of_page(page: Picture) -> Points:
    """Return the points of a page that was drawn with ``PAGE_DPI`` dots an inch."""
    return _points(page, _PAGE_SIDE, MOST_OF_PAGE)


def points_of_photo(photo: Picture) -> Points:
    """Return the points of a photograph, in its own dots."""
    return _points(photo, _PHOTO_SIDE, MOST_OF_PHOTO)


def _points(picture: Picture, side: int, most: int) -> Points:
    """Return the strongest points; what each looks like is told by which of its parts are above their middle."""
    even, scale = evenly_lit(picture, side=side)
    found, parts = cv2.SIFT.create(nfeatures=0, contrastThreshold=_CONTRAST).detectAndCompute(even, None)
    kept = [at for at, point in enumerate(found) if _SMALLEST <= point.size <= _LARGEST]
    kept.sort(key=lambda at: (-found[at].response, found[at].pt))
    if not kept:
        return Points(np.empty((0, 2), np.float32), np.empty((0, _CODE_BYTES), np.uint8))
    strongest = parts[kept[:most]]
    codes = np.packbits(strongest > np.median(strongest, axis=1, keepdims=True), axis=1)
    return Points(np.array([found[at].pt for at in kept[:most]], np.float32) / np.float32(scale), codes)
