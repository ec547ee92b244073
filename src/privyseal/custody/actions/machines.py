"""Impressions by a machine: taken off the permit before it is told, then counted, photographed and settled by it.

The devices, which stand above, say these words with their own transaction; each once, in the order of their events.
"""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from privyseal.custody.actions.counting import taken_of
from privyseal.custody.actions.photographs import COMPARE, Kept
from privyseal.custody.booking import check_is_where_it_is_used
from privyseal.custody.entering import end, is_over
from privyseal.custody.holding import about, locked_turn
from privyseal.custody.mismatch import enter_mismatch
from privyseal.custody.models import HandUse, Photograph, Turn
from privyseal.custody.numbering import number_blanks
from privyseal.custody.owing import shown_of
from privyseal.custody.rules import (
    Ending,
    Hand,
    How,
    Phase,
    Says,
    SealIsOut,
    check_made,
    check_reserved,
    check_word,
    settled,
    step,
)
from privyseal.custody.rules.photographs import ASKS, asked_of, check_shown, do_differ, to_be_shown
from privyseal.device.tickets import MOST_IMPRESSIONS
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import PermitLine
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.bindings import binds
from privyseal.seals.rules.permits import SealNotPhysical
from privyseal.signer.statement import Purpose

_LONGEST_REASON: Final = 500
_USUAL_RETENTION: Final = "ten-years"
_MACHINE: Final = frozenset({Hand.MACHINE})


@command("machine.reserve")
def reserve(
    actor: Person, at: datetime, *, permit_uid: str, line_id: int, impressions: int, is_through_cloud: bool = False
) -> str:
    """Take what a machine is to be let do off the permit, as any use is taken; return the turn's uid.

    (1) the permit is spent: seal in force, holder and approvers still entitled; (2) the seal is where it is used, and
    out for nobody; (3) no other use of the permit is open, and the line has so many left
    """
    if impressions < 1:
        check_reserved(impressions, left=0, most=MOST_IMPRESSIONS)
    check_word(How.BY_MACHINE, Says.RESERVE, said_by={Hand.OPERATOR})
    permit = permits.spend(permit_uid, by=actor, at=at, impressions=impressions, purpose=Purpose.USE)  # (1)
    if permit.seal.kind != SealKind.PHYSICAL.value:
        raise SealNotPhysical(seal=permit.seal.uid)
    check_is_where_it_is_used(permit)  # (2)
    if HandUse.objects.filter(seal=permit.seal_id, keeper_at__isnull=False, returned_at=None).exists():
        raise SealIsOut(seal=permit.seal.uid)
    line = permit.lines.filter(pk=line_id).first()  # (3)
    if line is None:
        raise NotFound(line=line_id)
    check_reserved(impressions, left=left_of(line), most=MOST_IMPRESSIONS)
    use = HandUse(permit=permit, seal=permit.seal, how=How.BY_MACHINE.value, operator=actor, asked_at=at)
    use.is_through_cloud = is_through_cloud or None
    try:
        with transaction.atomic():
            use.save(force_insert=True)
    except IntegrityError as error:
        raise OutOfTurn(permit=permit_uid) from error
    turn = Turn.objects.create(use=use, line=line, reserved=impressions, reserved_at=at)
    book.record("hand.reserved", by=actor, at=at, **_about(turn), impressions=impressions)
    return turn.uid


@command("machine.fire")
def fire(actor: Actor, at: datetime, *, turn_uid: str, made: int) -> str:
    """Say how many are on paper so far, as the machine counts; said again, it is the newer count."""
    turn = _open_turn(turn_uid, Says.FIRE)
    check_made(made, reserved=turn.reserved)
    if Phase(turn.phase) is not Phase.MADE:
        turn.phase = step(Phase(turn.phase), Says.FIRE).value
    turn.made, turn.made_at = made, at
    turn.save(update_fields=["phase", "made", "made_at"])
    book.record("hand.made", by=actor, at=at, **_about(turn), impressions=made)
    return turn.uid


@command("machine.commit")
def commit(actor: Actor, at: datetime, *, turn_uid: str, counted: int, reason: str = "") -> str:
    """Settle what a machine made, once nothing more comes: what stands is the higher count, the rest goes back."""
    turn = _open_turn(turn_uid, Says.COMMIT)
    end_phase, made = step(Phase(turn.phase), Says.COMMIT), turn.made or 0
    turn.counted = counted
    turn.committed = settled(reserved=turn.reserved, made=made, counted=counted, reason=reason)
    shown = shown_of(turn)
    if do_differ(made=made, counted=counted, shown=shown):
        enter_mismatch(actor, at, turn, shown=shown)
    _settle(actor, at, turn, end_phase, reason=reason)
    return turn.uid


@command("machine.release")
def release(actor: Actor, at: datetime, *, turn_uid: str, reason: str) -> str:
    """Say that a machine made none of what it was let do, and why: all goes back to the permit."""
    turn = _open_turn(turn_uid, Says.RELEASE)
    _settle(actor, at, turn, step(Phase(turn.phase), Says.RELEASE), reason=reason)
    return turn.uid


@command("machine.photograph")
def photograph(actor: Actor, at: datetime, *, turn_uid: str, kept: Kept, impressions: int, taken_at: datetime) -> str:
    """Put a picture that a machine took on record as any photograph of a stamped page; the same one counts once."""
    turn = locked_turn(turn_uid)
    check_word(How(turn.use.how), Says.PHOTOGRAPH, said_by=_MACHINE)
    check_shown(Phase(turn.phase), impressions)
    known = Photograph.objects.filter(turn=turn, sha256=kept.sha256).first()
    if known is not None or not binds(turn.line.binding).is_photographed:
        return known.uid if known else ""
    before = shown_of(turn)
    made = Photograph.objects.create(
        turn=turn,
        sha256=kept.sha256,
        small_sha256=kept.small_sha256,
        kind=kept.kind,
        size=kept.size,
        impressions=impressions,
        by=turn.use.operator,
        at=at,
        taken_at=min(taken_at, at),
        is_late=turn.use.returned_at is not None,
        retention=turn.use.permit.terms.get(ASKS, {}).get("retention", _USUAL_RETENTION),
    )
    shows: dict[str, Json] = {"impressions": impressions, "is_late": made.is_late, "photo_sha256": made.sha256}
    book.record("hand.photographed", by=actor, at=at, **_about(turn), **shows)
    if turn.settled_at is not None and before <= turn.committed < before + impressions:
        enter_mismatch(actor, at, turn, shown=before + impressions)
    app.configure_task(COMPARE, lock=turn.line.document_sha256).defer(photograph_uid=made.uid)
    return made.uid


def left_of(line: PermitLine) -> int:
    """Return how many impressions of a line nobody has taken."""
    return line.impressions - taken_of(line)


@transaction_required
def _settle(actor: Actor, at: datetime, turn: Turn, phase: Phase, *, reason: str) -> None:
    """Settle a turn, give back what was not made, and end the use."""
    turn.released = turn.reserved - turn.committed
    asked = asked_of(turn.line.binding, turn.use.permit.terms)
    turn.to_show = to_be_shown(asked, turn.committed)
    turn.phase, turn.settled_at, turn.reason = phase.value, at, reason.strip()[:_LONGEST_REASON]
    turn.save(update_fields=["counted", "committed", "released", "to_show", "phase", "settled_at", "reason"])
    permit, said = turn.use.permit, _about(turn)
    if turn.released:
        permits.give_back(permit, impressions=turn.released)
        permit.refresh_from_db(fields=["used"])
        book.record("hand.released", by=actor, at=at, **said, impressions=turn.released)
    if turn.committed:
        book.record("hand.committed", by=actor, at=at, **said, impressions=turn.committed)
    number_blanks(actor, at, turn)
    ending = Ending.COUNT if permit.used == permit.impressions else Ending.TIME
    ending = ending if is_over(permit, at) else Ending.PAUSE
    end(actor, at, turn.use, ending=ending)


@transaction_required
def _open_turn(turn_uid: str, says: Says) -> Turn:
    """Return a turn of which a machine may say this, or refuse."""
    turn = locked_turn(turn_uid)
    check_word(How(turn.use.how), says, said_by=_MACHINE)
    return turn


def _about(turn: Turn) -> dict[str, Json]:
    return {**about(turn.use), "turn": turn.uid, "document": turn.line.document_sha256}
