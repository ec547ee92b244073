"""More of an approved use, or for longer: asked for by its applicant, approved by as many, counted by the key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import ApplicationExpired, ReasonMissing
from privyseal.approvals.models import Application, Casting, Vote
from privyseal.approvals.queries import Progress, application_visible_to
from privyseal.approvals.rules import Part, Step
from privyseal.approvals.rules.additions import AdditionWaits, NothingToAdd
from privyseal.identity.models import Company, Grant, Person
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused
from privyseal.pdf.accepted import Accepted
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, PermitAddition, Seal
from privyseal.seals.permits import ApproverNoLongerEntitled, PermitExpired, PermitRevoked, PermitSpent
from privyseal.seals.rules import SealNotInForce
from privyseal.seals.rules.additions import AdditionNotPossible
from privyseal.seals.rules.permits import ApplicantGone
from privyseal.seals.rules.standing import StandingOverrun
from privyseal.signer.client import Client
from tests.actions.keepers import forbidden
from tests.actions.policies import ONE, TWO, InForce, asks_for
from tests.conftest import Use, apply, bring, digest_shown, recorded, say_yes
from tests.standing import accepted_invoices, standing_permit

pytestmark = pytest.mark.documents
WEEK = timedelta(days=7)


@pytest.fixture(scope="session")
def accepted() -> list[Accepted]:
    return accepted_invoices(3)


@pytest.fixture
def invoices(company: Company, wang: Person, noon: datetime, accepted: list[Accepted]) -> list[str]:
    return [bring(wang, noon, company, each) for each in accepted]


@pytest.fixture
def standing(official: Seal, wang: Person, li: Person, ma: Person, noon: datetime) -> Permit:
    """Wang may seal two invoices, both today; ma reviews every second one."""
    return standing_permit(wang, li, noon, official, reviewer=ma, a_day=2, in_all=2)


def more(actor: Person, at: datetime, permit: Permit, uses: int = 1) -> str:
    return approvals.apply_to_top_up(
        actor, at, application_uid=permit.application_uid, reason="发票多于预计", uses=uses
    )


def longer(actor: Person, at: datetime, permit: Permit, by: timedelta = WEEK) -> str:
    until = permit.expires_at + by
    return approvals.apply_to_prolong(
        actor, at, application_uid=permit.application_uid, reason="对方推迟签署", expires_at=until
    )


def now(permit: Permit) -> Permit:
    return Permit.objects.select_related("seal").get(pk=permit.pk)


def press(person: Person, at: datetime, permit: Permit, document: str, signer: Client) -> None:
    sealing.seal_under_standing(person, at, permit_uid=permit.uid, document_sha256=document, signer=signer)


def lose(person: Person, at: datetime, use: Use) -> None:
    """Spend the permit on a sealing that fails, as where the signer refuses."""
    intent = sealing.intend_to_seal(person, at, permit_uid=use.permit.uid, document_sha256=use.document)
    sealing.fail_sealing(person, at, intent_uid=intent, failure="seal-suspended")


@pytest.mark.invariant("T22", column="rule")
def test_more_uses_are_counted_by_permit_and_key_once_approved(
    standing: Permit, invoices: list[str], wang: Person, wu: Person, noon: datetime, signer: Client
) -> None:
    application = more(wang, noon, standing)
    assert now(standing).impressions == 2
    assert Application.objects.filter(uid=application, adds_to__uid=standing.application_uid).exists()

    say_yes(wu, noon, application)

    raised = now(standing)
    assert (raised.impressions, raised.expires_at, raised.used) == (3, standing.expires_at, 0)
    assert recorded()[-1] == "permit.topped-up"
    assert application_visible_to(wang, noon, application).progress is Progress.DONE
    assert not Permit.objects.filter(application_uid=application).exists()
    for document in invoices[:2]:
        press(wang, noon, standing, document, signer)
    assert now(standing).used == 2


def test_the_key_goes_as_far_as_what_was_added_and_no_further(
    official: Seal, invoices: list[str], wang: Person, li: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    permit = standing_permit(wang, li, noon, official, reviewer=ma, a_day=9, in_all=9)
    Permit.objects.filter(pk=permit.pk).update(impressions=1)
    application = more(wang, noon, now(permit))
    say_yes(li, noon, application)
    raised = now(permit)
    assert (raised.impressions, len(raised.evidence)) == (2, 2)

    for document in invoices[:2]:
        press(wang, noon, permit, document, signer)

    with pytest.raises(StandingOverrun):
        press(wang, noon, permit, invoices[2], signer)


@pytest.mark.invariant("T22", column="rule")
def test_a_use_that_was_prolonged_is_made_after_its_first_end(
    approved: Use, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    first_end = approved.permit.expires_at
    application = longer(wang, noon, approved.permit)

    say_yes(li, noon, application)

    assert (approved.permit.expires_at, approved.permit.impressions) == (first_end + WEEK, 1)
    assert recorded()[-1] == "permit.prolonged"
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)
    assert Intent.objects.get().state == "sealed"


def test_an_impression_lost_in_a_failed_sealing_is_given_back(
    approved: Use, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    lose(wang, noon, approved)
    with pytest.raises(PermitSpent):
        sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)
    with pytest.raises(AdditionNotPossible):
        more(wang, noon, approved.permit, uses=3)
    application = more(wang, noon, approved.permit, uses=0)

    say_yes(li, noon, application)

    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)
    assert (approved.permit.used, approved.permit.impressions) == (2, 2)
    with pytest.raises(PermitSpent):
        more(wang, noon, approved.permit, uses=0)


def test_a_file_that_was_sealed_or_waits_to_be_is_not_topped_up(approved: Use, wang: Person, noon: datetime) -> None:
    with pytest.raises(NothingToAdd):
        more(wang, noon, approved.permit, uses=0)

    assert Application.objects.filter(adds_to__isnull=False).count() == 0


@pytest.mark.invariant("T22", column="rule")
def test_nobody_with_another_part_in_the_first_application_approves_more(
    standing: Permit, wang: Person, ma: Person, noon: datetime, company: Company
) -> None:
    application = more(wang, noon, standing)

    parts = {each.person: each.parts for each in Casting.objects.filter(application__uid=application)}
    assert parts == {wang: {Part.APPLICANT, Part.OPERATOR}, ma: {Part.WITNESS}}
    for person in (wang, ma):
        shown = digest_shown(application)
        with pytest.raises(DutiesNotSeparate):
            approvals.vote(person, noon, application_uid=application, step=Step.APPROVE, shown_sha256=shown)
    assert now(standing).impressions == 2


def test_only_the_applicant_asks_and_only_once_at_a_time(
    standing: Permit, wang: Person, ma: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        more(ma, noon, standing)
    with pytest.raises(ReasonMissing):
        approvals.apply_to_top_up(wang, noon, application_uid=standing.application_uid, reason=" ", uses=1)
    application = more(wang, noon, standing)
    with pytest.raises(AdditionWaits):
        more(wang, noon, standing)
    with forbidden("one_open_addition_of_a_kind"):
        Application.objects.filter(pk=copied(application).pk).update(purpose="top-up")

    say_yes(li, noon, application)
    more(wang, noon, standing)

    assert Application.objects.filter(adds_to__isnull=False, purpose="top-up").count() == 2


def copied(application_uid: str) -> Application:
    """Return another application beside this one; an addition of the other kind."""
    application = Application.objects.get(uid=application_uid)
    application.pk, application.uid = None, "f" * 32
    application.purpose = "prolong" if application.adds_to else "use"
    application.save(force_insert=True)
    return application


@pytest.mark.parametrize("ask", [more, longer])
def test_a_permit_that_is_used_up_is_not_added_to(
    standing: Permit,
    invoices: list[str],
    wang: Person,
    noon: datetime,
    signer: Client,
    ask: Callable[[Person, datetime, Permit], str],
) -> None:
    for document in invoices[:2]:
        press(wang, noon, standing, document, signer)

    with pytest.raises(PermitSpent):
        ask(wang, noon, standing)

    assert PermitAddition.objects.count() == 0


@pytest.mark.parametrize("ask", [more, longer])
def test_a_permit_that_does_not_run_is_not_added_to(
    standing: Permit,
    wang: Person,
    zhao: Person,
    noon: datetime,
    signer: Client,
    ask: Callable[[Person, datetime, Permit], str],
) -> None:
    with pytest.raises(PermitExpired):
        ask(wang, standing.expires_at, standing)
    seals.suspend(zhao, noon, seal_uid=standing.seal.uid, reason="盘点", signer=signer)
    with pytest.raises(SealNotInForce):
        ask(wang, noon, standing)
    Permit.objects.filter(pk=standing.pk).update(revoked_at=noon)
    with pytest.raises(PermitRevoked):
        ask(wang, noon, standing)

    assert PermitAddition.objects.count() == 0


def test_the_last_use_wins_over_more_that_is_approved_later(
    standing: Permit, invoices: list[str], wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    application = more(wang, noon, standing)
    for document in invoices[:2]:
        press(wang, noon, standing, document, signer)

    with pytest.raises(PermitSpent):
        say_yes(li, noon, application)

    assert (now(standing).impressions, Vote.objects.filter(application__uid=application).count()) == (2, 0)


def test_a_later_end_is_not_approved_after_the_first(
    standing: Permit, wang: Person, li: Person, noon: datetime
) -> None:
    application = longer(wang, noon, standing)

    with pytest.raises(ApplicationExpired):
        say_yes(li, standing.expires_at, application)

    assert now(standing).expires_at == standing.expires_at


def gone(wang: Person, li: Person, at: datetime) -> type[Refused]:
    Grant.objects.filter(person=wang).update(revoked_at=at - timedelta(minutes=1))
    return ApplicantGone


def no_approver(wang: Person, li: Person, at: datetime) -> type[Refused]:
    Grant.objects.filter(person=li).update(revoked_at=at - timedelta(minutes=1))
    return ApproverNoLongerEntitled


@pytest.mark.parametrize("happens", [gone, no_approver])
def test_what_the_permit_rests_on_is_looked_at_when_more_is_approved(
    standing: Permit,
    wang: Person,
    li: Person,
    wu: Person,
    noon: datetime,
    happens: Callable[[Person, Person, datetime], type[Refused]],
) -> None:
    application = more(wang, noon, standing)

    with pytest.raises(happens(wang, li, noon)):
        say_yes(wu, noon, application)

    assert (now(standing).impressions, recorded()[-1]) == (2, "application.vote.refused")


def test_nothing_reaches_further_than_such_a_permit_may(
    standing: Permit, approved: Use, wang: Person, noon: datetime
) -> None:
    with pytest.raises(AdditionNotPossible):
        longer(wang, noon, standing, timedelta(days=63))
    with pytest.raises(AdditionNotPossible):
        more(wang, noon, standing, uses=5000)
    with pytest.raises(AdditionNotPossible):
        longer(wang, noon, standing, -timedelta(days=1))
    with pytest.raises(AdditionNotPossible):
        longer(wang, noon, approved.permit, timedelta(days=360))


def test_an_addition_adds_to_an_approved_use_alone(
    pending: Use, standing: Permit, wang: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):
        approvals.apply_to_prolong(
            wang, noon, application_uid=pending.uid, reason="对方推迟签署", expires_at=noon + timedelta(days=30)
        )
    with pytest.raises(OutOfTurn):
        approvals.apply_to_top_up(wang, noon, application_uid=more(wang, noon, standing), reason="发票多于预计", uses=1)


@pytest.mark.invariant("T22", column="database")
def test_the_database_raises_no_permit_without_an_approved_addition(
    approved: Use, standing: Permit, wang: Person, noon: datetime
) -> None:
    application = more(wang, noon, standing)
    mine = Permit.objects.filter(pk=standing.pk)
    said = {
        "at": noon,
        "application_uid": application,
        "impressions_before": 2,
        "impressions_after": 3,
        "expires_before": standing.expires_at,
        "expires_after": standing.expires_at,
    }

    with forbidden("raised_by_an_addition"):
        mine.update(impressions=3)
    with forbidden("addition_is_approved"):
        PermitAddition.objects.create(permit=standing, **said)
    with forbidden("addition_keeps_what_it_adds_to"):
        Application.objects.filter(uid=application).update(adds_to=Application.objects.get(uid=approved.uid))
    with forbidden("addition_names_what_it_adds_to"):
        Application.objects.filter(pk=copied(approved.uid).pk).update(purpose="prolong")


@pytest.mark.invariant("T22", column="database")
def test_what_was_added_stays_on_record(standing: Permit, wang: Person, li: Person, noon: datetime) -> None:
    application = more(wang, noon, standing)
    say_yes(li, noon, application)
    added = PermitAddition.objects.get()

    with forbidden("addition_stays"):
        PermitAddition.objects.filter(pk=added.pk).update(impressions_after=9)
    with forbidden("approved_application_stays"):
        Application.objects.filter(uid=application).update(reason="另有用途")
    with forbidden("raised_by_an_addition"):
        Permit.objects.filter(pk=standing.pk).update(impressions=4)


def test_the_same_call_again_adds_nothing(standing: Permit, wang: Person, li: Person, noon: datetime) -> None:
    said: dict[str, Any] = {"application_uid": standing.application_uid, "reason": "发票多于预计", "uses": 1}
    command_id = uuid4()
    first, again = (approvals.apply_to_top_up.once(command_id, wang, noon, **said) for _ in range(2))
    say_yes(li, noon, first)

    assert (again, now(standing).impressions, PermitAddition.objects.count()) == (first, 3, 1)


@pytest.mark.invariant("T22", column="rule")
def test_as_many_approve_more_as_approved_at_first(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    in_force(asks_for((TWO,)))
    use = Use(apply(wang, noon, official, contract), contract)
    say_yes(li, noon, use.uid)
    say_yes(wu, noon, use.uid)
    in_force(asks_for((ONE,)))

    application = longer(wang, noon, use.permit)
    say_yes(wu, noon, application)
    assert Application.objects.get(uid=application).state == "pending"
    say_yes(li, noon, application)
    assert use.permit.expires_at == noon + 2 * WEEK
