"""A seal out of hand: stopped by one, public at once, ended by two, replaced with everybody's consent."""

from datetime import datetime, timedelta

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import TooFewApprovers
from privyseal.custody import actions as custody
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.language.catalogue import compile_stale
from privyseal.language.notices import texts_of
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals import permits, queries
from privyseal.seals.actions import PredecessorInForce, Report
from privyseal.seals.models import Incident, Permit, Seal
from privyseal.seals.rules import Act, SealNotInForce, SealType
from privyseal.seals.rules.incidents import (
    ConsentMissing,
    Ending,
    Frozen,
    IncidentOpen,
    MistakeNotShown,
    ReplacementNeeded,
)
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from privyseal.verification.statuses import Force, status_of_number
from tests.actions.keepers import approved_act, forbidden, photo, rubber
from tests.conftest import FACE, USCC, Use, holding, new_company, permit_of, recorded, say_yes

compile_stale()

GONE = Report(account="下班清点时不在保险柜内", place="北京")


@pytest.fixture
def lost(official: Seal, zhao: Person, noon: datetime, signer: Client) -> Incident:
    uid = custody.report(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=GONE, signer=signer)
    return Incident.objects.select_related("seal").get(uid=uid)


def declared_void(zhao: Person, approvers: list[Person], at: datetime, seal: Seal, signer: Client) -> None:
    permit = approved_act(zhao, approvers, at, seal, Purpose.INVALIDATE)
    seals.carry_out(zhao, at, permit_uid=permit.uid, signer=signer)


def new_one(zhao: Person, at: datetime, company: Company, *, replaces: str = "", name: str = "公章") -> str:
    return approvals.apply_for_seal(
        zhao,
        at,
        company_uid=company.uid,
        reason="补刻",
        name=name,
        type=SealType.OFFICIAL,
        face=FACE,
        standing=approvals.Standing(replaces_uid=replaces),
    )


@pytest.mark.invariant("T17", column="database")
def test_one_person_reports_a_loss_and_everything_stops(
    approved: Use, zhao: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    official = approved.permit.seal

    uid = custody.report(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=GONE, signer=signer)

    official.refresh_from_db()
    assert (official.state, official.signer_state) == ("lost", "suspended")
    assert Permit.objects.get(uid=approved.permit.uid).revoked_at == noon
    incident = Incident.objects.get(uid=uid)
    assert (incident.kind, incident.due_at) == ("loss", noon + timedelta(days=30))
    assert recorded()[-4:] == [
        "seal.lost",
        "incident.opened",
        "permit.denied-at-signer",
        "seal.suspended-at-signer",
    ]
    with pytest.raises(SealNotInForce):
        sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)
    # Even back in force, the seal is not moved by a permit from before its loss.
    Seal.objects.update(state="active")
    with pytest.raises(permits.PermitRevoked):
        sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)


def test_whoever_only_uses_a_seal_does_not_report_it(official: Seal, wang: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        custody.report_seal(wang, noon, seal_uid=official.uid, act=Act.LOSE, said=GONE)

    assert Seal.objects.get().state == "active"
    assert not Incident.objects.exists()


def test_a_loss_that_turns_out_a_theft_stays_one_incident(
    lost: Incident, sun: Person, noon: datetime, signer: Client
) -> None:
    again = custody.report(sun, noon, seal_uid=_seal(lost).uid, act=Act.STEAL, said=GONE, signer=signer)

    assert (again, Incident.objects.get().kind, Seal.objects.get().state) == (lost.uid, "theft", "stolen")
    assert recorded()[-1] == "incident.reclassified"


def test_the_public_learns_of_a_loss_at_once(lost: Incident, noon: datetime) -> None:
    seal = _seal(lost)
    found = status_of_number(USCC, seal.number, on=None, address="192.0.2.1", at=noon)

    assert [state.value for state, _ in found.history] == ["active", "lost"]
    assert found.force is Force.NONE
    assert queries.published_seals() == [(seal, lost.opened_at)]
    with pytest.raises(NotFound):
        status_of_number(USCC, "S99999", on=None, address="192.0.2.1", at=noon)


def test_the_texts_say_what_is_on_record_in_both_languages(lost: Incident) -> None:
    texts = texts_of(lost, "https://seals.example")

    assert [(text.language, text.title) for text in texts] == [
        ("zh-hans", "报案材料"),
        ("zh-hans", "登报声明"),
        ("en", "For the police"),
        ("en", "For the newspaper"),
    ]
    for text in texts:
        assert USCC in text.body
        assert "示例科技有限公司" in text.body
    assert "遗失" in texts[1].body
    assert GONE.account in texts[2].body


def test_those_who_must_be_told_are_named_once(
    approved: Use, zhao: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    seal = approved.permit.seal
    seals.name_co_custodian(zhao, noon, seal_uid=seal.uid, person_pseudonym=wang.pseudonym)
    uid = custody.report(zhao, noon, seal_uid=seal.uid, act=Act.LOSE, said=GONE, signer=signer)

    told = queries.told_people(zhao, noon, Incident.objects.get(uid=uid))

    assert [(person.name, person.why) for person in told] == [("王用", "co-custodian"), ("赵管", "manager")]


def test_a_found_seal_rests_and_two_end_its_incident(
    lost: Incident, zhao: Person, li: Person, wu: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(IncidentOpen):
        seals.propose_end(zhao, noon, incident_uid=lost.uid, outcome=Ending.FOUND)
    permit = approved_act(zhao, [li, wu], noon, _seal(lost), Purpose.FIND)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    assert Seal.objects.get().state == "suspended"

    seals.propose_end(zhao, noon, incident_uid=lost.uid, outcome=Ending.FOUND)
    with pytest.raises(DutiesNotSeparate):
        seals.end_incident(zhao, noon, incident_uid=lost.uid)
    seals.end_incident(li, noon, incident_uid=lost.uid)

    ended = Incident.objects.get()
    assert (ended.outcome, ended.proposed_by, ended.ended_by) == ("found", zhao, li)
    with pytest.raises(OutOfTurn):
        seals.end_incident(li, noon, incident_uid=lost.uid)


def test_one_approver_is_not_enough_to_take_a_seal_back(
    lost: Incident, zhao: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(TooFewApprovers):
        approved_act(zhao, [li], noon, _seal(lost), Purpose.FIND)


@pytest.mark.incident("co-custody-2022")
@pytest.mark.invariant("T14", column="database")
def test_a_false_loss_report_does_not_yield_a_second_seal(
    lost: Incident,
    company: Company,
    zhao: Person,
    li: Person,
    wu: Person,
    ma: Person,
    noon: datetime,
    signer: Client,
) -> None:
    seal = _seal(lost)
    seals.name_co_custodian(zhao, noon, seal_uid=seal.uid, person_pseudonym=ma.pseudonym)
    with pytest.raises(ReplacementNeeded):
        new_one(zhao, noon, company, name="公章二")
    with pytest.raises(ConsentMissing):
        new_one(zhao, noon, company, replaces=seal.uid, name="公章二")

    with pytest.raises(NotEntitled):
        seals.give_consent(zhao, noon, incident_uid=lost.uid)
    seals.give_consent(ma, noon, incident_uid=lost.uid)
    seals.give_consent(ma, noon, incident_uid=lost.uid)
    application = new_one(zhao, noon, company, replaces=seal.uid, name="公章二")
    say_yes(li, noon, application)
    permit = permit_of(application)
    with pytest.raises(PredecessorInForce):
        seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    with forbidden("predecessor_is_void_first"):
        Seal.objects.filter(pk=permit.seal_id).update(state="active")

    declared_void(zhao, [li, wu], noon, seal, signer)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    assert list(Seal.objects.order_by("pk").values_list("state", flat=True)) == ["void", "active"]
    assert recorded().count("incident.consented") == 1
    with pytest.raises(OutOfTurn):
        new_one(zhao, noon, company, replaces=seal.uid, name="公章三")


def test_only_a_co_custodian_themselves_gives_up_their_say(
    official: Seal, zhao: Person, ma: Person, wang: Person, noon: datetime
) -> None:
    seals.name_co_custodian(zhao, noon, seal_uid=official.uid, person_pseudonym=ma.pseudonym)
    with pytest.raises(NotEntitled):
        seals.leave_co_custody(wang, noon, seal_uid=official.uid)
    with pytest.raises(NotEntitled):
        seals.name_co_custodian(wang, noon, seal_uid=official.uid, person_pseudonym=wang.pseudonym)

    seals.leave_co_custody(ma, noon, seal_uid=official.uid)

    assert queries.co_custodians_of(zhao, noon, official) == frozenset()
    assert recorded()[-1] == "seal.co-custody-left"


@pytest.fixture
def group(
    company: Company, chen: Person, sun: Person, zhao: Person, gu: Person, li: Person, long_ago: datetime
) -> Company:
    """Return a company below the first one, in which the same manager and keeper work."""
    below = new_company("示例子公司", "91110108MA01ABCE1B", registrar=chen, verifier=sun, at=long_ago)
    Company.objects.filter(pk=below.pk).update(parent=company)
    for person, power in ((zhao, Power.MANAGE), (gu, Power.CUSTODY), (li, Power.APPROVE)):
        holding(person, power, below, long_ago)
    return below


@pytest.fixture
def two_in_force(
    official: Seal,
    group: Company,
    zhao: Person,
    gu: Person,
    li: Person,
    noon: datetime,
    signer: Client,
) -> list[Seal]:
    second = rubber(zhao, noon, group, gu)
    seals.carry_out(zhao, noon, permit_uid=approved_act(zhao, [li], noon, second, Purpose.RESUME).uid, signer=signer)
    return [official, second]


def test_a_group_is_frozen_by_one_and_woken_by_two(
    two_in_force: list[Seal],
    company: Company,
    group: Company,
    zhao: Person,
    li: Person,
    wu: Person,
    noon: datetime,
    signer: Client,
) -> None:
    uid = seals.freeze(zhao, noon, company_uid=company.uid, reason="抢夺公章", is_drill=False, signer=signer)

    assert set(Seal.objects.values_list("state", flat=True)) == {"suspended"}
    with pytest.raises(Frozen):
        approvals.apply_to_resume(zhao, noon, seal_uid=two_in_force[0].uid, reason="恢复")
    with pytest.raises(IncidentOpen):
        seals.propose_end(zhao, noon, incident_uid=uid, outcome=Ending.LIFTED)
    with pytest.raises(TooFewApprovers):
        approvals.apply_to_unfreeze(zhao, noon, incident_uid=uid, reason="恢复")

    holding(wu, Power.APPROVE, group, noon)
    application = approvals.apply_to_unfreeze(zhao, noon, incident_uid=uid, reason="恢复")
    say_yes(li, noon, application)
    assert not Permit.objects.filter(purpose="unfreeze").exists()
    say_yes(wu, noon, application)
    seals.unfreeze(zhao, noon, incident_uid=uid, signer=signer)

    assert list(Seal.objects.order_by("pk").values_list("state", flat=True)) == ["active", "active"]
    assert Seal.objects.get(pk=two_in_force[0].pk).signer_state == "active"
    with pytest.raises(OutOfTurn):
        approvals.apply_to_unfreeze(zhao, noon, incident_uid=uid, reason="恢复")


def test_what_was_approved_before_a_freeze_wakes_nothing_after_it(
    official: Seal, company: Company, zhao: Person, gu: Person, li: Person, noon: datetime, signer: Client
) -> None:
    resting = rubber(zhao, noon, company, gu)
    seals.suspend(zhao, noon, seal_uid=official.uid, reason="盘点", signer=signer)
    of_resting = approved_act(zhao, [li], noon, resting, Purpose.RESUME)
    first, second = (approved_act(zhao, [li], noon, official, Purpose.RESUME) for _ in range(2))
    decided_later = approvals.apply_to_resume(zhao, noon, seal_uid=official.uid, reason="恢复")
    seals.carry_out(zhao, noon, permit_uid=first.uid, signer=signer)

    seals.freeze(zhao, noon, company_uid=company.uid, reason="抢夺公章", is_drill=False, signer=signer)

    for permit in (of_resting, second):
        with pytest.raises(permits.PermitRevoked):
            seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    say_yes(li, noon, decided_later)
    with pytest.raises(Frozen):
        seals.carry_out(zhao, noon, permit_uid=permit_of(decided_later).uid, signer=signer)
    assert set(Seal.objects.values_list("state", flat=True)) == {"suspended"}


def test_a_drill_says_what_would_rest_and_changes_nothing(
    two_in_force: list[Seal], company: Company, sun: Person, noon: datetime, signer: Client
) -> None:
    uid = seals.freeze(sun, noon, company_uid=company.uid, reason="演练", is_drill=True, signer=signer)

    incident = Incident.objects.get(uid=uid)
    assert queries.frozen_seals(sun, noon, incident) == two_in_force
    assert (incident.outcome, incident.ended_at) == ("drill", noon)
    assert set(Seal.objects.values_list("state", flat=True)) == {"active"}
    assert recorded()[-1] == "incident.drilled"


def test_whoever_does_not_manage_a_group_does_not_freeze_it(company: Company, wang: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        seals.freeze_group(wang, noon, company_uid=company.uid, reason="我想停")

    assert not Incident.objects.exists()


def test_a_retired_seal_that_is_not_handed_in_becomes_an_incident(
    company: Company, zhao: Person, li: Person, gu: Person, noon: datetime, signer: Client
) -> None:
    seal = rubber(zhao, noon, company, gu)
    permit = approved_act(zhao, [li], noon, seal, Purpose.RETIRE, hand_in_days=3)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    late = noon + timedelta(days=3)

    assert seals.watch_seals(noon) == 0
    assert (seals.watch_seals(late), seals.watch_seals(late)) == (1, 0)

    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_by, incident.owner) == ("not-handed-in", None, zhao)
    with pytest.raises(IncidentOpen):
        seals.propose_end(zhao, late, incident_uid=incident.uid, outcome=Ending.SETTLED)
    Seal.objects.update(hand_in_by=None)
    seals.propose_end(zhao, late, incident_uid=incident.uid, outcome=Ending.SETTLED)
    assert Incident.objects.get().ended_by == zhao


@pytest.fixture
def late(company: Company, zhao: Person, li: Person, gu: Person, noon: datetime, signer: Client) -> Incident:
    """A retired seal that nobody entered as handed in."""
    permit = approved_act(zhao, [li], noon, rubber(zhao, noon, company, gu), Purpose.RETIRE, hand_in_days=3)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    seals.watch_seals(noon + timedelta(days=3))
    return Incident.objects.get()


def test_a_seal_that_had_been_handed_in_ends_its_incident_by_evidence_and_two(
    late: Incident, zhao: Person, li: Person, gu: Person, noon: datetime
) -> None:
    after = noon + timedelta(days=4)
    said = {"incident_uid": late.uid, "outcome": Ending.MISTAKEN}
    for nothing in ({}, {"evidence": "  "}, {"photo_sha256": "0" * 64}):
        with pytest.raises(MistakeNotShown):
            seals.propose_end(zhao, after, **said, **nothing)  # type: ignore[arg-type]  # each is of its kind
    with pytest.raises(NotEntitled):
        seals.propose_end(gu, after, evidence="我交了", **said)  # type: ignore[arg-type]  # as above

    seals.propose_end(zhao, after, evidence="11月20日已交行政部，登记漏记", **said)  # type: ignore[arg-type]  # as above
    assert Incident.objects.get().ended_at is None
    with pytest.raises(DutiesNotSeparate):
        seals.end_incident(zhao, after, incident_uid=late.uid)
    seals.end_incident(li, after, incident_uid=late.uid)

    ended = Incident.objects.get()
    assert (ended.outcome, ended.ended_by, _seal(ended).state, _seal(ended).hand_in_by) == (
        "mistaken",
        li,
        "retired",
        None,
    )
    assert seals.watch_seals(after + timedelta(days=30)) == 0
    with pytest.raises(OutOfTurn):
        seals.end_incident(li, after, incident_uid=late.uid)


def test_a_picture_is_evidence_as_well(late: Incident, zhao: Person, noon: datetime) -> None:
    digest = photo(zhao, noon, _seal(late))
    seals.propose_end(zhao, noon, incident_uid=late.uid, outcome=Ending.MISTAKEN, photo_sha256=digest)

    assert Incident.objects.get().evidence_sha256 == digest


def test_a_loss_is_no_mistake(lost: Incident, zhao: Person, noon: datetime) -> None:
    with pytest.raises(OutOfTurn):
        seals.propose_end(zhao, noon, incident_uid=lost.uid, outcome=Ending.MISTAKEN, evidence="在抽屉里")
    with forbidden("mistaken_incident_has_its_evidence"):
        Incident.objects.update(outcome="mistaken", evidence="在抽屉里")


def test_the_database_lets_nobody_alone_call_an_incident_a_mistake(
    late: Incident, zhao: Person, noon: datetime
) -> None:
    with forbidden("mistaken_incident_has_its_evidence"):
        Incident.objects.update(outcome="mistaken")
    with forbidden("incident_is_ended_by_a_second_person"):
        Incident.objects.update(outcome="mistaken", evidence="误报", proposed_by=zhao, ended_by=zhao, ended_at=noon)


def test_the_owner_writes_down_how_it_is_handled(lost: Incident, zhao: Person, wang: Person, noon: datetime) -> None:
    seals.give_opinion(zhao, noon, incident_uid=lost.uid, opinion="已报案，拟登报")
    with pytest.raises(NotFound):
        seals.give_opinion(wang, noon, incident_uid=lost.uid, opinion="不必报案")

    assert Incident.objects.get().opinion == "已报案，拟登报"
    assert recorded()[-1] == "incident.opine.refused"


def test_the_database_lets_nobody_end_alone_what_takes_two(lost: Incident, zhao: Person, noon: datetime) -> None:
    with forbidden("incident_is_ended_by_a_second_person"):
        Incident.objects.update(outcome="found", proposed_by=zhao, ended_by=zhao, ended_at=noon)


def _seal(incident: Incident) -> Seal:
    assert incident.seal is not None
    return incident.seal
