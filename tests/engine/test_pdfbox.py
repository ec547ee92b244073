"""What PDFBox makes of seals across pages on files of every kind, and whether it draws them as others do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from privyseal.pdf.placement import Placement
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.seal import Awaited, Following, Parties
from privyseal.pdf.spots import Edge, Range, Seam
from privyseal.pdf.together import Impression, seal_together
from tests.engine.conftest import FACE, NOON, SEALED_AT, Authority, Sealing
from tests.engine.outside import Outside, flipped
from tests.engine.papers import contract, stream
from tests.engine.pdfbox import PdfBox, Signed
from tests.engine.test_reading import written_by_qpdf

Dots: TypeAlias = npt.NDArray[Any]

PAGES: Final = 4
SEAM: Final = Seam(Edge.RIGHT, (Range(1, PAGES),), y=150_000, each=10)
LATER: Final = (Placement(4, 60_000, 60_000), Seam(Edge.LEFT, (Range(1, PAGES),), y=100_000, each=10))
AN_HOUR_LATER: Final = NOON + timedelta(hours=1)
_FAR: Final = 60
_MOST_FAR: Final = 30
"""Rims differ; a strip elsewhere differs in hundreds of dots."""


def drawn(*, page_entries: bytes = b"") -> bytes:
    """Return a contract without letters: to look for a font takes longer than everything else."""
    content = {10_000 + number: stream(b"60 600 m 300 600 l S") for number in range(1, PAGES + 1)}
    return contract(pages=PAGES, page_entries=page_entries, more=content)


def hybrid() -> bytes:
    """Return a contract in which older readers do not see an object that its pages name."""
    data = drawn(page_entries=b"/PieceInfo 30000 0 R")
    start = int(data.rpartition(b"startxref")[2].split()[0])
    hidden = len(data)
    data += b"30000 0 obj\n%b\nendobj\n" % b"<<>>"
    row = b"\x01" + hidden.to_bytes(3, "big") + b"\0"
    packed = len(data)
    data += b"20000 0 obj\n%b\nendobj\n" % stream(row, b"/Type/XRef/Size 30001/W[1 3 1]/Index[30000 1]/Root 1 0 R")
    table = b"xref\n20000 1\n%010d 00000 n \n30000 1\n0000000000 65535 f \n" % packed
    trailer = b"trailer\n<</Size 30001/Root 1 0 R/Prev %d/XRefStm %d>>" % (start, packed)
    return b"%b%b%b\nstartxref\n%d\n%%%%EOF\n" % (data, table, trailer, len(data))


KINDS: Final[dict[str, Callable[[], bytes]]] = {
    "table": drawn,
    "streams": lambda: written_by_qpdf(drawn(), "object-streams"),
    "hybrid": hybrid,
    "rotated": lambda: drawn(page_entries=b"/Rotate 90/CropBox[20 30 580 800]"),
    "unit": lambda: drawn(page_entries=b"/UserUnit 2"),
}


@pytest.fixture(scope="module")
def pdfbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdfBox]:
    judge = PdfBox(tmp_path_factory.mktemp("pdfbox"))
    yield judge
    judge.close()


def assert_accepted(pdfbox: PdfBox, outside: Outside, sealed: bytes, ends: list[int]) -> None:
    """Every signature is right up to where it ends, each revision can be drawn, and all draw the same picture."""
    says = pdfbox.says(sealed)
    assert says.signatures == tuple(Signed(is_valid=True, end=end, pages=PAGES) for end in ends)
    for drawn in (outside.pictures(sealed), outside.pictures_by_mupdf(sealed)):
        apart = [_far_apart(one, other) for one, other in zip(says.pages, drawn, strict=True)]
        assert max(apart) <= _MOST_FAR, apart


@pytest.mark.parametrize("kind", KINDS)
def test_a_seal_across_pages_and_a_later_one_are_valid_and_drawn_alike(
    kind: str, sealing: Sealing, authority: Authority, outside: Outside, pdfbox: PdfBox
) -> None:
    first = sealing(KINDS[kind](), spots=(SEALED_AT, SEAM), following=Following.OTHERS)

    both = sealing(first, spots=LATER, field="buyer", key=authority.key("乙方合同章"), at=AN_HOUR_LATER)

    assert_accepted(pdfbox, outside, both, [len(first)] + [len(both)] * 5)


def test_a_later_seal_where_the_first_certified_is_valid(
    sealing: Sealing, authority: Authority, outside: Outside, pdfbox: PdfBox
) -> None:
    following = Parties((Awaited("buyer", LATER, FACE.size),))
    first = sealing(drawn(), spots=(SEALED_AT, SEAM), following=following)

    both = sealing(first, spots=LATER, field="buyer", key=authority.key("乙方合同章"), at=AN_HOUR_LATER)

    assert_accepted(pdfbox, outside, both, [len(first)] + [len(both)] * 5)


def test_several_seals_of_one_pass_are_valid(authority: Authority, outside: Outside, pdfbox: PdfBox) -> None:
    document, key = drawn(), authority.key()
    three = [
        Impression(FACE, (SEALED_AT, SEAM), key, "official"),
        Impression(FACE, (Placement(2, 60_000, 60_000),), key, "contract"),
        Impression(FACE, LATER, key, "third"),
    ]

    sealed = document + seal_together(document, three, following=Following.NOBODY, at=NOON)

    official, contract_seal, third = (revision.end for revision in PdfFile.open(sealed).revisions[1:])
    assert_accepted(pdfbox, outside, sealed, [official, contract_seal, *[third] * 5])


def test_a_changed_byte_and_a_strip_elsewhere_are_seen(sealing: Sealing, outside: Outside, pdfbox: PdfBox) -> None:
    sealed = sealing(drawn(), spots=(SEALED_AT, SEAM))
    moved = sealing(drawn(), spots=(SEALED_AT, Seam(Edge.RIGHT, SEAM.pages, SEAM.y + 5_000, SEAM.each)))

    changed = pdfbox.says(flipped(sealed, sealed.index(b"60 600 m")))
    apart = [_far_apart(*two) for two in zip(changed.pages, outside.pictures(moved), strict=True)]

    assert [signature.is_valid for signature in changed.signatures] == [False]
    assert min(apart) > 5 * _MOST_FAR


def _far_apart(one: Image.Image, other: Image.Image) -> int:
    """Return how many dots of the ink differ, but for the rims of what is drawn."""
    apart = cv2.absdiff(_ink(one), _ink(other.resize(one.size, Image.Resampling.BOX)))
    return int((cv2.erode(apart, np.ones((3, 3), np.uint8)) > _FAR).sum())


def _ink(picture: Image.Image) -> Dots:
    red, green, _ = cv2.split(np.asarray(picture))
    return cv2.subtract(red, green)
