import struct
import zlib

import pytest

from privyseal.pdf.accepted import PdfDamaged, PdfTooHard
from privyseal.pdf.placement import NoSuchPage, Placement
from privyseal.pdf.render import page_png
from tests.engine.conftest import Sealing
from tests.engine.outside import Picture
from tests.engine.papers import contract
from tests.engine.test_wording import paper


def picture_of(png: bytes) -> Picture:
    """Read back the one kind of PNG that is written here: eight bits, RGB, no filter."""
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT") + 4
    rows = zlib.decompress(png[start : start + struct.unpack(">I", png[start - 8 : start - 4])[0]])
    step = 3 * width + 1
    assert rows[::step] == bytes(height)
    return Picture(width, height, b"".join(rows[at + 1 : at + step] for at in range(0, len(rows), step)))


def test_a_page_has_the_size_asked_for() -> None:
    picture = picture_of(page_png(contract(media=(0, 0, 300, 150)), page=1, dpi=144))

    assert (picture.width, picture.height) == (600, 300)


def test_a_seal_is_drawn_where_it_stands(sealing: Sealing) -> None:
    sealed = sealing(contract(media=(0, 0, 600, 600)), placement=Placement(page=2, x=60_000, y=40_000))

    box = picture_of(page_png(sealed, page=2, dpi=72)).red_box()

    point = 25_400 / 72
    expected = [edge / point / 600 for edge in (39_000, 19_000, 81_000, 61_000)]
    assert box == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_does_not_exist_is_refused(number: int) -> None:
    with pytest.raises(NoSuchPage):
        page_png(contract(), page=number, dpi=72)


def test_what_the_renderer_cannot_open_is_refused() -> None:
    with pytest.raises(PdfDamaged):
        page_png(b"%PDF-1.7 and nothing", page=1, dpi=72)


def test_a_picture_of_too_many_points_is_refused() -> None:
    with pytest.raises(PdfTooHard):
        page_png(contract(media=(0, 0, 14_400, 14_400)), page=1, dpi=72)


def test_chinese_words_are_drawn_though_the_file_carries_no_font() -> None:
    picture = picture_of(page_png(paper((100, 150, ("盖章",))), page=1, dpi=72))

    dark = [at for at in range(0, len(picture.pixels), 3) if picture.pixels[at] < 128]
    assert len(dark) > 40
