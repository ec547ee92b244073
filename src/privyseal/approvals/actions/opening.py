"""How an application begins: who may apply, what it says, who is named for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from privyseal.approvals.additions.seats import seats_to_add
from privyseal.approvals.asking import ask_outside
from privyseal.approvals.blanks import check_exception
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.deadlines import begin_clock
from privyseal.approvals.filing import check_not_held_up
from privyseal.approvals.models import Application, Due, Joint, SeatAsked
from privyseal.approvals.owning import ask_own_yes
from privyseal.approvals.papers import Papers, attachments, kept_particulars
from privyseal.approvals.rules import POLICY, Part, asks, free_to_approve, keep_apart
from privyseal.approvals.rules.seats import everybody, first_missing
from privyseal.approvals.stages import seats_to_ask, stages_of
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.custody.owing import check_owes_nothing
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions import CompanyNotVerified
from privyseal.signer.alike import said_in_fact
from privyseal.signer.statement import MAX_ASSERTIONS, Purpose


class ReasonMissing(Refused):
    code = "reason-missing"


class TooFewApprovers(Refused):
    """Not enough people hold the power to say as many yes as the purpose takes."""

    code = "too-few-approvers"


class StageTooLarge(Refused):
    """A stage asks for the yes of more people than the key takes."""

    code = "stage-too-large"


class SeatNotFilled(Refused):
    """The policy asks a yes of somebody who is not there: no one in the post may approve, or has no other part here."""

    code = "seat-not-filled"


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
    window: tuple[datetime, datetime],
    terms: Mapping[str, Any] | None = None,
    papers: Papers | None = None,
    joint: Joint | None = None,
) -> Application:
    if not reason.strip():
        raise ReasonMissing
    check_owes_nothing(actor, purpose)
    said = papers or Papers()
    return Application.objects.create(
        company=company,
        joint=joint,
        purpose=purpose.value,
        applicant=actor,
        unit=identity.unit_of_member(actor, company),
        reason=reason.strip(),
        policy=POLICY,
        starts_at=window[0],
        expires_at=window[1],
        submitted_at=at,
        terms=dict(terms or {}),
        amount=said.amount,
        counterparty=said.counterparty,
        off_site=said.off_site,
        particulars=kept_particulars(said.particulars),
        attached=attachments(actor, at, company, said.attached),
        attached_kinds=sorted({one.kind.value for one in said.attached}),
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
    check_not_held_up(application, at)
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
    ask_own_yes(application, lines)
    first = application.adds_to
    asked, dues = seats_to_ask(application, lines) if first is None else seats_to_add(application, lines, first)
    _check_can_be_decided(application, at, asked)
    check_exception(application, at, lines, asked)
    SeatAsked.objects.bulk_create(asked)
    Due.objects.bulk_create(dues)
    statements = statements_of(application, lines)
    application.shown_sha256 = shown_digest(application, statements, lines)
    application.save(update_fields=["shown_sha256", "policy", "required_kinds"])
    if dues:
        begin_clock(application, at)
    ask_outside(application, at, asked=asked)
    book.record(
        "application.submitted",
        by=actor,
        at=at,
        application=application.uid,
        company=application.company.uid,
        purpose=application.purpose,
        seals=[statement.seal for statement in statements],
        **said_in_fact([line.document_sha256 for line in lines if line.document_sha256]),
        attached=[one["sha256"] for one in application.attached],
        impressions=sum(statement.impressions for statement in statements),
        operators=[operator.pseudonym for operator in named.operators],
        receivers=[person.pseudonym for person in named.receivers],
        witnesses=[person.pseudonym for person in named.witnesses],
        policy_number=application.policy,
        shown_sha256=application.shown_sha256,
        **({"joint": application.joint.uid} if application.joint else {}),
    )
    return application.uid


def _check_can_be_decided(application: Application, at: datetime, asked: Sequence[SeatAsked]) -> None:
    """Return if different people, none of whom does anything else here, can fill every seat, or refuse.

    Where only one yes is asked of whoever may approve, somebody may still be given the power.
    """
    if unnamed := next((seat for seat in asked if seat.names_nobody), None):
        raise SeatNotFilled(stage=unnamed.stage, who=unnamed.who, name=unnamed.name)
    stages = stages_of(application, at, asked=asked)
    if any(sum(seat.slots for seat in stage) > MAX_ASSERTIONS for stage in stages):
        raise StageTooLarge(most=MAX_ASSERTIONS)
    seats = [seat for stage in stages for seat in stage]
    free = free_to_approve(everybody(seats), cast=cast_of(application))
    missing = first_missing([seat.among(free) for seat in seats], free)
    if missing is None:
        return
    if asked:
        raise SeatNotFilled(stage=asked[missing].stage, who=asked[missing].who, name=asked[missing].name)
    if seats[missing].slots > 1:
        raise TooFewApprovers(needed=seats[missing].slots, able=len(free))


def named_people(actor: Person, at: datetime, *, pseudonyms: Sequence[str], part: Part) -> list[Person]:
    """Return the people meant, whom the actor can see and who may play a part, each once, or refuse."""
    chosen = list(identity.people_visible_to(actor, at).filter(pseudonym__in=list(pseudonyms), is_active=True))
    if len(chosen) < len(pseudonyms):
        raise NotEntitled(part=part.value)
    for person in chosen:
        identity.require_part(person, at)
    return chosen
