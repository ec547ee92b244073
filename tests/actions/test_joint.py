"""One application to several companies: each decides on its own part, and the duties of all are kept apart."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from privyseal.approvals import actions
from privyseal.approvals.actions import ApplicationExpired
from privyseal.approvals.checking import digest_of, remarks_of
from privyseal.approvals.models import Application, Casting, Detour, JointCasting, Line, Urging
from privyseal.approvals.papers import Papers
from privyseal.approvals.placing import Asked, SealAsked, placed
from privyseal.approvals.queries import Progress, application_visible_to, newest_visible, uids_of_own, waiting_for
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.course import AskedHasAnotherPart, Course, UrgedAlready
from privyseal.approvals.rules.joint import Mode
from privyseal.approvals.wholes.rows import parts_standing, with_parts
from privyseal.approvals.wishes import SealOfAnotherCompany
from privyseal.custody import actions as custody
from privyseal.custody.rules import Hand
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound
from privyseal.language.messages import texts_for
from privyseal.notification.models import Message
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.asking import At
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import PageSize
from privyseal.sealing import actions as sealing
from privyseal.sealing.actions import EarlierSealAwaited
from privyseal.sealing.models import Document, Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal, UseEntry
from privyseal.seals.permits import NotTheHolder, PermitSpent
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client, SignerUnavailable
from tests.actions.keepers import rubber
from tests.by_hand import Out, turn
from tests.conftest import Use, bring, digest_shown, holding, new_company, new_person, one_more_seal, recorded, say_yes
from tests.notification.conftest import begin_to_follow, catch_up
from tests.pdfs import one_page

pytestmark = pytest.mark.documents


@dataclass(frozen=True, slots=True)
class Other:
    """Another company of the group, with its own people and seal."""

    company: Company
    seal: Seal
    approver: Person
    operator: Person


@pytest.fixture
def other(
    chen: Person, sun: Person, wang: Person, official: Seal, long_ago: datetime, noon: datetime, signer: Client
) -> Other:
    company = new_company("示例物流有限公司", "91350100M000100Y43", registrar=chen, verifier=sun, at=long_ago)
    manager = holding(new_person("qian", "钱经理"), Power.MANAGE, company, long_ago)
    approver = holding(new_person("he", "何批"), Power.APPROVE, company, long_ago)
    operator = holding(new_person("lu", "陆用"), Power.USE, company, long_ago)
    holding(wang, Power.USE, company, long_ago)
    seal = one_more_seal(manager, approver, noon, company, "物流公章", SealType.OFFICIAL, signer)
    return Other(company, seal, approver, operator)


def asked(document: str, own: Seal, theirs: Seal) -> Asked:
    return Asked(
        seal_uid=own.uid,
        document_sha256=document,
        following="nobody",
        wishes=(At("1", 60_000, 60_000),),
        together=[SealAsked(theirs.uid, (At("1", 120_000, 60_000),))],
    )


def by(own: Seal, operator: Person, other: Other, theirs: Person, *, mode: Mode = Mode.TOGETHER) -> actions.Jointly:
    return actions.Jointly(
        mode=mode,
        operators={own.company.uid: (operator.pseudonym,), other.company.uid: (theirs.pseudonym,)},
    )


def apply_jointly(
    actor: Person, at: datetime, own: Seal, document: str, other: Other, *, mode: Mode = Mode.TOGETHER, **more: object
) -> str:
    said: dict[str, Any] = {
        "lines": placed(actor, at, asked(document, own, other.seal)),
        "jointly": by(own, actor, other, other.operator, mode=mode),
    }
    return actions.apply_jointly(
        actor,
        at,
        company_uid=own.company.uid,
        reason="集团内运输合同",
        starts_at=at,
        expires_at=at + timedelta(days=3),
        **(said | more),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    own: Application
    theirs: Application
    document: str

    @property
    def states(self) -> list[str]:
        return [Application.objects.get(pk=part.pk).state for part in (self.own, self.theirs)]

    def permit(self, part: Application) -> Permit:
        return Permit.objects.get(application_uid=part.uid)


@pytest.fixture(params=[Mode.TOGETHER])
def parts(
    request: pytest.FixtureRequest, official: Seal, contract: str, other: Other, wang: Person, noon: datetime
) -> Parts:
    uid = apply_jointly(wang, noon, official, contract, other, mode=request.param)
    own = Application.objects.get(uid=uid)
    return Parts(own, Application.objects.exclude(pk=own.pk).get(joint=own.joint), contract)


apart = pytest.mark.parametrize("parts", [Mode.APART], indirect=True)


def reject(approver: Person, at: datetime, part: Application) -> str:
    shown = digest_shown(part.uid)
    return actions.vote(approver, at, application_uid=part.uid, step=Step.REJECT, shown_sha256=shown, comment="不宜")


def seal(actor: Person, at: datetime, permit: Permit, document: str, signer: Client) -> bytes:
    uid = sealing.seal_document(actor, at, permit_uid=permit.uid, document_sha256=document, signer=signer)
    data: bytes = settings.BLOBS.get(Intent.objects.get(uid=uid).result_sha256)
    return data


def test_each_company_has_a_part_of_its_own_in_one_application(parts: Parts, other: Other, wang: Person) -> None:
    assert (parts.own.joint_id, parts.own.reason) == (parts.theirs.joint_id, parts.theirs.reason)
    assert parts.theirs.company == other.company
    assert [line.seal for line in Line.objects.filter(application=parts.theirs)] == [other.seal]
    assert recorded()[-2:] == ["application.submitted"] * 2
    assert JointCasting.objects.get(joint=parts.own.joint, person=wang).is_operator


@pytest.mark.invariant("T21", column="rule")
def test_no_permit_is_issued_until_every_company_has_said_yes(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    assert say_yes(li, noon, parts.own.uid) == "agreed"
    assert not Permit.objects.filter(joint_uid=parts.own.joint.uid if parts.own.joint else "").exists()
    assert recorded()[-1] == "application.agreed"

    assert say_yes(other.approver, noon, parts.theirs.uid) == "approved"

    assert parts.states == ["approved", "approved"]
    assert [permit.seal.company for permit in Permit.objects.filter(joint_uid__isnull=False).order_by("seal__pk")] == [
        parts.own.company,
        other.company,
    ]
    assert recorded()[-4:] == ["application.approved", "permit.issued"] * 2


def test_one_refusal_ends_the_whole(parts: Parts, other: Other, li: Person, noon: datetime) -> None:
    say_yes(li, noon, parts.own.uid)

    reject(other.approver, noon, parts.theirs)

    assert parts.states == ["rejected", "rejected"]
    assert recorded()[-2:] == ["application.rejected"] * 2


def test_the_applicant_takes_the_whole_back(parts: Parts, li: Person, wang: Person, noon: datetime) -> None:
    say_yes(li, noon, parts.own.uid)

    actions.withdraw(wang, noon, application_uid=parts.own.uid)

    assert parts.states == ["withdrawn", "withdrawn"]


@apart
def test_apart_each_company_releases_its_own_permits(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    assert say_yes(li, noon, parts.own.uid) == "approved"
    seal(wang, noon, parts.permit(parts.own), parts.document, signer)

    reject(other.approver, noon, parts.theirs)

    assert parts.states == ["approved", "rejected"]


@apart
def test_apart_what_was_to_stand_on_a_refused_seal_ends_with_it(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    reject(li, noon, parts.own)

    assert parts.states == ["rejected", "rejected"]


@apart
def test_apart_the_later_seal_waits_for_a_permit_that_is_not_there_yet(
    parts: Parts, other: Other, noon: datetime, signer: Client
) -> None:
    say_yes(other.approver, noon, parts.theirs.uid)

    with pytest.raises(EarlierSealAwaited):
        seal(other.operator, noon, parts.permit(parts.theirs), parts.document, signer)

    assert not Intent.objects.exists()
    assert recorded()[-1] == "document.seal.refused"


def test_the_operators_of_each_company_seal_one_document_in_turn(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)
    theirs, own = parts.permit(parts.theirs), parts.permit(parts.own)
    with pytest.raises(EarlierSealAwaited):
        seal(other.operator, noon, theirs, parts.document, signer)
    assert Permit.objects.get(pk=theirs.pk).used == 0

    seal(wang, noon, own, parts.document, signer)
    sealed = seal(other.operator, noon, theirs, parts.document, signer)

    judged = judge(sealed, trust=(public.ca,), at=noon)
    assert (judged.verdict, len(judged.signatures)) == (Verdict.VALID, 2)
    assert judged.signatures[-1].covers_whole_document
    entries = UseEntry.objects.order_by("book__company").values_list("book__company", "number")
    assert list(entries) == sorted([(parts.own.company_id, 1), (other.company.pk, 1)])
    assert application_visible_to(wang, noon, parts.theirs.uid).progress is Progress.DONE


def test_each_company_seals_all_documents_on_which_it_is_its_turn_in_one_act(
    company: Company, official: Seal, contract: str, other: Other, wang: Person, li: Person, noon: datetime,
    signer: Client, tmp_path: Path,
) -> None:  # fmt: skip
    size = PageSize(width=209_903, height=297_039)
    second = bring(wang, noon, company, Accepted(one_page("运单"), pages=(size,), changes=(), signed=False))
    lines = [
        line for document in (contract, second) for line in placed(wang, noon, asked(document, official, other.seal))
    ]
    uid = apply_jointly(wang, noon, official, contract, other, lines=lines)
    own = Application.objects.get(uid=uid)
    theirs = Application.objects.exclude(pk=own.pk).get(joint=own.joint)
    say_yes(li, noon, own.uid)
    say_yes(other.approver, noon, theirs.uid)
    first, last = (Permit.objects.get(application_uid=part.uid) for part in (own, theirs))
    for person, refusal in ((other.operator, EarlierSealAwaited), (li, NotTheHolder)):
        with pytest.raises(refusal):
            sealing.seal_each(person, noon, permit_uid=last.uid, signer=signer)
        assert recorded()[-1] == "document.seal.refused"

    seal(wang, noon, first, second, signer)
    sealing.seal_each(other.operator, noon, permit_uid=last.uid, signer=signer)  # that one, and not the other yet
    assert Intent.objects.count() == 2
    with pytest.raises(SignerUnavailable):
        sealing.seal_each(wang, noon, permit_uid=first.uid, signer=Client(tmp_path / "nobody.sock"))
    assert list(Intent.objects.order_by("pk").values_list("state", flat=True)) == ["sealed", "sealed", "intended"]
    for _ in range(2):  # the first goes on where it stopped, and the second finds that
        sealing.seal_each(wang, noon, permit_uid=first.uid, signer=signer)
        assert Intent.objects.filter(state="sealed").count() == 3
    sealing.seal_each(other.operator, noon, permit_uid=last.uid, signer=signer)

    assert list(Intent.objects.values_list("state", flat=True)) == ["sealed"] * 4
    assert Intent.objects.filter(after__isnull=False).count() == 2


def test_one_operator_of_both_companies_seals_in_one_act(
    official: Seal, contract: str, other: Other, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    uid = apply_jointly(wang, noon, official, contract, other, jointly=by(official, wang, other, wang))
    own = Application.objects.get(uid=uid)
    say_yes(li, noon, uid)
    say_yes(other.approver, noon, Application.objects.exclude(pk=own.pk).get(joint=own.joint).uid)

    seal(wang, noon, Permit.objects.get(application_uid=uid), contract, signer)

    assert list(Intent.objects.values_list("state", flat=True)) == ["sealed", "sealed"]


@pytest.mark.invariant("T21", column="rule")
def test_whoever_operates_for_one_company_approves_for_none(
    parts: Parts, other: Other, wang: Person, noon: datetime, long_ago: datetime
) -> None:
    holding(other.operator, Power.APPROVE, parts.own.company, long_ago)
    assert waiting_for(other.operator, noon, most=5, counted=5).count == 0
    seen = application_visible_to(other.operator, noon, parts.own.uid)
    assert "approve" not in seen.may

    with pytest.raises(DutiesNotSeparate):
        actions.vote(
            other.operator, noon, application_uid=parts.own.uid, step=Step.APPROVE, shown_sha256=seen.shown_sha256
        )

    assert parts.states == ["pending", "pending"]
    assert recorded()[-1] == "application.vote.refused"


@pytest.mark.invariant("T21", column="database")
def test_the_database_keeps_the_duties_of_all_parts_apart(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)

    with pytest.raises(IntegrityError, match="operator_is_nowhere_approver"), transaction.atomic():
        Casting.objects.create(application=parts.theirs, person=li, is_operator=True)


@pytest.mark.invariant("T21", column="database")
def test_the_database_approves_all_parts_or_none(parts: Parts, noon: datetime) -> None:
    with transaction.atomic():
        Application.objects.filter(pk=parts.own.pk).update(state="approved", decided_at=noon)

        with pytest.raises(IntegrityError, match="approved_together_or_not_at_all"):
            connection.check_constraints()

        transaction.set_rollback(True)


def test_no_part_leaves_the_whole(parts: Parts) -> None:
    with pytest.raises(IntegrityError, match="joint_stays_as_submitted"), transaction.atomic():
        Application.objects.filter(pk=parts.own.pk).update(joint=None)


def test_an_approver_sees_their_own_part_and_the_titles_of_the_others(
    parts: Parts, other: Other, official: Seal, li: Person, noon: datetime
) -> None:
    seen = application_visible_to(other.approver, noon, parts.theirs.uid)

    assert seen.whole is not None
    assert [(part.company, bool(part.uid)) for part in seen.whole.parts] == [
        (official.company.name, False),
        (other.company.name, True),
    ]
    with pytest.raises(NotFound):
        application_visible_to(other.approver, noon, parts.own.uid)


def test_documents_of_another_companys_lines_stay_with_it(
    official: Seal, contract: str, other: Other, wang: Person, noon: datetime, company: Company
) -> None:
    theirs = sealing.receive_document(wang, noon, company_uid=company.uid, name="附件.pdf", data=one_page("另一份"))
    lines = [
        placed(wang, noon, replace(asked(document, one, one), together=()))[0]
        for document, one in ((contract, official), (theirs, other.seal))
    ]
    window = {"starts_at": noon, "expires_at": noon + timedelta(days=3)}
    read = digest_of(remarks_of([company, other.company], [contract, theirs], **window))

    apply_jointly(wang, noon, official, contract, other, lines=lines, papers=Papers(acknowledged=read))

    assert list(Document.objects.filter(company=other.company).values_list("sha256", flat=True)) == [theirs]


def test_a_company_in_which_the_applicant_uses_no_seals_is_refused(
    official: Seal, contract: str, other: Other, wang: Person, ma: Person, noon: datetime
) -> None:
    lines = placed(wang, noon, asked(contract, official, other.seal))

    with pytest.raises(NotFound):
        apply_jointly(ma, noon, official, contract, other, lines=lines)
    assert not Application.objects.filter(joint__isnull=False).exists()


def test_a_person_who_only_approves_in_a_company_asks_for_none_of_its_seals(
    official: Seal, contract: str, other: Other, wang: Person, ma: Person, noon: datetime, long_ago: datetime
) -> None:
    holding(ma, Power.APPROVE, other.company, long_ago)
    lines = placed(wang, noon, asked(contract, official, other.seal))

    with pytest.raises(NotEntitled):
        apply_jointly(ma, noon, official, contract, other, lines=lines)

    assert not Application.objects.filter(joint__isnull=False).exists()


def test_one_company_alone_is_not_several(
    official: Seal, second: Seal, contract: str, other: Other, wang: Person, noon: datetime
) -> None:
    lines = placed(wang, noon, asked(contract, official, second))

    with pytest.raises(SealOfAnotherCompany):
        apply_jointly(wang, noon, official, contract, other, lines=lines)


def test_the_same_form_sent_twice_is_one_application(
    official: Seal, contract: str, other: Other, wang: Person, noon: datetime
) -> None:
    said: dict[str, Any] = {
        "company_uid": official.company.uid,
        "reason": "集团内运输合同",
        "starts_at": noon,
        "expires_at": noon + timedelta(days=3),
        "lines": placed(wang, noon, asked(contract, official, other.seal)),
        "jointly": by(official, wang, other, wang),
    }
    command_id = uuid4()

    first = actions.apply_jointly.once(command_id, wang, noon, **said)

    assert actions.apply_jointly.once(command_id, wang, noon, **said) == first
    assert Application.objects.filter(joint__isnull=False).count() == 2


def test_whoever_operates_for_another_company_is_not_asked_further(
    parts: Parts, other: Other, li: Person, noon: datetime, long_ago: datetime
) -> None:
    holding(other.operator, Power.APPROVE, parts.own.company, long_ago)
    shown = digest_shown(parts.own.uid)

    with pytest.raises(AskedHasAnotherPart):
        actions.forward(
            li,
            noon,
            application_uid=parts.own.uid,
            person_pseudonym=other.operator.pseudonym,
            shown_sha256=shown,
            reason="出差",
        )
    with pytest.raises(IntegrityError, match="asked_stands_apart"), transaction.atomic():
        Detour.objects.create(
            application=parts.own,
            number=1,
            course=Course.FORWARD.value,
            stage=1,
            by=li,
            person=other.operator,
            reason="出差",
            at=noon,
        )


def test_whoever_ends_the_permit_of_one_seal_of_an_act_ends_those_of_all_companies(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)

    seals.end_permit(wang, noon, permit_uid=parts.permit(parts.own).uid, reason="合同不签了")

    assert Permit.objects.filter(joint_uid__isnull=False, revoked_at=noon).count() == 2
    assert recorded()[-2:] == ["permit.ended"] * 2


def test_the_end_of_a_later_companys_permit_leaves_the_earlier_one_and_its_own_manager_ends_it(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)
    theirs = parts.permit(parts.theirs).uid
    with pytest.raises(NotEntitled):
        seals.end_permit(li, noon, permit_uid=theirs, reason="不签了")

    seals.end_permit(Person.objects.get(login="qian"), noon, permit_uid=theirs, reason="不签了")

    assert [parts.permit(part).revoked_at for part in (parts.own, parts.theirs)] == [None, noon]


def test_the_database_ends_no_permit_without_those_that_rest_on_it(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)
    with transaction.atomic():
        Permit.objects.filter(application_uid=parts.own.uid).update(revoked_at=noon)

        with pytest.raises(IntegrityError, match="permits_of_one_act_end_together"):
            connection.check_constraints()

        transaction.set_rollback(True)


def test_one_reminder_reaches_every_company_that_still_decides(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)

    actions.urge(wang, noon, application_uid=parts.own.uid)

    assert list(Urging.objects.values_list("application", flat=True)) == [parts.theirs.pk]
    for part in (parts.own, parts.theirs):
        with pytest.raises(UrgedAlready):
            actions.urge(wang, noon, application_uid=part.uid)


@apart
@pytest.mark.invariant("T22", column="rule")
def test_a_part_gets_a_later_end_by_its_own_company_with_the_duties_of_the_whole(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime, long_ago: datetime, signer: Client
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)
    own, theirs = parts.permit(parts.own), parts.permit(parts.theirs)
    asked = [
        actions.apply_to_prolong(
            wang, noon, application_uid=permit.application_uid, reason="对方推迟", expires_at=noon + timedelta(days=9)
        )
        for permit in (own, theirs)
    ]
    holding(other.operator, Power.APPROVE, parts.own.company, long_ago)
    seen = application_visible_to(other.operator, noon, asked[0])
    assert seen.whole is not None
    assert [part.is_this for part in seen.whole.parts] == [True, False]
    assert list(waiting_for(other.operator, noon, most=5, counted=5).oldest) == [parts.theirs]  # to carry out

    with pytest.raises(DutiesNotSeparate):
        say_yes(other.operator, noon, asked[0])
    with pytest.raises(IntegrityError, match="operator_is_nowhere_approver"), transaction.atomic():
        Casting.objects.create(application_id=of(asked[0]), person=other.operator, is_approver=True)
    say_yes(li, noon, asked[0])
    say_yes(other.approver, noon, asked[1])

    late = noon + timedelta(days=5)
    assert [parts.permit(part).expires_at for part in (parts.own, parts.theirs)] == [noon + timedelta(days=9)] * 2
    seal(wang, late, own, parts.document, signer)
    seal(other.operator, late, theirs, parts.document, signer)
    assert list(Intent.objects.values_list("state", flat=True)) == ["sealed", "sealed"]


def of(uid: str) -> int:
    return Application.objects.get(uid=uid).pk


def test_what_a_failed_sealing_lost_of_one_part_is_topped_up_there_alone(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    say_yes(li, noon, parts.own.uid)
    say_yes(other.approver, noon, parts.theirs.uid)
    own, theirs = parts.permit(parts.own), parts.permit(parts.theirs)
    seal(wang, noon, own, parts.document, signer)
    lost = sealing.intend_to_seal(other.operator, noon, permit_uid=theirs.uid, document_sha256=parts.document)
    sealing.fail_sealing(other.operator, noon, intent_uid=lost, failure="seal-suspended")
    with pytest.raises(PermitSpent):
        actions.apply_to_top_up(wang, noon, application_uid=parts.own.uid, reason="重盖")

    asked = actions.apply_to_top_up(wang, noon, application_uid=parts.theirs.uid, reason="首次用印失败")

    assert [line.seal for line in Application.objects.get(uid=asked).lines.all()] == [other.seal]
    say_yes(other.approver, noon, asked)
    assert [parts.permit(part).impressions for part in (parts.own, parts.theirs)] == [1, 2]
    seal(other.operator, noon, theirs, parts.document, signer)
    assert Intent.objects.filter(state="sealed").count() == 2


@apart
@pytest.mark.parametrize(("of_all", "states"), [(False, ["pending", "withdrawn"]), (True, ["withdrawn", "withdrawn"])])
def test_apart_the_applicant_takes_back_one_part_or_all_that_are_undecided(
    *, of_all: bool, states: list[str], parts: Parts, li: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.withdraw(li, noon, application_uid=parts.theirs.uid, of_all=of_all)

    actions.withdraw(wang, noon, application_uid=parts.theirs.uid, of_all=of_all)

    assert parts.states == states
    assert recorded().count("application.withdrawn") == states.count("withdrawn")


@apart
def test_apart_what_one_company_approved_stays_where_all_the_rest_is_taken_back(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)

    actions.withdraw(wang, noon, application_uid=parts.theirs.uid, of_all=True)

    assert parts.states == ["approved", "withdrawn"]
    assert parts.permit(parts.own).revoked_at is None


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that takes the rubber seals of two companies, each kept and operated by its own people."""

    stamps: tuple[Seal, Seal]
    keepers: tuple[Person, Person]
    operators: tuple[Person, Person]
    watcher: Person


@pytest.fixture
def paper(
    company: Company, other: Other, zhao: Person, gu: Person, jian: Person, wang: Person, stamp: Seal, noon: datetime,
    long_ago: datetime,
) -> Paper:  # fmt: skip
    bao = holding(new_person("bao", "包守"), Power.CUSTODY, other.company, long_ago)
    theirs = rubber(Person.objects.get(login="qian"), noon, other.company, bao, name="物流公章（实体）")
    Seal.objects.filter(pk=theirs.pk).update(state="active")
    theirs.refresh_from_db()
    return Paper((stamp, theirs), (gu, bao), (wang, other.operator), jian)


def test_rubber_seals_of_two_companies_go_on_one_paper_each_by_its_own_people(
    paper: Paper, other: Other, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    own, theirs = paper.stamps
    uid = apply_jointly(
        wang,
        noon,
        own,
        contract,
        replace(other, seal=theirs),
        papers=Papers(supervisor_pseudonym=paper.watcher.pseudonym),
    )
    first = Application.objects.get(uid=uid)
    part = Application.objects.exclude(pk=first.pk).get(joint=first.joint)
    with pytest.raises(DutiesNotSeparate):
        say_yes(paper.watcher, noon, uid)
    say_yes(li, noon, first.uid)
    say_yes(other.approver, noon, part.uid)

    for one, operator, keeper in zip((first, part), paper.operators, paper.keepers, strict=True):
        permit = Permit.objects.get(application_uid=one.uid)
        use = custody.begin_use(operator, noon, permit_uid=permit.uid)
        custody.confirm_use(keeper, noon, use_uid=use, hand=Hand.KEEPER)
        custody.confirm_use(paper.watcher, noon, use_uid=use, hand=Hand.SUPERVISOR)
        taken = Out(use, permit, permit.lines.get().pk)
        turn(taken, operator, paper.watcher, noon, impressions=1)

    assert {(entry.book.company, entry.impressions) for entry in UseEntry.objects.all()} == {
        (own.company, 1),
        (theirs.company, 1),
    }


def test_a_keeper_of_one_company_watches_over_no_stamp_of_theirs(
    paper: Paper, other: Other, contract: str, wang: Person, noon: datetime
) -> None:
    _, keeper = paper.keepers

    with pytest.raises(DutiesNotSeparate):
        apply_jointly(
            wang,
            noon,
            paper.stamps[0],
            contract,
            replace(other, seal=paper.stamps[1]),
            papers=Papers(supervisor_pseudonym=keeper.pseudonym),
        )

    assert not Application.objects.filter(joint__isnull=False).exists()


def test_the_whole_is_over_with_its_window(parts: Parts, other: Other, li: Person, noon: datetime) -> None:
    say_yes(li, noon, parts.own.uid)
    late = noon + timedelta(days=3)

    with pytest.raises(ApplicationExpired):
        say_yes(other.approver, late, parts.theirs.uid)

    assert application_visible_to(li, late, parts.own.uid).progress is Progress.EXPIRED
    assert not Permit.objects.filter(joint_uid__isnull=False).exists()


def test_a_vote_of_one_company_alone_asks_no_more_than_before(
    pending: Use, parts: Parts, li: Person, noon: datetime
) -> None:
    shown = digest_shown(pending.uid)

    with CaptureQueriesContext(connection) as asked:
        actions.vote(li, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)

    assert [one["sql"] for one in asked if "joint_application" in one["sql"] or "joint_casting" in one["sql"]] == []


def test_a_whole_is_one_row_of_a_list_for_whoever_sees_several_of_its_parts(
    pending: Use, parts: Parts, other: Other, li: Person, wang: Person, sun: Person, noon: datetime
) -> None:
    number, part = parts.own.joint.uid[:8] if parts.own.joint else "", str(parts.theirs.pk)
    say_yes(li, noon, parts.own.uid)

    own, theirs, alone = parts.own.uid, parts.theirs.uid, pending.uid

    def found(actor: Person, *, after: str = "", state: str = "", words: str = "") -> list[str]:
        uids = [one.uid for one in newest_visible(actor, noon, limit=9, after=after, state=state, words=words)]
        return [uid for uid in uids if uid in {own, theirs, alone}]

    assert found(wang) == found(sun) == found(li) == [own, alone]
    assert uids_of_own(wang, noon) == [own, alone]
    assert (found(wang, after=own), found(wang, state="pending")) == ([alone], [theirs, alone])
    assert found(other.approver) == [theirs]
    assert [found(wang, words=words) for words in (number, "运输合同")] == [[own], [own]]
    assert [found(wang, words=words) for words in (part, "物流公章")] == [[theirs], [theirs]]
    assert found(wang, words="contract") == [own, alone]


def test_a_row_says_how_every_part_stands_and_costs_no_further_question(
    parts: Parts, other: Other, li: Person, noon: datetime
) -> None:
    say_yes(li, noon, parts.own.uid)

    with CaptureQueriesContext(connection) as asked:
        (row,) = with_parts(Application.objects.filter(pk=parts.own.pk).select_related("company"))

    assert len(asked) == 1
    assert [(one.company, one.state.value) for one in parts_standing(row)] == [
        (row.company.name, "agreed"),
        (other.company.name, "pending"),
    ]


def test_messages_name_the_other_companies(
    parts: Parts, other: Other, li: Person, wang: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    reject(li, noon, parts.own)
    catch_up(noon)

    said = [text for text in texts_for(list(Message.objects.filter(person=wang))) if text]

    assert ["同一申请还涉及" in text.body for text in said] == [True, True]
    assert sorted(other.company.name in text.body for text in said) == [False, True]
    names = {parts.own.company.name, other.company.name}
    assert [{name for name in names if name in text.brief} for text in said] == [names, names]
    assert max(len(text.brief) for text in said) <= 70 - len("【示例签名章】")
