"""What a photograph of a page shows beside the document: a few here, the counted set in ``sights``."""

import tempfile
from collections.abc import Iterator
from random import Random
from typing import IO

import pytest

from privyseal.paper.verdict import Box, Mark, Print, Seen, Sight
from privyseal.pdf import photographed
from privyseal.pdf.foreign import PictureUnreadable
from tests.engine.sights import Made, cases, table
from tests.photographed import ADDITIONS, Change, agreement, amount_line, blank, jpeg, printed, taken, words_of

pytestmark = pytest.mark.documents

APPROVED = agreement(3)
LINE = 1


@pytest.fixture(scope="module")
def document() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(APPROVED)
        file.flush()
        yield file


@pytest.fixture(scope="module")
def prints(document: IO[bytes]) -> tuple[Print, ...]:
    return photographed.prints_of(document, first=1, last=3)


@pytest.fixture
def points(prints: tuple[Print, ...]) -> list[bytes]:
    return [each.points for each in prints]


@pytest.fixture(scope="module")
def honest() -> bytes:
    return photo(APPROVED)


def photo(pdf: bytes, *, page: int = 2) -> bytes:
    """Return a small photograph from the side, with all that people honestly add."""
    random = Random(1)  # noqa: S311  not a secret: the same photograph each time
    paper = printed(pdf, page)
    for add in ADDITIONS.values():
        paper = add(paper, random)
    return jpeg(taken(paper, random, slant=0.06, room=0.15, long_side=1_900))


def test_photographed_page_is_found_and_what_was_honestly_added_is_no_difference(
    document: IO[bytes], points: list[bytes], honest: bytes
) -> None:
    seen = photographed.seen_on(honest, document=document, points=points)

    assert (seen.sight, seen.page, seen.similarity, seen.in_view) == (Sight.SAME, 2, 100, 100)
    assert {box.mark for box in seen.boxes} == {Mark.ADDED}


def test_changed_digit_of_an_amount_differs_and_its_box_is_on_its_line() -> None:
    before, after = amount_line(4_100_000_00), amount_line(4_700_000_00)
    approved, changed = (agreement(1, changes=[Change(1, LINE, words)]) for words in (before, after))
    with tempfile.TemporaryFile() as file:
        file.write(approved)
        file.flush()
        known = [each.points for each in photographed.prints_of(file, first=1, last=1)]
        seen = photographed.seen_on(photo(changed, page=1), document=file, points=known)

    (box,) = [box for box in seen.boxes if box.mark is Mark.PRINT]
    assert (seen.sight, seen.page) == (Sight.DIFFERS, 1)
    assert 90 < box.top + box.height / 2 < 115


def test_page_of_another_agreement_is_not_in_the_document(document: IO[bytes], points: list[bytes]) -> None:
    seen = photographed.seen_on(photo(agreement(3, seed=9)), document=document, points=points)

    assert seen == Seen(Sight.NOT_THERE)


def test_of_pages_that_look_alike_the_likeliest_is_named(honest: bytes) -> None:
    twice = agreement(3, changes=[Change(3, line, words) for line, words in enumerate(words_of(2))])
    with tempfile.TemporaryFile() as file:
        file.write(twice)
        file.flush()
        known = [each.points for each in photographed.prints_of(file, first=1, last=3)]
        named = [photographed.seen_on(honest, document=file, points=known, likeliest=page).page for page in (0, 3, 1)]

    assert named == [2, 3, 2]


def test_photograph_of_hardly_any_print_is_unreadable(document: IO[bytes], points: list[bytes]) -> None:
    seen = photographed.seen_on(jpeg(blank()), document=document, points=points)

    assert seen == Seen(Sight.UNREADABLE)


def test_what_is_no_photograph_is_refused(document: IO[bytes], points: list[bytes]) -> None:
    with pytest.raises(PictureUnreadable):
        photographed.seen_on(b"\xff\xd8\xff no photograph", document=document, points=points)


def test_photograph_is_looked_up_by_its_words_and_told_from_other_pages_by_its_points(
    prints: tuple[Print, ...], honest: bytes
) -> None:
    looked_up = photographed.print_of_photo(honest)

    common = [len(set(looked_up.words) & set(each.words)) for each in prints]
    assert common.index(max(common)) == 1
    assert photographed.alike(looked_up, [each.points for each in prints]) == (1,)


def test_what_is_seen_survives_its_way_into_the_database() -> None:
    seen = Seen(Sight.DIFFERS, 2, 99, 72, (Box(Mark.PRINT, 10, 20, 30, 4), Box(Mark.ADDED, 500, 800, 100, 90)))

    assert Seen.from_json(seen.to_json()) == seen


@pytest.mark.long
def test_alarms_are_as_good_as_the_documents_say() -> None:
    found = list(cases(4))

    alarms = [case for case in found if case.is_alarm]
    changed = [case for case in found if case.made is not Made.NOTHING]
    assert sum(case.made is not Made.NOTHING for case in alarms) >= 0.95 * len(alarms), table(found)
    assert sum(case.is_alarm for case in changed) >= 0.95 * len(changed), table(found)
