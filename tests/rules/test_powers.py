"""Which powers may meet in one person: the table, read by a machine that knows no exception."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.identity.rules import (
    INSTALLATION_POWERS,
    POWERS_KEPT_APART,
    Held,
    Power,
    PowersConflict,
    Reach,
    SelfConfirmation,
    SelfGrant,
    WrongReach,
    check_confirmation,
    check_grant,
)

COMPANIES = (1, 2)
HELD = [Held(power, None) for power in INSTALLATION_POWERS] + [
    Held(power, company) for power, company in product(set(Power) - INSTALLATION_POWERS, COMPANIES)
]


def may(wanted: Held, *held: Held) -> bool:
    try:
        check_grant(wanted, beneficiary=1, grantor=2, held=held)
    except PowersConflict:
        return False
    return True


@pytest.mark.invariant("S6", "S7", "S8", column="rule")
def test_every_pair_of_an_installation_power_and_any_other_is_kept_apart() -> None:
    for one, other in product(HELD, HELD):
        if one.power in INSTALLATION_POWERS and one.power is not other.power:
            assert not may(one, other)


@pytest.mark.invariant("S1", "S2", column="rule")
@pytest.mark.parametrize("power", [Power.USE, Power.APPROVE])
def test_whoever_manages_a_companys_seals_neither_uses_nor_approves_there(power: Power) -> None:
    assert not may(Held(power, 1), Held(Power.MANAGE, 1))
    assert may(Held(power, 2), Held(Power.MANAGE, 1))


def test_using_and_approving_meet_in_one_person_but_never_in_one_application() -> None:
    assert may(Held(Power.APPROVE, 1), Held(Power.USE, 1))


def test_a_keeper_may_also_use() -> None:
    assert may(Held(Power.CUSTODY, 1), Held(Power.USE, 1), Held(Power.APPROVE, 1))


@given(st.lists(st.sampled_from(HELD), max_size=12))
def test_no_history_of_grants_brings_two_powers_together_that_are_kept_apart(wishes: list[Held]) -> None:
    held: list[Held] = []
    for wish in wishes:
        if may(wish, *held):
            held.append(wish)

    for row in POWERS_KEPT_APART:
        firsts = [one for one in held if one.power is row.first]
        seconds = [other for other in held if other.power is row.second]
        for one, other in product(firsts, seconds):
            assert row.reach is Reach.COMPANY
            assert one.company != other.company


@pytest.mark.invariant("T1", column="rule")
def test_nobody_grants_to_themselves() -> None:
    with pytest.raises(SelfGrant):
        check_grant(Held(Power.USE, 1), beneficiary=1, grantor=1, held=())


@pytest.mark.parametrize("wish", [Held(Power.USE, None), Held(Power.AUDIT, 1)])
def test_a_power_is_granted_within_its_reach(wish: Held) -> None:
    with pytest.raises(WrongReach):
        check_grant(wish, beneficiary=1, grantor=2, held=())


@pytest.mark.invariant("T1", column="rule")
@pytest.mark.parametrize(("grantor", "beneficiary"), [(7, 1), (1, 7)])
def test_a_grant_is_confirmed_by_a_third_person(grantor: int, beneficiary: int) -> None:
    with pytest.raises(SelfConfirmation):
        check_confirmation(confirmer=7, grantor=grantor, beneficiary=beneficiary)
    check_confirmation(confirmer=9, grantor=grantor, beneficiary=beneficiary)


def test_each_pair_stands_in_the_table_once() -> None:
    pairs = [frozenset({row.first, row.second}) for row in POWERS_KEPT_APART]

    assert len(pairs) == len(set(pairs))
