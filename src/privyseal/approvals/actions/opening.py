"""How an application begins: who may apply, what it says, who is named for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from privyseal.approvals.casting import cast_of, enter, places_of
from privyseal.approvals.models import Application
from privyseal.approvals.rules import POLICY, Part, People, asks, free_to_approve, keep_apart, least
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions import CompanyNotVerified
from privyseal.signer.statement import Purpose


class ReasonMissing(Refused):
    code = "reason-missing"


class TooFewApprovers(Refused):
    """Not enough people hold the power to say as many yes as the purpose takes."""

    code = "too-few-approvers"


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in an application for a part that is not decided by a power."""

    operators: Sequence[Person] = ()
    receivers: Sequence[Person] = ()
    witnesses: Sequence[Person] = ()


@transaction_required
def applicants_company(actor: Person, at: datetime, *, company_uid: str, purpose: Purpose) -> Company:
    """Return the company, of which the actor has the power over a part at least: the caller asks for the very place."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, asks(purpose).applicant, company.pk)
    if company.verified_at is None:
        raise CompanyNotVerified(company=company.uid)
    return company


@transaction_required
def begin(
    actor: Person,
    at: datetime,
    *,
    company: Company,
    purpose: Purpose,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    terms: Mapping[str, Any] | None = None,
) -> Application:
    if not reason.strip():
        raise ReasonMissing
    return Application.objects.create(
        company=company,
        purpose=purpose.value,
        applicant=actor,
        reason=reason.strip(),
        policy=POLICY,
        starts_at=starts_at,
        expires_at=expires_at,
        submitted_at=at,
        terms=dict(terms or {}),
    )


@transaction_required
def submit(
    actor: Person,
    at: datetime,
    *,
    application: Application,
    named: Named,
) -> str:
    """Put the application before its approvers, or refuse one that could never be approved; return its uid."""
    lines = list(application.lines.select_related("seal", "seal__company").order_by("position"))
    enter(application, actor, Part.APPLICANT)
    for part, people in (
        (Part.OPERATOR, named.operators),
        (Part.CUSTODIAN, named.receivers),
        (Part.WITNESS, named.witnesses),
    ):
        for person in people:
            keep_apart(part, actor=person.pk, cast=cast_of(application))
            enter(application, person, part)
    for power, quorum in asks(Purpose(application.purpose)).stages:
        able = free_to_approve(approvers_of(application, power, at), cast=cast_of(application))
        wanted = least(quorum, entitled=able)
        if wanted > max(len(able), 1):
            raise TooFewApprovers(needed=wanted, able=len(able))
    statements = statements_of(application, lines)
    application.shown_sha256 = shown_digest(application, statements, lines)
    application.save(update_fields=["shown_sha256"])
    book.record(
        "application.submitted",
        by=actor,
        at=at,
        application=application.uid,
        company=application.company.uid,
        purpose=application.purpose,
        seals=[statement.seal for statement in statements],
        documents=[line.document_sha256 for line in lines if line.document_sha256],
        impressions=sum(statement.impressions for statement in statements),
        operators=[operator.pseudonym for operator in named.operators],
        receivers=[person.pseudonym for person in named.receivers],
        witnesses=[person.pseudonym for person in named.witnesses],
        shown_sha256=application.shown_sha256,
    )
    return application.uid


def approvers_of(application: Application, power: Power, at: datetime) -> People:
    """Return who may approve for each seal that the application names, and in its company."""
    return frozenset.intersection(*(identity.people_with(power, place, at) for place in places_of(application)))


def named_people(actor: Person, at: datetime, *, pseudonyms: Sequence[str], part: Part) -> list[Person]:
    """Return the people meant, whom the actor can see and who may play a part, each once, or refuse."""
    chosen = list(identity.people_visible_to(actor, at).filter(pseudonym__in=list(pseudonyms), is_active=True))
    if len(chosen) < len(pseudonyms):
        raise NotEntitled(part=part.value)
    for person in chosen:
        identity.require_part(person, at)
    return chosen
