"""How long a photograph takes beside a document of few pages and of many, and to be looked for among all pages.

In confined processes and all. The hundred thousand pages are made once under ``build/pages`` and used again.
"""

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

from bench import inside
from bench.goals import MATCH_FLAT, MATCH_ONE, SOUGHT, SOUGHT_FOUND
from bench.product import ROOT, Product
from bench.report import Figure, Probe, Report, reached
from privyseal.paper.points import Points
from privyseal.paper.verdict import Sight
from privyseal.pdf import photographed

_FEW: Final = 4
_MANY: Final = 200
_ROUNDS: Final = 5
_PAGE: Final = 3
_OTHERWISE: Final = 24
_PLACE: Final = ROOT / "build" / "pages"
_ALL: Final = 100_000
_IN_PART: Final = "in part"
_MOST_SECONDS: Final = 800.0


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
    sought = _sought()
    figures = (
        reached(MATCH_ONE, median(beside_few), probe),
        reached(MATCH_FLAT, median(beside_many) / median(beside_few)),
        Figure("a page entered into the index", indexed, "s"),
        *sought,
    )
    return Report("match", figures)


def _sought() -> tuple[Figure, ...]:
    _PLACE.mkdir(parents=True, exist_ok=True)
    product = Product(_PLACE, is_kept=True)
    try:
        product.start()
        found = inside.ask(product, "sought", str(_ALL), product.databases().owner, seconds=_MOST_SECONDS)
    finally:
        product.stop()
    asked = found["asked"]
    pages = Probe("pages", found["pages"], "")
    used = Probe("processor time of the confined processes, median", median(each["processor"] for each in asked), "s")
    whole = [each for each in asked if each["name"] != _IN_PART]
    return (
        reached(SOUGHT, max(each["seconds"] for each in asked), pages, used),
        reached(SOUGHT_FOUND, sum(each["is_found"] for each in whole)),
        Figure("of that, the longest look into the index", max(each["looking_up"] for each in asked), "s"),
        Figure("of that, the longest beside the likeliest pages", max(each["holding_beside"] for each in asked), "s"),
    )


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
