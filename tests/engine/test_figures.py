"""Codes, lines and watermarks: read again by those who did not draw them."""

from datetime import date

import pytest
from PIL import Image

from privyseal.pdf import figures
from privyseal.pdf.accepted import CopyOfSealed, PlaceNotBlank
from privyseal.pdf.copies import watermarked, words_for_copy
from privyseal.pdf.face import FaceTextTooLong
from privyseal.pdf.glyphs import MissingGlyph
from privyseal.pdf.marks import Mark
from privyseal.pdf.placement import PageSize, Size
from privyseal.pdf.render import check_blank
from privyseal.pdf.spots import Stamp
from tests.engine.conftest import Sealing
from tests.engine.outside import Outside
from tests.engine.papers import contract

MEDIA = (0, 0, 600, 600)
PAGE = PageSize(round(600 / 72 * 25_400), round(600 / 72 * 25_400))
ADDRESS = "https://seals.example/receipts/0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_code_stands_in_the_sealed_file_under_its_signature(
    rotation: int, sealing: Sealing, outside: Outside
) -> None:
    figure = figures.code(ADDRESS, side=30_000)
    mark = Mark(figure, Stamp(1, 20_000, 20_000, 0, figure.size.width))

    sealed = sealing(contract(media=MEDIA, page_entries=b"/Rotate %d" % rotation), more=(mark,))

    page = outside.picture(sealed, dpi=254)
    dots = Image.frombytes("RGB", (page.width, page.height), page.pixels).convert("L")
    code = dots.crop((200, page.height - 500, 500, page.height - 200)).tobytes()
    modules = 37 + 8
    for x, y in ((4, 4), (modules - 11, 4), (4, modules - 11)):  # the three finder patterns, seven modules wide
        middle = int((y + 3.5) * 300 / modules) * 300
        row = [code[middle + int((x + at + 0.5) * 300 / modules)] < 128 for at in range(7)]
        assert row == [True, False, True, True, True, False, True]
    assert outside.pdfsig(sealed)[0].is_whole


def test_a_text_too_long_for_a_code_is_refused() -> None:
    with pytest.raises(figures.CodeTooLong):
        figures.code("x" * 3_000, side=30_000)


def test_a_place_is_blank_where_nothing_is_shown() -> None:
    document, box = contract(media=MEDIA), Size(22_000, 22_000)

    check_blank(document, page=1, size=PAGE, left=5_000, bottom=5_000, box=box)
    with pytest.raises(PlaceNotBlank):
        check_blank(document, page=1, size=PAGE, left=20_000, bottom=205_000, box=Size(40_000, 6_600))


def test_a_line_is_as_high_as_asked_and_as_long_as_its_words() -> None:
    assert figures.line("2026年11月25日", height=5_000).size == Size(36_445, 5_000)


def test_a_copy_says_on_every_page_what_it_is_for(outside: Outside) -> None:
    document = contract(media=MEDIA)

    copy = document + watermarked(document, words_for_copy("仅供投标使用", date(2026, 12, 31)))

    assert "No syntax or stream encoding errors" in outside.qpdf(copy)
    for number in (1, 2):
        before, after = (outside.picture(each, page=number, dpi=72) for each in (document, copy))
        changed = [at for at in range(0, len(before.pixels), 3) if before.pixels[at] != after.pixels[at]]
        rows = {at // 3 // before.width * 6 // before.height for at in changed}
        assert rows == set(range(6)), "every sixth of the page bears some of it"
        assert min(after.pixels[at] for at in changed if before.pixels[at] == 255) > 170


def test_a_copy_can_be_sealed_afterwards(sealing: Sealing, outside: Outside) -> None:
    document = contract(media=MEDIA)
    copy = document + watermarked(document, "仅供投标使用")

    assert outside.pdfsig(sealing(copy))[0].is_whole


def test_a_signed_document_is_not_written_on(sealing: Sealing) -> None:
    with pytest.raises(CopyOfSealed):
        watermarked(sealing(contract()), "仅供投标使用")


@pytest.mark.parametrize(
    ("words", "refusal"), [("", FaceTextTooLong), ("字" * 121, FaceTextTooLong), ("\U0001f600", MissingGlyph)]
)
def test_words_that_cannot_be_drawn_are_refused(words: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        figures.watermark(words, PAGE)


def test_the_words_of_a_copy_without_an_end_are_the_words() -> None:
    assert words_for_copy("仅供投标使用", None) == "仅供投标使用"
    assert words_for_copy("仅供投标使用", date(2026, 1, 2)) == "仅供投标使用 有效期至2026年1月2日"
