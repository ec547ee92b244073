"""Decide: vote on exactly what was shown, or take one's own application back."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.approvals import issuing
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Line, Vote
from privyseal.approvals.rules import Part, State, Step, plan, stand_apart
from privyseal.approvals.rules.course import WaitsForAnother, waits_for
from privyseal.approvals.rules.seats import SeatOpen, are_filled, everybody, leaves_enough
from privyseal.approvals.stages import detours_of, free_seats, further_at, stages_of, tied_to_applicant
from privyseal.approvals.statements import shown_digest, statements_of, web_key
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions import abandon_draft
from privyseal.signer.statement import Approved, Purpose, vouch


class ChangedSinceShown(Refused):
    """What was shown when the person decided is not what stands there now."""

    code = "changed-since-shown"


class AlreadyVoted(Refused):
    code = "already-voted"


class NeededLater(Refused):
    """Nobody else is left who could say the yes of a later stage, and one person says one."""

    code = "needed-later"


class ApplicationExpired(Refused):
    code = "application-expired"


@command("application.vote")
def vote(actor: Person, at: datetime, *, application_uid: str, step: Step, shown_sha256: str, comment: str = "") -> str:
    """Say yes or no to exactly what was shown; return the state the application is in then."""
    application = locked(application_uid)
    # (1) the rules: is it this person's turn, and nobody else's duty they also have
    tied, cast = tied_to_applicant(application, at), cast_of(application)
    stages = stages_of(application, at, asked=application.seats.all(), tied=tied)
    stage = stages[application.stage - 1]
    stand_apart(actor=actor.pk, tied=tied)
    move = plan(State(application.state), step, actor=actor.pk, cast=cast, entitled=everybody(stage))
    if at >= application.expires_at:
        raise ApplicationExpired(application=application.uid)
    # (2) what they saw is what stands there
    lines = list(application.lines.all())
    statements = statements_of(application, lines)
    if shown_sha256 != shown_digest(application, statements, lines):
        raise ChangedSinceShown(application=application.uid)
    votes = list(application.votes.all())
    check_not_voted(actor, application)
    open_now = free_seats(stages[application.stage - 1 :], cast=cast)
    check_waits_for_nobody(actor, application, open_now[0])
    voters = frozenset(vote.person_id for vote in votes if vote.stage == application.stage)
    everyone = frozenset(vote.person_id for vote in votes)
    if step is Step.APPROVE and not leaves_enough(open_now, voted=everyone, here=voters, actor=actor.pk):
        raise NeededLater(application=application.uid, stage=application.stage)
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
    # (4) a no ends it; a yes that fills the stage opens the next, or, at the last, releases the permits
    said_yes = [vote for vote in (*votes, given) if vote.decision == Step.APPROVE.value]
    if step is Step.REJECT:
        _decide(actor, at, application, move.end)
    elif are_filled(open_now[0], voters | {actor.pk}):
        if application.stage < len(stages):
            _advance(actor, at, application, lines)
        else:
            _decide(actor, at, application, move.end)
            issuing.issue_permits(actor, at, application, said_yes)
    return application.state


def check_not_voted(actor: Person, application: Application) -> None:
    if any(vote.person_id == actor.pk for vote in application.votes.all()):
        raise AlreadyVoted(application=application.uid)


def check_waits_for_nobody(actor: Person, application: Application, seats: Sequence[SeatOpen]) -> None:
    """Return if nobody was asked to decide before this person, or refuse."""
    if application.detours_made:
        voted = frozenset(vote.person_id for vote in application.votes.all())
        further = further_at(detours_of(application), application.stage)
        if waits_for(actor.pk, seats, voted=voted, further=further):
            raise WaitsForAnother(application=application.uid)


@command("application.withdraw")
def withdraw(actor: Person, at: datetime, *, application_uid: str) -> str:
    """Take one's own application back while it is undecided."""
    application = locked(application_uid)
    identity.require_part(actor, at)
    entitled = frozenset({application.applicant_id})
    move = plan(State(application.state), Step.WITHDRAW, actor=actor.pk, cast={}, entitled=entitled)
    _decide(actor, at, application, move.end)
    return application.state


@transaction_required
def _advance(actor: Person, at: datetime, application: Application, lines: Sequence[Line]) -> None:
    """Put the application before those of its next stage, who are shown that it is theirs."""
    application.stage += 1
    application.shown_sha256 = shown_digest(application, statements_of(application, lines), lines)
    application.save(update_fields=["stage", "shown_sha256"])
    book.record("application.advanced", by=actor, at=at, application=application.uid, stage=application.stage)


@transaction_required
def _decide(actor: Person, at: datetime, application: Application, end: State) -> None:
    application.state, application.decided_at = end.value, at
    application.save(update_fields=["state", "decided_at"])
    book.record(f"application.{end.value}", by=actor, at=at, application=application.uid, state=end.value)
    if end is not State.APPROVED and application.purpose == Purpose.MAKE.value:
        abandon_draft(actor, at, seal_id=application.lines.all()[0].seal_id)
