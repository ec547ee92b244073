"""Who could take which duty, with the fewest changes."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.identity.rules import INSTALLATION_POWERS, POWERS_KEPT_APART, Power
from privyseal.identity.rules.seating import (
    SEATED_APART,
    Barred,
    Clash,
    TooFewPeople,
    clashes,
    duties,
    fewest,
    propose,
)

FIVE = ("总", "财", "行", "销", "技")
KEPT = {frozenset({row.first, row.second}) for row in POWERS_KEPT_APART} | set(SEATED_APART)


def conflicts(seats: dict[Power, str]) -> list[tuple[Power, Power]]:
    return [pair for pair in combinations(seats, 2) if frozenset(pair) in KEPT and seats[pair[0]] == seats[pair[1]]]


def test_one_person_who_does_everything_clashes_in_every_row_of_the_table() -> None:
    assert len(clashes({power: {"总"} for power in Power})) == len(POWERS_KEPT_APART)
    assert clashes({Power.MANAGE: {"行"}, Power.USE: {"行", "销"}}) == [Clash("行", Power.MANAGE, Power.USE)]
    assert clashes({}) == []


def test_a_company_needs_six_people_and_three_where_headquarters_helps() -> None:
    assert fewest(duties(headquarters=False)) == 6
    assert fewest(duties(headquarters=True)) == 3
    assert fewest(()) == 0


def test_a_five_person_subsidiary_is_seated_with_headquarters_and_refused_without() -> None:
    today = {Power.MANAGE: {"行"}, Power.USE: {"行", "销"}, Power.CUSTODY: {"行"}, Power.APPROVE: {"总"}}

    seats = propose(today, people=FIVE, headquarters=True)

    assert seats == {Power.MANAGE: "行", Power.USE: "销", Power.APPROVE: "总", Power.CUSTODY: "行"}
    with pytest.raises(TooFewPeople) as refused:
        propose(today, people=FIVE, headquarters=False)
    assert refused.value.facts == {"least": 6, "people": 5}


def test_whoever_is_barred_from_a_duty_is_not_proposed_for_it() -> None:
    today = {Power.CUSTODY: {"总"}}

    seats = propose(today, people=FIVE, headquarters=True, barred=Barred({"总": frozenset({Power.CUSTODY})}))

    assert seats[Power.CUSTODY] != "总"
    everybody = dict.fromkeys(FIVE, frozenset({Power.CUSTODY}))
    with pytest.raises(TooFewPeople):
        propose(today, people=FIVE, headquarters=True, barred=Barred(everybody))


NAMES = st.sampled_from(FIVE)


@settings(max_examples=25, deadline=None)
@given(today=st.dictionaries(st.sampled_from(Power), st.sets(NAMES, max_size=3)), headquarters=st.booleans())
def test_whatever_is_done_today_the_proposal_has_no_conflict(
    today: dict[Power, set[str]], *, headquarters: bool
) -> None:
    people = FIVE if headquarters else (*FIVE, "信")

    seats = propose(today, people=people, headquarters=headquarters)

    assert conflicts(seats) == []
    assert set(seats) == set(Power) - (INSTALLATION_POWERS if headquarters else set())


def test_what_works_today_stays_as_it_is() -> None:
    today = {
        Power.SYSTEM: {"信"},
        Power.SECURITY: {"安"},
        Power.AUDIT: {"审"},
        Power.MANAGE: {"行"},
        Power.USE: {"销"},
        Power.APPROVE: {"总"},
        Power.CUSTODY: {"销"},
    }

    seats = propose(today, people=("总", "销", "行", "审", "安", "信"), headquarters=False)

    assert {power: {person} for power, person in seats.items()} == today
