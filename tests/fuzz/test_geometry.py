"""Whoever seals a page sees it where, as large and as turned as strangers do, or refuses it: on odd page trees."""

import random
import re
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
import pytest

from privyseal.kernel.errors import Refused
from privyseal.pdf import marks
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.intake import accept
from privyseal.pdf.placement import Box, Frame, PageSize, Placement
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.seal import Following, Key, check_sealable, seal
from tests.engine.conftest import FACE, NOON
from tests.engine.outside import output_of
from tests.engine.parties import root
from tests.fuzz.geometry import document

_FEW: Final = 60
_MANY: Final = 40_000
_EVERY: Final = 20
"""One document in so many is also shown to poppler."""

_DOTS: Final = 200
_INK: Final = 128
_INFO: Final = re.compile(r"Page +\d+ (size|rot): +([\d.e+]+)(?: x ([\d.e+]+))?")


class Seen(NamedTuple):
    """A page as its reader sees it, in its own units, and how far it was turned for that."""

    width: float
    height: float
    rotation: int


@pytest.fixture(scope="module")
def key() -> Key:
    return root("Geometry").party("Geometry").key


def test_few_odd_trees_are_seen_as_strangers_see_them(key: Key, tmp_path: Path) -> None:
    for seed in range(_FEW):
        check(seed, key, tmp_path)


@pytest.mark.long
def test_many_odd_trees_are_seen_as_strangers_see_them(key: Key, tmp_path: Path) -> None:
    for seed in range(_FEW, _MANY):
        check(seed, key, tmp_path)


def check(seed: int, key: Key, folder: Path) -> None:
    """Return if the engine and intake see the pages of this document as strangers do, or refuse it."""
    data = document(seed)
    as_it_is: list[Seen] = []
    with suppress(Refused):
        check_sealable(data)
        as_it_is = seen_by_us(data)
    if as_it_is:
        assert_seen(as_it_is, data, seed)
    try:
        taken = accept(data)
    except Refused:
        return
    assert_taken(taken, as_it_is, seed)
    if seed % _EVERY == 0:
        for ours, other in zip(seen_by_us(taken.data), seen_by_poppler(taken.data, folder), strict=True):
            assert tuple(ours) == pytest.approx(tuple(other), rel=1e-3), f"poppler, {seed}"
    for one in (taken.data, data) if as_it_is else (taken.data,):
        assert_sealed_in_place(one, seed, key)


def assert_taken(taken: Accepted, as_it_is: list[Seen], seed: int) -> None:
    """Fail unless the file that is approved can be sealed, and is what was handed in where that was plain."""
    check_sealable(taken.data)
    assert taken.pages == tuple(frame.size for frame in frames(taken.data)), f"sizes at intake, {seed}"
    found = seen_by_us(taken.data)
    assert_seen(found, taken.data, seed)
    assert not as_it_is or found == as_it_is, f"changed at intake, {seed}"


def assert_seen(found: list[Seen], data: bytes, seed: int) -> None:
    with pypdfium2.PdfDocument(data) as strange:
        theirs = [Seen(page.get_width(), page.get_height(), page.get_rotation()) for page in strange]
    assert len(found) == len(theirs), f"pages, {seed}"
    for ours, other in zip(found, theirs, strict=True):
        assert tuple(ours) == pytest.approx(tuple(other), rel=1e-5, abs=0.01), f"page, {seed}"


def assert_sealed_in_place(data: bytes, seed: int, key: Key) -> None:
    """Fail unless the renderer shows the seal where it was asked for, on a page that is large enough."""
    choose = random.Random(seed)  # noqa: S311  no secret
    sizes = [frame.size for frame in frames(data)]
    number, size = choose.choice(list(enumerate(sizes)))
    radius = FACE.size.width // 2
    if not fits(size):
        return
    x = choose.randint(radius, size.width - radius)
    y = choose.randint(radius, size.height - radius)

    spot = Placement(number + 1, x, y)
    sealed = data + seal(data, face=FACE, spots=(spot,), following=Following.NOBODY, key=key, field="seal", at=NOON)

    box = (x - radius) / size.width, (y - radius) / size.height, (x + radius) / size.width, (y + radius) / size.height
    assert ink(sealed, number) == pytest.approx(box, abs=0.02), f"place, {seed}"


def fits(size: PageSize) -> bool:
    narrow, wide = sorted((size.width, size.height))
    return narrow > FACE.size.width and wide < 8 * narrow and wide < 20 * FACE.size.width  # large enough to be seen


def ink(data: bytes, index: int) -> tuple[float, float, float, float]:
    """Return how far ink reaches on a page: left, bottom, right, top, as shares of what is shown."""
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        page = document[index]
        dots = page.render(scale=_DOTS / max(page.get_size()), may_draw_forms=True).to_numpy()
        is_dark = dots.min(axis=2) < _INK
    rows, columns = np.flatnonzero(is_dark.any(axis=1)), np.flatnonzero(is_dark.any(axis=0))
    height, width = is_dark.shape
    return (
        *(float(columns[0] / width), float(1 - (rows[-1] + 1) / height)),
        *(float((columns[-1] + 1) / width), float(1 - rows[0] / height)),
    )


def frames(data: bytes) -> list[Frame]:
    file = PdfFile.open(data)
    found = pages.find(file)
    return [marks.frame_of(file, found[number]) for number in sorted(found)]


def seen_by_us(data: bytes) -> list[Seen]:
    return [_seen(frame.visible, frame.rotation) for frame in frames(data)]


def seen_by_poppler(data: bytes, folder: Path) -> list[Seen]:
    file = folder / "file.pdf"
    file.write_bytes(data)
    told = _INFO.findall(output_of("pdfinfo", "-l", "99", file))
    found = []
    for (_, width, height), (_, rotation, _) in zip(told[::2], told[1::2], strict=True):
        found.append(_seen(Box(0, 0, float(width), float(height)), int(rotation)))
    return found


def _seen(visible: Box, rotation: int) -> Seen:
    across, along = visible.right - visible.left, visible.top - visible.bottom
    return Seen(along, across, rotation) if rotation in {90, 270} else Seen(across, along, rotation)
