"""A company's own stages: written by one power, put into force by another, kept for what already runs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, Policy, SeatAsked
from privyseal.approvals.papers import AmountNotPossible, Papers
from privyseal.approvals.queries import application_visible_to, count_waiting_for
from privyseal.approvals.queries.policies import findings_on, policies_visible_to, replay
from privyseal.approvals.rules import POLICY, Step
from privyseal.approvals.rules.policies import Flaw, PolicyUnfit, Row, RowNotPossible
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.rules.seats import Seat, Stage, Who
from privyseal.identity.models import Company, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.conftest import Use, apply, holding, new_company, new_person, permit_of, recorded, say_yes

InForce: TypeAlias = Callable[..., Policy]
ONE, TWO = Seat(Who.APPROVER), Seat(Who.APPROVER, needed=2)
GRAVE = Row(stages=((TWO,),), purposes=frozenset({Purpose.DESTROY, Purpose.FIND, Purpose.INVALIDATE, Purpose.UNFREEZE}))


def write(actor: Person, at: datetime, company: Company, *rows: Row, **more: object) -> Policy:
    said = {"name": "用印审批规则", "rows": [*rows, GRAVE, Row(stages=((ONE,),))], **more}
    uid = approvals.write_policy(actor, at, company_uid=company.uid, **said)  # type: ignore[arg-type]  # of its kind
    return Policy.objects.get(uid=uid)


def put_in_force(
    manager: Person, security: Person, at: datetime, company: Company, *rows: Row, **more: object
) -> Policy:
    policy = write(manager, at, company, *rows, **more)
    approvals.confirm_policy(security, at, policy_uid=policy.uid, rows_sha256=policy.rows_sha256)
    policy.refresh_from_db()
    return policy


@pytest.fixture
def in_force(company: Company, zhao: Person, chen: Person, noon: datetime) -> InForce:
    """Return how a policy of these rows comes into force in the company: zhao writes it, chen confirms it."""
    return lambda *rows: put_in_force(zhao, chen, noon, company, *rows)


def asks_for(*stages: Stage, **conditions: object) -> Row:
    return Row(stages=stages, purposes=frozenset({Purpose.USE}), **conditions)  # type: ignore[arg-type]  # of its kind


def post(company: Company, person: Person, office: Office, at: datetime, by: Person, unit: Unit | None = None) -> Post:
    made = Post.objects.create(company=company, unit=unit, name=office.value, office=office.value, opened_at=at)
    PostHolding.objects.create(post=made, person=person, appointed_by=by, appointed_at=at, starts_at=at)
    return made


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
    assert application_visible_to(li, noon, uid).may == frozenset()
    assert application_visible_to(wu, noon, uid).may == {"approve", "reject"}


def test_what_was_shown_at_one_stage_is_not_said_yes_to_at_the_next(
    in_force: InForce, official: Seal, contract: str, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)
    shown = application_visible_to(wu, noon, uid).shown_sha256
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
    before = application_visible_to(wang, noon, uid).shown_sha256

    Application.objects.filter(uid=uid).update(amount=Decimal("12.31"))

    assert application_visible_to(wang, noon, uid).shown_sha256 != before


@pytest.mark.parametrize("amount", ["-0.01", "1.001", "10000000000000"])
def test_an_amount_that_no_paper_says_is_refused(amount: str) -> None:
    with pytest.raises(AmountNotPossible):
        Papers(Decimal(amount))


@pytest.mark.invariant("T9", column="rule")
def test_what_runs_keeps_the_stages_it_was_submitted_under(
    in_force: InForce, official: Seal, contract: str, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))
    uid = apply(wang, noon, official, contract)

    later = in_force(asks_for((ONE,)))

    assert say_yes(li, noon, uid) == "pending"
    assert Application.objects.get(uid=uid).policy != str(later.number)
    assert say_yes(wu, noon, uid) == "approved"


def test_a_policy_that_comes_late_leaves_alone_what_the_product_decides(
    in_force: InForce, pending: Use, li: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (ONE,)))

    assert Application.objects.get(uid=pending.uid).policy == POLICY
    assert say_yes(li, noon, pending.uid) == "approved"


@pytest.mark.invariant("T9", column="database")
def test_the_database_keeps_what_was_asked_and_what_was_in_force(
    in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    policy = in_force(asks_for((ONE,)))
    uid = apply(wang, noon, official, contract)

    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        SeatAsked.objects.filter(application__uid=uid).update(needed=9)
    with pytest.raises(IntegrityError, match="is kept as it was confirmed"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(rows=[])
    with pytest.raises(IntegrityError, match="is kept as it was confirmed"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).delete()


def test_only_whoever_manages_writes_and_only_whoever_grants_powers_confirms(
    company: Company, zhao: Person, chen: Person, li: Person, wang: Person, sun: Person, noon: datetime
) -> None:
    for person in (li, wang, chen, sun):
        with pytest.raises(NotEntitled):
            write(person, noon, company)
    policy = write(zhao, noon, company)
    for person in (zhao, li, wang, sun):
        with pytest.raises((NotEntitled, NotFound)):
            approvals.confirm_policy(person, noon, policy_uid=policy.uid, rows_sha256=policy.rows_sha256)

    assert policies_visible_to(chen, noon).get() == policy
    assert Policy.objects.get().confirmed_at is None


def test_the_database_lets_no_author_confirm(company: Company, zhao: Person, noon: datetime) -> None:
    policy = write(zhao, noon, company)

    with pytest.raises(IntegrityError, match="policy_confirmer_is_not_author"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(confirmed_by=zhao, confirmed_at=noon, number=9)


def test_a_draft_with_a_gap_stays_a_draft(company: Company, zhao: Person, chen: Person, noon: datetime) -> None:
    uid = approvals.write_policy(zhao, noon, company_uid=company.uid, name="草案", rows=[GRAVE])
    draft = Policy.objects.get(uid=uid)

    with pytest.raises(PolicyUnfit) as refused:
        approvals.confirm_policy(chen, noon, policy_uid=uid, rows_sha256=draft.rows_sha256)
    assert refused.value.facts == {"flaw": "gap", "row": 0}


def test_a_draft_that_changed_since_it_was_shown_is_not_confirmed(
    company: Company, zhao: Person, chen: Person, noon: datetime
) -> None:
    shown = write(zhao, noon, company)
    with pytest.raises(approvals.PolicyChanged):
        write(zhao, noon, company, asks_for((TWO,)))
    write(zhao, noon, company, asks_for((TWO,)), rows_sha256=shown.rows_sha256)

    with pytest.raises(approvals.PolicyChanged):
        approvals.confirm_policy(chen, noon, policy_uid=shown.uid, rows_sha256=shown.rows_sha256)
    assert Policy.objects.count() == 1


def test_a_draft_is_thrown_away_and_what_is_in_force_is_not(
    in_force: InForce, company: Company, zhao: Person, noon: datetime
) -> None:
    running = in_force()
    draft = write(zhao, noon, company)

    approvals.discard_policy(zhao, noon, policy_uid=draft.uid)

    for policy in (running, draft):
        with pytest.raises(OutOfTurn):
            approvals.discard_policy(zhao, noon, policy_uid=policy.uid)
    assert write(zhao, noon, company).version == draft.version + 1


@pytest.fixture
def head(company: Company, chen: Person, sun: Person, long_ago: datetime) -> Company:
    """A company above the other one."""
    above = new_company("示例控股", "91310000MA1FL3XT5R", registrar=chen, verifier=sun, at=long_ago)
    Company.objects.filter(pk=company.pk).update(parent=above)
    return above


@pytest.mark.usefixtures("li", "wu")
def test_the_policy_of_the_group_decides_where_a_company_has_none(
    head: Company, in_force: InForce, official: Seal, contract: str, chen: Person, wang: Person, noon: datetime
) -> None:
    manager = holding(new_person("he", "何总管"), Power.MANAGE, head, noon - timedelta(days=1))
    put_in_force(manager, chen, noon, head, asks_for((ONE,), (ONE,)))
    assert Application.objects.get(uid=apply(wang, noon, official, contract)).policy == POLICY

    group = put_in_force(manager, chen, noon, head, asks_for((TWO,)), is_for_group=True)
    uid = apply(wang, noon, official, contract)

    assert Application.objects.get(uid=uid).policy == str(group.number)
    assert policies_visible_to(wang, noon).get() == group
    own = in_force(asks_for((ONE,)))
    assert Application.objects.get(uid=apply(wang, noon, official, contract)).policy == str(own.number)


def test_a_seat_that_nobody_in_the_company_can_fill_is_told(
    company: Company, zhao: Person, chen: Person, li: Person, noon: datetime
) -> None:
    policy = write(zhao, noon, company, asks_for((Seat(Who.OFFICE, "finance-head"),)))

    told = [finding for finding in findings_on(chen, noon, policy) if finding.flaw is Flaw.UNFILLED]
    assert [(one.row, one.about["company"], one.about["name"]) for one in told] == [
        (1, company.name, "finance-head"),
        (2, company.name, ""),
    ]


def test_a_row_that_names_what_is_not_there_is_refused(company: Company, zhao: Person, noon: datetime) -> None:
    for row, expected in (
        (asks_for((Seat(Who.POST, "0" * 32),)), NotFound),
        (asks_for((Seat(Who.PERSON, "0" * 32),)), NotFound),
        (asks_for((ONE,), units=frozenset({"0" * 32})), NotFound),
        (asks_for((Seat(Who.OFFICE, "king"),)), RowNotPossible),
    ):
        with pytest.raises(expected):
            write(zhao, noon, company, row)
    assert not Policy.objects.exists()


def test_a_draft_is_played_over_what_was_applied_for(
    company: Company, pending: Use, zhao: Person, noon: datetime
) -> None:
    same, other = write(zhao, noon, company), asks_for((ONE,), (ONE,))
    assert replay(zhao, noon, same, days=30).changed == []

    changed = write(zhao, noon, company, other, rows_sha256=same.rows_sha256)
    played = replay(zhao, noon, changed, days=30)

    assert played.looked_at == Application.objects.count()
    (one,) = played.changed
    assert (one.application.uid, one.before, one.after) == (pending.uid, ((ONE,),), other.stages)


def test_every_preset_can_be_begun_from(company: Company, zhao: Person, noon: datetime) -> None:
    shown = ""
    for preset in Preset:
        uid = approvals.write_policy(
            zhao, noon, company_uid=company.uid, name=preset.value, rows=PRESETS[preset], rows_sha256=shown
        )
        shown = Policy.objects.get(uid=uid).rows_sha256
