"""Whoever has not shown what they stamped applies for nothing more, until it is there or two people waive it."""

from datetime import datetime, timedelta

import pytest

from privyseal.approvals.models import Application
from privyseal.custody import actions
from privyseal.custody.models import PhotographWaiver
from privyseal.custody.queries.photographs import debts_visible_to
from privyseal.custody.rules import Ending
from privyseal.custody.rules.alarms import Thresholds
from privyseal.custody.rules.photographs import PhotographsOwed, WaiverNotOwn, WaiverUnexplained
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.notification.models import Message
from privyseal.seals.models import Seal
from tests.actions.keepers import forbidden
from tests.by_hand import Out, line, photographed, turn, watched
from tests.conftest import apply, recorded
from tests.notification.conftest import begin_to_follow, catch_up


@pytest.fixture
def owed(out: Out, wang: Person, jian: Person, noon: datetime) -> str:
    """Three impressions of wang's that are on no photograph, the seal at rest."""
    uid = turn(out, wang, jian, noon, impressions=3)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    return uid


@pytest.mark.failure("syncing")
def test_whoever_owes_photographs_applies_for_nothing_more_until_they_are_there(
    owed: str, out: Out, stamp: Seal, contract: str, wang: Person, jian: Person, noon: datetime
) -> None:
    said = {"lines": (line(stamp, contract),), "papers": watched(jian), "expires_at": noon + timedelta(days=2)}
    assert recorded()[-1] == "hand.photographs-owed"
    assert [debt.missing for debt in debts_visible_to(wang, noon, of=wang)] == [3]
    photographed(wang, noon, owed, impressions=2)
    with pytest.raises(PhotographsOwed) as refused:
        apply(wang, noon, stamp, contract, **said)
    assert refused.value.facts["missing"] == 1

    photographed(jian, noon, owed, page=1)

    assert debts_visible_to(wang, noon, of=None) == []
    assert apply(wang, noon, stamp, contract, **said)


def test_the_database_takes_no_application_of_whoever_owes_photographs(
    stamp: Seal, contract: str, wang: Person, jian: Person, out: Out, noon: datetime
) -> None:
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))
    turn(out, wang, jian, noon, impressions=3)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)

    with forbidden("applicant_owes_no_photographs"):
        applied = Application.objects.get(uid=uid)
        applied.pk, applied.uid = None, "0" * 32
        applied.save(force_insert=True)


def test_while_the_seal_is_out_nothing_is_owed(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    turn(out, wang, jian, noon, impressions=3)

    assert debts_visible_to(wang, noon, of=wang) == []


def test_whoever_stamped_and_who_watched_are_reminded_once_before_photographs_hold_anybody_up(
    out: Out, company: Company, zhao: Person, wang: Person, jian: Person, noon: datetime
) -> None:
    actions.set_thresholds(zhao, noon, company_uid=company.uid, said=Thresholds(debt_reminder_minutes=20))
    uid = turn(out, wang, jian, noon, impressions=2)
    begin_to_follow(noon)
    assert actions.watch_debts(noon + timedelta(minutes=19)) == 0
    assert [actions.watch_debts(noon + timedelta(minutes=minutes)) for minutes in (20, 21)] == [1, 0]
    catch_up(noon)

    told = Message.objects.filter(kind="hand.photographs-due").order_by("person__login")
    assert [message.person for message in told] == [jian, wang]
    fact = last_fact_about("hand.photographs-due", "permit", out.permit.uid)
    assert (fact and fact.data["impressions"]) == 2
    photographed(wang, noon, uid, impressions=2)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert "hand.photographs-owed" not in recorded()


def test_nobody_is_reminded_of_what_is_photographed_or_owed_already(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    uid = turn(out, wang, jian, noon, impressions=2)
    photographed(wang, noon, uid, impressions=2)
    assert actions.watch_debts(out.permit.expires_at - timedelta(minutes=1)) == 0

    turn(out, wang, jian, noon, impressions=1)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert actions.watch_debts(noon + timedelta(days=1)) == 0


def test_photographs_are_waived_by_a_manager_who_neither_owes_them_nor_asked(
    owed: str, out: Out, wang: Person, jian: Person, zhao: Person, ma: Person, noon: datetime
) -> None:
    with pytest.raises(WaiverUnexplained):
        actions.ask_waiver(wang, noon, use_uid=out.uid, reason=" ")
    with pytest.raises(NotFound):
        actions.ask_waiver(ma, noon, use_uid=out.uid, reason="手机损坏")
    with pytest.raises(OutOfTurn):
        actions.agree_to_waiver(zhao, noon, use_uid=out.uid)
    actions.ask_waiver(wang, noon, use_uid=out.uid, reason="手机损坏")
    with pytest.raises(OutOfTurn):
        actions.ask_waiver(jian, noon, use_uid=out.uid, reason="手机损坏")
    with pytest.raises(NotEntitled):
        actions.agree_to_waiver(jian, noon, use_uid=out.uid)
    waiver = PhotographWaiver.objects.filter(use__uid=out.uid)
    with forbidden("photographs_are_waived_by_two"):
        waiver.update(agreed_by=wang, agreed_at=noon)
    waiver.update(asked_by=jian)
    with forbidden("photographs_are_not_waived_by_whoever_owes_them"):
        waiver.update(agreed_by=wang, agreed_at=noon)

    actions.agree_to_waiver(zhao, noon, use_uid=out.uid)

    assert debts_visible_to(zhao, noon, of=None) == []
    assert recorded()[-1] == "hand.photographs-waived"
    with pytest.raises(OutOfTurn):
        actions.agree_to_waiver(zhao, noon, use_uid=out.uid)


def test_a_manager_who_asked_does_not_agree_to_it(owed: str, out: Out, zhao: Person, noon: datetime) -> None:
    actions.ask_waiver(zhao, noon, use_uid=out.uid, reason="存储卡损坏")

    with pytest.raises(WaiverNotOwn):
        actions.agree_to_waiver(zhao, noon, use_uid=out.uid)
