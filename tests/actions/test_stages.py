"""Stages of an application: who fills which seat, one after the other or together."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, SeatAsked, Vote
from privyseal.approvals.papers import AmountNotPossible, Papers
from privyseal.approvals.queries import application_visible_to, count_waiting_for
from privyseal.approvals.rules import ActsForApplicant, Step
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Company, Membership, Person, PostHolding, Unit
from privyseal.identity.rules import Office
from privyseal.kernel.errors import NotEntitled
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Seal
from privyseal.signer.checks import StatementsMixed
from privyseal.signer.client import Client
from tests.actions.policies import ONE, InForce, asks_for, deputise, post
from tests.conftest import Use, apply, digest_shown, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents


def test_two_stages_are_passed_one_after_the_other(
    in_force: InForce,
    official: Seal,
    contract: str,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
    signer: Client,
) -> None:
    policy = in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)

    say_yes(li, noon, uid)
    application = Application.objects.get(uid=uid)
    assert (application.state, application.stage, application.policy) == ("pending", 2, str(policy.number))
    with pytest.raises(approvals.AlreadyVoted):
        say_yes(li, noon, uid)
    assert say_yes(wu, noon, uid) == "approved"

    intent = sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)
    assert intent
    assert "application.advanced" in recorded()


def test_whoever_said_yes_before_is_not_asked_again(
    in_force: InForce, official: Seal, contract: str, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)
    assert count_waiting_for(li, noon, most=9) == 1

    say_yes(li, noon, uid)

    assert (count_waiting_for(li, noon, most=9), count_waiting_for(wu, noon, most=9)) == (0, 1)
    assert application_visible_to(li, noon, uid).may == {"comment", "copy"}
    assert application_visible_to(wu, noon, uid).may > {"approve", "reject"}


def test_what_was_shown_at_one_stage_is_not_said_yes_to_at_the_next(
    in_force: InForce, official: Seal, contract: str, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)
    shown = digest_shown(uid)
    say_yes(li, noon, uid)

    with pytest.raises(approvals.ChangedSinceShown):
        approvals.vote(wu, noon, application_uid=uid, step=Step.APPROVE, shown_sha256=shown)


def test_a_seat_of_an_office_is_filled_by_whoever_holds_it(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> None:
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))
    uid = apply(wang, noon, official, contract)

    assert (count_waiting_for(li, noon, most=9), count_waiting_for(wu, noon, most=9)) == (0, 1)
    with pytest.raises(NotEntitled):
        say_yes(li, noon, uid)
    assert say_yes(wu, noon, uid) == "approved"


def test_an_office_gives_nobody_a_yes_who_may_not_approve(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    wang: Person,
    ma: Person,
    noon: datetime,
) -> None:
    post(company, ma, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))

    with pytest.raises(approvals.SeatNotFilled):
        apply(wang, noon, official, contract)


def test_the_applicants_manager_heads_the_nearest_unit_that_somebody_else_heads(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> None:
    sales = Unit.objects.create(company=company, name="销售部", opened_at=noon)
    east = Unit.objects.create(company=company, name="华东", parent=sales, opened_at=noon)
    Membership.objects.create(person=wang, company=company, unit=east, joined_on=noon.date())
    post(company, wang, Office.UNIT_HEAD, noon, chen, unit=east)
    post(company, wu, Office.UNIT_HEAD, noon, chen, unit=sales)
    in_force(asks_for((Seat(Who.MANAGER),)))

    uid = apply(wang, noon, official, contract)

    assert count_waiting_for(li, noon, most=9) == 0
    assert say_yes(wu, noon, uid) == "approved"


def test_a_manager_whom_nobody_is_says_so_when_the_application_is_sent(
    in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((Seat(Who.MANAGER),)))

    with pytest.raises(approvals.SeatNotFilled) as refused:
        apply(wang, noon, official, contract)
    assert refused.value.facts["who"] == "manager"
    assert not Application.objects.filter(purpose="use").exists()


def test_two_seats_of_one_stage_take_two_people_in_any_order(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> None:
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((ONE, Seat(Who.OFFICE, "finance-head"))))
    uid = apply(wang, noon, official, contract)

    assert say_yes(li, noon, uid) == "pending"
    assert Application.objects.get(uid=uid).stage == 1
    assert say_yes(wu, noon, uid) == "approved"


def test_whoever_is_the_only_one_for_a_later_stage_keeps_their_yes_for_it(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> None:
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((ONE,), (Seat(Who.OFFICE, "finance-head"),)))
    uid = apply(wang, noon, official, contract)

    with pytest.raises(approvals.NeededLater):
        say_yes(wu, noon, uid)
    assert say_yes(li, noon, uid) == "pending"
    assert say_yes(wu, noon, uid) == "approved"


def test_all_of_an_office_are_those_who_hold_it_when_they_vote(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> None:
    seat = post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head", needed=0),)))
    uid = apply(wang, noon, official, contract)
    PostHolding.objects.create(post=seat, person=li, appointed_by=chen, appointed_at=noon, starts_at=noon)

    assert say_yes(wu, noon, uid) == "pending"
    assert say_yes(li, noon, uid) == "approved"


def test_a_stage_that_different_people_cannot_fill_is_refused_at_once(
    in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))

    with pytest.raises(approvals.SeatNotFilled):
        apply(wang, noon, official, contract)


@pytest.mark.usefixtures("li", "wu")
@pytest.mark.parametrize(("amount", "stages"), [("99.99", 1), ("100.00", 2), (None, 2)])
def test_the_amount_says_how_many_stages_there_are(
    in_force: InForce, amount: str | None, stages: int, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), below=100_00), asks_for((ONE,), (ONE,)))

    uid = apply(wang, noon, official, contract, papers=Papers(None if amount is None else Decimal(amount), "乙方"))

    assert SeatAsked.objects.filter(application__uid=uid).count() == stages


def test_the_amount_is_part_of_what_is_shown(official: Seal, contract: str, wang: Person, noon: datetime) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal("12.30"), "乙方"))
    before = digest_shown(uid)

    Application.objects.filter(uid=uid).update(amount=Decimal("12.31"))

    assert digest_shown(uid) != before


def test_the_amount_is_what_approvers_say_yes_to_before_the_key(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal(12), "乙方"))
    say_yes(li, noon, uid)
    sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)

    (approved,) = Vote.objects.get(application__uid=uid).approved
    said = json.loads(approved["statement"])
    assert (said["amount"], said["counterparty"]) == ("12.00", "乙方")


@pytest.mark.parametrize("changed", [{"amount": Decimal("12300.00")}, {"counterparty": "丙方"}])
def test_an_amount_or_counterparty_that_is_changed_between_two_yes_seals_nothing(
    changed: dict[str, object],
    in_force: InForce,
    official: Seal,
    contract: str,
    wang: Person,
    li: Person,
    wu: Person,
    noon: datetime,
    signer: Client,
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal("12.30"), "乙方"))
    say_yes(li, noon, uid)
    Application.objects.filter(uid=uid).update(**changed)
    say_yes(wu, noon, uid)

    with pytest.raises(StatementsMixed):
        sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)


@pytest.mark.parametrize("amount", ["-0.01", "1.001", "10000000000000"])
def test_an_amount_that_no_paper_says_is_refused(amount: str) -> None:
    with pytest.raises(AmountNotPossible):
        Papers(Decimal(amount))


@pytest.mark.invariant("S4", column="rule")
def test_whoever_acts_for_the_applicant_decides_nothing_for_them(
    company: Company, pending: Use, chen: Person, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    seat = post(company, wang, Office.STAFF, noon, chen)
    deputise(seat, wu, wang, noon, chen)
    deputise(post(company, wu, Office.STAFF, noon, chen, name="助理"), li, wu, noon, chen)

    for person in (wu, li):
        assert application_visible_to(person, noon, pending.uid).may <= {"comment", "copy"}
        with pytest.raises(ActsForApplicant):
            say_yes(person, noon, pending.uid)
    assert Application.objects.get(uid=pending.uid).state == "pending"


def test_nor_whoever_the_applicant_acts_for_though_it_has_ended_meanwhile(
    company: Company, pending: Use, chen: Person, li: Person, wang: Person, noon: datetime
) -> None:
    held = deputise(post(company, li, Office.STAFF, noon, chen), wang, li, noon, chen)
    PostHolding.objects.filter(pk=held.pk).update(revoked_at=noon + timedelta(hours=1))

    assert count_waiting_for(li, noon + timedelta(hours=2), most=9) == 0
    with pytest.raises(ActsForApplicant):
        say_yes(li, noon + timedelta(hours=2), pending.uid)


def test_whoever_acted_for_the_applicant_until_it_was_submitted_decides(
    company: Company, pending: Use, chen: Person, li: Person, wang: Person, noon: datetime
) -> None:
    held = deputise(post(company, li, Office.STAFF, noon, chen), wang, li, noon, chen)
    PostHolding.objects.filter(pk=held.pk).update(revoked_at=noon)

    assert count_waiting_for(li, noon + timedelta(hours=2), most=9) == 1
    say_yes(li, noon + timedelta(hours=2), pending.uid)


@pytest.mark.invariant("S4", column="database")
def test_the_database_takes_no_vote_of_whoever_acts_for_the_applicant(
    company: Company, pending: Use, chen: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    deputise(post(company, wang, Office.STAFF, noon, chen), wu, wang, noon, chen)

    with pytest.raises(IntegrityError, match="decides nothing for them"), transaction.atomic():
        Vote.objects.create(
            application=Application.objects.get(uid=pending.uid),
            stage=1,
            person=wu,
            decision="approve",
            at=noon,
            shown_sha256="0" * 64,
        )
