"""Reports: every one says all its words, whatever the one before it said."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from subprocess import run

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # the library ships no types

from privyseal.pdf.report import Block, Heading, Table, Words, report
from privyseal.pdf.report_font import SmallFont
from privyseal.pdf.report_lines import broken

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
FIRST: list[Block] = [
    Heading("用印经过"),
    Words("合同一式两份"),
    Table(("何人", "何时"), (("申请人", "上午"),), (1, 1)),
]
SECOND: list[Block] = [Words("Sealed twice, 囍龘 and no more"), Table(("What",), (("impressions",),), (1,))]


def test_a_report_says_its_words_though_the_font_was_cut_for_another_one() -> None:
    first = said(report("证据包", FIRST, language="zh-hans", made_at=AT))
    second = said(report("Evidence pack", SECOND, language="en", made_at=AT))
    again = said(report("证据包", FIRST, language="zh-hans", made_at=AT))

    for words in ("证据包", "用印经过", "合同一式两份", "何人", "申请人", "· 1 / 1"):
        assert words in first
        assert words in again
    for words in ("Evidence pack", "Sealed twice, 囍龘 and no more", "What", "impressions"):
        assert words in second


def test_words_that_are_higher_than_a_page_go_on_below_and_a_long_run_takes_no_time() -> None:
    reason, measured = "\n".join(f"Z{number}" for number in range(160)), count()
    rows = (("Reason", reason), ("State", "approved"))

    words = said(report("Pack", [Table(("What", "Said"), rows, (1, 3))], language="en", made_at=AT)).split()

    assert [word for word in words if word.startswith("Z")] == reason.split()
    assert "approved" in words
    assert broken("a" * 4_000, 40, lambda text: min(len(text), 4_000 + next(measured))).count("\n") == 99
    assert next(measured) < 5_000


def test_a_quotation_mark_has_the_room_of_a_character_in_chinese_alone() -> None:
    assert _advance_of("’", is_wide=True) == _advance_of("章", is_wide=True)
    assert _advance_of("’", is_wide=False) < _advance_of("章", is_wide=False) / 3
    assert "the seal’s “face”" in said(report("Pack", [Words("the seal’s “face”")], language="en", made_at=AT))


def _advance_of(character: str, *, is_wide: bool) -> int:
    font = TTFont(BytesIO(SmallFont(is_wide=is_wide).covering(character)))
    return int(font["hmtx"][font.getBestCmap()[ord(character)]][0])


def said(pdf: bytes) -> str:
    return run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_no_line_begins_with_a_closing_mark_and_no_word_is_cut() -> None:
    said = "以及盖章之后发生过什么。照片的时间（和地点）以手机所报为准。"

    assert broken(said, 11, len) == "以及盖章之后发生过什\n么。照片的时间（和地\n点）以手机所报为准。"
    assert broken("At the place of signature", 14, len) == "At the place\nof signature"
    assert broken("8deda54fce435b24", 8, len) == "8deda54f\nce435b24"
