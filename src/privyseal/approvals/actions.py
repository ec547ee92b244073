"""Everything that changes an application: load, ask the rules, save, record."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Prefetch

from privyseal.approvals import issuing
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.models import Application, Casting, Line, Vote
from privyseal.approvals.rules import POLICY, Part, State, Step, asks, has_quorum, keep_apart, plan
from privyseal.approvals.statements import shown_digest, statements_of, web_key
from privyseal.approvals.wishes import LineWish, check_lines
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries as seals
from privyseal.seals.actions import CompanyNotVerified, abandon_draft, draft_seal
from privyseal.seals.models import Seal
from privyseal.seals.permits import share_lock
from privyseal.seals.rules import Act, Leave, SealState, SealType
from privyseal.seals.rules import plan as plan_act
from privyseal.signer.statement import Approved, Purpose, vouch

ACT_WINDOW: Final = timedelta(days=7)
LONGEST_WINDOW: Final = timedelta(days=366)


class ChangedSinceShown(Refused):
    """What was shown when the person decided is not what stands there now."""

    code = "changed-since-shown"


class AlreadyVoted(Refused):
    code = "already-voted"


class WindowNotPossible(Refused):
    code = "window-not-possible"


class ReasonMissing(Refused):
    code = "reason-missing"


class ApplicationExpired(Refused):
    code = "application-expired"


@command("application.apply-for-use")
def apply_for_use(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    operator_pseudonyms: Sequence[str],
    lines: Sequence[LineWish],
) -> str:
    """Apply to seal exactly these documents in this window; return the application's uid."""
    company = _applicants_company(actor, at, company_uid, Purpose.USE)
    if expires_at <= at or not starts_at < expires_at or expires_at - starts_at > LONGEST_WINDOW:
        raise WindowNotPossible
    wanted = check_lines(actor, at, company, lines)
    application = _open(actor, at, company, Purpose.USE, reason=reason, starts_at=starts_at, expires_at=expires_at)
    for position, line in enumerate(wanted, start=1):
        line.application, line.position = application, position
    Line.objects.bulk_create(wanted)
    operators = _operators(actor, at, company, operator_pseudonyms)
    return _submit(actor, at, application, operators)


@command("application.apply-for-seal")
def apply_for_seal(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    reason: str,
    name: str,
    type: SealType,  # noqa: A002  the design's word for it
    face: Mapping[str, Any],
) -> str:
    """Apply for a new seal of a verified company; return the application's uid."""
    company = _applicants_company(actor, at, company_uid, Purpose.MAKE)
    seal = draft_seal(actor, at, company=company, name=name, seal_type=type, face=face)
    return _apply_for_act(actor, at, seal, Purpose.MAKE, reason=reason)


@command("application.apply-to-resume")
def apply_to_resume(actor: Person, at: datetime, *, seal_uid: str, reason: str) -> str:
    """Apply to bring a suspended seal back; return the application's uid."""
    seal = seals.seal_visible_to(actor, at, seal_uid)
    _applicants_company(actor, at, seal.company.uid, Purpose.RESUME)
    plan_act(SealState(seal.state), Act.RESUME, leave=Leave.PERMIT)
    return _apply_for_act(actor, at, seal, Purpose.RESUME, reason=reason)


@command("application.vote")
def vote(actor: Person, at: datetime, *, application_uid: str, step: Step, shown_sha256: str, comment: str = "") -> str:
    """Say yes or no to exactly what was shown; return the state the application is in then."""
    application = _locked(application_uid)
    # (1) the rules: is it this person's turn, and nobody else's duty they also have
    stage = asks(Purpose(application.purpose)).stages[application.stage - 1]
    entitled = identity.people_with(stage[0], application.company_id, at)
    cast = cast_of(application)
    move = plan(State(application.state), step, actor=actor.pk, cast=cast, entitled=entitled)
    if at >= application.expires_at:
        raise ApplicationExpired(application=application.uid)
    # (2) what they saw is what stands there
    lines = list(application.lines.all())
    statements = statements_of(application, lines)
    if shown_sha256 != shown_digest(application, statements, lines):
        raise ChangedSinceShown(application=application.uid)
    votes = list(application.votes.all())
    if any((vote.stage, vote.person_id) == (application.stage, actor.pk) for vote in votes):
        raise AlreadyVoted(application=application.uid)
    # (3) the yes is bound to the statements, one a seal
    approved: list[Approved] = []
    if step is Step.APPROVE:
        bodies = [statement.to_bytes() for statement in statements]
        yes = [vouch(body, approver=actor.pseudonym, web_key=web_key()) for body in bodies]
        approved = [Approved(body, (assertion,)) for body, assertion in zip(bodies, yes, strict=True)]
    given = Vote.objects.create(
        application=application,
        stage=application.stage,
        person=actor,
        decision=step.value,
        comment=comment,
        at=at,
        shown_sha256=shown_sha256,
        approved=[item.to_json() for item in approved],
    )
    enter(application, actor, Part.APPROVER)
    book.record(
        "application.voted",
        by=actor,
        at=at,
        application=application.uid,
        stage=application.stage,
        decision=step.value,
        shown_sha256=shown_sha256,
    )
    # (4) a no ends it; a yes that completes the last stage releases the permits
    said_yes = [vote for vote in (*votes, given) if vote.decision == Step.APPROVE.value]
    voters = [vote.person_id for vote in said_yes if vote.stage == application.stage]
    if step is Step.REJECT or has_quorum(stage[1], said_yes=voters, entitled=entitled):
        _decide(actor, at, application, move.end)
    if application.state == State.APPROVED.value:
        issuing.issue_permits(actor, at, application, said_yes)
    return application.state


@command("application.withdraw")
def withdraw(actor: Person, at: datetime, *, application_uid: str) -> str:
    """Take one's own application back while it is undecided."""
    application = _locked(application_uid)
    entitled = frozenset({application.applicant_id})
    move = plan(State(application.state), Step.WITHDRAW, actor=actor.pk, cast={}, entitled=entitled)
    _decide(actor, at, application, move.end)
    return application.state


@transaction_required
def _decide(actor: Person, at: datetime, application: Application, end: State) -> None:
    application.state, application.decided_at = end.value, at
    application.save(update_fields=["state", "decided_at"])
    book.record(f"application.{end.value}", by=actor, at=at, application=application.uid, state=end.value)
    if end is not State.APPROVED and application.purpose == Purpose.MAKE.value:
        abandon_draft(actor, at, seal_id=application.lines.all()[0].seal_id)


def _locked(application_uid: str) -> Application:
    """Return the application with its lines, castings and votes, locked in the one order: its seals, then itself.

    Votes share a seal; only its making changes it.
    """
    lines = Line.objects.filter(application__uid=application_uid).order_by()
    asked = list(lines.values_list("seal_id", "application__purpose"))
    if not asked:
        raise NotFound(application=application_uid)
    seal_ids = sorted({seal_id for seal_id, _ in asked})
    if asked[0][1] == Purpose.MAKE.value:
        list(Seal.objects.select_for_update().filter(pk__in=seal_ids).order_by("pk"))
    else:
        share_lock(seal_ids)
    applications = Application.objects.select_for_update(of=("self",)).select_related("applicant", "company")
    return applications.prefetch_related(
        Prefetch("lines", Line.objects.select_related("seal", "seal__company").order_by("position")),
        Prefetch("castings", Casting.objects.select_related("person").order_by("pk")),
        Prefetch("votes", Vote.objects.select_related("person").order_by("stage", "pk")),
    ).get(uid=application_uid)


def _applicants_company(actor: Person, at: datetime, company_uid: str, purpose: Purpose) -> Company:
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, asks(purpose).applicant, company.pk)
    if company.verified_at is None:
        raise CompanyNotVerified(company=company.uid)
    return company


def _apply_for_act(actor: Person, at: datetime, seal: Seal, purpose: Purpose, *, reason: str) -> str:
    application = _open(actor, at, seal.company, purpose, reason=reason, starts_at=at, expires_at=at + ACT_WINDOW)
    Line.objects.create(application=application, position=1, seal=seal)
    return _submit(actor, at, application, [actor])


def _open(
    actor: Person,
    at: datetime,
    company: Company,
    purpose: Purpose,
    *,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
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
    )


def _submit(actor: Person, at: datetime, application: Application, operators: Sequence[Person]) -> str:
    lines = list(application.lines.select_related("seal", "seal__company").order_by("position"))
    statements = statements_of(application, lines)
    application.shown_sha256 = shown_digest(application, statements, lines)
    application.save(update_fields=["shown_sha256"])
    enter(application, actor, Part.APPLICANT)
    for operator in operators:
        keep_apart(Part.OPERATOR, actor=operator.pk, cast=cast_of(application))
        enter(application, operator, Part.OPERATOR)
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
        operators=[operator.pseudonym for operator in operators],
        shown_sha256=application.shown_sha256,
    )
    return application.uid


def _operators(actor: Person, at: datetime, company: Company, pseudonyms: Sequence[str]) -> list[Person]:
    able = identity.operators_visible_to(actor, at, company.pk)
    chosen = list(able.filter(pseudonym__in=list(pseudonyms)))
    if not chosen or len(chosen) < len(set(pseudonyms)):
        raise NotEntitled(part=Part.OPERATOR.value)
    return chosen
