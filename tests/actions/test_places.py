"""Cabinets and their slots: one seal in each, and every seal somewhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from privyseal.custody import actions
from privyseal.custody.models import SealPlace, Slot, Store
from privyseal.custody.queries import places as queries
from privyseal.custody.rules.places import BagTaken, SlotTaken, StoreInUse, StoreKind, StoreNotPossible, Where
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Seal
from privyseal.seals.rules.permits import SealNotPhysical
from tests.actions.keepers import forbidden, rubber
from tests.by_hand import Out, turn
from tests.cast import OTHER_USCC
from tests.conftest import holding, new_company, new_person, recorded


@pytest.fixture
def cabinet(company: Company, zhao: Person, noon: datetime) -> Store:
    uid = actions.set_up_store(
        zhao, noon, company_uid=company.uid, kind=StoreKind.CABINET, name="3号柜", rows=2, columns=2
    )
    return Store.objects.get(uid=uid)


def slot(store: Store, label: str) -> int:
    return Slot.objects.get(store=store, label=label).pk


def test_a_cabinet_is_set_up_with_its_slots_and_recorded(
    cabinet: Store, company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    assert [one.label for one in cabinet.slots.order_by("number")] == ["A1", "A2", "B1", "B2"]
    assert recorded()[-1] == "place.set-up"
    for name in ("3号柜", " "):
        with pytest.raises(StoreNotPossible):
            actions.set_up_store(zhao, noon, company_uid=company.uid, kind=StoreKind.SAFE, name=name, rows=1, columns=1)
    with pytest.raises(NotEntitled):
        actions.set_up_store(gu, noon, company_uid=company.uid, kind=StoreKind.BOX, name="盒", rows=1, columns=1)


def test_a_seal_has_its_slot_and_bag_and_lies_there(cabinet: Store, stamp: Seal, gu: Person, noon: datetime) -> None:
    actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=slot(cabinet, "B2"), bag="00417")

    (now,) = queries.where_now(gu, noon, [stamp])
    assert (now.where, now.own and now.own.bag, now.in_hands_of) == (Where.IN_ITS_SLOT, "00417", gu)
    assert queries.usual_place(gu, noon, stamp) == "3号柜 B2"
    fact = last_fact_about("place.assigned", "seal", stamp.uid)
    assert fact is not None
    assert (fact.data["slot"], "00417" in str(fact.data)) == ("B2", False)


def test_a_slot_and_a_bag_hold_one_seal(
    cabinet: Store, stamp: Seal, company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    other = rubber(zhao, noon, company, gu, name="合同专用章（实体）")
    actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=slot(cabinet, "A1"), bag="00417")

    with pytest.raises(SlotTaken):
        actions.assign_place(gu, noon, seal_uid=other.uid, slot_id=slot(cabinet, "A1"))
    with pytest.raises(BagTaken):
        actions.assign_place(gu, noon, seal_uid=other.uid, slot_id=slot(cabinet, "A2"), bag="00417")
    assert not SealPlace.objects.filter(seal=other).exists()
    taken = SealPlace(seal=other, company=company, belongs_id=slot(cabinet, "A1"), since=noon)
    with forbidden("one_seal_belongs_in_a_slot"):
        taken.save(force_insert=True)
    with forbidden("one_seal_lies_in_a_slot"):
        SealPlace(seal=other, company=company, bag="1", lies_id=slot(cabinet, "A1"), since=noon).save(force_insert=True)
    with forbidden("one_seal_a_bag"):
        SealPlace(seal=other, company=company, bag="00417", since=noon).save(force_insert=True)


def test_the_slot_of_a_destroyed_seal_is_free(
    cabinet: Store, stamp: Seal, company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=slot(cabinet, "A1"))
    Seal.objects.filter(pk=stamp.pk).update(state="void")
    other = rubber(zhao, noon, company, gu, name="合同专用章（实体）")

    actions.assign_place(gu, noon, seal_uid=other.uid, slot_id=slot(cabinet, "A1"))

    assert SealPlace.objects.get().seal_id == other.pk


def test_a_seal_belongs_in_its_own_company_alone(
    cabinet: Store, stamp: Seal, chen: Person, sun: Person, gu: Person, noon: datetime
) -> None:
    elsewhere = new_company("另一家公司", OTHER_USCC, registrar=chen, verifier=sun, at=noon)
    zhou = holding(new_person("zhu", "朱管"), Power.MANAGE, elsewhere, noon)
    uid = actions.set_up_store(
        zhou, noon, company_uid=elsewhere.uid, kind=StoreKind.SAFE, name="保险柜", rows=1, columns=1
    )
    strange = Slot.objects.get(store__uid=uid)

    with pytest.raises(NotFound):
        actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=strange.pk)
    with pytest.raises(NotFound):
        actions.assign_place(zhou, noon, seal_uid=stamp.uid, slot_id=strange.pk)
    with forbidden("seal_belongs_to_its_company"):
        SealPlace(seal=stamp, company=stamp.company, belongs=strange, since=noon).save(force_insert=True)


def test_only_rubber_lies_in_a_slot_and_only_keepers_and_managers_put_it_there(
    official: Seal, cabinet: Store, stamp: Seal, zhao: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(SealNotPhysical):
        actions.assign_place(zhao, noon, seal_uid=official.uid, slot_id=slot(cabinet, "A1"))
    with pytest.raises(NotEntitled):
        actions.assign_place(wang, noon, seal_uid=stamp.uid, slot_id=slot(cabinet, "A1"))
    assert not SealPlace.objects.exists()


@pytest.mark.documents
@pytest.mark.parametrize(
    ("said", "place"),
    [("3号柜 A1", Where.IN_ITS_SLOT), ("原处", Where.IN_ITS_SLOT), ("3号柜 B1", Where.IN_ANOTHER_SLOT)],
)
def test_a_seal_is_out_for_a_use_and_then_lies_where_its_keeper_says(
    said: str, place: Where, cabinet: Store, out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    seal = out.permit.seal
    actions.assign_place(gu, noon, seal_uid=seal.uid, slot_id=slot(cabinet, "A1"))
    (away,) = queries.where_now(gu, noon, [seal])
    turn(out, wang, jian, noon, impressions=6)

    actions.put_back(gu, noon, use_uid=out.uid, place=said)

    (back,) = queries.where_now(gu, noon, [seal])
    assert (away.where, away.in_hands_of, back.where, back.in_hands_of) == (Where.IN_USE, wang, place, gu)


def test_a_cabinet_is_taken_down_once_it_is_empty(
    cabinet: Store, stamp: Seal, zhao: Person, gu: Person, noon: datetime
) -> None:
    actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=slot(cabinet, "A1"))
    with pytest.raises(StoreInUse):
        actions.take_down_store(zhao, noon, store_uid=cabinet.uid)

    actions.assign_place(gu, noon, seal_uid=stamp.uid, slot_id=None)
    actions.take_down_store(zhao, noon, store_uid=cabinet.uid)

    (now,) = queries.where_now(gu, noon, [stamp])
    assert (now.where, queries.stores_visible_to(zhao, noon).count()) == (Where.WITH_KEEPER, 0)


def test_one_seal_and_three_are_found_by_as_many_questions(
    cabinet: Store,
    stamp: Seal,
    company: Company,
    zhao: Person,
    gu: Person,
    noon: datetime,
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    seals = [stamp, *(rubber(zhao, noon, company, gu, name=f"部门章{name}") for name in "甲乙")]
    for label, seal in zip(("A1", "A2", "B1"), seals, strict=True):
        actions.assign_place(gu, noon, seal_uid=seal.uid, slot_id=slot(cabinet, label))

    queries.where_now(gu, noon, seals)
    with django_assert_num_queries(6):
        queries.where_now(gu, noon, seals[:1])
    with django_assert_num_queries(6):
        queries.where_now(gu, noon, seals)
