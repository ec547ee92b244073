"""A company's own policy: written by one power, put into force by another, kept for what already runs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, CategoryVersion, Policy, SeatAsked
from privyseal.approvals.papers import Attached, Papers
from privyseal.approvals.queries.policies import findings_on, policies_visible_to, replay
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.attachments import AttachmentMissing, Kind
from privyseal.approvals.rules.policies import Flaw, PolicyUnfit, RowNotPossible
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.approvals.stages import rows_of
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.seals.models import Seal
from privyseal.web.shown.policies import names_in, of_the_whole
from tests.actions.policies import GRAVE, ONE, TWO, InForce, asks_for, post, put_in_force, write
from tests.conftest import Use, apply, holding, new_company, new_person, say_yes


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


def test_an_office_that_only_the_company_above_has_answers_for_the_one_below(
    head: Company, company: Company, zhao: Person, chen: Person, li: Person, wang: Person, noon: datetime
) -> None:
    post(head, li, Office.FINANCE_HEAD, noon, chen)
    policy = write(zhao, noon, company, asks_for((Seat(Who.OFFICE, "finance-head"),)))

    assert [one.row for one in findings_on(chen, noon, policy) if one.flaw is Flaw.UNFILLED] == [2]


def test_a_seat_that_nobody_in_the_company_can_fill_is_told(
    company: Company, zhao: Person, chen: Person, li: Person, noon: datetime
) -> None:
    policy = write(zhao, noon, company, asks_for((Seat(Who.OFFICE, "finance-head"),)))

    told = [finding for finding in findings_on(chen, noon, policy) if finding.flaw is Flaw.UNFILLED]
    assert [(one.row, one.about["company"], one.about["name"]) for one in told] == [
        (1, company.name, "finance-head"),
        (2, company.name, ""),
    ]


def test_what_only_its_applicant_could_approve_is_told_by_name_and_shown(
    company: Company, zhao: Person, chen: Person, wang: Person, li: Person, noon: datetime
) -> None:
    holding(wang, Power.APPROVE, company, noon)
    policy = write(zhao, noon, company, asks_for((Seat(Who.PERSON, wang.pseudonym),)))

    (told,) = (finding for finding in findings_on(chen, noon, policy) if finding.flaw is not Flaw.OVERLAP)
    assert (told.flaw, told.row, told.forbids) == (Flaw.ONE_PERSON, 1, False)
    assert told.about["person"] == wang.name
    with translation.override("zh-hans"):
        (shown,) = of_the_whole([replace(told, row=0)], names_in([], rows_of(policy)))
        assert str(shown.words) == "按目前的人员，申请人或用印人须自己审批，而这是不允许的："
    assert shown.about == f"{company.name} · {wang.name} · 仅{wang.name}一人 · 用印申请"

    holding(new_person("qian", "钱用印"), Power.USE, company, noon)
    assert findings_on(chen, noon, policy) == []


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
    assert (one.application.uid, one.before, one.after) == (
        pending.uid,
        (((ONE,), None),),
        tuple((stage, None) for stage in other.stages),
    )


def test_every_preset_can_be_begun_from(company: Company, zhao: Person, noon: datetime) -> None:
    shown = ""
    for preset in Preset:
        uid = approvals.write_policy(
            zhao, noon, company_uid=company.uid, name=preset.value, rows=PRESETS[preset], rows_sha256=shown
        )
        shown = Policy.objects.get(uid=uid).rows_sha256


@pytest.mark.usefixtures("li", "wu")
def test_a_policy_asks_by_category_counterparty_and_place_and_for_papers(
    in_force: InForce,
    company: Company,
    official: Seal,
    contract: str,
    zhao: Person,
    chen: Person,
    wang: Person,
    noon: datetime,
) -> None:
    draft = approvals.write_category(zhao, noon, company_uid=company.uid, code="note", category=USUAL["delivery-note"])
    digest = CategoryVersion.objects.get().says_sha256
    approvals.confirm_category(chen, noon, category_uid=draft, says_sha256=digest)
    papers = Papers(category_uid=draft, entered={"1": "SH-1"}, counterparty=company.name, off_site="上海虹桥")
    in_force(
        asks_for((ONE,), (ONE,), categories=frozenset({"note"}), parties=frozenset({"@inside"}), is_off_site=True),
        asks_for((ONE,), requires=frozenset({Kind.MINUTES})),
    )

    uid = apply(wang, noon, official, contract, papers=papers)
    assert Application.objects.get(uid=uid).seats.count() == 2

    outside = replace(papers, counterparty="乙方科技")
    with pytest.raises(AttachmentMissing) as refused:
        apply(wang, noon, official, contract, papers=outside)
    assert refused.value.facts == {"missing": "minutes"}

    minutes = replace(outside, attached=(Attached(Kind.MINUTES, contract),))
    kept = Application.objects.get(uid=apply(wang, noon, official, contract, papers=minutes))
    assert (kept.seats.count(), kept.required_kinds) == (1, ["minutes"])
