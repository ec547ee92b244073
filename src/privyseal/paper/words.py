"""The words by which a page is found among a hundred thousand: numbers that a photograph of it has too."""

from typing import Final

import cv2
import numpy as np

from privyseal.paper.ink import Picture, evenly_lit

_PAGE_SIDE: Final = 830
_PHOTO_SIDE: Final = 1_000
_CONTRAST: Final = 0.015
_EDGE: Final = 15
_SOFT: Final = 0.8

# Only what spans several characters is told from other print: single ones stand on every page.
_SMALLEST_OF_PAGE: Final = 6.5
_SMALLEST_OF_PHOTO: Final = 5.0
_MOST_OF_PAGE: Final = 64
_MOST_OF_PHOTO: Final = 1_000

_PARTS: Final = 128
_WORDS: Final = 6
_BITS: Final = 24
_SIDES: Final = 8
"""How many parts of what a place looks like are weighed against as many others for each bit."""


def _scales() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return for each bit which parts are weighed against which, always the same."""
    one = np.zeros(_PARTS, np.float32)
    one[:_SIDES], one[_SIDES : 2 * _SIDES] = 1, -1
    return np.random.default_rng(38_540).permuted(np.tile(one, (_WORDS * _BITS, 1)), axis=1).T


_SCALES: Final = _scales()


def words_of_page(page: Picture) -> list[int]:
    """Return the words of a page that was drawn with 100 dots an inch."""
    return _words(page, _PAGE_SIDE, smallest=_SMALLEST_OF_PAGE, most=_MOST_OF_PAGE)


def words_of_photo(photo: Picture) -> list[int]:
    return _words(photo, _PHOTO_SIDE, smallest=_SMALLEST_OF_PHOTO, most=_MOST_OF_PHOTO)


def _words(picture: Picture, side: int, *, smallest: float, most: int) -> list[int]:
    even, _ = evenly_lit(picture, side=side)
    soft = cv2.resize(cv2.GaussianBlur(even, (0, 0), _SOFT), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    sift = cv2.SIFT.create(nfeatures=0, contrastThreshold=_CONTRAST, edgeThreshold=_EDGE)
    found, parts = sift.detectAndCompute(soft, None)
    kept = [at for at, point in enumerate(found) if point.size >= smallest]
    kept.sort(key=lambda at: (-found[at].response, found[at].pt))
    if not kept:
        return []
    bits = (np.sqrt(parts[kept[:most]]) @ _SCALES > 0).reshape(-1, _WORDS, _BITS)
    numbers = bits @ (1 << np.arange(_BITS)) + (np.arange(_WORDS) << _BITS)
    return [int(number) for number in np.unique(numbers)]
