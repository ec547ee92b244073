"""While an application waits: returned to an earlier stage, handed on, asked further, urged, talked about, read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, Comment, Detour, Reader, Urging, VoidVote, Vote
from privyseal.approvals.queries import application_visible_to, applications_visible_to, count_waiting_for
from privyseal.approvals.rules import ActsForApplicant, Step
from privyseal.approvals.rules.course import (
    AskedHasAnotherPart,
    GoesInACircle,
    NoEarlierStage,
    Turn,
    UrgedAlready,
    WaitsForAnother,
)
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office, Power, TakesNoPart
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from tests.actions.policies import ONE, InForce, asks_for, deputise, post
from tests.conftest import Use, apply, digest_shown, holding, new_person, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents
WHY = "请补充说明"


@pytest.fixture
def zheng(company: Company, long_ago: datetime) -> Person:
    """A third approver."""
    return holding(new_person("zheng", "郑三"), Power.APPROVE, company, long_ago)


@pytest.fixture
def two_stages(
    in_force: InForce,
    li: Person,
    wu: Person,
    zheng: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> str:
    """An application before two stages of one approver each, of whom there are three."""
    in_force(asks_for((ONE,), (ONE,)))
    return apply(wang, noon, official, contract)


@pytest.fixture
def finance(
    in_force: InForce,
    chen: Person,
    wu: Person,
    zheng: Person,
    li: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> str:
    """An application that the head of finance, who is wu, decides alone."""
    post(official.company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))
    return apply(wang, noon, official, contract)


def shown(person: Person, at: datetime, uid: str) -> str:
    return digest_shown(uid)


def send_back(person: Person, at: datetime, uid: str, *, to_stage: int = 1, reason: str = WHY) -> int:
    digest = shown(person, at, uid)
    return approvals.send_back(person, at, application_uid=uid, to_stage=to_stage, shown_sha256=digest, reason=reason)


def forward(person: Person, at: datetime, uid: str, to: Person) -> str:
    said = {"application_uid": uid, "person_pseudonym": to.pseudonym, "shown_sha256": shown(person, at, uid)}
    return approvals.forward(person, at, **said, reason=WHY)


def ask(person: Person, at: datetime, uid: str, whom: Person, turn: Turn = Turn.BEFORE) -> str:
    said = {"application_uid": uid, "person_pseudonym": whom.pseudonym, "shown_sha256": shown(person, at, uid)}
    return approvals.ask_further(person, at, **said, turn=turn, reason=WHY)


def unchanged(uid: str, refused: type[Exception], act: Callable[[], object]) -> None:
    """Let the act be refused, and see that nothing has changed but the record."""
    before = Application.objects.filter(uid=uid).values().get()
    counts = Detour.objects.count(), Vote.objects.count(), VoidVote.objects.count()
    with pytest.raises(refused):
        act()
    assert Application.objects.filter(uid=uid).values().get() == before
    assert (Detour.objects.count(), Vote.objects.count(), VoidVote.objects.count()) == counts


# -- back to an earlier stage


def test_a_return_makes_what_was_said_void_and_asks_it_again(
    two_stages: str, li: Person, wu: Person, zheng: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    say_yes(li, noon, two_stages)
    seen = shown(wu, noon, two_stages)

    assert send_back(wu, noon, two_stages) == 1

    application = Application.objects.get(uid=two_stages)
    assert (application.state, application.stage, application.returns) == ("pending", 1, 1)
    assert application.shown_sha256 != seen
    assert not Vote.objects.filter(application=application).exists()
    assert list(VoidVote.objects.values_list("person__login", "stage", "decision")) == [("li", 1, "approve")]
    assert recorded()[-1] == "application.returned"
    assert count_waiting_for(li, noon, most=9) == 1
    say_yes(li, noon, two_stages)
    assert say_yes(zheng, noon, two_stages) == "approved"
    assert {part.person.login for part in permit_of(two_stages).parts.filter(part="approver")} == {"li", "zheng"}
    document = Application.objects.get(uid=two_stages).lines.get().document_sha256
    permit = permit_of(two_stages).uid
    assert sealing.seal_document(wang, noon, permit_uid=permit, document_sha256=document, signer=signer)


def test_a_yes_to_what_was_shown_before_the_return_does_not_count(
    two_stages: str, li: Person, wu: Person, noon: datetime
) -> None:
    before = shown(li, noon, two_stages)
    say_yes(li, noon, two_stages)
    send_back(wu, noon, two_stages)

    with pytest.raises(approvals.ChangedSinceShown):
        approvals.vote(li, noon, application_uid=two_stages, step=Step.APPROVE, shown_sha256=before)


def test_there_is_nothing_before_the_first_stage(two_stages: str, li: Person, noon: datetime) -> None:
    unchanged(two_stages, NoEarlierStage, lambda: send_back(li, noon, two_stages, to_stage=0))
    unchanged(two_stages, NoEarlierStage, lambda: send_back(li, noon, two_stages, to_stage=1))
    unchanged(two_stages, NoEarlierStage, lambda: send_back(li, noon, two_stages, to_stage=2))


def test_nobody_sends_back_whose_turn_it_is_not(
    two_stages: str, li: Person, wang: Person, wu: Person, noon: datetime
) -> None:
    say_yes(li, noon, two_stages)

    unchanged(two_stages, approvals.AlreadyVoted, lambda: send_back(li, noon, two_stages))
    unchanged(two_stages, DutiesNotSeparate, lambda: send_back(wang, noon, two_stages))
    unchanged(two_stages, approvals.ReasonMissing, lambda: send_back(wu, noon, two_stages, reason=" "))


@pytest.mark.invariant("S5", column="database")
def test_the_database_lets_no_vote_go_but_by_a_return(two_stages: str, li: Person, noon: datetime) -> None:
    say_yes(li, noon, two_stages)

    with pytest.raises(IntegrityError, match="counts until its stage is asked again"), transaction.atomic():
        Vote.objects.filter(application__uid=two_stages).delete()


def test_the_database_keeps_what_was_done(two_stages: str, li: Person, wu: Person, noon: datetime) -> None:
    say_yes(li, noon, two_stages)
    send_back(wu, noon, two_stages)

    for table in ("application_detour", "application_vote_void"):
        with pytest.raises(IntegrityError, match="is kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


# -- in somebody's place


def test_whoever_is_asked_in_anothers_place_decides_and_the_other_does_not(
    finance: str, wu: Person, li: Person, noon: datetime
) -> None:
    assert (count_waiting_for(wu, noon, most=9), count_waiting_for(li, noon, most=9)) == (1, 0)

    forward(wu, noon, finance, li)

    assert (count_waiting_for(wu, noon, most=9), count_waiting_for(li, noon, most=9)) == (0, 1)
    assert application_visible_to(wu, noon, finance).may & {"approve", "ask"} == set()
    with pytest.raises(NotEntitled):
        say_yes(wu, noon, finance)
    assert say_yes(li, noon, finance) == "approved"
    assert recorded().count("application.forwarded") == 1


@pytest.mark.invariant("S4", column="rule")
def test_a_turn_goes_to_nobody_with_another_part_nor_to_their_deputy(
    finance: str, company: Company, wu: Person, li: Person, wang: Person, ma: Person, chen: Person, noon: datetime
) -> None:
    deputise(post(company, wang, Office.STAFF, noon, chen), li, wang, noon, chen)

    unchanged(finance, AskedHasAnotherPart, lambda: forward(wu, noon, finance, wang))
    unchanged(finance, AskedHasAnotherPart, lambda: forward(wu, noon, finance, li))
    unchanged(finance, NotEntitled, lambda: forward(wu, noon, finance, ma))


def test_a_turn_goes_through_several_hands_but_in_no_circle(
    finance: str, wu: Person, li: Person, zheng: Person, noon: datetime
) -> None:
    forward(wu, noon, finance, li)
    unchanged(finance, GoesInACircle, lambda: forward(li, noon, finance, wu))
    forward(li, noon, finance, zheng)

    unchanged(finance, NotEntitled, lambda: forward(li, noon, finance, zheng))
    assert say_yes(zheng, noon, finance) == "approved"


@pytest.mark.invariant("S4", column="database")
@pytest.mark.parametrize("who", ["wang", "li"])
def test_the_database_takes_nobody_in_anothers_place_who_stands_not_apart(
    finance: str, company: Company, wu: Person, li: Person, wang: Person, chen: Person, noon: datetime, who: str
) -> None:
    deputise(post(company, wang, Office.STAFF, noon, chen), li, wang, noon, chen)
    application = Application.objects.get(uid=finance)

    said = {"number": 1, "course": "forward", "stage": 1, "by": wu, "reason": WHY, "at": noon}
    with pytest.raises(IntegrityError, match="has another part in this"), transaction.atomic():
        Detour.objects.create(application=application, person={"wang": wang, "li": li}[who], **said)


def test_the_database_lets_no_turn_come_back(finance: str, wu: Person, li: Person, noon: datetime) -> None:
    forward(wu, noon, finance, li)
    application = Application.objects.get(uid=finance)

    said = {"number": 2, "course": "forward", "stage": 1, "reason": WHY, "at": noon}
    with pytest.raises(IntegrityError, match="is not asked again"), transaction.atomic():
        Detour.objects.create(application=application, by=li, person=wu, **said)


def test_all_of_an_office_stay_as_many_where_one_hands_on(
    in_force: InForce,
    chen: Person,
    li: Person,
    wu: Person,
    zheng: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> None:
    for person, name in ((li, "一"), (wu, "二")):
        post(official.company, person, Office.FINANCE_HEAD, noon, chen, name=name)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head", needed=0),)))
    uid = apply(wang, noon, official, contract)

    unchanged(uid, approvals.NeededLater, lambda: forward(li, noon, uid, wu))
    forward(li, noon, uid, zheng)
    assert say_yes(wu, noon, uid) == "pending"
    assert say_yes(zheng, noon, uid) == "approved"


# -- one more


def test_one_more_is_asked_before_and_the_asker_waits(finance: str, wu: Person, li: Person, noon: datetime) -> None:
    ask(wu, noon, finance, li)

    assert (count_waiting_for(wu, noon, most=9), count_waiting_for(li, noon, most=9)) == (0, 1)
    with pytest.raises(WaitsForAnother):
        say_yes(wu, noon, finance)
    assert say_yes(li, noon, finance) == "pending"
    assert count_waiting_for(wu, noon, most=9) == 1
    assert say_yes(wu, noon, finance) == "approved"


def test_one_more_is_asked_after_and_waits_for_all_others(finance: str, wu: Person, li: Person, noon: datetime) -> None:
    ask(wu, noon, finance, li, Turn.AFTER)

    with pytest.raises(WaitsForAnother):
        say_yes(li, noon, finance)
    assert say_yes(wu, noon, finance) == "pending"
    assert say_yes(li, noon, finance) == "approved"


def test_a_no_of_whoever_was_asked_further_is_a_no(finance: str, wu: Person, li: Person, noon: datetime) -> None:
    ask(wu, noon, finance, li)

    approvals.vote(li, noon, application_uid=finance, step=Step.REJECT, shown_sha256=shown(li, noon, finance))

    assert Application.objects.get(uid=finance).state == "rejected"


def test_nobody_is_asked_twice_nor_asks_whoever_asked(
    finance: str, wu: Person, li: Person, zheng: Person, wang: Person, noon: datetime
) -> None:
    unchanged(finance, AskedHasAnotherPart, lambda: ask(wu, noon, finance, wang))
    ask(wu, noon, finance, li, Turn.BEFORE)

    unchanged(finance, GoesInACircle, lambda: ask(li, noon, finance, wu))
    unchanged(finance, OutOfTurn, lambda: forward(li, noon, finance, zheng))
    unchanged(finance, WaitsForAnother, lambda: ask(wu, noon, finance, li))


def test_whoever_a_later_stage_needs_is_not_asked_before_it(
    in_force: InForce,
    company: Company,
    chen: Person,
    li: Person,
    wu: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> None:
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((ONE,), (Seat(Who.OFFICE, "finance-head"),)))
    uid = apply(wang, noon, official, contract)

    unchanged(uid, approvals.NeededLater, lambda: ask(li, noon, uid, wu))


def test_one_more_may_be_asked_where_the_product_itself_says_who_decides(
    pending: Use, li: Person, wu: Person, noon: datetime
) -> None:
    ask(li, noon, pending.uid, wu, Turn.AFTER)

    assert say_yes(li, noon, pending.uid) == "pending"
    assert say_yes(wu, noon, pending.uid) == "approved"


@pytest.mark.invariant("S4", column="rule")
def test_whoever_acts_for_the_applicant_hands_nothing_on(
    finance: str, company: Company, wu: Person, li: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    deputise(post(company, wang, Office.STAFF, noon, chen), wu, wang, noon, chen)

    unchanged(finance, ActsForApplicant, lambda: forward(wu, noon, finance, li))
    unchanged(finance, ActsForApplicant, lambda: ask(wu, noon, finance, li))


# -- around it


def test_the_applicant_reminds_once_in_four_hours_and_again_at_the_next_stage(
    two_stages: str, li: Person, wang: Person, noon: datetime
) -> None:
    approvals.urge(wang, noon, application_uid=two_stages)

    unchanged(two_stages, UrgedAlready, lambda: approvals.urge(wang, noon, application_uid=two_stages))
    unchanged(two_stages, NotEntitled, lambda: approvals.urge(li, noon, application_uid=two_stages))
    say_yes(li, noon, two_stages)
    approvals.urge(wang, noon, application_uid=two_stages)
    approvals.urge(wang, noon + timedelta(hours=4), application_uid=two_stages)
    assert Urging.objects.count() == recorded().count("application.urged") == 3


def test_the_database_knows_how_often_is_too_often(two_stages: str, noon: datetime) -> None:
    application = Application.objects.get(uid=two_stages)
    said = {"application": application, "stage": 1, "until": noon + timedelta(hours=4)}
    Urging.objects.create(at=noon, **said)

    with pytest.raises(IntegrityError, match="urged_once_at_a_time"), transaction.atomic():
        Urging.objects.create(at=noon + timedelta(hours=1), **said)


def test_whoever_takes_part_may_say_something_and_nobody_else(
    pending: Use, li: Person, wang: Person, ma: Person, sun: Person, noon: datetime
) -> None:
    for person in (wang, li):
        approvals.comment(person, noon, application_uid=pending.uid, text="第三页的金额对吗？")
    for person, refusal in ((ma, NotEntitled), (sun, TakesNoPart)):
        with pytest.raises(refusal):
            approvals.comment(person, noon, application_uid=pending.uid, text="?")
    with pytest.raises(approvals.NothingSaid):
        approvals.comment(wang, noon, application_uid=pending.uid, text="  ")
    assert list(Comment.objects.order_by("pk").values_list("person__login", flat=True)) == ["wang", "li"]


def test_a_reader_sees_it_and_decides_nothing(pending: Use, wang: Person, ma: Person, noon: datetime) -> None:
    assert not applications_visible_to(ma, noon).exists()

    approvals.give_to_read(wang, noon, application_uid=pending.uid, person_pseudonym=ma.pseudonym)

    assert [one.uid for one in applications_visible_to(ma, noon)] == [pending.uid]
    assert application_visible_to(ma, noon, pending.uid).may == frozenset()
    with pytest.raises(approvals.ReadsAlready):
        approvals.give_to_read(wang, noon, application_uid=pending.uid, person_pseudonym=ma.pseudonym)
    assert Reader.objects.count() == 1


def test_an_application_may_be_withdrawn_at_every_stage(
    two_stages: str, li: Person, wang: Person, noon: datetime
) -> None:
    say_yes(li, noon, two_stages)

    assert "withdraw" in application_visible_to(wang, noon, two_stages).may
    assert approvals.withdraw(wang, noon, application_uid=two_stages) == "withdrawn"
