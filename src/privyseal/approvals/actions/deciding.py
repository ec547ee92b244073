"""Decide: vote on exactly what was shown, or take one's own application back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from privyseal.approvals import issuing
from privyseal.approvals.asking import ask_outside
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.comparing import check_compared
from privyseal.approvals.deadlines import begin_clock, stop_clock
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Line, OutsideSystem, Vote
from privyseal.approvals.own_passkeys import said_by_passkey
from privyseal.approvals.queries import visible_to
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.rules import Part, People, State, Step, plan, stand_apart
from privyseal.approvals.rules.charters import check_counts
from privyseal.approvals.rules.course import WaitsForAnother, waits_for
from privyseal.approvals.rules.joint import UNDECIDED
from privyseal.approvals.rules.rosters import NOTHING, Asks, asks_of
from privyseal.approvals.rules.seats import SeatOpen, are_filled, by_their_way, decided_here, everybody, leaves_enough
from privyseal.approvals.rules.together import check_together
from privyseal.approvals.stages import detours_of, free_seats, further_at, stages_of, tied_to_applicant
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.approvals.turns import counted_of, gone_of, represented_by, ways_of
from privyseal.approvals.wholes.parts import ended_with, others_of, reached_by_yes, released_with
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.seals.actions import abandon_draft
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion
from privyseal.signer.proving import digests
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
def vote(
    actor: Person,
    at: datetime,
    *,
    application_uid: str,
    step: Step,
    shown_sha256: str,
    comment: str = "",
    assertions: tuple[PasskeyAssertion, ...] = (),
    is_together: bool = False,
) -> str:
    """Say yes or no to exactly what was shown; return the state the application is in then.

    ``assertions`` are what the person's own passkey said on the approval page, one a statement in their order;
    ``is_together`` where it was one of several on a page, which the policy has to let.
    """
    if is_together:
        _check_together(actor, at, application_uid)
    given = cast_vote(
        actor,
        at,
        application_uid=application_uid,
        step=step,
        shown_sha256=shown_sha256,
        comment=comment,
        assertions=assertions,
    )
    return given.application.state


@transaction_required
def _check_together(actor: Person, at: datetime, uid: str) -> None:
    """Return if it may be decided on one page with others, or refuse; of what they may not see, not even that it is."""
    application = locked(uid)
    if not visible_to(actor, at).filter(pk=application.pk).exists():
        raise NotFound(application=uid)
    keys = charters_at_the_key(application.purpose, [line.seal for line in application.lines.all()])
    check_together(
        State(application.state),
        has_voted=application.votes.filter(Q(person=actor) | Q(for_person=actor)).exists(),
        lets=[seat.is_together for seat in application.seats.all() if seat.stage == application.stage],
        asks_passkey=any(one.asks_passkey for one in keys.values()),
    )


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
    assertions: tuple[PasskeyAssertion, ...] = (),
) -> Vote:
    """Take a person's decision, given here or told by an outside system; return the vote, its application decided."""
    application = locked(application_uid)
    # (1) the rules: is it this person's turn, and nobody else's duty they also have
    tied, cast = tied_to_applicant(application, at), cast_of(application)
    votes = list(application.votes.all())
    asked = stages_of(application, at, asked=application.seats.all(), tied=tied)
    as_it_was = [by_their_way(stage, ways_of(votes)) for stage in asked]
    stages = [by_their_way(stage, {actor.pk: system.uid if system else ""}) for stage in as_it_was]
    stage = stages[application.stage - 1]
    stand_apart(actor=actor.pk, tied=tied)
    before, open_now = (free_seats(each[application.stage - 1 :], cast=cast) for each in (as_it_was, stages))
    giver = None if system else represented_by(actor.pk, at, application, decided_here(open_now[0]))
    open_now = [by_their_way(each, {giver: ""} if giver else {}) for each in open_now]
    counts_for, able = giver or actor.pk, everybody(stage) | ({actor.pk} if giver else set())
    move = plan(State(application.state), step, actor=actor.pk, cast=cast, entitled=able)
    if at >= application.expires_at:
        raise ApplicationExpired(application=application.uid)
    # (2) what they saw is what stands there
    lines = list(application.lines.all())
    statements = statements_of(application, lines)
    if shown_sha256 != shown_digest(application, statements, lines):
        raise ChangedSinceShown(application=application.uid)
    check_not_voted(actor, application)
    check_waits_for_nobody(counts_for, application, open_now[0])
    voters = counted_of(vote for vote in votes if vote.stage == application.stage)
    if step is Step.APPROVE:
        _check_leaves_enough(application, before, open_now, voters, actor=actor.pk, counts_for=counts_for)
    asks = _check_charters(application, lines, system, assertions) if step is Step.APPROVE else NOTHING
    # (3) the yes is bound to the statements, one a seal
    approved = _said_yes(actor, at, statements, system, assertions, asks=asks) if step is Step.APPROVE else []
    given = Vote(application=application, stage=application.stage, person=actor, decision=step.value, at=at)
    given.comment, given.shown_sha256, given.system, given.for_person_id = comment, shown_sha256, system, giver
    given.approved = [item.to_json() for item in approved]
    given.save(force_insert=True)
    enter(application, actor, Part.APPROVER)
    said: dict[str, Any] = {"application": application.uid, "stage": given.stage, "decision": given.decision}
    more: dict[str, Json] = {"outside": system.uid} if system else {}
    if approved:
        more |= {"yes_sha256": digests(approved), **({"assurance": PASSKEY} if assertions else {})}
    book.record("application.voted", by=actor, at=at, **said, shown_sha256=shown_sha256, **more, **_represented(giver))
    # (4) a no ends it; a yes that fills the stage opens the next, or, at the last, releases the permits
    said_yes = [vote for vote in (*votes, given) if vote.decision == Step.APPROVE.value]
    if step is Step.REJECT:
        _end(actor, at, application, move.end)
    elif are_filled(open_now[0], voters | {counts_for}):
        if application.stage < len(stages):
            _advance(actor, at, application, lines)
        else:
            _agree(actor, at, application, move.end, said_yes)
    return given


def _said_yes(
    actor: Person,
    at: datetime,
    statements: Sequence[Statement],
    system: OutsideSystem | None,
    assertions: tuple[PasskeyAssertion, ...],
    *,
    asks: Asks,
) -> list[Approved]:
    """Return the statements with what says that this person said yes: their own passkey, or else a word for them."""
    if not assertions:
        return _vouched_for(actor, statements, system)
    page = Page(settings.APPROVAL_URL)
    return said_by_passkey(actor, at, statements=statements, assertions=assertions, page=page, asks=asks)


def _vouched_for(actor: Person, statements: Sequence[Statement], system: OutsideSystem | None) -> list[Approved]:
    """Return the statements with the word that this person said yes to them, here or by an outside system."""
    assurance, bodies = EXTERNAL if system else SESSION, [statement.to_bytes() for statement in statements]
    yes = [vouch(body, approver=actor.pseudonym, web_key=web_key(), assurance=assurance) for body in bodies]
    return [Approved(body, (assertion,)) for body, assertion in zip(bodies, yes, strict=True)]


def _check_charters(
    application: Application,
    lines: Sequence[Line],
    system: OutsideSystem | None,
    assertions: tuple[PasskeyAssertion, ...],
) -> Asks:
    """Return if the key will let this yes count, or refuse now what it would refuse when the seal is to move.

    What is returned is what the charters ask of the passkey.
    """
    asked = charters_at_the_key(application.purpose, [line.seal for line in lines])
    made_of = PASSKEY if assertions else EXTERNAL if system else SESSION
    check_counts({seal: holds.charter for seal, holds in asked.items()}, assurance=made_of)
    return asks_of(holds.charter for holds in asked.values())


def _check_leaves_enough(
    application: Application,
    before: Sequence[Sequence[SeatOpen]],
    stages: Sequence[Sequence[SeatOpen]],
    voters: People,
    *,
    actor: int,
    counts_for: int,
) -> None:
    gone = gone_of(application.votes.all())
    if not leaves_enough(stages, voted=gone, here=voters, actor=actor, counts_for=counts_for, before=before):
        raise NeededLater(application=application.uid, stage=application.stage)


def _represented(giver: int | None) -> dict[str, Json]:
    """Return what goes on record of for whom a vote was given, where it was for another."""
    return {} if giver is None else {"for_person": Person.objects.get(pk=giver).pseudonym}


def check_not_voted(actor: Person, application: Application) -> None:
    """Return if somebody has not voted, nor another for them, or refuse."""
    if actor.pk in gone_of(application.votes.all()):
        raise AlreadyVoted(application=application.uid)


def check_waits_for_nobody(decider: int, application: Application, seats: Sequence[SeatOpen]) -> None:
    """Return if nobody was asked to decide before this person, or refuse."""
    if application.detours_made:
        voted = gone_of(application.votes.all())
        further = further_at(detours_of(application), application.stage)
        if waits_for(decider, seats, voted=voted, further=further):
            raise WaitsForAnother(application=application.uid)


@command("application.withdraw")
def withdraw(actor: Person, at: datetime, *, application_uid: str, of_all: bool = False) -> str:
    """Take one's own application back while it is undecided; ``of_all`` with every part that is, of all companies."""
    application = locked(application_uid)
    identity.require_part(actor, at)
    entitled = frozenset({application.applicant_id})
    move = plan(State(application.state), Step.WITHDRAW, actor=actor.pk, cast={}, entitled=entitled)
    _end(actor, at, application, move.end)
    for other in others_of(application) if of_all else ():
        if State(other.state) in UNDECIDED:
            _decide(actor, at, other, move.end)
    return application.state


@transaction_required
def _advance(actor: Person, at: datetime, application: Application, lines: Sequence[Line]) -> None:
    """Put the application before those of its next stage, who are shown that it is theirs."""
    application.stage += 1
    application.shown_sha256 = shown_digest(application, statements_of(application, lines), lines)
    application.save(update_fields=["stage", "shown_sha256"])
    begin_clock(application, at)
    ask_outside(application, at, asked=application.seats.all())
    book.record("application.advanced", by=actor, at=at, application=application.uid, stage=application.stage)


@transaction_required
def _agree(actor: Person, at: datetime, application: Application, end: State, said_yes: Sequence[Vote]) -> None:
    """Approve it and release its permits; of several companies, with the last yes, those of all that waited for it."""
    others = others_of(application)
    _decide(actor, at, application, reached_by_yes(application, others, end))
    if application.state == State.APPROVED.value:
        issuing.issue_permits(actor, at, application, said_yes)
    for other in released_with(application, others):
        _decide(actor, at, other, end)
        votes = [vote for vote in other.votes.all() if vote.decision == Step.APPROVE.value]
        issuing.issue_permits(actor, at, other, votes)


@transaction_required
def _end(actor: Person, at: datetime, application: Application, end: State) -> None:
    """End it, with what other companies' parts cannot go on without it."""
    _decide(actor, at, application, end)
    for other in ended_with(application):
        _decide(actor, at, other, end)


@transaction_required
def _decide(actor: Person, at: datetime, application: Application, end: State) -> None:
    if end in {State.APPROVED, State.AGREED}:
        check_compared(application, list(application.lines.all()))
    stop_clock(application)
    application.state, application.decided_at = end.value, at
    application.save(update_fields=["state", "decided_at"])
    book.record(f"application.{end.value}", by=actor, at=at, application=application.uid, state=end.value)
    if end in {State.REJECTED, State.WITHDRAWN} and application.purpose == Purpose.MAKE.value:
        abandon_draft(actor, at, seal_id=application.lines.all()[0].seal_id)
