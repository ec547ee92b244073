"""An outside approval system: asked in time, believed when it signed, and never more than its seats."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals import asking
from privyseal.approvals.actions import outside as actions
from privyseal.approvals.actions.outside import AnswerUnreadable, OutsideNameTaken, OutsideNotChartered, Said
from privyseal.approvals.answering import take_answer
from privyseal.approvals.fitness import findings_on
from privyseal.approvals.models import Answer, Application, Asking, OutsideSystem, Vote
from privyseal.approvals.queries import application_visible_to, count_waiting_for
from privyseal.approvals.queries.outside import outside_systems_visible_to, outside_views
from privyseal.approvals.rules.policies import Flaw, RowNotPossible
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.egress import Egress
from privyseal.identity.models import Company, Installation, Person
from privyseal.identity.rules import SelfConfirmation
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from privyseal.webhooks import HookKeyUnreadable, HookUnsigned, WebhookNotPossible, checked, public_key
from tests.actions.policies import ONE, InForce, asks_for, write
from tests.conftest import apply, digest_shown, permit_of, say_yes
from tests.outside import Oa, running_oa

pytestmark = pytest.mark.documents


@pytest.fixture(scope="module")
def oa() -> Iterator[Oa]:
    with running_oa() as oa:
        yield oa


@pytest.fixture(autouse=True)
def may_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EGRESS", Egress(frozenset({"127.0.0.1"})))
    monkeypatch.setattr(settings, "WEBHOOK_KEY", "key-of-tests")


People: TypeAlias = tuple[datetime, Person, Person, Person]


@pytest.fixture
def people(noon: datetime, li: Person, wu: Person, wang: Person) -> People:
    """The time, two who approve, and who applies."""
    return noon, li, wu, wang


@pytest.fixture
def system(oa: Oa, company: Company, chen: Person, sun: Person, noon: datetime) -> OutsideSystem:
    """The company's OA, entered by chen and confirmed by sun."""
    uid = register(chen, noon, company, oa)
    actions.confirm_outside(sun, noon, system_uid=uid)
    return OutsideSystem.objects.get(uid=uid)


def register(actor: Person, at: datetime, company: Company, oa: Oa, **changes: str) -> str:
    said = {"name": "OA", "address": oa.address, "key": oa.key, **changes}
    return actions.register_outside(actor, at, company_uid=company.uid, **said)


def told(oa: Oa, at: datetime) -> dict[str, Any]:
    """Return what the OA is asked next."""
    assert asking.tell_due(lambda: at) == 1
    said: dict[str, Any] = json.loads(oa.heard()["body"])["data"]
    return said


def test_what_the_oa_says_is_the_vote_of_the_person_it_names(
    oa: Oa, system: OutsideSystem, in_force: InForce, people: People, official: Seal, contract: str, signer: Client
) -> None:
    noon, li, wu, wang = people
    in_force(asks_for((ONE,), (Seat(Who.OUTSIDE, system.uid),)))
    uid = apply(wang, noon, official, contract)
    assert not Asking.objects.exists()
    say_yes(wu, noon, uid)

    assert asking.tell_due(lambda: noon) == 1
    heard = oa.heard()
    assert checked(public_key(asking.own_key_of(system)), heard["headers"], heard["body"].encode(), noon)
    asked = json.loads(heard["body"])["data"]
    assert (asked["application"], asked["stage"], asked["needed"]) == (uid, 2, 1)
    assert asked["answer_to"] == f"http://localhost:8000/outside/{system.uid}/answers/"
    assert (asked["lines"][0]["sha256"], asked["jointly"]) == (contract, None)
    assert take_answer(system.uid, *oa.decides(asked, "li", comment="同意"), noon) == "approved"

    vote = Vote.objects.get(application__uid=uid, person=li)
    assert (vote.system, vote.comment, vote.approved[0]["assertions"][0]["assurance"]) == (system, "同意", "external")
    intent = sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)
    fact = last_fact_about("document.sealed", "document", Intent.objects.get(uid=intent).result_sha256)
    assert fact is not None
    assert fact.data["assurance"] == "external"


@pytest.fixture
def asked(
    oa: Oa, system: OutsideSystem, in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> dict[str, Any]:
    """What the OA is asked about an application whose only stage is its own."""
    in_force(asks_for((Seat(Who.OUTSIDE, system.uid),)))
    apply(wang, noon, official, contract)
    return told(oa, noon)


def test_an_answer_sent_again_changes_nothing(
    oa: Oa, system: OutsideSystem, asked: dict[str, Any], li: Person, noon: datetime
) -> None:
    answer = oa.decides(asked, "li")

    assert {take_answer(system.uid, *answer, noon) for _ in range(3)} == {"approved"}
    later = noon + timedelta(minutes=9)
    signed_anew = oa.decides(asked, "li", at=str(int(later.timestamp())))
    assert take_answer(system.uid, *signed_anew, later) == "approved"
    assert (Vote.objects.filter(system=system).count(), Answer.objects.count()) == (1, 1)


def test_a_no_from_outside_ends_it(
    oa: Oa, system: OutsideSystem, asked: dict[str, Any], li: Person, noon: datetime
) -> None:
    assert take_answer(system.uid, *oa.decides(asked, "li", "reject"), noon) == "rejected"


def test_nobody_who_is_signed_in_fills_an_outside_seat(
    system: OutsideSystem, asked: dict[str, Any], li: Person, wu: Person, noon: datetime
) -> None:
    assert count_waiting_for(li, noon, most=9) == 0
    assert application_visible_to(li, noon, asked["application"]).may == {"comment", "copy"}
    with pytest.raises(NotEntitled):
        say_yes(li, noon, asked["application"])


def test_an_outside_system_fills_no_seat_but_its_own(
    oa: Oa, system: OutsideSystem, in_force: InForce, people: People, official: Seal, contract: str
) -> None:
    noon, _, _, wang = people
    in_force(asks_for((ONE,), (Seat(Who.OUTSIDE, system.uid),)))
    uid = apply(wang, noon, official, contract)
    shown = digest_shown(uid)

    with pytest.raises(NotEntitled):
        take_answer(system.uid, *oa.decides({"application": uid, "shown_sha256": shown}, "li", name="early"), noon)
    assert not Vote.objects.filter(application__uid=uid).exists()


@pytest.mark.parametrize(
    ("who", "refusal"), [("wang", DutiesNotSeparate), ("zhao", NotEntitled), ("nobody", NotEntitled)]
)
def test_the_rules_hold_for_whomever_the_oa_names(
    who: str, refusal: type[Exception], oa: Oa, system: OutsideSystem, asked: dict[str, Any], noon: datetime
) -> None:
    with pytest.raises((refusal, NotEntitled)):
        take_answer(system.uid, *oa.decides(asked, who, name=f"oa-{who}"), noon)
    assert Application.objects.get(uid=asked["application"]).state == "pending"


def test_what_was_not_shown_is_not_decided(
    oa: Oa, system: OutsideSystem, asked: dict[str, Any], li: Person, noon: datetime
) -> None:
    with pytest.raises(approvals.ChangedSinceShown):
        take_answer(system.uid, *oa.decides({**asked, "shown_sha256": "0" * 64}, "li", name="other"), noon)


def test_a_stranger_decides_nothing(
    oa: Oa, system: OutsideSystem, asked: dict[str, Any], li: Person, noon: datetime
) -> None:
    headers, body = oa.decides(asked, "li")
    with pytest.raises(HookUnsigned):
        take_answer(system.uid, headers, body.replace(b"approve", b"reject ", 1), noon)
    with pytest.raises(HookUnsigned):
        take_answer(system.uid, headers, body, noon + timedelta(minutes=6))
    with pytest.raises(NotFound):
        take_answer("0" * 32, headers, body, noon)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"type":"approval.decided","data":{}}',
        b'{"type":"approval.decided","data":[]}',
        b'{"type":"approval.decided","data":["application","shown_sha256","decision","approver"]}',
        b"[" * 60_000,
        b'{"type":"other","data":{"application":"a","shown_sha256":"b","decision":"approve","approver":"li"}}',
        b'{"type":"approval.decided","data":{"application":1,"shown_sha256":"b","decision":"approve","approver":"li"}}',
        b'{"type":"approval.decided","data":{"application":"a","shown_sha256":"b","decision":"withdraw","approver":"li"}}',
        b'{"type":"approval.decided","data":{"application":"a","shown_sha256":"b","decision":"approve","approver":"li","as":"wu"}}',
        rb'{"type":"approval.decided","data":{"application":"a","shown_sha256":"b","decision":"approve","approver":"li\u0000"}}',
    ],
)
def test_what_is_no_decision_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        Said.parse("msg", 1, "v1a,", body)


def test_an_ended_system_is_asked_and_believed_nothing_more(
    oa: Oa,
    system: OutsideSystem,
    in_force: InForce,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wang: Person,
    noon: datetime,
) -> None:
    policy = in_force(asks_for((Seat(Who.OUTSIDE, system.uid),)))
    uid = apply(wang, noon, official, contract)
    shown = digest_shown(uid)
    answer = oa.decides({"application": uid, "shown_sha256": shown}, "li")

    actions.end_outside(chen, noon, system_uid=system.uid)

    assert asking.tell_due(lambda: noon) == 1
    assert Asking.objects.get().told_at is None
    with pytest.raises(NotFound):
        take_answer(system.uid, *answer, noon)
    assert Flaw.UNFILLED in {finding.flaw for finding in findings_on(policy, noon)}
    assert approvals.withdraw(wang, noon, application_uid=uid) == "withdrawn"
    with pytest.raises(OutOfTurn):
        actions.end_outside(chen, noon, system_uid=system.uid)


def test_a_question_waits_until_the_system_takes_it(
    oa: Oa,
    company: Company,
    in_force: InForce,
    official: Seal,
    contract: str,
    chen: Person,
    sun: Person,
    wang: Person,
    noon: datetime,
) -> None:
    uid = register(chen, noon, company, oa, address=f"{oa.address}/down")
    actions.confirm_outside(sun, noon, system_uid=uid)
    in_force(asks_for((Seat(Who.OUTSIDE, uid),)))
    apply(wang, noon, official, contract)

    at = [noon]
    for tries in range(1, 4):
        assert asking.tell_due(lambda: at[-1]) == 1
        assert oa.heard()["down"]
        waiting = Asking.objects.get()
        assert (waiting.tries, waiting.trouble, waiting.said) == (tries, "outside-refused", "503")
        assert asking.tell_due(lambda: at[-1]) == 0
        assert waiting.due_at is not None
        at.append(waiting.due_at)
    (view,) = outside_views(chen, noon)
    assert (view.waiting, view.since, view.trouble) == (1, noon, "outside-refused")


def test_what_is_decided_or_changed_is_not_asked_any_more(
    oa: Oa, system: OutsideSystem, in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((Seat(Who.OUTSIDE, system.uid),)))
    approvals.withdraw(wang, noon, application_uid=apply(wang, noon, official, contract))

    assert asking.tell_due(lambda: noon) == 1
    assert (Asking.objects.get().due_at, Asking.objects.get().told_at) == (None, None)


def test_whoever_enters_a_system_does_not_confirm_it(
    oa: Oa, company: Company, chen: Person, zhao: Person, sun: Person, noon: datetime
) -> None:
    uid = register(chen, noon, company, oa)

    with pytest.raises(SelfConfirmation):
        actions.confirm_outside(chen, noon, system_uid=uid)
    with pytest.raises(NotEntitled):
        actions.confirm_outside(zhao, noon, system_uid=uid)
    with pytest.raises(OutsideNameTaken):
        register(chen, noon, company, oa)
    actions.confirm_outside(sun, noon, system_uid=uid)
    with pytest.raises(OutOfTurn):
        actions.confirm_outside(sun, noon, system_uid=uid)


def test_what_is_not_confirmed_counts_nowhere(
    oa: Oa, company: Company, chen: Person, zhao: Person, noon: datetime
) -> None:
    uid = register(chen, noon, company, oa)

    with pytest.raises(NotFound):
        write(zhao, noon, company, asks_for((Seat(Who.OUTSIDE, uid),)))
    with pytest.raises(NotFound):
        take_answer(uid, {}, b"", noon)


def test_a_seat_of_an_outside_system_takes_a_number(
    system: OutsideSystem, company: Company, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(RowNotPossible):
        write(zhao, noon, company, asks_for((Seat(Who.OUTSIDE, system.uid, needed=0),)))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"address": "ftp://oa.example.com/"}, WebhookNotPossible),
        ({"address": "http://oa.example.com/"}, WebhookNotPossible),
        ({"key": "whsec_c2VjcmV0"}, HookKeyUnreadable),
        ({"company_uid": "0" * 32}, NotFound),
    ],
)
def test_a_system_that_cannot_be_is_refused(
    changes: dict[str, str], refusal: type[Exception], oa: Oa, company: Company, chen: Person, noon: datetime
) -> None:
    said = {"company_uid": company.uid, "name": "OA", "address": oa.address, "key": oa.key, **changes}
    with pytest.raises(refusal):
        actions.register_outside(chen, noon, **said)
    assert not OutsideSystem.objects.exists()


def test_only_security_enters_and_ends_systems(
    oa: Oa, system: OutsideSystem, company: Company, zhao: Person, zhou: Person, li: Person, noon: datetime
) -> None:
    for person in (zhao, zhou, li):
        with pytest.raises(NotEntitled):
            register(person, noon, company, oa, name="other")
        with pytest.raises(NotEntitled):
            actions.end_outside(person, noon, system_uid=system.uid)
    assert list(outside_systems_visible_to(zhao, noon)) == [system]
    assert not outside_systems_visible_to(li, noon)


def test_where_the_charter_takes_no_outside_word_none_is_registered(
    oa: Oa, company: Company, chen: Person, noon: datetime
) -> None:
    Installation.objects.update(assurance="session")

    with pytest.raises(OutsideNotChartered):
        register(chen, noon, company, oa)


def test_the_database_itself_keeps_a_vote_as_it_was_given(
    oa: Oa, system: OutsideSystem, asked: dict[str, Any], li: Person, wu: Person, noon: datetime
) -> None:
    take_answer(system.uid, *oa.decides(asked, "li"), noon)
    vote = Vote.objects.get(person=li, system=system)
    forged = {"application": vote.application, "person": wu, "at": noon, "stage": 1, "decision": "approve"}

    with pytest.raises(IntegrityError, match="says how it was given"), transaction.atomic():
        Vote.objects.create(**forged, shown_sha256=vote.shown_sha256, approved=vote.approved)
    with pytest.raises(IntegrityError, match="as it signed it"), transaction.atomic():
        vote_without_answer({**forged, "shown_sha256": vote.shown_sha256, "approved": vote.approved, "system": system})
    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        OutsideSystem.objects.update(address="https://elsewhere.example.com/")
    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        Answer.objects.all().delete()


def vote_without_answer(said: dict[str, Any]) -> None:
    Vote.objects.create(**said)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_answers_outside_whose_yes_is_needed_here_later(
    oa: Oa, system: OutsideSystem, in_force: InForce, people: People, official: Seal, contract: str
) -> None:
    noon, li, _, wang = people
    in_force(asks_for((Seat(Who.OUTSIDE, system.uid),), (Seat(Who.PERSON, li.pseudonym),)))
    uid = apply(wang, noon, official, contract)
    asked = told(oa, noon)

    with pytest.raises(approvals.NeededLater):
        take_answer(system.uid, *oa.decides(asked, "li"), noon)
    assert take_answer(system.uid, *oa.decides(asked, "wu"), noon) == "pending"

    assert say_yes(li, noon, uid) == "approved"
