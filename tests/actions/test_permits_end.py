"""Permits end: over with their window, said so by somebody, taken back, and what happens at their use then."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from privyseal.approvals.queries import Progress, application_visible_to
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import Office
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit
from privyseal.seals.permits import PermitRevoked, spend
from privyseal.seals.rules.permits import ApplicantGone, ApproverActsForApplicant, EndsWithoutReason
from privyseal.signer.statement import Purpose
from tests.actions.keepers import forbidden
from tests.conftest import Use, recorded

LATER = timedelta(days=8)


def let_stand_in(chen: Person, company: Company, at: datetime, *, deputy: Person, holder: Person) -> int:
    """Let somebody stand in for another in some post of the company, from now on."""
    post = identity.open_post(chen, at, company_uid=company.uid, name="业务员", office=Office.STAFF)
    identity.fill_post(chen, at, post_uid=post, person_pseudonym=holder.pseudonym, starts_at=at)
    return identity.fill_post(
        chen,
        at,
        post_uid=post,
        person_pseudonym=deputy.pseudonym,
        starts_at=at,
        ends_at=at + timedelta(days=5),
        deputy_for=holder.pseudonym,
    )


def use(person: Person, at: datetime, permit: Permit) -> None:
    with transaction.atomic():
        spend(permit.uid, by=person, at=at, impressions=1, purpose=Purpose.USE)


def test_an_unused_permit_says_once_that_it_is_over(approved: Use, wang: Person, noon: datetime) -> None:
    assert (seals.sweep_permits(noon), approved.permit.expired_at) == (0, None)

    assert [seals.sweep_permits(noon + LATER), seals.sweep_permits(noon + LATER)] == [1, 0]

    assert (approved.permit.expired_at, recorded()[-1]) == (noon + LATER, "permit.expired")
    assert application_visible_to(wang, noon + LATER, approved.uid).progress is Progress.EXPIRED


def test_a_used_permit_has_not_expired(approved: Use, wang: Person, noon: datetime) -> None:
    use(wang, noon, approved.permit)

    assert seals.sweep_permits(noon + LATER) == 0


def test_whoever_applied_or_manages_ends_a_permit_at_once(
    approved: Use, wang: Person, zhao: Person, li: Person, ma: Person, noon: datetime
) -> None:
    for other in (li, ma):
        with pytest.raises(NotEntitled):
            seals.end_permit(other, noon, permit_uid=approved.permit.uid, reason="不再需要")
    with pytest.raises(EndsWithoutReason):
        seals.end_permit(wang, noon, permit_uid=approved.permit.uid, reason=" ")
    assert approved.permit.revoked_at is None

    seals.end_permit(zhao, noon, permit_uid=approved.permit.uid, reason="合同取消")

    with pytest.raises(PermitRevoked):
        use(wang, noon, approved.permit)
    with pytest.raises(OutOfTurn):
        seals.end_permit(wang, noon, permit_uid=approved.permit.uid, reason="再次")
    assert (approved.permit.ended_by, approved.permit.ended_reason) == (zhao, "合同取消")
    assert recorded().count("permit.ended") == 1
    assert application_visible_to(wang, noon, approved.uid).progress is Progress.ENDED


@pytest.mark.invariant("T8", column="database")
def test_an_approver_who_stands_in_for_the_applicant_since_takes_the_permit_back(
    approved: Use, company: Company, wang: Person, li: Person, chen: Person, noon: datetime
) -> None:
    let_stand_in(chen, company, noon, deputy=li, holder=wang)

    with pytest.raises(ApproverActsForApplicant):
        use(wang, noon, approved.permit)
    with forbidden("approver_still_stands_apart"):
        Permit.objects.filter(pk=approved.permit.pk).update(used=1)
    assert [seals.sweep_permits(noon), seals.sweep_permits(noon)] == [1, 0]

    assert (approved.permit.revoked_at, recorded()[-1]) == (noon, "permit.taken-back")


def test_a_deputy_of_somebody_else_takes_nothing_back(
    approved: Use, company: Company, zhao: Person, li: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    let_stand_in(chen, company, noon, deputy=li, holder=zhao)

    assert seals.sweep_permits(noon) == 0
    use(wang, noon, approved.permit)
    assert approved.permit.used == 1


def test_what_was_approved_for_somebody_who_has_left_is_not_used(
    approved: Use, wang: Person, ma: Person, company: Company, noon: datetime
) -> None:
    permit = approved.permit
    permit.parts.filter(person=wang).update(person=ma)
    Grant.objects.filter(person=wang).update(revoked_at=noon - timedelta(minutes=1))

    with pytest.raises(ApplicantGone):
        use(ma, noon, permit)

    assert approved.permit.used == 0


def test_the_database_keeps_an_ended_permit_ended(approved: Use, noon: datetime) -> None:
    mine = Permit.objects.filter(pk=approved.permit.pk)
    with forbidden("only_what_is_over_and_unused_has_expired"):
        mine.update(expired_at=noon)
    with forbidden("ended_permit_says_why"):
        mine.update(ended_reason="无")
    with forbidden("raised_by_an_addition"):
        mine.update(expires_at=noon + timedelta(days=30))
    with forbidden("raised_by_an_addition"):
        mine.update(impressions=9)
    mine.update(revoked_at=noon)
    with forbidden("permit_stays_ended"):
        mine.update(revoked_at=None)
