"""What was done without a network: in force from when it came, and called late beside it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from privyseal.custody import actions
from privyseal.custody.actions import Taken
from privyseal.custody.models import HandUse, LateAct, Photograph, Spoiled, TakeOut, Turn
from privyseal.custody.rules import Ending, Hand
from privyseal.custody.rules.late import WaitedTooLong, Waiting
from privyseal.custody.rules.spoiled import SpoiledUnexplained
from privyseal.identity.models import Person
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Permit
from tests.actions.keepers import forbidden, photo
from tests.by_hand import Out, stamped_page
from tests.conftest import recorded


def test_what_comes_late_counts_once_from_when_it_came_and_is_called_late(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    at, said = noon + timedelta(hours=3), noon + timedelta(hours=1)
    first = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    key = uuid4()
    for _ in range(2):
        actions.fire.once(key, wang, at, turn_uid=first, made=2, done_at=said)
    page = Taken(data=stamped_page(), impressions=2, done_at=said)
    actions.photograph(wang, at, command_id=uuid4(), turn_uid=first, taken=page)
    actions.commit(jian, at, turn_uid=first, counted=2, done_at=said)
    second = actions.reserve(wang, at, use_uid=out.uid, line_id=out.line, impressions=1)
    actions.release(jian, at, turn_uid=second, reason="纸张未到", done_at=said)
    actions.end_use(wang, at, use_uid=out.uid, ending=Ending.PAUSE, done_at=said)
    actions.put_back(gu, at, use_uid=out.uid, place="3号柜", done_at=said)

    acts = list(LateAct.objects.order_by("pk"))
    assert [act.act for act in acts] == ["made", "photograph", "counted", "release", "end", "put-back"]
    assert {(act.permit, act.done_at, act.at) for act in acts} == {(out.permit, said, at)}
    assert (Turn.objects.get(uid=first).made_at, HandUse.objects.get().returned_at) == (at, at)
    assert recorded().count("hand.came-late") == 6
    fact = last_fact_about("hand.came-late", "permit", out.permit.uid)
    assert fact is not None
    assert (fact.actor, fact.data["act"]) == (gu.pseudonym, "put-back")


@pytest.mark.documents
def test_a_spoiled_page_comes_late_with_its_picture_and_is_taken_in_late(
    out: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    at, said = noon + timedelta(hours=3), noon + timedelta(hours=1)
    turn = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    actions.fire(wang, at, turn_uid=turn, made=2)
    page, key = Taken(data=stamped_page(), impressions=1, done_at=said, spoiled=1, reason="印迹模糊"), uuid4()
    other = uuid4()
    pages = {actions.photograph(wang, at, command_id=key, turn_uid=turn, taken=page) for _ in range(2)}
    for _ in range(2):
        actions.take_in.once(other, gu, at, photograph_uid=min(pages), done_at=said)

    assert (len(pages), Spoiled.objects.get().anew, out.used) == (1, 1, 1)
    assert [act.act for act in LateAct.objects.order_by("pk")] == ["photograph", "take-in"]
    assert [recorded().count(kind) for kind in ("hand.spoiled", "hand.taken-in")] == [1, 1]


@pytest.mark.documents
def test_a_picture_that_is_sent_as_spoiled_without_a_reason_is_not_kept(out: Out, wang: Person, noon: datetime) -> None:
    turn = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    actions.fire(wang, noon, turn_uid=turn, made=2)
    with pytest.raises(SpoiledUnexplained):
        actions.photograph(
            wang, noon, command_id=uuid4(), turn_uid=turn, taken=Taken(data=stamped_page(), impressions=1, spoiled=1)
        )

    assert not Photograph.objects.exists()


@pytest.mark.documents
def test_a_hand_over_waits_for_a_quarter_of_an_hour_and_a_way_back_as_long_as_it_takes(
    booked: TakeOut, wang: Person, gu: Person, noon: datetime
) -> None:
    face, at = photo(gu, noon, booked.seal), noon + timedelta(hours=1)
    said = at - timedelta(minutes=10)
    with pytest.raises(WaitedTooLong):
        actions.give_out(gu, at, take_out_uid=booked.uid, photo_sha256=face, done_at=noon)
    actions.give_out(gu, at, take_out_uid=booked.uid, photo_sha256=face, done_at=said)
    with pytest.raises(WaitedTooLong):
        actions.receive(wang, at, take_out_uid=booked.uid, done_at=noon)
    actions.receive(wang, at, take_out_uid=booked.uid, done_at=said)
    actions.bring_back(wang, at, take_out_uid=booked.uid, done_at=noon)
    actions.take_back(gu, at, take_out_uid=booked.uid, photo_sha256=face, place="3号柜", done_at=noon)

    assert TakeOut.objects.get().stage == "back"
    acts = LateAct.objects.order_by("pk").values_list("act", "done_at")
    assert list(acts) == [("give", said), ("receive", said), ("bring", noon), ("take-back", noon)]


def test_a_confirmation_that_waited_too_long_changes_nothing_but_the_record(
    permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    with pytest.raises(WaitedTooLong):
        actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER, done_at=noon - timedelta(minutes=16))

    assert HandUse.objects.get().keeper is None
    assert recorded()[-1] == "hand.confirm.refused"
    assert not LateAct.objects.exists()


def test_the_database_keeps_no_late_act_that_may_not_wait_or_came_before_it_was_done(
    permit: Permit, wang: Person, noon: datetime
) -> None:
    said = {"permit": permit, "by": wang, "done_at": noon}
    with forbidden("late_act_may_wait"):
        LateAct.objects.create(act="reserve", at=noon + timedelta(hours=1), **said)
    with forbidden("late_act_is_of_a_use_or_a_stock_take"):
        LateAct.objects.create(act=Waiting.MADE, at=noon + timedelta(hours=1), by=wang, done_at=noon)
    with forbidden("late_act_was_done_before_it_came"):
        LateAct.objects.create(act=Waiting.MADE, at=noon, **said)
