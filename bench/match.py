"""How long a photograph takes beside a document of few pages and of many, in a confined process and all."""

import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from statistics import median
from typing import IO, Final

import numpy as np
from tests.photographed import DISTORTIONS, agreement, jpeg, printed

from bench.goals import MATCH_FLAT, MATCH_ONE
from bench.report import Figure, Probe, Report, reached
from privyseal.paper.points import Points
from privyseal.paper.verdict import Sight
from privyseal.pdf import photographed

_FEW: Final = 4
_MANY: Final = 200
_ROUNDS: Final = 5
_PAGE: Final = 3
_OTHERWISE: Final = 24


def run() -> Report:
    """Look at photographs of one page; of most pages of the long document the points alone are there."""
    pdf = agreement(_FEW)
    random = Random(1)  # noqa: S311  not a secret: the same photographs each time
    photos = [jpeg(DISTORTIONS[name](printed(pdf, _PAGE), random)) for name in sorted(DISTORTIONS)[:_ROUNDS]]
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        file.write(pdf)
        file.flush()
        began = time.perf_counter()
        few = [each.points for each in photographed.prints_of(file, first=1, last=_FEW)]
        indexed = (time.perf_counter() - began) / _FEW
        many = [*few, *(_like(few[number % _FEW], number) for number in range(_FEW, _MANY))]
        beside_few, beside_many, processor = [], [], []
        for photo in photos:
            before = _children_seconds()
            beside_few.append(_seconds(photo, file, few))
            processor.append(_children_seconds() - before)
            beside_many.append(_seconds(photo, file, many))
    probe = Probe("its processor time", median(processor), "s")
    figures = (
        reached(MATCH_ONE, median(beside_few), probe),
        reached(MATCH_FLAT, median(beside_many) / median(beside_few)),
        Figure("a page entered into the index", indexed, "s"),
    )
    return Report("match", figures)


def _seconds(photo: bytes, document: IO[bytes], points: Sequence[bytes]) -> float:
    began = time.perf_counter()
    seen = photographed.seen_on(photo, document=document, points=points)
    if (seen.sight, seen.page) != (Sight.SAME, _PAGE):
        raise AssertionError(f"the photograph of page {_PAGE} was seen as {seen}")
    return time.perf_counter() - began


def _like(points: bytes, number: int) -> bytes:
    """Return points as another page of such print has them: elsewhere, and a fifth of the bits otherwise."""
    generator = np.random.default_rng(number)
    known = Points.unpacked(points)
    flips = np.zeros((len(known), 8 * known.codes.shape[1]), np.uint8)
    flips[:, :_OTHERWISE] = 1
    flips = generator.permuted(flips, axis=1)
    codes = np.bitwise_xor(known.codes.astype(np.uint8), np.packbits(flips, axis=1))
    return Points(generator.permuted(known.places, axis=0), codes).packed()


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
