"""While an application waits for its stages: send it back to an earlier one, ask one more, or hand one's turn on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privyseal.approvals.actions.deciding import (
    ApplicationExpired,
    ChangedSinceShown,
    NeededLater,
    check_not_voted,
    check_waits_for_nobody,
)
from privyseal.approvals.actions.opening import ReasonMissing, StageTooLarge, named_people
from privyseal.approvals.asking import ask_outside
from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.deadlines import begin_clock
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Detour, Line, VoidVote, Vote
from privyseal.approvals.rules import Part, State, stand_apart
from privyseal.approvals.rules.course import (
    MOST_COURSES,
    Course,
    TooManyAsked,
    Turn,
    check_asked,
    check_return,
    plan_course,
)
from privyseal.approvals.rules.seats import SeatOpen, can_be_filled, decided_here, everybody
from privyseal.approvals.stages import (
    apart_from_deciding,
    approvers_of,
    detours_of,
    free_seats,
    further_at,
    handed_at,
    stages_of,
    tied_to_applicant,
)
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.approvals.turns import counted_of, gone_of
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.statement import MAX_ASSERTIONS


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """An application before somebody whose turn it is, with what is asked from the present stage on."""

    application: Application
    lines: Sequence[Line]
    votes: Sequence[Vote]
    stages: Sequence[Sequence[SeatOpen]]


@command("application.return")
def send_back(
    actor: Person, at: datetime, *, application_uid: str, to_stage: int, shown_sha256: str, reason: str
) -> int:
    """Put the application before an earlier stage again, instead of voting; what was said since counts no more."""
    turn = _own_turn(actor, at, application_uid, Course.RETURN, shown_sha256=shown_sha256, reason=reason)
    application = turn.application
    check_return(present=application.stage, back_to=to_stage)
    enter(application, actor, Part.APPROVER)
    detour = _take(actor, at, application, Course.RETURN, reason=reason, to_stage=to_stage)
    void = [vote for vote in turn.votes if vote.stage >= to_stage]
    VoidVote.objects.bulk_create([_void(vote, detour) for vote in void], batch_size=100)
    Vote.objects.filter(application=application, stage__gte=to_stage).delete()
    application.stage = to_stage
    application.returns += 1
    application.shown_sha256 = shown_digest(application, statements_of(application, turn.lines), turn.lines)
    application.save(update_fields=["stage", "returns", "shown_sha256"])
    begin_clock(application, at)
    ask_outside(application, at, asked=application.seats.all())
    book.record(
        "application.returned",
        by=actor,
        at=at,
        application=application.uid,
        from_stage=detour.stage,
        stage=to_stage,
        votes=len(void),
        reason_sha256=sha256(reason.encode()),
        shown_sha256=application.shown_sha256,
    )
    return application.stage


@command("application.ask-further")
def ask_further(
    actor: Person,
    at: datetime,
    *,
    application_uid: str,
    person_pseudonym: str,
    turn: Turn,
    shown_sha256: str,
    reason: str,
) -> str:
    """Ask one more person for their yes at this stage, before one's own or after all others; return who."""
    own = _own_turn(actor, at, application_uid, Course.ASK_FURTHER, shown_sha256=shown_sha256, reason=reason)
    said = _ask(actor, at, own, Course.ASK_FURTHER, person_pseudonym, reason=reason, turn=turn)
    book.record("application.asked-further", by=actor, at=at, **said)
    return person_pseudonym


@command("application.forward")
def forward(
    actor: Person, at: datetime, *, application_uid: str, person_pseudonym: str, shown_sha256: str, reason: str
) -> str:
    """Let somebody who is as fit decide in one's place at this stage; return who."""
    own = _own_turn(actor, at, application_uid, Course.FORWARD, shown_sha256=shown_sha256, reason=reason)
    said = _ask(actor, at, own, Course.FORWARD, person_pseudonym, reason=reason)
    book.record("application.forwarded", by=actor, at=at, **said)
    return person_pseudonym


@transaction_required
def _own_turn(
    actor: Person, at: datetime, application_uid: str, course: Course, *, shown_sha256: str, reason: str
) -> OwnTurn:
    """Return the application if it is the actor's to act on now, as they saw it, or refuse."""
    application = locked(application_uid)
    tied, cast = tied_to_applicant(application, at), cast_of(application)
    stages = stages_of(application, at, asked=application.seats.all(), tied=tied)
    seats = stages[application.stage - 1]
    stand_apart(actor=actor.pk, tied=tied)
    plan_course(State(application.state), course, actor=actor.pk, cast=cast, entitled=everybody(decided_here(seats)))
    if at >= application.expires_at:
        raise ApplicationExpired(application=application.uid)
    lines, votes = list(application.lines.all()), list(application.votes.all())
    if shown_sha256 != shown_digest(application, statements_of(application, lines), lines):
        raise ChangedSinceShown(application=application.uid)
    check_not_voted(actor, application)
    if not reason.strip():
        raise ReasonMissing
    present = free_seats(stages[application.stage - 1 :], cast=cast)
    check_waits_for_nobody(actor.pk, application, present[0])
    return OwnTurn(application, lines, votes, present)


@transaction_required
def _ask(
    actor: Person,
    at: datetime,
    own: OwnTurn,
    course: Course,
    pseudonym: str,
    *,
    reason: str,
    turn: Turn | None = None,
) -> dict[str, Json]:
    """Ask somebody, if they are fit and others can still fill what is left; return what is to be put on record."""
    application = own.application
    (person,) = named_people(actor, at, pseudonyms=[pseudonym], part=Part.APPROVER)
    taken = detours_of(application)
    check_asked(
        person.pk,
        apart=apart_from_deciding(application, at),
        voted=gone_of(own.votes) | {actor.pk},
        handed=handed_at(taken, application.stage),
        further=further_at(taken, application.stage),
    )
    if person.pk not in approvers_of(application, at, among={person.pk}):
        raise NotEntitled(part=Part.APPROVER.value)
    detour = _take(actor, at, application, course, reason=reason, person=person, turn=turn)
    _check_can_still_be_filled(actor, at, own, [*taken, detour])
    return {
        "application": application.uid,
        "person": person.pseudonym,
        "stage": detour.stage,
        "reason_sha256": sha256(reason.encode()),
    }


@transaction_required
def _check_can_still_be_filled(actor: Person, at: datetime, own: OwnTurn, taken: Sequence[Detour]) -> None:
    """Return if others can still fill all that is left, and the turn was the actor's own to give, or refuse."""
    application = own.application
    stages = stages_of(application, at, asked=application.seats.all(), taken=taken)
    after = free_seats(stages[application.stage - 1 :], cast=cast_of(application))
    if taken[-1].course == Course.FORWARD.value and actor.pk in everybody(after[0]):
        raise OutOfTurn(application=application.uid)
    if sum(seat.slots for seat in after[0]) > MAX_ASSERTIONS:
        raise StageTooLarge(most=MAX_ASSERTIONS)
    voted = gone_of(own.votes)
    here = counted_of(vote for vote in own.votes if vote.stage == application.stage)
    if can_be_filled(own.stages, voted=voted, here=here) and not can_be_filled(after, voted=voted, here=here):
        raise NeededLater(application=application.uid, stage=application.stage)


@transaction_required
def _take(
    actor: Person,
    at: datetime,
    application: Application,
    course: Course,
    *,
    reason: str,
    to_stage: int | None = None,
    person: Person | None = None,
    turn: Turn | None = None,
) -> Detour:
    """Write down what is done, and count it."""
    if application.detours_made >= MOST_COURSES:
        raise TooManyAsked(most=MOST_COURSES)
    application.detours_made += 1
    detour = Detour.objects.create(
        application=application,
        number=application.detours_made,
        course=course.value,
        stage=application.stage,
        to_stage=to_stage,
        by=actor,
        person=person,
        turn=turn.value if turn else "",
        reason=reason.strip(),
        at=at,
    )
    application.save(update_fields=["detours_made"])
    return detour


def _void(vote: Vote, detour: Detour) -> VoidVote:
    return VoidVote(
        application=vote.application,
        person=vote.person,
        for_person_id=vote.for_person_id,
        at=vote.at,
        stage=vote.stage,
        decision=vote.decision,
        comment=vote.comment,
        shown_sha256=vote.shown_sha256,
        approved=vote.approved,
        system=vote.system,
        detour=detour.number,
    )
