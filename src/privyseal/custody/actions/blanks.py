"""What became of numbered blanks: used, with a photograph of what stands on them, or back with the keeper."""

from datetime import datetime
from typing import Final

from privyseal.custody.holding import about, hands_of, keeper_now, locked_turn, said_by
from privyseal.custody.late import note_late
from privyseal.custody.models import Blank, Turn
from privyseal.custody.queries import permit_visible_to
from privyseal.custody.queries.photographs import photograph_visible_to
from privyseal.custody.rules import Hand, check_apart
from privyseal.custody.rules.blanks import Became, BlankUnexplained, check_became
from privyseal.custody.rules.late import Waiting
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit

_LONGEST_WORDS: Final = 200


@command("hand.report-blank")
def report_blank(
    actor: Person,
    at: datetime,
    *,
    photograph_uid: str,
    number: int,
    words: str,
    done_at: datetime | None = None,
) -> str:
    """Say what a blank was used for, which a photograph shows filled in: whoever stamped it."""
    photograph = photograph_visible_to(actor, at, photograph_uid)
    turn, blank = _locked(actor, at, photograph.turn.use.permit, number)
    check_became(Became.USED, Became(blank.became), said_by=said_by(turn.use, actor))
    said = words.strip()[:_LONGEST_WORDS]
    if not said:
        raise BlankUnexplained(number=number)
    if photograph.turn_id != turn.pk or Blank.objects.filter(photograph=photograph).exists():
        raise OutOfTurn(photograph=photograph_uid)
    _say(actor, at, blank, Became.USED)
    blank.words, blank.photograph = said, photograph
    blank.save(update_fields=["became", "said_by", "said_at", "words", "photograph"])
    shown = {"photo_sha256": photograph.sha256, "text_sha256": sha256(said.encode())}
    book.record("hand.blank-used", by=actor, at=at, **about(turn.use), blank=number, **shown)
    note_late(actor, at, act=Waiting.BLANK_USED, permit=turn.use.permit, done_at=done_at)
    return photograph_uid


@command("hand.return-blank")
def return_blank(actor: Person, at: datetime, *, permit_uid: str, number: int, done_at: datetime | None = None) -> str:
    """Take a blank back that nobody used: whoever keeps the seal, and has no other hand in the use."""
    turn, blank = _locked(actor, at, permit_visible_to(actor, at, permit_uid), number)
    is_keeper = keeper_now(turn.use.permit.seal) == actor.pk
    check_became(Became.RETURNED, Became(blank.became), said_by={Hand.KEEPER} if is_keeper else set())
    others = {**hands_of(turn.use.permit), Hand.OPERATOR: {turn.use.operator_id}}
    check_apart(Hand.KEEPER, actor.pk, hands=others)
    _say(actor, at, blank, Became.RETURNED)
    blank.save(update_fields=["became", "said_by", "said_at"])
    book.record("hand.blank-returned", by=actor, at=at, **about(turn.use), blank=number)
    note_late(actor, at, act=Waiting.BLANK_BACK, permit=turn.use.permit, done_at=done_at)
    return permit_uid


def _say(actor: Person, at: datetime, blank: Blank, became: Became) -> None:
    blank.became, blank.said_by, blank.said_at = became.value, actor, at


@transaction_required
def _locked(actor: Person, at: datetime, permit: Permit, number: int) -> tuple[Turn, Blank]:
    """Return a blank that the actor may say something of, with the turn that stamped it; both are ours."""
    identity.require_part(actor, at)
    found = Blank.objects.select_related("turn").filter(permit=permit, number=number).first()
    if found is None:
        raise NotFound(blank=number)
    turn = locked_turn(found.turn.uid)
    return turn, Blank.objects.select_for_update().get(pk=found.pk)
