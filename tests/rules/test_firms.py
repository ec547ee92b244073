"""Random tables for random companies: nothing is stuck, nobody has two parts, and what the check says is so."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.approvals.fitness import Staff, first_unfilled
from privyseal.approvals.rules import KEPT_APART, Cast, Part, State, Step, asks, free_to_approve, keep_apart, plan
from privyseal.approvals.rules.asked import stages_for
from privyseal.approvals.rules.policies import (
    DECIDED_ON,
    Case,
    Counterparty,
    Finding,
    Flaw,
    NothingDecides,
    Row,
    RowNotPossible,
    check_row,
    findings_of,
)
from privyseal.approvals.rules.seats import (
    Seat,
    SeatOpen,
    Stage,
    Who,
    are_filled,
    builtin_stages,
    everybody,
    fewest,
    first_missing,
    leaves_enough,
)
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.seals.rules import Level
from privyseal.signer.statement import Purpose

TYPES: Final = {"official": frozenset({"official"}), "own": frozenset({"own", "finance"})}
CHAINS: Final = {"sales": frozenset({"sales"}), "east": frozenset({"east", "sales"})}
UNITS: Final = (frozenset[str](), *CHAINS.values())
PARTIES: Final = tuple(frozenset({side.value, *name}) for side in Counterparty for name in ((), ("乙方",)))
PEOPLE: Final = range(1, 8)
OUTSIDE: Final = "oa"
HEAD, GENERAL, FINANCE = "unit-head", "general-manager", "finance-head"
CASES: Final = 60
CHANCE: Final = st.randoms(use_true_random=True)  # seeded by the example all the same

_SOME: Final = st.frozensets(st.sampled_from(PEOPLE), max_size=4)
_SEATS: Final = st.one_of(
    st.builds(Seat, st.just(Who.APPROVER), st.just(""), st.integers(0, 3)),
    st.builds(Seat, st.just(Who.MANAGER), st.just(""), st.integers(0, 1)),
    st.builds(Seat, st.just(Who.OFFICE), st.sampled_from((FINANCE, GENERAL)), st.integers(0, 2)),
    st.builds(Seat, st.just(Who.PERSON), st.sampled_from([f"person {one}" for one in PEOPLE])),
    st.builds(Seat, st.just(Who.OUTSIDE), st.just(OUTSIDE), st.integers(1, 2)),
)
STAGES: Final = st.lists(st.lists(_SEATS, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple)
_OF_ANY: Final = st.builds(
    Row,
    stages=STAGES,
    purposes=st.frozensets(st.sampled_from(DECIDED_ON), max_size=2),
    types=st.frozensets(st.sampled_from(("official", "finance", "own")), max_size=1),
    units=st.frozensets(st.sampled_from(sorted(CHAINS)), max_size=1),
    least=st.none() | st.integers(0, 4),
    below=st.none() | st.integers(5, 9),
    levels=st.frozensets(st.sampled_from(Level), max_size=1),
)
_OF_USES: Final = st.builds(
    Row,
    stages=STAGES,
    purposes=st.just(frozenset({Purpose.USE})),
    categories=st.frozensets(st.just("guarantee")),
    parties=st.frozensets(st.sampled_from((Counterparty.INSIDE.value, "乙方")), max_size=1),
    is_off_site=st.none() | st.booleans(),
    below=st.none() | st.integers(1, 9),
)
# Most tables end in a row that takes whatever is left, and asks enough people for anything.
_LAST: Final = st.builds(Row, stages=STAGES.filter(lambda stages: fewest(stages) > 1))
TABLES: Final = st.builds(
    lambda rows, last: [*rows, *last],
    st.lists(_OF_ANY | _OF_USES, max_size=2),
    st.lists(_LAST, min_size=1, max_size=1) | st.just([]),
)


@dataclass(frozen=True, slots=True)
class Firm:
    """Who may approve, who heads which unit, who holds which office."""

    approvers: frozenset[int]
    heads: tuple[frozenset[int], frozenset[int]]
    offices: tuple[frozenset[int], frozenset[int]]

    @property
    def staff(self) -> Staff:
        general, finance = self.offices
        held = {HEAD: self.heads[0] | self.heads[1], GENERAL: general, FINANCE: finance}
        return Staff(
            name="",
            approvers=self.approvers,
            able={},
            holders=held | {f"person {one}": frozenset({one}) for one in PEOPLE},
            systems=frozenset({OUTSIDE}),
        )

    def open(self, stages: Iterable[Stage], *, applicant: int, unit: int, free: frozenset[int]) -> list[list[SeatOpen]]:
        """Return the stages as somebody's application meets them."""
        return [[self._open(seat, applicant, unit).among(free) for seat in stage] for stage in stages]

    def _open(self, seat: Seat, applicant: int, unit: int) -> SeatOpen:
        able = self.staff.could_fill(seat).able
        if seat.who is Who.MANAGER:
            own = (self.heads[at] for at in range(unit, len(self.heads)))
            able = next((heads for heads in own if heads - {applicant}), self.offices[0]) & self.approvers
        return SeatOpen(seat.needed, able, OUTSIDE if seat.who is Who.OUTSIDE else "")


FIRMS: Final = st.builds(
    Firm, st.frozensets(st.sampled_from(PEOPLE), min_size=3), st.tuples(_SOME, _SOME), st.tuples(_SOME, _SOME)
)


def some_cases(draw: Random) -> list[Case]:
    """Return cases of all kinds, those next to an amount that a row may name among them."""
    return [
        Case(
            draw.choice(DECIDED_ON) if number % 2 else Purpose.USE,
            draw.choice(list(TYPES.values())),
            draw.choice(UNITS),
            draw.choice([None, *range(11)]),
            draw.choice(["", "guarantee"]),
            draw.choice(list(Level)),
            draw.choice(PARTIES),
            draw.random() < 0.5,
        )
        for number in range(CASES)
    ]


def is_possible(table: list[Row]) -> bool:
    try:
        for row in table:
            check_row(row)
    except RowNotPossible:
        return False
    return True


def decided_by(table: list[Row], case: Case) -> int | None:
    return next((number for number, row in enumerate(table) if row.takes(case)), None)


@settings(max_examples=150)
@given(TABLES.filter(is_possible), CHANCE)
def test_what_the_check_of_a_table_says_is_so(table: list[Row], draw: Random) -> None:
    """It names whoever could meet the flaw; and a table without one decides everything, by enough people."""
    found = [finding for finding in findings_of(table, types=TYPES, chains=CHAINS) if finding.forbids]
    cases = some_cases(draw)
    first = {decided_by(table, case) for case in cases}

    for finding in found:
        if finding.flaw is Flaw.GAP:
            with pytest.raises(NothingDecides):
                stages_for(table, [_met(finding)])
        elif finding.flaw is Flaw.NEVER:
            assert finding.row - 1 not in first
        else:
            row, purpose = table[finding.row - 1], Purpose(finding.about["purpose"])
            assert fewest(row.stages) < fewest(builtin_stages(asks(purpose)))
    if Flaw.GAP not in {finding.flaw for finding in found}:
        assert None not in first
    if not found:
        for case in cases:
            assert fewest(stages_for(table, [case])) >= fewest(builtin_stages(asks(case.purpose)))


def _met(gap: Finding) -> Case:
    """Return the example of a gap as a case."""
    said = gap.about
    side = said.get("party", Counterparty.OUTSIDE.value)
    return Case(
        Purpose(said["purpose"]),
        TYPES[said["type"]],
        CHAINS.get(said.get("unit", ""), frozenset()),
        int(said["amount"]) if said.get("amount") else None,
        said.get("category", ""),
        Level(said.get("level", Level.COMPANY)),
        frozenset(side.split()),
        bool(said.get("off_site")),
    )


@settings(max_examples=150)
@given(STAGES, FIRMS, st.sampled_from(PEOPLE), st.integers(0, 1))
def test_a_row_that_is_said_to_be_unfilled_is_filled_for_nobody(
    stages: tuple[Stage, ...], firm: Firm, applicant: int, unit: int
) -> None:
    if first_unfilled(firm.staff, stages) is None:
        return
    free = firm.approvers - {applicant}

    seats = [seat for stage in firm.open(stages, applicant=applicant, unit=unit, free=free) for seat in stage]

    assert first_missing(seats, free) is not None


def test_where_all_heads_of_a_unit_are_asked_those_of_other_units_are_not_counted() -> None:
    firm = Firm(frozenset({1, 2}), (frozenset({1}), frozenset({2})), (frozenset(), frozenset()))

    assert first_unfilled(firm.staff, ((Seat(Who.MANAGER, needed=0),), (Seat(Who.APPROVER),))) is None


@settings(max_examples=300)
@given(TABLES.filter(is_possible), FIRMS, CHANCE)
@pytest.mark.invariant("S3", "S5", column="rule")
def test_what_can_be_applied_for_comes_to_its_end_by_people_without_another_part(
    table: list[Row], firm: Firm, draw: Random
) -> None:
    if any(finding.forbids for finding in findings_of(table, types=TYPES, chains=CHAINS)):
        return
    for case in some_cases(draw)[:8]:
        stages, cast = stages_for(table, [case]), _cast(draw)
        (applicant,), unit = cast[Part.APPLICANT], draw.randrange(2)
        free = free_to_approve(firm.approvers, cast=cast)
        opened = firm.open(stages, applicant=applicant, unit=unit, free=free)
        if first_missing([seat for stage in opened for seat in stage], free) is None:
            _decide(opened, cast, draw)


def _cast(draw: Random) -> dict[Part, frozenset[int]]:
    """Give parts to some people, as far as they are not kept apart."""
    cast: dict[Part, frozenset[int]] = {Part.APPLICANT: frozenset({draw.choice(PEOPLE)})}
    for part in (Part.OPERATOR, Part.CUSTODIAN, Part.WITNESS, Part.PERSON):
        person = draw.choice(PEOPLE)
        try:
            keep_apart(part, actor=person, cast=cast)
        except DutiesNotSeparate:
            continue
        cast[part] = frozenset({person})
    return cast


def _decide(stages: list[list[SeatOpen]], cast: dict[Part, frozenset[int]], draw: Random) -> None:
    """Have it decided by whoever may, in any order, and see at each step that somebody may and who may not."""
    voted, here, at = frozenset[int](), frozenset[int](), 0
    while at < len(stages):
        left = stages[at:]
        able = [
            one
            for one in sorted(everybody(left[0]) - voted)
            if leaves_enough(left, voted=voted, here=here, actor=one, counts_for=one)
        ]
        assert able, "nobody can act"
        person = draw.choice(able)
        plan(State.PENDING, Step.APPROVE, actor=person, cast=cast, entitled=everybody(left[0]))
        voted, here = voted | {person}, here | {person}
        if are_filled(left[0], here):
            at, here = at + 1, frozenset()
    _has_no_two_parts({**cast, Part.APPROVER: voted})


def _has_no_two_parts(cast: Cast) -> None:
    for one, other in permutations(cast, 2):
        if frozenset({one, other}) in KEPT_APART:
            assert not cast[one] & cast[other]
