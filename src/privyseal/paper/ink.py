"""Print on paper, without the light that fell on it."""

from typing import Any, Final, TypeAlias

import cv2
import numpy as np

# OpenCV's own types go no further than this.
Picture: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any] | np.floating[Any]]]
Reals: TypeAlias = Picture

_STROKE: Final = 7


def ink_of(picture: Picture) -> Reals:
    """Return how dark each dot is beside the paper around it, from 0 to 1: light, shadow and coloured ink taken away.

    Of a coloured dot the lightest channel counts: red and blue ink is light there, and black print is not.
    """
    value = lightest(picture)
    # What is wider than a stroke of print counts as paper: so the edge of a shadow does.
    small = cv2.resize(value, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8))
    around = cv2.resize(cv2.blur(paper, (3, 3)), (value.shape[1], value.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = cv2.divide(value, np.maximum(around, 1), dtype=cv2.CV_32F)
    return np.asarray(np.clip(1 - share, 0, 1), np.float32)


def lightest(picture: Picture) -> Picture:
    """Return the lightest channel of each dot."""
    first, second, third = cv2.split(picture)
    return cv2.max(cv2.max(first, second), third)


def colour_of(picture: Picture) -> Picture:
    """Return how far the channels of each dot lie apart."""
    first, second, third = cv2.split(picture)
    return cv2.subtract(lightest(picture), cv2.min(cv2.min(first, second), third))


def evenly_lit(picture: Picture, *, side: int) -> tuple[Picture, float]:
    """Return the picture in grey with an even light, its longer side at most so long, and how much smaller it is."""
    scale = min(1.0, side / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    return np.asarray(255 * (1 - ink_of(small)), np.uint8), scale
