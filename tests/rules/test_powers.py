"""Which powers may meet in one person: the table, read by a machine that knows no exception."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.identity.rules import (
    INSTALLATION_POWERS,
    POWERS_KEPT_APART,
    AlreadyHeld,
    Held,
    NarrowedTwice,
    Place,
    Power,
    PowersConflict,
    Reach,
    SelfConfirmation,
    SelfGrant,
    TakesNoPart,
    WrongReach,
    check_act,
    check_confirmation,
    check_grant,
    check_takes_part,
    may_act,
    state_of,
)

COMPANIES = (1, 2)
HELD = [Held(power, None) for power in INSTALLATION_POWERS] + [
    Held(power, company) for power, company in product(set(Power) - INSTALLATION_POWERS, COMPANIES)
]


def may(wanted: Held, *held: Held) -> bool:
    try:
        check_grant(wanted, beneficiary=1, grantor=2, held=held)
    except (PowersConflict, AlreadyHeld):
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


NARROWED = [
    Held(power, 1, unit=unit, seal=seal)
    for power in (Power.MANAGE, Power.USE)
    for unit, seal in ((7, None), (None, "s"))
]


@pytest.mark.parametrize("held", NARROWED)
@pytest.mark.parametrize("wanted", NARROWED)
def test_narrowing_dissolves_no_conflict(wanted: Held, held: Held) -> None:
    assert may(wanted, held) == (wanted.power is held.power and wanted != held)


@pytest.mark.parametrize(
    "wish", [Held(Power.AUDIT, None, seal="s"), Held(Power.AUDIT, None, unit=7), Held(Power.USE, 1, 7, "s")]
)
def test_a_power_is_narrowed_once_and_only_in_a_company(wish: Held) -> None:
    with pytest.raises(NarrowedTwice):
        check_grant(wish, beneficiary=1, grantor=2, held=())


@pytest.mark.parametrize(
    ("held", "reaches"),
    [
        (Held(Power.USE, 1), ["company", "seal", "other"]),
        (Held(Power.USE, 1, unit=7), ["seal"]),
        (Held(Power.USE, 1, unit=8), ["seal"]),
        (Held(Power.USE, 1, unit=9), []),
        (Held(Power.USE, 1, seal="s"), ["seal"]),
        (Held(Power.USE, 2), []),
        (Held(Power.APPROVE, 1), []),
    ],
)
def test_a_narrowed_power_reaches_its_seals_and_never_all_of_a_company(held: Held, reaches: list[str]) -> None:
    places = {"company": Place(1), "seal": Place(1, "s", frozenset({7, 8})), "other": Place(1, "t", frozenset({3}))}

    assert [name for name, place in places.items() if may_act(Power.USE, place, held={held})] == reaches


def test_a_power_that_cannot_go_with_it_stops_the_act_however_the_two_came_together() -> None:
    held = {Held(Power.USE, 1), Held(Power.MANAGE, 1, seal="s")}

    with pytest.raises(PowersConflict) as refused:
        check_act(Power.USE, Place(1), held=held)

    assert refused.value.facts == {"power": "use", "already": "manage"}
    assert may_act(Power.USE, Place(1), held={Held(Power.USE, 1), Held(Power.MANAGE, 2)})


@pytest.mark.parametrize(
    ("confirmed", "starts", "ends", "revoked", "state"),
    [
        (None, 0, None, None, "waiting"),
        (0, 0, None, None, "in-force"),
        (0, 0, 9, None, "in-force"),
        (0, 7, 9, None, "coming"),
        (0, 0, 5, None, "ended"),
        (None, 0, 5, None, "ended"),
        (0, 0, None, 3, "ended"),
    ],
)
def test_a_grant_stands_where_its_times_put_it(
    confirmed: int | None, starts: int, ends: int | None, revoked: int | None, state: str
) -> None:
    def day(number: int | None) -> datetime | None:
        return None if number is None else datetime(2026, 1, 1 + number, tzinfo=UTC)

    begins = datetime(2026, 1, 1 + starts, tzinfo=UTC)
    found = state_of(
        confirmed_at=day(confirmed),
        starts_at=begins,
        ends_at=day(ends),
        revoked_at=day(revoked),
        at=datetime(2026, 1, 6, tzinfo=UTC),
    )

    assert found.value == state


def test_each_pair_stands_in_the_table_once() -> None:
    pairs = [frozenset({row.first, row.second}) for row in POWERS_KEPT_APART]

    assert len(pairs) == len(set(pairs))


@pytest.mark.invariant("T2", column="rule")
@pytest.mark.parametrize("power", Power)
def test_whoever_audits_plays_no_part_and_everybody_else_may(power: Power) -> None:
    def plays() -> bool:
        try:
            check_takes_part([Held(power, None)])
        except TakesNoPart:
            return False
        return True

    assert plays() == (power is not Power.AUDIT)
