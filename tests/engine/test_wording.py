"""Words are found where a reader sees them, however a file has cut them up."""

import pytest

from privyseal.pdf import confined
from privyseal.pdf.accepted import PdfDamaged
from privyseal.pdf.asking import AtWords, OverDate
from privyseal.pdf.confined import Task
from privyseal.pdf.placement import PageSize
from privyseal.pdf.wording import MOST_KEPT, find
from tests.engine.papers import contract, stream

SONG = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
    b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)
SIZE = PageSize(200_000, 100_000)
PAGE = (0.0, 0.0, 200_000 / 25_400 * 72, 100_000 / 25_400 * 72)
POINT = 25_400 / 72


def paper(*lines: tuple[float, float, tuple[str, ...]], page_entries: bytes = b"") -> bytes:
    """Return one page; each line stands at a point and comes in fragments of Song of 12 points."""
    shown = b"".join(
        b"BT /F 12 Tf %g %g Td " % (x, y) + b"".join(b"<%b>Tj " % _codes(part) for part in parts) + b"ET\n"
        for x, y, parts in lines
    )
    return contract(pages=1, media=PAGE, page_entries=page_entries, more={3: SONG, 10_001: stream(shown)})


def _codes(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()


def test_words_in_fragments_are_found_whole() -> None:
    page = paper((100, 150, ("甲方", "（", "盖 章", "）")), (100, 50, ("乙方盖章",)))

    first, second = find(page, AtWords("盖章"), [SIZE])

    assert (first.page, second.page) == (1, 1)
    assert first.left == pytest.approx((100 + 3 * 12) * POINT, abs=800)
    assert first.right == pytest.approx((100 + 6 * 12) * POINT, abs=2_200)
    assert first.bottom == pytest.approx(150 * POINT, abs=1_200)
    assert second.bottom == pytest.approx(50 * POINT, abs=1_200)


@pytest.mark.parametrize("wanted", ["盖章(公章)", "盖章（公章）", "盖 章 （公 章）"])
def test_width_and_blanks_make_no_difference(wanted: str) -> None:
    assert len(find(paper((100, 150, ("盖章（公章）",))), AtWords(wanted), [SIZE])) == 1


@pytest.mark.parametrize("wanted", ["印章", "", " "])
def test_words_that_are_not_there_are_not_found(wanted: str) -> None:
    assert find(paper((100, 150, ("盖章",))), AtWords(wanted), [SIZE]) == ()


@pytest.mark.parametrize(
    ("rotation", "across", "up"), [(0, 100, 50), (90, 50, 466.9), (180, 466.9, 233.5), (270, 233.5, 100)]
)
def test_on_a_turned_page_they_are_where_a_reader_sees_them(rotation: int, across: float, up: float) -> None:
    size = SIZE if rotation % 180 == 0 else PageSize(SIZE.height, SIZE.width)
    page = paper((100, 50, ("盖",)), page_entries=b"/Rotate %d" % rotation)

    (found,) = find(page, AtWords("盖"), [size])

    nearest_x = min(abs(found.left - across * POINT), abs(found.right - across * POINT))
    nearest_y = min(abs(found.bottom - up * POINT), abs(found.top - up * POINT))
    assert max(nearest_x, nearest_y) < 1_500


@pytest.mark.parametrize(
    ("date", "until"),
    [
        ("2026年11月25日", 8),
        ("二〇二六年十一月二十五日", 8),
        ("____年__月__日", 8),
        ("2026-11-25", 7),
        ("2026年1月", 7),
    ],
)
def test_a_date_is_found_up_to_its_month(date: str, until: int) -> None:
    page = paper((100, 150, tuple(date)))

    (found,) = find(page, OverDate(), [SIZE])
    (month,) = find(page, AtWords(date[:until]), [SIZE])

    assert found == month


def test_the_confined_process_answers_the_same() -> None:
    page = paper((100, 150, ("2026年11月25日盖章",)))

    assert confined.run(Task.FIND, page, wish=AtWords("盖章"), pages=[SIZE]) == find(page, AtWords("盖章"), [SIZE])
    assert confined.run(Task.FIND, page, wish=OverDate(), pages=[SIZE]) == find(page, OverDate(), [SIZE])


def test_no_more_places_are_kept_than_anybody_could_mean() -> None:
    pages = 501

    assert len(find(contract(pages=pages), AtWords("a"), [SIZE] * pages)) == MOST_KEPT


def test_what_cannot_be_opened_is_refused() -> None:
    with pytest.raises(PdfDamaged):
        find(b"%PDF-1.7 and nothing", AtWords("盖章"), [SIZE])
