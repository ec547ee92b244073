"""Stock-takes of rubber seals: counted by another person, ended with what differs as incidents."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from privyseal.custody import actions
from privyseal.custody.actions import Seen
from privyseal.custody.models import Alarm, LateAct, Slot, StockLine, StockTake, Store
from privyseal.custody.queries import stock as queries
from privyseal.custody.rules import Ending, Hand
from privyseal.custody.rules.places import StoreKind
from privyseal.custody.rules.stock import (
    CountedByItsKeeper,
    NotAllArrived,
    NothingToCount,
    SealUnknown,
    Step,
    StockTakeOpen,
    StockTakeOver,
    StrangeSealNotDescribed,
)
from privyseal.custody.rules.takeout import FaceNotShown
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Incident, Permit, Seal
from tests.actions.keepers import forbidden, photo, rubber
from tests.by_hand import Out
from tests.conftest import recorded


@pytest.fixture
def cabinet(company: Company, zhao: Person, noon: datetime) -> Store:
    uid = actions.set_up_store(
        zhao, noon, company_uid=company.uid, kind=StoreKind.CABINET, name="3号柜", rows=2, columns=2
    )
    return Store.objects.get(uid=uid)


@pytest.fixture
def contract_stamp(company: Company, zhao: Person, gu: Person, noon: datetime) -> Seal:
    return rubber(zhao, noon, company, gu, name="合同专用章（实体）")


@pytest.fixture
def take(
    cabinet: Store, stamp: Seal, contract_stamp: Seal, zhao: Person, gu: Person, wang: Person, noon: datetime
) -> StockTake:
    """wang counts the cabinet, in which gu keeps two seals, A1 and A2."""
    for seal, label in ((stamp, "A1"), (contract_stamp, "A2")):
        actions.assign_place(gu, noon, seal_uid=seal.uid, slot_id=slot(cabinet, label))
    later = noon + timedelta(minutes=1)
    uid = actions.open_stock_take(
        zhao, later, company_uid=cabinet.company.uid, store_uid=cabinet.uid, counter_pseudonym=wang.pseudonym
    )
    return StockTake.objects.get(uid=uid)


def slot(store: Store, label: str) -> int:
    return Slot.objects.get(store=store, label=label).pk


def see(
    person: Person,
    at: datetime,
    take: StockTake,
    seal: Seal,
    *,
    said: str = "",
    label: str = "",
    done_at: datetime | None = None,
) -> None:
    seen = Seen(
        number=said or seal.number,
        photo_sha256=photo(person, at, seal),
        slot_id=slot(take.store, label) if label and take.store else None,
    )
    actions.see_seal(person, at, take_uid=take.uid, seen=seen, done_at=done_at)


def findings(take: StockTake) -> list[str]:
    return list(take.lines.order_by("pk").values_list("finding", flat=True))


def test_a_cabinet_is_counted_and_what_is_missing_or_in_the_wrong_slot_is_an_incident_with_its_owner(
    take: StockTake, stamp: Seal, wang: Person, zhao: Person, noon: datetime
) -> None:
    see(wang, noon, take, stamp, said=f"https://seals.example/seals/{stamp.uid}/", label="B1")
    assert queries.seen_of(wang, noon, take) == (1, 2)
    actions.describe_strange(wang, noon, take_uid=take.uid, said="无编号的圆章")

    actions.end_stock_take(wang, noon, take_uid=take.uid)

    assert findings(take) == ["wrong-place", "not-found", "unexpected"]
    found = Incident.objects.order_by("pk")
    assert [(one.kind, one.owner, one.due_at > noon) for one in found] == [
        ("misplaced", zhao, True),
        ("not-found", zhao, True),
        ("unexpected", zhao, True),
    ]
    fact = last_fact_about("stock.ended", "company", take.company.uid)
    assert fact is not None
    assert (fact.data["seals"], fact.data["seen"], fact.data["differences"]) == (3, 2, 3)
    assert Store.objects.get().counted_at == noon
    with pytest.raises(StockTakeOver):
        actions.end_stock_take(wang, noon, take_uid=take.uid)
    assert Alarm.objects.count() == 3


def test_whoever_is_named_counts_and_nobody_else_and_a_number_and_a_picture_go_with_it(
    take: StockTake, stamp: Seal, wang: Person, zhao: Person, gu: Person, noon: datetime
) -> None:
    for person in (zhao, gu):
        with pytest.raises(NotEntitled):
            see(person, noon, take, stamp)
    with pytest.raises(SealUnknown):
        see(wang, noon, take, stamp, said="S99999")
    with pytest.raises(FaceNotShown):
        actions.see_seal(wang, noon, take_uid=take.uid, seen=Seen(number=stamp.number, photo_sha256="0" * 64))
    with pytest.raises(StrangeSealNotDescribed):
        actions.describe_strange(wang, noon, take_uid=take.uid, said=" ")

    assert not StockLine.objects.filter(seen_at__isnull=False).exists()


def test_a_seal_of_the_company_that_does_not_belong_there_is_found(
    take: StockTake, company: Company, wang: Person, zhao: Person, gu: Person, noon: datetime
) -> None:
    other = rubber(zhao, noon, company, gu, name="财务专用章")
    for seal in Seal.objects.filter(kind="physical"):
        see(wang, noon, take, seal)

    actions.end_stock_take(wang, noon, take_uid=take.uid)

    line = StockLine.objects.get(seal=other)
    assert (line.is_expected, line.finding, Incident.objects.get().seal) == (False, "unexpected", other)


def test_what_the_record_knows_to_be_away_or_moved_meanwhile_is_not_missing(
    take: StockTake, contract_stamp: Seal, out: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.assign_place(gu, noon + timedelta(minutes=5), seal_uid=contract_stamp.uid, slot_id=None, bag="00417")

    actions.end_stock_take(wang, noon + timedelta(minutes=6), take_uid=take.uid)

    assert (findings(take), Incident.objects.count()) == (["away", "moved"], 0)


def test_a_seal_that_lies_there_while_the_record_has_it_in_use_is_a_difference(
    take: StockTake, contract_stamp: Seal, out: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    see(wang, noon, take, out.permit.seal)
    see(wang, noon, take, contract_stamp)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)

    actions.end_stock_take(wang, noon, take_uid=take.uid)

    assert findings(take) == ["unrecorded", "in-place"]


def test_a_count_pauses_goes_on_is_handed_on_and_is_given_up_by_the_manager_alone(
    take: StockTake, stamp: Seal, wang: Person, li: Person, zhao: Person, noon: datetime
) -> None:
    actions.step_stock_take(wang, noon, take_uid=take.uid, step=Step.PAUSE)
    with pytest.raises(OutOfTurn):
        see(wang, noon, take, stamp)
    with pytest.raises(NotEntitled):
        actions.hand_on(wang, noon, take_uid=take.uid, counter_pseudonym=li.pseudonym)
    actions.hand_on(zhao, noon, take_uid=take.uid, counter_pseudonym=li.pseudonym)
    with pytest.raises(NotEntitled):
        actions.step_stock_take(wang, noon, take_uid=take.uid, step=Step.GO_ON)
    actions.step_stock_take(li, noon, take_uid=take.uid, step=Step.GO_ON)
    see(li, noon, take, stamp)
    with pytest.raises(NotEntitled):
        actions.step_stock_take(li, noon, take_uid=take.uid, step=Step.GIVE_UP)
    actions.step_stock_take(zhao, noon, take_uid=take.uid, step=Step.GIVE_UP)

    assert (StockTake.objects.get().count, Incident.objects.count()) == ("given-up", 0)
    assert recorded()[-1] == "stock.give-up"


def test_a_keeper_counts_with_a_witness_and_the_witness_ends_it(
    cabinet: Store, stamp: Seal, company: Company, gu: Person, wang: Person, jian: Person, noon: datetime
) -> None:
    with pytest.raises(CountedByItsKeeper):
        actions.open_stock_take(gu, noon, company_uid=company.uid, counter_pseudonym=gu.pseudonym)
    with pytest.raises(NothingToCount):
        actions.open_stock_take(
            gu, noon, company_uid=company.uid, store_uid=cabinet.uid, counter_pseudonym=wang.pseudonym
        )
    with pytest.raises(NotEntitled):
        actions.open_stock_take(wang, noon, company_uid=company.uid, counter_pseudonym=wang.pseudonym)
    with pytest.raises(NotFound):
        actions.open_stock_take(gu, noon, company_uid=company.uid, counter_pseudonym="0" * 32)
    uid = actions.open_stock_take(
        gu, noon, company_uid=company.uid, counter_pseudonym=gu.pseudonym, witness_pseudonym=jian.pseudonym
    )
    with pytest.raises(StockTakeOpen):
        actions.open_stock_take(gu, noon, company_uid=company.uid, counter_pseudonym=wang.pseudonym)
    take = StockTake.objects.get(uid=uid)
    see(gu, noon, take, stamp)

    with pytest.raises(NotEntitled):
        actions.end_stock_take(gu, noon, take_uid=uid)
    with pytest.raises(NotAllArrived):
        actions.end_stock_take(jian, noon, take_uid=uid, seen=2)
    actions.end_stock_take(jian, noon, take_uid=uid, seen=1)

    assert (findings(take), StockTake.objects.get().ended_by) == (["in-place"], jian)


def test_what_was_counted_without_a_network_keeps_its_own_time_and_is_judged_by_it(
    take: StockTake, permit: Permit, contract_stamp: Seal, wang: Person, gu: Person, noon: datetime
) -> None:
    out, arrives = noon + timedelta(minutes=30), noon + timedelta(hours=2)
    uid = actions.begin_use(wang, out, permit_uid=permit.uid)
    actions.confirm_use(gu, out, use_uid=uid, hand=Hand.KEEPER)
    seen_at = noon + timedelta(minutes=10)

    see(wang, arrives, take, contract_stamp, label="A2")
    for seal, label in ((permit.seal, "A1"), (contract_stamp, "B2")):
        see(wang, arrives, take, seal, label=label, done_at=seen_at)
    actions.describe_strange(wang, arrives, take_uid=take.uid, said="无编号的圆章", done_at=seen_at)
    actions.end_stock_take(wang, arrives, take_uid=take.uid, done_at=noon + timedelta(minutes=20))

    assert findings(take) == [
        "in-place",
        "in-place",
        "unexpected",
    ]  # it went out later, and the older word is not the last
    lines = list(take.lines.order_by("pk").values_list("seen_at", "done_at"))
    assert lines == [(arrives, seen_at), (arrives, None), (arrives, seen_at)]
    acts = ["stock-see", "stock-see", "stock-describe", "stock-end"]
    assert [act.act for act in LateAct.objects.filter(take=take).order_by("pk")] == acts
    assert (recorded().count("stock.came-late"), recorded().count("stock.seen")) == (4, 3)


def test_what_arrives_after_the_end_of_its_count_changes_nothing_but_the_record(
    take: StockTake, stamp: Seal, wang: Person, zhao: Person, noon: datetime
) -> None:
    actions.step_stock_take(zhao, noon, take_uid=take.uid, step=Step.GIVE_UP)
    with pytest.raises(StockTakeOver):
        see(wang, noon + timedelta(hours=1), take, stamp, done_at=noon)

    assert (LateAct.objects.count(), recorded()[-1]) == (0, "stock.see.refused")


def test_places_that_nobody_counted_and_counts_that_are_late_are_told_once(
    take: StockTake, cabinet: Store, zhao: Person, noon: datetime
) -> None:
    assert actions.watch_stock_takes(noon + timedelta(days=6)) == 0
    assert actions.watch_stock_takes(noon + timedelta(days=93)) == 2
    assert actions.watch_stock_takes(noon + timedelta(days=94)) == 0

    assert recorded()[-2:] == ["stock.overdue", "stock.late"]
    (last,) = queries.last_counts(zhao, noon + timedelta(days=93), [cabinet]).values()
    assert (last.at, last.is_overdue) == (None, True)


_SHOWN = {"photo_sha256": "0" * 64, "seen_at": datetime(2026, 1, 5, tzinfo=UTC)}


@pytest.mark.invariant("T27", column="database")
@pytest.mark.parametrize(
    ("rows", "change", "constraint"),
    [
        (StockTake, {"witness": "wang"}, "counter_is_not_witness"),
        (StockTake, {"count": "ended"}, "stock_take_ends_by_somebody"),
        (StockLine, {**_SHOWN, "seen_by": "gu"}, "keeper_counts_with_a_witness"),
        (StockLine, {**_SHOWN, "seen_by": "wang", "witness": "gu"}, "witness_keeps_nothing_that_is_counted"),
        (StockLine, {**_SHOWN, "seen_by": "wang", "photo_sha256": ""}, "counted_seal_is_seen_and_photographed"),
        (StockLine, {"seal": None}, "strange_seal_is_described"),
        (StockLine, {**_SHOWN, "seen_by": "wang", "done_at": _SHOWN["seen_at"]}, "late_seal_was_seen_before_it_came"),
    ],
)
def test_the_database_keeps_who_counts_and_that_it_is_photographed(
    take: StockTake,
    gu: Person,
    wang: Person,
    rows: type[StockTake | StockLine],
    change: Mapping[str, object],
    constraint: str,
) -> None:
    people = {"gu": gu, "wang": wang}
    said = {field: people.get(str(value), value) for field, value in change.items()}

    with forbidden(constraint):
        rows.objects.update(**said)


def test_what_a_stock_take_found_stays_found(take: StockTake, wang: Person, noon: datetime) -> None:
    actions.end_stock_take(wang, noon, take_uid=take.uid)

    with forbidden("stock_take_stays_as_ended"):
        StockLine.objects.update(finding="in-place")
