"""An approver lets another decide for them: for a time, in some matters, and past no duty of either."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import Term
from privyseal.approvals.models import Application, Delegation, Vote
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import application_visible_to, count_waiting_for
from privyseal.approvals.rules import ActsForApplicant
from privyseal.approvals.rules.delegations import (
    DaysOff,
    DelegatedFurther,
    DelegateNotFit,
    Hours,
    RepresentationNotApart,
    Scope,
)
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import CalendarYear, Company, Person, PostHolding
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotEntitled
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Custody, Seal
from tests.actions.policies import ONE, InForce, asks_for, deputise, post
from tests.conftest import apply, holding, new_person, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents
FINANCE = Seat(Who.OFFICE, "finance-head")


@pytest.fixture
def zheng(company: Company, long_ago: datetime) -> Person:
    """A third approver."""
    return holding(new_person("zheng", "郑三"), Power.APPROVE, company, long_ago)


@pytest.fixture
def head(company: Company, wu: Person, chen: Person, noon: datetime) -> Person:
    """The head of finance."""
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    return wu


@pytest.fixture
def finance(
    in_force: InForce, head: Person, li: Person, official: Seal, contract: str, wang: Person, noon: datetime
) -> str:
    """An application that the head of finance decides alone."""
    in_force(asks_for((FINANCE,)))
    return apply(wang, noon, official, contract)


@pytest.fixture
def carried_out(
    in_force: InForce,
    head: Person,
    li: Person,
    ma: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> str:
    """An application that ma carries out, and that li decides for the head of finance."""
    in_force(asks_for((FINANCE,)))
    delegate(head, noon, official.company, li)
    return apply(wang, noon, official, contract, operator_pseudonyms=(ma.pseudonym,))


def delegate(giver: Person, at: datetime, company: Company, taker: Person, **said: object) -> str:
    term = Term(at, at + timedelta(days=3))
    more = {"company_uid": company.uid, "taker_pseudonym": taker.pseudonym, "term": term, **said}
    return approvals.delegate(giver, at, **more)  # type: ignore[arg-type]  # each is of its kind


def assert_waits_for_nobody(taker: Person, at: datetime, uid: str) -> None:
    assert count_waiting_for(taker, at, most=9) == 0
    assert "approve" not in application_visible_to(taker, at, uid).may


def test_a_delegate_decides_in_the_others_place_and_it_says_so(
    finance: str, company: Company, head: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        say_yes(li, noon, finance)
    assert count_waiting_for(li, noon, most=9) == 0

    delegate(head, noon, company, li)

    assert count_waiting_for(li, noon, most=9) == 1
    assert "approve" in application_visible_to(li, noon, finance).may
    assert say_yes(li, noon, finance) == "approved"
    vote = Vote.objects.get(application__uid=finance)
    assert (vote.person, vote.for_person) == (li, head)
    assert [part.person for part in permit_of(finance).parts.filter(part="approver")] == [li]
    assert head.pseudonym in bytes(FactRow.objects.filter(kind="application.voted").latest("pk").body).decode()
    assert "delegation.given" in recorded()


@pytest.mark.parametrize("who", ["giver", "taker"])
def test_a_delegation_comes_back_with_nobody_who_had_left(
    finance: str, company: Company, head: Person, li: Person, noon: datetime, who: str
) -> None:
    delegate(head, noon, company, li)
    Person.objects.filter(pk=(head if who == "giver" else li).pk).update(returned_at=noon + timedelta(hours=1))

    with pytest.raises(NotEntitled):
        say_yes(li, noon + timedelta(hours=2), finance)
    assert count_waiting_for(li, noon + timedelta(hours=2), most=9) == 0


def test_whoever_lets_decide_may_still_decide_and_then_the_other_may_not(
    finance: str, company: Company, head: Person, li: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)

    assert say_yes(head, noon, finance) == "approved"
    assert Vote.objects.get(application__uid=finance).for_person is None


@pytest.mark.parametrize(
    ("scope", "hours", "may"),
    [
        (Scope(), Hours(), True),
        (Scope(purposes=frozenset({"destroy"})), Hours(), False),
        (Scope(types=frozenset({"contract"})), Hours(), False),
        (Scope(below=Decimal(100)), Hours(), False),
        (Scope(below=Decimal(101)), Hours(), True),
        (Scope(), Hours(frozenset(range(1, 8))), True),
    ],
)
def test_a_delegate_decides_in_the_matters_they_were_given(
    in_force: InForce,
    company: Company,
    head: Person,
    li: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
    *,
    scope: Scope,
    hours: Hours,
    may: bool,
) -> None:
    in_force(asks_for((FINANCE,)))
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal(100), "乙方"))
    delegate(head, noon, company, li, scope=scope, hours=hours)

    assert ("approve" in application_visible_to(li, noon, uid).may) is may
    assert (count_waiting_for(li, noon, most=9) == 1) is may


def test_a_delegate_decides_while_it_lasts(
    finance: str, company: Company, head: Person, li: Person, noon: datetime
) -> None:
    uid = delegate(head, noon, company, li)
    later = noon + timedelta(days=3)
    assert count_waiting_for(li, later, most=9) == 0

    approvals.end_delegation(li, noon + timedelta(hours=1), delegation_uid=uid)

    with pytest.raises(NotEntitled):
        say_yes(li, noon + timedelta(hours=1), finance)
    assert recorded().count("delegation.ended") == 1


@pytest.mark.invariant("S4", column="rule")
def test_a_delegation_launders_no_duty(
    finance: str, company: Company, head: Person, li: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)
    deputise(post(company, wang, Office.STAFF, noon, chen), li, wang, noon, chen)

    with pytest.raises(ActsForApplicant):
        say_yes(li, noon, finance)
    assert_waits_for_nobody(li, noon, finance)


@pytest.mark.invariant("S4", column="rule")
def test_nor_the_duty_of_whoever_lets_decide(
    finance: str, company: Company, head: Person, li: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)
    deputise(post(company, wang, Office.STAFF, noon, chen), head, wang, noon, chen)

    with pytest.raises(NotEntitled):
        say_yes(li, noon, finance)
    assert_waits_for_nobody(li, noon, finance)


@pytest.mark.invariant("S4", column="rule")
def test_nor_a_tie_to_whoever_carries_it_out(
    carried_out: str, company: Company, li: Person, ma: Person, chen: Person, noon: datetime
) -> None:
    deputise(post(company, ma, Office.STAFF, noon, chen), li, ma, noon, chen)

    with pytest.raises(RepresentationNotApart):
        say_yes(li, noon, carried_out)
    assert_waits_for_nobody(li, noon, carried_out)
    assert not Vote.objects.filter(application__uid=carried_out).exists()


@pytest.mark.invariant("S4", column="rule")
@pytest.mark.parametrize("tied", ["li", "wu"])
def test_nor_a_tie_that_ended_since_it_was_submitted(
    carried_out: str, company: Company, li: Person, ma: Person, chen: Person, noon: datetime, tied: str
) -> None:
    person = Person.objects.get(login=tied)
    held = deputise(post(company, ma, Office.STAFF, noon, chen), person, ma, noon, chen)
    PostHolding.objects.filter(pk=held.pk).update(revoked_at=noon + timedelta(hours=1))

    with pytest.raises(RepresentationNotApart):
        say_yes(li, noon + timedelta(hours=2), carried_out)
    assert_waits_for_nobody(li, noon + timedelta(hours=2), carried_out)

    PostHolding.objects.filter(pk=held.pk).update(revoked_at=noon)  # before it was submitted
    assert count_waiting_for(li, noon + timedelta(hours=2), most=9) == 1
    say_yes(li, noon + timedelta(hours=2), carried_out)


@pytest.mark.invariant("S4", column="rule")
def test_nor_that_of_keeping_its_seal(
    finance: str, company: Company, official: Seal, head: Person, li: Person, ma: Person, chen: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)
    assert count_waiting_for(li, noon, most=9) == 1
    kept = Custody.objects.create(seal=official, keeper=li, since=noon)

    with pytest.raises(RepresentationNotApart):
        say_yes(li, noon, finance)
    assert_waits_for_nobody(li, noon, finance)

    Custody.objects.filter(pk=kept.pk).update(keeper=ma)
    held = deputise(post(company, ma, Office.STAFF, noon, chen), li, ma, noon, chen)
    PostHolding.objects.filter(pk=held.pk).update(revoked_at=noon + timedelta(hours=1))
    with pytest.raises(RepresentationNotApart):
        say_yes(li, noon + timedelta(hours=2), finance)
    assert_waits_for_nobody(li, noon + timedelta(hours=2), finance)


def test_of_two_who_let_decide_a_delegate_decides_for_the_one_without_another_duty(
    in_force: InForce,
    head: Person,
    li: Person,
    zheng: Person,
    ma: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> None:
    in_force(asks_for((FINANCE, Seat(Who.PERSON, zheng.pseudonym))))
    uid = apply(wang, noon, official, contract, operator_pseudonyms=(ma.pseudonym,))
    company, chen = official.company, Person.objects.get(login="chen")
    deputise(post(company, ma, Office.STAFF, noon, chen), head, ma, noon, chen)
    for giver in (head, zheng):
        delegate(giver, noon, company, li)

    assert count_waiting_for(li, noon, most=9) == 1
    say_yes(li, noon, uid)

    assert Vote.objects.get(application__uid=uid).for_person == zheng


def test_nobody_delegates_further_and_nobody_to_whom_it_would_be_a_power(
    company: Company, head: Person, li: Person, zheng: Person, ma: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)

    with pytest.raises(DelegatedFurther):
        delegate(li, noon, company, zheng)
    with pytest.raises(DelegatedFurther):
        delegate(zheng, noon, company, head)
    for nobody in (ma, head):
        with pytest.raises(DelegateNotFit):
            delegate(head, noon, company, nobody)
    with pytest.raises(NotEntitled):
        delegate(ma, noon, company, li)
    assert Delegation.objects.count() == 1


def test_two_seats_are_not_filled_for_one_person(
    in_force: InForce,
    head: Person,
    li: Person,
    zheng: Person,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
) -> None:
    in_force(asks_for((FINANCE,), (ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)
    delegate(head, noon, official.company, li)
    delegate(head, noon, official.company, zheng)

    # For the head of finance, li would be gone where one of the two later seats needs them.
    with pytest.raises(approvals.NeededLater):
        say_yes(li, noon, uid)
    assert say_yes(head, noon, uid) == "pending"
    assert count_waiting_for(head, noon, most=9) == 0
    say_yes(li, noon, uid)
    assert say_yes(zheng, noon, uid) == "approved"
    assert not Vote.objects.filter(for_person__isnull=False).exists()


@pytest.mark.invariant("S4", column="database")
def test_the_database_takes_a_vote_for_another_only_by_a_delegation_and_apart(
    finance: str, company: Company, head: Person, li: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    application = Application.objects.get(uid=finance)
    said = {"application": application, "stage": 1, "decision": "approve", "at": noon, "shown_sha256": "0" * 64}
    with pytest.raises(IntegrityError, match="nobody lets this person decide"), transaction.atomic():
        Vote.objects.create(person=li, for_person=head, **said)

    delegate(head, noon, company, li)
    deputise(post(company, wang, Office.STAFF, noon, chen), head, wang, noon, chen)
    with pytest.raises(IntegrityError, match="goes past no duty"), transaction.atomic():
        Vote.objects.create(person=li, for_person=head, **said)


@pytest.mark.invariant("S5", column="database")
def test_the_database_lets_nobody_decide_twice_through_another(
    finance: str, company: Company, head: Person, li: Person, zheng: Person, noon: datetime
) -> None:
    for taker in (li, zheng):
        delegate(head, noon, company, taker)
    application = Application.objects.get(uid=finance)
    said = {"application": application, "stage": 1, "decision": "approve", "at": noon, "shown_sha256": "0" * 64}
    Vote.objects.create(person=li, for_person=head, **said)

    with pytest.raises(IntegrityError, match="decides twice"), transaction.atomic():
        Vote.objects.create(person=head, **said)
    with pytest.raises(IntegrityError, match="nobody_is_represented_twice"), transaction.atomic():
        Vote.objects.create(person=zheng, for_person=head, **said)


def test_the_database_knows_no_chain_and_keeps_what_was_given(
    company: Company, head: Person, li: Person, zheng: Person, noon: datetime
) -> None:
    delegate(head, noon, company, li)
    term = {"company": company, "given_at": noon, "starts_at": noon, "ends_at": noon + timedelta(days=1)}

    with pytest.raises(IntegrityError, match="nobody decide for them"), transaction.atomic():
        Delegation.objects.create(giver=li, taker=zheng, **term)
    with pytest.raises(IntegrityError, match="kept as it was given"), transaction.atomic():
        Delegation.objects.update(taker=zheng)


def test_a_deputy_for_days_off_decides_on_those_of_the_company_alone(
    in_force: InForce, official: Seal, contract: str, zhao: Person, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    company, day = official.company, localtime(noon).date()
    in_force(asks_for((Seat(Who.PERSON, wu.pseudonym),)))
    delegate(wu, noon, company, li, hours=Hours(days_off=DaysOff.ONLY))
    uid = apply(wang, noon, official, contract)
    for off, version in ((False, 1), (True, 2)):
        made_up = [] if off or day.isoweekday() <= 5 else [day]
        table = {"off": [day] if off else [], "made_up": made_up}
        CalendarYear.objects.create(
            company=company, year=day.year, version=version, written_by=zhao, written_at=noon, **table
        )

        assert bool(count_waiting_for(li, noon, most=9)) is off
        assert ("approve" in application_visible_to(li, noon, uid).may) is off
    assert say_yes(li, noon, uid) == "approved"
