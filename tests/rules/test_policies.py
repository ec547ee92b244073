"""Decision tables: which row decides, what makes a table unfit, and that no table is easier than the product."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.approvals.rules import Quorum, asks
from privyseal.approvals.rules.asked import required_by, stages_for
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.policies import (
    Case,
    Counterparty,
    Finding,
    Flaw,
    NothingDecides,
    Row,
    RowNotPossible,
    check_row,
    counterparty_of,
    findings_of,
    folded,
)
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.rules.seats import (
    ALL_OF_THEM,
    Seat,
    SeatOpen,
    Who,
    are_filled,
    everybody,
    fewest,
    first_missing,
    leaves_enough,
)
from privyseal.seals.rules import Level, SealType
from privyseal.signer.statement import Purpose

ONE, TWO = Seat(Who.APPROVER), Seat(Who.APPROVER, needed=2)
MANAGER, FINANCE = Seat(Who.MANAGER), Seat(Who.OFFICE, "finance-head")
ANYTHING = Row(stages=((TWO,),))
TYPES = {"official": frozenset({"official"}), "finance": frozenset({"finance"}), "own": frozenset({"own", "finance"})}
USE = frozenset({Purpose.USE})


def use(kind: str = "official", *, amount: int | None = None, units: Iterable[str] = ()) -> Case:
    return Case(Purpose.USE, TYPES[kind], frozenset(units), amount)


def flaws(*rows: Row, chains: dict[str, frozenset[str]] | None = None) -> list[Finding]:
    return findings_of(rows, types=TYPES, chains=chains or {})


def test_the_first_row_that_takes_a_case_decides() -> None:
    table = (Row(stages=((FINANCE,),), types=frozenset({"finance"})), ANYTHING)

    assert stages_for(table, [use("finance")]) == ((FINANCE,),)
    assert stages_for(table, [use("official")]) == ((TWO,),)


def test_a_type_of_ones_own_is_taken_by_the_row_of_the_type_it_is_like() -> None:
    assert stages_for((Row(stages=((FINANCE,),), types=frozenset({"finance"})), ANYTHING), [use("own")]) == (
        (FINANCE,),
    )


def test_seals_of_two_types_take_the_stages_of_both_rows_and_equal_ones_once() -> None:
    table = (
        Row(stages=((MANAGER,), (FINANCE,)), types=frozenset({"finance"})),
        Row(stages=((MANAGER,), (ONE,)), types=frozenset({"official"})),
        ANYTHING,
    )

    assert stages_for(table, [use("official"), use("finance")]) == ((MANAGER,), (FINANCE,), (ONE,))


def test_an_amount_nobody_stated_is_taken_for_a_large_one() -> None:
    table = (Row(stages=((ONE,),), below=100_00), Row(stages=((TWO,),), least=100_00))

    assert stages_for(table, [use(amount=99_99)]) == ((ONE,),)
    assert stages_for(table, [use(amount=100_00)]) == ((TWO,),)
    assert stages_for(table, [use(amount=None)]) == ((TWO,),)


def test_a_unit_below_the_one_named_is_meant_too() -> None:
    table = (Row(stages=((ONE,),), units=frozenset({"sales"})), ANYTHING)

    assert stages_for(table, [use(units={"sales", "sales-east"})]) == ((ONE,),)
    assert stages_for(table, [use(units={"plant"})]) == ((TWO,),)


def test_what_no_row_takes_is_decided_by_nobody() -> None:
    with pytest.raises(NothingDecides) as refused:
        stages_for((Row(stages=((ONE,),), types=frozenset({"finance"})),), [use("official")])

    assert refused.value.facts == {"purpose": "use", "type": "official"}


def test_a_gap_is_found_with_an_example() -> None:
    (gap,) = flaws(Row(stages=((TWO,),), below=500_00), Row(stages=((TWO,),), least=600_00))

    assert (gap.flaw, gap.about["amount"], gap.forbids) == (Flaw.GAP, "50000", True)


def test_a_row_that_nothing_reaches_is_found() -> None:
    small = Row(stages=((TWO,),), below=100_00)

    assert [(one.flaw, one.row) for one in flaws(small, ANYTHING, Row(stages=((TWO,),), least=5))] == [(Flaw.NEVER, 3)]
    assert flaws(small, ANYTHING) == []


def test_a_unit_below_one_that_stands_higher_is_never_reached() -> None:
    chains = {"sales": frozenset({"sales"}), "east": frozenset({"east", "sales"})}
    sales, east = (Row(stages=((TWO,),), units=frozenset({unit})) for unit in ("sales", "east"))

    assert [(one.flaw, one.row) for one in flaws(sales, east, ANYTHING, chains=chains)] == [(Flaw.NEVER, 2)]
    assert flaws(east, sales, ANYTHING, chains=chains) == []


def test_rows_that_cross_are_told_but_not_forbidden() -> None:
    finance, large = Row(stages=((TWO,),), types=frozenset({"finance"})), Row(stages=((TWO,),), least=100_00)

    (crossing,) = flaws(finance, large, ANYTHING)
    assert (crossing.flaw, crossing.row, crossing.beside, crossing.forbids) == (Flaw.OVERLAP, 2, 1, False)


@pytest.mark.invariant("T4", column="rule")
def test_no_table_asks_fewer_people_than_the_product() -> None:
    (finding,) = flaws(Row(stages=((ONE,),)))

    assert (finding.flaw, finding.row, finding.about) == (Flaw.TOO_EASY, 1, {"purpose": "destroy", "needed": "2"})
    assert flaws(Row(stages=((ONE,), (ONE,)))) == []
    assert flaws(Row(stages=((ONE,),), purposes=USE), ANYTHING) == []


@pytest.mark.parametrize("preset", Preset)
def test_every_preset_is_fit(preset: Preset) -> None:
    types = {kind.value: frozenset({kind.value}) for kind in SealType}

    assert [finding for finding in findings_of(PRESETS[preset], types=types, chains={}) if finding.forbids] == []
    for row in PRESETS[preset]:
        check_row(row)
        assert Row.from_json(row.to_json()) == row


@pytest.mark.parametrize(
    "row",
    [
        Row(stages=()),
        Row(stages=((),)),
        Row(stages=((Seat(Who.OFFICE),),)),
        Row(stages=((Seat(Who.APPROVER, "finance-head"),),)),
        Row(stages=((Seat(Who.APPROVER, needed=6),),)),
        Row(stages=((ONE,),), least=5, below=5),
        Row(stages=((ONE,),), below=-1),
    ],
)
def test_a_row_that_means_nothing_is_refused(row: Row) -> None:
    with pytest.raises(RowNotPossible):
        check_row(row)


def test_one_person_fills_one_seat() -> None:
    both = [SeatOpen(1, frozenset({1, 2})), SeatOpen(1, frozenset({1}))]

    assert not are_filled(both, {1})
    assert are_filled(both, {1, 2})
    assert first_missing(both, {1}) == 1


def test_all_of_them_are_those_who_could() -> None:
    everybody = [SeatOpen(ALL_OF_THEM, frozenset({1, 2, 3}))]

    assert not are_filled(everybody, {1, 2})
    assert are_filled(everybody, {1, 2, 3})
    assert not are_filled([SeatOpen(ALL_OF_THEM, frozenset())], {1})


SEATS = st.lists(st.builds(SeatOpen, st.integers(1, 2), st.frozensets(st.integers(1, 5))), min_size=1, max_size=3)


@given(SEATS, st.frozensets(st.integers(1, 5)))
@pytest.mark.invariant("S5", column="rule")
def test_seats_are_filled_where_some_order_of_different_people_fills_them(
    seats: list[SeatOpen], people: frozenset[int]
) -> None:
    slots = [seat.able for seat in seats for _ in range(seat.slots)]
    by_hand = any(
        all(person in able for person, able in zip(order, slots, strict=True))
        for order in permutations(people, len(slots))
    )

    assert are_filled(seats, people) is by_hand


COURSES = st.lists(SEATS, min_size=1, max_size=3)


@given(COURSES, st.data())
def test_an_application_that_could_be_approved_can_be_to_its_end(
    stages: list[list[SeatOpen]], data: st.DataObject
) -> None:
    """Whoever votes first, and in whatever order: as long as it runs there is somebody who can act."""
    people = frozenset(range(1, 6))
    if first_missing([seat for stage in stages for seat in stage], people) is not None:
        return
    voted, here, stage = frozenset[int](), frozenset[int](), 0
    while stage < len(stages):
        left = stages[stage:]
        able = [
            person
            for person in sorted(everybody(left[0]) - voted)
            if leaves_enough(left, voted=voted, here=here, actor=person, counts_for=person)
        ]
        assert able, "nobody can act"
        person = data.draw(st.sampled_from(able))
        voted, here = voted | {person}, here | {person}
        if are_filled(left[0], here):
            stage, here = stage + 1, frozenset()


ROWS = st.builds(
    Row,
    stages=st.lists(
        st.lists(st.builds(Seat, st.just(Who.APPROVER), st.just(""), st.integers(0, 3)), min_size=1, max_size=2).map(
            tuple
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    purposes=st.frozensets(st.sampled_from(Purpose), max_size=3),
    types=st.frozensets(st.sampled_from(sorted(TYPES)), max_size=2),
    least=st.none() | st.integers(0, 4),
    below=st.none() | st.integers(5, 9),
)
QUORUM = {Quorum.ANY: 1, Quorum.TWO: 2, Quorum.ALL: 1}


@given(
    st.lists(ROWS, max_size=5),
    st.sampled_from(Purpose),
    st.sampled_from(sorted(TYPES)),
    st.none() | st.integers(0, 10),
)
def test_a_table_without_a_forbidding_flaw_decides_everything_and_never_more_easily(
    rows: list[Row], purpose: Purpose, kind: str, amount: int | None
) -> None:
    if any(finding.forbids for finding in findings_of(rows, types=TYPES, chains={})):
        return
    stages = stages_for(rows, [Case(purpose, TYPES[kind], frozenset(), amount)])

    assert fewest(stages) >= sum(QUORUM[quorum] for _, quorum in asks(purpose).stages)


INSIDE, OUTSIDE = Counterparty.INSIDE.value, Counterparty.OUTSIDE.value


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        ({"categories": {"guarantee"}}, {"category": "guarantee"}, {"category": "contract"}),
        ({"categories": {"guarantee"}}, {"category": "guarantee"}, {}),
        ({"levels": {Level.UNIT}}, {"level": Level.UNIT}, {"level": Level.COMPANY}),
        ({"parties": {OUTSIDE}}, {"parties": frozenset({OUTSIDE, "乙方"})}, {"parties": frozenset({INSIDE, "子公司"})}),
        ({"parties": {"乙方"}}, {"parties": frozenset({OUTSIDE, "乙方"})}, {"parties": frozenset({OUTSIDE})}),
    ],
    ids=["category", "no category", "level", "side", "name"],
)
def test_a_condition_takes_the_cases_that_meet_it(
    condition: dict[str, set[str]], met: dict[str, object], unmet: dict[str, object]
) -> None:
    row = Row(stages=((FINANCE,),), purposes=USE, **{name: frozenset(said) for name, said in condition.items()})  # type: ignore[arg-type]  # of its kind

    assert stages_for((row, ANYTHING), [replace(use(), **met)]) == ((FINANCE,),)  # type: ignore[arg-type]  # of its kind
    assert stages_for((row, ANYTHING), [replace(use(), **unmet)]) == ((TWO,),)  # type: ignore[arg-type]  # of its kind


@pytest.mark.parametrize("asked", [True, False])
def test_a_row_is_for_what_happens_outside_the_company_or_in_it(*, asked: bool) -> None:
    row = Row(stages=((FINANCE,),), purposes=USE, is_off_site=asked)

    assert stages_for((row, ANYTHING), [replace(use(), is_off_site=asked)]) == ((FINANCE,),)
    assert stages_for((row, ANYTHING), [replace(use(), is_off_site=not asked)]) == ((TWO,),)


def test_a_counterparty_that_nobody_named_is_outside_and_names_are_compared_as_people_read_them() -> None:
    inside = frozenset({folded("示例科技（上海）有限公司")})

    assert counterparty_of("", inside=inside) == {OUTSIDE}
    assert counterparty_of(" 示例科技(上海) 有限公司", inside=inside) == {INSIDE, "示例科技(上海)有限公司"}
    assert counterparty_of("@inside", inside=inside) == {OUTSIDE, "inside"}
    assert counterparty_of("示例科技\u200b(上海)有限公司\u2060", inside=inside) == {INSIDE, "示例科技(上海)有限公司"}
    assert counterparty_of("\u200b", inside=inside) == {OUTSIDE}


@pytest.mark.parametrize("name", ["ACME", "А\u200dсme", "acme.", "ａｃｍｅ"])
def test_a_name_that_looks_like_one_a_row_names_does_not_lead_past_it(name: str) -> None:
    row = Row(stages=((FINANCE,),), purposes=USE, parties=frozenset({folded("Acme")}))
    parties = counterparty_of(name, inside=frozenset())

    assert stages_for((row, ANYTHING), [replace(use(), parties=parties)]) == ((FINANCE,),)


def test_every_row_that_decides_says_what_has_to_be_there() -> None:
    of_finance = Row(
        stages=((FINANCE,),), purposes=USE, types=frozenset({"finance"}), requires=frozenset({Kind.QUOTATION})
    )
    of_all = Row(stages=((TWO,),), purposes=USE, requires=frozenset({Kind.MINUTES}))
    table = (of_finance, of_all, ANYTHING)

    assert required_by(table, [use("official")]) == {Kind.MINUTES}
    assert required_by(table, [use("official"), use("finance")]) == {Kind.MINUTES, Kind.QUOTATION}


@pytest.mark.parametrize(
    ("rows", "flaw", "about"),
    [
        (
            [
                Row(stages=((TWO,),), purposes=USE, categories=frozenset({"bid"})),
                Row(stages=((TWO,),), purposes=frozenset(Purpose) - USE),
            ],
            Flaw.GAP,
            {"purpose": "use"},
        ),
        (
            [Row(stages=((TWO,),), levels=frozenset({Level.COMPANY}))],
            Flaw.GAP,
            {"level": "unit"},
        ),
        (
            [
                Row(stages=((TWO,),), purposes=USE, is_off_site=False),
                Row(stages=((TWO,),), purposes=frozenset(Purpose) - USE),
            ],
            Flaw.GAP,
            {"off_site": "yes"},
        ),
        (
            [
                Row(stages=((TWO,),), purposes=USE, parties=frozenset({INSIDE, "乙方"})),
                Row(stages=((TWO,),), purposes=frozenset(Purpose) - USE),
            ],
            Flaw.GAP,
            {"party": OUTSIDE},
        ),
        (
            [ANYTHING, Row(stages=((TWO,),), purposes=USE, categories=frozenset({"bid"}))],
            Flaw.NEVER,
            {},
        ),
        (
            [
                Row(stages=((TWO,),), purposes=USE, categories=frozenset({"bid"})),
                Row(stages=((TWO,),), purposes=USE, is_off_site=True),
                ANYTHING,
            ],
            Flaw.OVERLAP,
            {},
        ),
    ],
    ids=["no category", "level", "off site", "outside", "never", "overlap"],
)
def test_gaps_and_overlaps_are_found_along_every_condition(rows: list[Row], flaw: Flaw, about: dict[str, str]) -> None:
    found = [one for one in flaws(*rows) if one.flaw is flaw]

    assert found
    assert about.items() <= found[0].about.items()


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (Row(stages=((ONE,),), categories=frozenset({"bid"})), "purposes"),
        (Row(stages=((ONE,),), purposes=frozenset({Purpose.DESTROY}), requires=frozenset({Kind.MINUTES})), "purposes"),
        (Row(stages=((ONE,),), purposes=USE, categories=frozenset({"Bid"})), "categories"),
        (Row(stages=((ONE,),), purposes=USE, parties=frozenset({"乙 方"})), "parties"),
    ],
)
def test_what_only_a_use_has_is_asked_of_uses_alone(row: Row, part: str) -> None:
    with pytest.raises(RowNotPossible) as refused:
        check_row(row)

    assert refused.value.facts == {"part": part}


def test_a_row_is_kept_whole_and_one_from_before_asks_for_nothing_new() -> None:
    row = Row(
        stages=((ONE,),),
        purposes=USE,
        categories=frozenset({"bid"}),
        levels=frozenset({Level.UNIT}),
        parties=frozenset({INSIDE, "乙方"}),
        is_off_site=False,
        requires=frozenset({Kind.TENDER}),
    )
    kept = row.to_json()
    before = {name: kept[name] for name in ("stages", "purposes", "types", "units", "least", "below")}

    assert Row.from_json(kept) == row
    assert Row.from_json(before) == Row(stages=((ONE,),), purposes=USE)
