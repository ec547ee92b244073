"""Whether different people could take an application to its end."""

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.approvals.rules import People
from privyseal.approvals.rules.paths import Hangs, hangs_on
from privyseal.approvals.rules.seats import SeatOpen

WANG, LI, WU, ELSE = 1, 2, 3, 0


def of(*people: int) -> People:
    return frozenset(people)


@pytest.mark.parametrize(
    ("applicants", "operators", "seats", "expected"),
    [
        (of(WANG), of(WANG), [SeatOpen(1, of(WANG))], Hangs(0, WANG)),  # alone in everything
        (of(WANG), of(WANG), [SeatOpen(1, of(WANG, LI))], None),
        (of(WANG), of(WANG), [SeatOpen(2, of(WANG, LI))], Hangs(0, WANG)),
        (of(ELSE), of(WANG), [SeatOpen(1, of(LI)), SeatOpen(1, of(WANG))], Hangs(1, WANG)),
        (of(WANG, LI), of(WANG, LI), [SeatOpen(2, of(WANG, LI))], Hangs(0, None)),  # one of them, whichever
        (of(WANG, LI, WU), of(WANG, LI, WU), [SeatOpen(2, of(WANG, LI, WU))], None),
        (of(WANG), of(LI), [SeatOpen(1, of(WANG, LI, WU))], None),
        (of(WANG), of(LI), [SeatOpen(1, of(WANG, LI))], Hangs(0, WANG)),
        (of(WANG), of(WANG), [SeatOpen(0, of(WANG, LI, WU))], None),  # all of them: all others
        (of(WANG, ELSE), of(LI, ELSE), [SeatOpen(2, of(WANG, LI))], None),
        (of(), of(WANG), [SeatOpen(1, of(WANG))], None),  # nobody begins anything
    ],
)
def test_a_row_hangs_on_whoever_would_play_two_parts(
    applicants: People, operators: People, seats: list[SeatOpen], expected: Hangs | None
) -> None:
    assert hangs_on(seats, approvers=of(WANG, LI, WU), applicants=applicants, operators=operators) == expected


_SOME = st.frozensets(st.integers(1, 5))
_SEATS = st.lists(st.builds(SeatOpen, st.integers(0, 2), _SOME), min_size=1, max_size=2)


@given(seats=_SEATS, approvers=_SOME, applicants=_SOME, operators=_SOME)
@settings(max_examples=150)
def test_what_is_cut_off_of_a_large_company_changes_nothing(
    seats: list[SeatOpen], approvers: People, applicants: People, operators: People
) -> None:
    seats = [seat.among(approvers) for seat in seats]

    def fits(*apart: int) -> bool:
        slots = [seat.among(approvers - {*apart}) for seat in seats]
        yes = [slot.able for slot in slots for _ in range(slot.slots)]
        return any(all(map(frozenset.__contains__, yes, given)) for given in permutations(approvers, len(yes)))

    could = any(fits(*apart) for apart in product(applicants, operators)) or not (applicants and operators)
    assert (hangs_on(seats, approvers=approvers, applicants=applicants, operators=operators) is None) == could
