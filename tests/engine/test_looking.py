"""A look through a document finds what is easily overlooked, page by page."""

import time

import pytest

from privyseal.pdf import confined
from privyseal.pdf.confined import Task
from privyseal.pdf.looking import look
from privyseal.pdf.looks import Look, Note, Seen
from tests.engine.papers import contract, stream
from tests.engine.test_wording import paper
from tests.pdfs import one_page

OWNER = "示例科技有限公司"


def noted(*lines: str) -> list[Note]:
    return list(
        look(paper(*((20, 250 - 20 * number, (line,)) for number, line in enumerate(lines))), owner=OWNER).notes
    )


@pytest.mark.parametrize(
    "line",
    ["合同编号：____", "期限【】", "签订日期：   年  月  日", "金额： _ _ 元", "日期：____年__月__日"],
    ids=["line", "brackets", "day", "cut up", "day on lines"],
)
def test_a_blank_that_nobody_filled_in_is_found(line: str) -> None:
    assert {note.seen for note in noted(line)} == {Seen.UNFILLED}


@pytest.mark.parametrize(
    "line", ["法定代表人（签字）：________", "盖章：____", "出生年月日：见身份证", "2026年11月26日签"]
)
def test_what_is_filled_in_or_signed_by_hand_is_no_blank(line: str) -> None:
    assert not [note for note in noted(line) if note.seen is Seen.UNFILLED]


def test_days_and_signatories_are_read_in_their_order() -> None:
    found = noted(
        "签于2025年12月31日，2026-2-30不存在",
        "甲方（盖章）：示例科技有限公司",
        "乙方：另一家（上海）有限公司",
        "2026.1.5",
    )

    assert found == [
        Note(Seen.DAY, 1, "2025-12-31"),
        Note(Seen.DAY, 1, "2026-01-05"),
        Note(Seen.SIGNATORY, 1, "示例科技有限公司"),
        Note(Seen.SIGNATORY, 1, "另一家(上海)有限公司"),
    ]


def test_a_page_is_empty_that_bears_nothing_or_its_number_alone() -> None:
    assert noted("- 3 -") == [Note(Seen.EMPTY_PAGE, 1)]
    assert noted("第 3 页 共 9 页") == [Note(Seen.EMPTY_PAGE, 1)]
    assert noted("附件") == []
    drawn = contract(pages=1, more={10_001: stream(b"10 10 100 100 re f")})
    assert look(drawn, owner=OWNER).notes == ()


def test_a_look_says_whether_there_are_words_and_whose_name_is_in_them() -> None:
    named = look(paper((20, 100, ("示例科技 有限公司",))), owner=OWNER)
    other = look(paper((20, 100, ("别家有限公司",))), owner=OWNER)

    assert (named.has_words, named.names_owner, named.names_company) == (True, True, True)
    assert (other.names_owner, other.names_company) == (False, True)
    assert Look.from_json(named.to_json()) == named


def test_two_hundred_pages_are_looked_through_in_the_confined_process_at_once() -> None:
    file = one_page("Contract of 2026-11-26 " + "with many words " * 100, pages=200)
    began = time.process_time()

    found = confined.run(Task.LOOK, file, owner=OWNER)

    assert (found.pages, found.has_words) == (200, True)
    assert time.process_time() - began < 1  # the work is done elsewhere, and little is carried
