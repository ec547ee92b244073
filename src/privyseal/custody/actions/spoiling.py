"""Spoiled impressions: photographed and marked void, handed in, and made anew without another application."""

from datetime import datetime
from typing import Final

from privyseal.custody.entering import end, enter_lines, is_over
from privyseal.custody.holding import hands_of, keeper_now, locked_turn
from privyseal.custody.late import note_late
from privyseal.custody.models import HandUse, Photograph, Spoiled, Turn
from privyseal.custody.queries.photographs import photograph_visible_to
from privyseal.custody.rules import Ending, Hand, Phase, check_apart
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.spoiled import (
    Spoil,
    anew_by,
    check_spoil,
    made_anew,
)
from privyseal.custody.spoiling import anew_of
from privyseal.custody.voiding import about_page, mark_void
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import UseEntry

_LONGEST_REASON: Final = 500


@command("hand.spoil")
def spoil(
    actor: Person,
    at: datetime,
    *,
    photograph_uid: str,
    impressions: int,
    reason: str,
    done_at: datetime | None = None,
) -> str:
    """Call impressions on a photographed page spoiled, and mark the page void: whoever stamped it, and why.

    They stay counted, and their page is handed in. Once their line is in the register nothing more is said of it.
    """
    photograph, turn = _locked(actor, at, photograph_uid)
    mark_void(actor, at, photograph, turn, impressions=impressions, reason=reason)
    note_late(actor, at, act=Waiting.SPOIL, permit=turn.use.permit, done_at=done_at)
    return photograph_uid


@command("hand.take-in")
def take_in(actor: Person, at: datetime, *, photograph_uid: str, done_at: datetime | None = None) -> str:
    """Take a spoiled page in: whoever keeps the seal. One impression for each on it goes back, as far as allowed.

    (1) the keeper has no other hand in the use, and did not allow it; (2) what is in the register is not made anew;
    (3) where nothing more can be stamped then, the use ends
    """
    photograph, turn = _locked(actor, at, photograph_uid)
    permit = turn.use.permit
    is_keeper = keeper_now(permit.seal) == actor.pk
    check_spoil(Spoil.TAKE_IN, Phase(turn.phase), said_by={Hand.KEEPER} if is_keeper else set())
    others = {**hands_of(permit), Hand.OPERATOR: {turn.use.operator_id}, Hand.SUPERVISOR: {turn.use.supervisor_id}}
    check_apart(Hand.KEEPER, actor.pk, hands=others)  # (1)
    row = Spoiled.objects.select_for_update().filter(photograph=photograph).first()
    if row is None or row.taken_in_at is not None:
        raise OutOfTurn(photograph=photograph_uid)
    is_entered = UseEntry.objects.filter(line=turn.line).exists()  # (2)
    allowed = 0 if is_entered else anew_by(permit.terms)
    row.taken_in_by, row.taken_in_at = actor, at
    row.anew = made_anew(row.impressions, allowed=allowed, before=anew_of(permit))
    row.save(update_fields=["taken_in_by", "taken_in_at", "anew"])
    if row.anew:
        permits.give_back(permit, impressions=row.anew)
        permit.refresh_from_db(fields=["used"])
    book.record(
        "hand.taken-in", by=actor, at=at, **about_page(turn, photograph), impressions=row.impressions, anew=row.anew
    )
    _end_what_is_over(actor, at, turn)  # (3)
    note_late(actor, at, act=Waiting.TAKE_IN, permit=permit, done_at=done_at)
    return photograph_uid


@transaction_required
def _end_what_is_over(actor: Person, at: datetime, turn: Turn) -> None:
    """End the use that is open, or enter what was stamped, where it waited for this page alone."""
    permit = turn.use.permit
    if not is_over(permit, at):
        return
    still_out = HandUse.objects.filter(permit=permit, ended_at=None).first()
    if still_out is None:
        enter_lines(actor, at, turn.use)
    elif not still_out.turns.filter(settled_at=None).exists():
        still_out.permit = permit
        end(actor, at, still_out, ending=Ending.COUNT if permit.used >= permit.impressions else Ending.TIME)


@transaction_required
def _locked(actor: Person, at: datetime, photograph_uid: str) -> tuple[Photograph, Turn]:
    photograph = photograph_visible_to(actor, at, photograph_uid)
    identity.require_part(actor, at)
    return photograph, locked_turn(photograph.turn.uid)
