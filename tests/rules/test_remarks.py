"""What an applicant is told of a document: a table of looks and what follows from them."""

from datetime import date

import pytest

from privyseal.approvals.rules.remarks import About, Remark, remarks_on
from privyseal.pdf.looks import Look, Note, Seen

OWNER = "示例科技有限公司"


def told(*notes: Note, ends_on: date = date(2026, 12, 3), **look: bool) -> list[Remark]:
    said = {"has_words": True, "names_owner": True, "names_company": True} | look
    seen = Look(2, said["has_words"], said["names_owner"], said["names_company"], notes)
    return remarks_on(seen, pages=2, owner=OWNER, starts_on=date(2026, 11, 26), ends_on=ends_on)


@pytest.mark.parametrize(
    ("note", "about"),
    [
        (Note(Seen.EMPTY_PAGE, 2), [About.EMPTY_PAGE]),
        (Note(Seen.UNFILLED, 1, "金额____"), [About.UNFILLED]),
        (Note(Seen.DAY, 2, "2026-11-26"), []),
        (Note(Seen.DAY, 2, "2026-12-04"), [About.DATED_LATER]),
        (Note(Seen.DAY, 2, "2026-10-27"), []),
        (Note(Seen.DAY, 2, "2026-10-26"), [About.DATED_LONG_BEFORE]),
        (Note(Seen.DAY, 2, "2025-12-31"), [About.DATED_LONG_BEFORE, About.OTHER_YEAR]),
        (Note(Seen.SIGNATORY, 2, OWNER), []),
        (Note(Seen.SIGNATORY, 2, "别家有限公司"), [About.OTHER_SIGNATORY]),
    ],
)
def test_each_note_says_what_it_says(note: Note, about: list[About]) -> None:
    assert told(note) == [Remark(one, note.page, note.words) for one in about]


def test_the_last_day_that_stands_there_is_that_of_the_signing() -> None:
    assert told(Note(Seen.DAY, 1, "2020-01-01"), Note(Seen.DAY, 2, "2026-11-26")) == []


def test_of_several_parties_the_owner_has_to_be_one() -> None:
    assert told(Note(Seen.SIGNATORY, 2, "别家有限公司"), Note(Seen.SIGNATORY, 2, OWNER)) == []


def test_days_of_use_that_reach_over_new_year_are_named() -> None:
    assert told(ends_on=date(2027, 1, 2)) == [Remark(About.OTHER_YEAR, 0, "2026-2027")]


def test_a_name_is_missed_only_where_companies_are_named_at_all() -> None:
    assert told(names_owner=False) == [Remark(About.OWNER_NOT_NAMED)]
    assert told(names_owner=False, names_company=False) == []


def test_what_was_not_read_is_said_from_where_on() -> None:
    days = {"owner": OWNER, "starts_on": date(2026, 11, 26), "ends_on": date(2026, 12, 3)}

    assert remarks_on(Look(3, has_words=True), pages=9, **days) == [Remark(About.NOT_READ, 4)]  # type: ignore[arg-type]  # each of its kind
    assert remarks_on(Look(9), pages=9, **days) == [Remark(About.NOT_READ)]  # type: ignore[arg-type]  # each of its kind
