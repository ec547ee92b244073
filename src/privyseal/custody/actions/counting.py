"""Impressions by hand: taken off the permit first, then made, counted by a second person, and settled."""

from datetime import datetime
from typing import Final

from django.db.models import F, Sum

from privyseal.custody.drawing import draw
from privyseal.custody.entering import end, is_over
from privyseal.custody.holding import about, check_still_there, locked_turn, locked_use, said_by
from privyseal.custody.late import note_late
from privyseal.custody.mismatch import enter_mismatch
from privyseal.custody.models import HandUse, Turn
from privyseal.custody.numbering import number_blanks
from privyseal.custody.owing import shown_of
from privyseal.custody.rules import (
    MOST_IN_A_TURN,
    Ending,
    HandsMissing,
    How,
    Phase,
    ReleaseUnexplained,
    Says,
    TurnOpen,
    check_made,
    check_reserved,
    check_word,
    most_in_a_turn,
    settled,
    step,
)
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.photographs import asked_of, do_differ, is_drawn, to_be_shown
from privyseal.custody.spoiling import anew_of_line
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import PermitLine
from privyseal.signer.statement import Purpose

_LONGEST_REASON: Final = 500


@command("hand.reserve")
def reserve(actor: Person, at: datetime, *, use_uid: str, line_id: int, impressions: int) -> str:
    """Take impressions of one line off the permit, before the seal is lifted; return the turn's uid.

    (1) the permit is spent as any is: seal in force, holder and approvers still entitled; (2) keeper and supervisor
    have both confirmed, and are still there; (3) nothing is open, and the line has so many left
    """
    found = HandUse.objects.select_related("permit").filter(uid=use_uid).first()
    if found is None:
        raise NotFound(hand_use=use_uid)
    permit_uid = found.permit.uid
    check_word(How(found.how), Says.RESERVE, said_by=said_by(found, actor))
    if impressions < 1:
        check_reserved(impressions, left=0, most=MOST_IN_A_TURN)
    permits.spend(permit_uid, by=actor, at=at, impressions=impressions, purpose=Purpose.USE)  # (1)
    use = locked_use(use_uid)
    if use.ended_at is not None:
        raise OutOfTurn(hand_use=use_uid)
    if use.keeper_at is None or use.supervisor_at is None:  # (2)
        raise HandsMissing(hand_use=use_uid)
    check_still_there(use, at)
    if use.turns.filter(settled_at=None).exists():  # (3)
        raise TurnOpen(hand_use=use_uid)
    line = use.permit.lines.filter(pk=line_id).first()
    if line is None:
        raise NotFound(line=line_id)
    check_reserved(impressions, left=line.impressions - taken_of(line), most=most_in_a_turn(use.permit.terms))
    turn = Turn.objects.create(use=use, line=line, reserved=impressions, reserved_at=at)
    book.record("hand.reserved", by=actor, at=at, **_about(turn, use), impressions=impressions)
    return turn.uid


@command("hand.fire")
def fire(actor: Person, at: datetime, *, turn_uid: str, made: int, done_at: datetime | None = None) -> str:
    """Say how many of the impressions that were taken are on paper: the first count."""
    turn = _open_turn(actor, at, turn_uid, Says.FIRE)
    end_phase = step(Phase(turn.phase), Says.FIRE)
    check_made(made, reserved=turn.reserved)
    turn.phase, turn.made, turn.made_at = end_phase.value, made, at
    turn.save(update_fields=["phase", "made", "made_at"])
    book.record("hand.made", by=actor, at=at, **_about(turn, turn.use), impressions=made)
    note_late(actor, at, act=Waiting.MADE, permit=turn.use.permit, done_at=done_at)
    return turn.uid


@command("hand.commit")
def commit(
    actor: Person, at: datetime, *, turn_uid: str, counted: int, reason: str = "", done_at: datetime | None = None
) -> str:
    """Count for oneself, and settle the turn: what stands is the higher count, and two counts open an incident.

    What was taken and stands in neither count goes back to the permit, with the reason.
    """
    turn = _open_turn(actor, at, turn_uid, Says.COMMIT)
    end_phase, made = step(Phase(turn.phase), Says.COMMIT), turn.made or 0
    turn.counted = counted
    turn.committed = settled(reserved=turn.reserved, made=made, counted=counted, reason=reason)
    shown = shown_of(turn)
    if do_differ(made=made, counted=counted, shown=shown):
        enter_mismatch(actor, at, turn, shown=shown)
    _settle(actor, at, turn, end_phase, reason=reason)
    note_late(actor, at, act=Waiting.COUNTED, permit=turn.use.permit, done_at=done_at)
    return turn.uid


@command("hand.release")
def release(actor: Person, at: datetime, *, turn_uid: str, reason: str, done_at: datetime | None = None) -> str:
    """Say that none of the impressions that were taken was made, and why: they go back to the permit."""
    turn = _open_turn(actor, at, turn_uid, Says.RELEASE)
    end_phase = step(Phase(turn.phase), Says.RELEASE)
    if not reason.strip():
        raise ReleaseUnexplained(released=turn.reserved)
    _settle(actor, at, turn, end_phase, reason=reason)
    note_late(actor, at, act=Waiting.RELEASE, permit=turn.use.permit, done_at=done_at)
    return turn.uid


def taken_of(line: PermitLine) -> int:
    """Return how many impressions of a line are taken: those that stand or wait, but for those to be made anew."""
    found: int | None = line.turns.aggregate(taken=Sum(F("reserved") - F("released")))["taken"]
    return (found or 0) - anew_of_line(line)


@transaction_required
def _settle(actor: Person, at: datetime, turn: Turn, phase: Phase, *, reason: str) -> None:
    """Settle a turn, give back what was not made, and end the use where the permit is used up."""
    turn.released = turn.reserved - turn.committed
    asked = asked_of(turn.line.binding, turn.use.permit.terms)
    turn.to_show = to_be_shown(asked, turn.committed)
    turn.is_sampled = is_drawn(asked) and turn.to_show > 0
    turn.phase, turn.settled_at, turn.settled_by = phase.value, at, actor
    turn.reason = reason.strip()[:_LONGEST_REASON]
    turn.save(
        update_fields=[
            "counted", "committed", "released", "to_show", "is_sampled", "phase", "settled_at", "settled_by", "reason",
        ],
    )  # fmt: skip
    permit, said = turn.use.permit, _about(turn, turn.use)
    if turn.released:
        permits.give_back(permit, impressions=turn.released)
        permit.refresh_from_db(fields=["used"])
        book.record("hand.released", by=actor, at=at, **said, impressions=turn.released)
    if turn.committed:
        book.record("hand.committed", by=actor, at=at, **said, impressions=turn.committed)
    if turn.is_sampled:
        draw(actor, at, turn)
    number_blanks(actor, at, turn)
    if permit.used == permit.impressions and is_over(permit, at):
        end(actor, at, turn.use, ending=Ending.COUNT)


@transaction_required
def _open_turn(actor: Person, at: datetime, turn_uid: str, says: Says) -> Turn:
    """Return a turn of which this person may say this, or refuse."""
    turn = locked_turn(turn_uid)
    identity.require_part(actor, at)
    check_word(How(turn.use.how), says, said_by=said_by(turn.use, actor))
    return turn


def _about(turn: Turn, use: HandUse) -> dict[str, Json]:
    return {**about(use), "turn": turn.uid, "document": turn.line.document_sha256}
