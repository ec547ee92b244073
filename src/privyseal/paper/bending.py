"""Paper that does not lie flat: each part of a photograph is moved to where its print belongs."""

from typing import Final

import cv2
import numpy as np

from privyseal.paper.ink import Picture, Reals, ink_of

_SCALES: Final = (0.25, 0.5)
_BLOCK: Final = 48
_STEP: Final = 32
_REACH: Final = 10
_LEAST_INK: Final = 0.02
_LEAST_LIKE: Final = 0.5
_MOST_APART: Final = 6
_NEAR, _FAR = 1.2, 5.0
_FAR_WEIGHT: Final = 0.01
_NOTHING: Final = 1e-6


def straightened(photo: Picture, approved: Reals, in_view: Reals) -> Picture:
    """Return a photograph that lies on its page but for bends, with them taken away: the large ones first."""
    height, width = approved.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    laid = photo
    for scale in _SCALES:
        seen = ink_of(laid) * in_view
        field = _bends(
            *(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for ink in (approved, seen))
        )
        if field is None:
            return laid
        across, down = np.meshgrid(_blocks(width, scale), _blocks(height, scale))
        moved = cv2.remap(field, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) / np.float32(scale)
        columns += moved[:, :, 0]
        rows += moved[:, :, 1]
        laid = cv2.remap(photo, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return laid


def _blocks(length: int, scale: float) -> Reals:
    """Return for each dot of the whole page how many blocks of the smaller one lie before it."""
    return ((np.arange(length) * scale - (_REACH + _BLOCK / 2)) / _STEP).astype(np.float32)


def _bends(approved: Reals, seen: Reals) -> Reals | None:
    """Return how far each block of print lies from its place; None where there is no print."""
    tops = range(_REACH, approved.shape[0] - _BLOCK - _REACH, _STEP)
    lefts = range(_REACH, approved.shape[1] - _BLOCK - _REACH, _STEP)
    if not tops or not lefts:
        return None
    moves = np.zeros((len(tops), len(lefts), 2), np.float32)
    weights = np.zeros((len(tops), len(lefts)), np.float32)
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            block = approved[top : top + _BLOCK, left : left + _BLOCK]
            if block.mean() < _LEAST_INK:
                continue
            around = seen[top - _REACH : top + _BLOCK + _REACH, left - _REACH : left + _BLOCK + _REACH]
            _, like, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED))
            if like >= _LEAST_LIKE:
                moves[row, column], weights[row, column] = (x - _REACH, y - _REACH), like
    return _smoothed(moves, weights) if weights.any() else None


def _smoothed(moves: Reals, weights: Reals) -> Reals:
    """Return moves without those unlike their neighbours, and with what lies between."""
    is_odd = np.abs(moves - _spread(moves, weights)).max(axis=2) > _MOST_APART
    return _spread(moves, np.where(is_odd, np.float32(0), weights))


def _spread(moves: Reals, weights: Reals) -> Reals:
    """Return at each place the mean of the moves around it; where there are none near, of those farther away."""

    def around(values: Reals) -> Reals:
        far = cv2.GaussianBlur(values, (0, 0), _FAR, borderType=cv2.BORDER_CONSTANT)
        return cv2.GaussianBlur(values, (0, 0), _NEAR, borderType=cv2.BORDER_CONSTANT) + np.float32(_FAR_WEIGHT) * far

    return around(moves * weights[:, :, None]) / (around(weights) + np.float32(_NOTHING))[:, :, None]
