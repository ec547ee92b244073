"""Decide: vote on exactly what was shown, or take one's own application back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from privyseal.approvals import issuing
from privyseal.approvals.asking import ask_outside
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Line, OutsideSystem, Vote
from privyseal.approvals.rules import Part, State, Step, plan, stand_apart
from privyseal.approvals.rules.course import WaitsForAnother, waits_for
from privyseal.approvals.rules.seats import SeatOpen, are_filled, by_their_way, everybody, leaves_enough
from privyseal.approvals.stages import detours_of, free_seats, further_at, stages_of, tied_to_applicant
from privyseal.approvals.statements import shown_digest, statements_of, web_key
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions import abandon_draft
from privyseal.signer.statement import EXTERNAL, SESSION, Approved, Purpose, Statement, vouch


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
    given = cast_vote(actor, at, application_uid=application_uid, step=step, shown_sha256=shown_sha256, comment=comment)
    return given.application.state


@transaction_required
def cast_vote(
    actor: Person,
    at: datetime,
    *,
    application_uid: str,
    step: Step,
    shown_sha256: str,
    comment: str,
    system: OutsideSystem | None = None,
) -> Vote:
    """Take a person's decision, given here or told by an outside system; return the vote, its application decided."""
    application = locked(application_uid)
    # (1) the rules: is it this person's turn, and nobody else's duty they also have
    tied, cast = tied_to_applicant(application, at), cast_of(application)
    votes = list(application.votes.all())
    ways = {vote.person_id: vote.way for vote in votes} | {actor.pk: system.uid if system else ""}
    asked = stages_of(application, at, asked=application.seats.all(), tied=tied)
    stages = [by_their_way(stage, ways) for stage in asked]
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
    check_not_voted(actor, application)
    open_now = free_seats(stages[application.stage - 1 :], cast=cast)
    check_waits_for_nobody(actor, application, open_now[0])
    voters = frozenset(vote.person_id for vote in votes if vote.stage == application.stage)
    everyone = frozenset(vote.person_id for vote in votes)
    if step is Step.APPROVE and not leaves_enough(open_now, voted=everyone, here=voters, actor=actor.pk):
        raise NeededLater(application=application.uid, stage=application.stage)
    # (3) the yes is bound to the statements, one a seal
    approved = _vouched_for(actor, statements, system) if step is Step.APPROVE else []
    given = Vote(application=application, stage=application.stage, person=actor, decision=step.value, at=at)
    given.comment, given.shown_sha256, given.system = comment, shown_sha256, system
    given.approved = [item.to_json() for item in approved]
    given.save(force_insert=True)
    enter(application, actor, Part.APPROVER)
    said: dict[str, Any] = {"application": application.uid, "stage": given.stage, "decision": given.decision}
    more = {"outside": system.uid} if system else {}
    book.record("application.voted", by=actor, at=at, **said, shown_sha256=shown_sha256, **more)
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
    return given


def _vouched_for(actor: Person, statements: Sequence[Statement], system: OutsideSystem | None) -> list[Approved]:
    """Return the statements with the word that this person said yes to them, here or by an outside system."""
    assurance, bodies = EXTERNAL if system else SESSION, [statement.to_bytes() for statement in statements]
    yes = [vouch(body, approver=actor.pseudonym, web_key=web_key(), assurance=assurance) for body in bodies]
    return [Approved(body, (assertion,)) for body, assertion in zip(bodies, yes, strict=True)]


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
    ask_outside(application, at, asked=application.seats.all())
    book.record("application.advanced", by=actor, at=at, application=application.uid, stage=application.stage)


@transaction_required
def _decide(actor: Person, at: datetime, application: Application, end: State) -> None:
    application.state, application.decided_at = end.value, at
    application.save(update_fields=["state", "decided_at"])
    book.record(f"application.{end.value}", by=actor, at=at, application=application.uid, state=end.value)
    if end is not State.APPROVED and application.purpose == Purpose.MAKE.value:
        abandon_draft(actor, at, seal_id=application.lines.all()[0].seal_id)
