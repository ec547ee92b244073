"""Two people at once about an application on its way, on a database where commits are real."""

import threading
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import Term
from privyseal.approvals.models import Application, Delegation, VoidVote, Vote
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.deadlines import Deadline
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office, Power
from privyseal.identity.rules.working_days import Counted, Span
from privyseal.seals.models import Seal
from tests.actions.policies import ONE, InForce, asks_for, post
from tests.actions.test_races import FEW_ROUNDS, at_once, codes
from tests.conftest import apply, digest_shown, holding, new_person, recorded, say_yes

pytestmark = pytest.mark.documents


@pytest.fixture
def db(committed: str) -> None:
    """Let the cast live in a database that commits."""


@pytest.fixture
def zheng(company: Company, long_ago: datetime) -> Person:
    """A third approver."""
    return holding(new_person("zheng", "郑三"), Power.APPROVE, company, long_ago)


def delegate(giver: Person, taker: Person, at: datetime, company: Company) -> str:
    term = Term(at, at + timedelta(days=1))
    return approvals.delegate(giver, at, company_uid=company.uid, taker_pseudonym=taker.pseudonym, term=term)


def test_two_delegations_at_once_make_no_chain(
    company: Company, li: Person, wu: Person, zheng: Person, noon: datetime
) -> None:
    for days in range(FEW_ROUNDS):
        at = noon + timedelta(days=2 * days)

        results = at_once(partial(delegate, li, wu, at, company), partial(delegate, wu, zheng, at, company))

        assert codes(results) == ["delegated-further"]
    assert Delegation.objects.count() == FEW_ROUNDS


def test_whoever_lets_decide_and_their_delegate_decide_once_between_them(
    in_force: InForce,
    official: Seal,
    contract: str,
    li: Person,
    wu: Person,
    wang: Person,
    chen: Person,
    noon: datetime,
) -> None:
    post(official.company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))
    delegate(wu, li, noon, official.company)
    for _ in range(FEW_ROUNDS):
        uid = apply(wang, noon, official, contract)

        results = at_once(partial(say_yes, wu, noon, uid), partial(say_yes, li, noon, uid))

        assert len(codes(results)) == 1
        assert Vote.objects.filter(application__uid=uid).count() == 1


def test_the_end_of_a_delegation_waits_for_the_vote_under_way(
    in_force: InForce, official: Seal, contract: str, li: Person, wu: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    """Show the lock itself: without it the vote met the database's no, and an error instead of a refusal."""
    post(official.company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))
    delegation = delegate(wu, li, noon, official.company)
    uid = apply(wang, noon, official, contract)
    shown = digest_shown(uid)
    voted, ended = threading.Event(), threading.Event()

    def vote() -> None:
        with transaction.atomic():
            approvals.vote.within(li, noon, application_uid=uid, step=Step.APPROVE, shown_sha256=shown)
            voted.set()
            assert not ended.wait(0.3)

    def end() -> None:
        voted.wait(5)
        approvals.end_delegation(wu, noon, delegation_uid=delegation)
        ended.set()

    assert codes(at_once(vote, end)) == []
    assert ended.is_set()
    assert Vote.objects.get(application__uid=uid).for_person == wu


def test_a_yes_and_a_return_at_once_leave_one_of_them(
    in_force: InForce,
    official: Seal,
    contract: str,
    li: Person,
    wu: Person,
    wang: Person,
    zheng: Person,
    noon: datetime,
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    for _ in range(FEW_ROUNDS):
        uid = apply(wang, noon, official, contract)
        say_yes(li, noon, uid)
        said: dict[str, Any] = {
            "application_uid": uid,
            "shown_sha256": digest_shown(uid),
        }

        results = at_once(
            partial(approvals.vote, zheng, noon, step=Step.APPROVE, **said),
            partial(approvals.send_back, wu, noon, to_stage=1, reason="请补充", **said),
        )

        application, void = Application.objects.get(uid=uid), VoidVote.objects.filter(application__uid=uid)
        assert len(codes(results)) == 1
        assert (application.state == "approved") is not void.exists()


def test_two_workers_and_a_vote_at_once_tell_once_of_a_late_stage(
    in_force: InForce, official: Seal, contract: str, li: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), deadlines=(Deadline(Span(1, Counted.HOURS)),)))
    for _ in range(FEW_ROUNDS):
        uid = apply(wang, noon, official, contract, expires_at=noon + timedelta(days=60))
        due = Application.objects.get(uid=uid).due_at
        assert due is not None

        at_once(partial(approvals.sweep_deadlines, due), partial(approvals.sweep_deadlines, due))
        at_once(partial(approvals.sweep_deadlines, due), partial(say_yes, li, due, uid))

        assert Application.objects.get(uid=uid).state == "approved"
    assert recorded().count("application.overdue") == FEW_ROUNDS
