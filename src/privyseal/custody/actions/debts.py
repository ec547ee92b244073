"""Photographs that are missing: people are told before these are owed, and a manager waives what nobody can bring."""

from datetime import datetime
from typing import Final

from privyseal.custody.actions.uses import SWEEP
from privyseal.custody.holding import about, locked_use
from privyseal.custody.models import HandUse, PhotographWaiver
from privyseal.custody.owing import owed_of, unseen
from privyseal.custody.queries.photographs import use_visible_to
from privyseal.custody.raising import thresholds_of
from privyseal.custody.rules.photographs import WaiverUnexplained, check_waiver, is_to_be_reminded
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.places import place_of

_LONGEST_REASON: Final = 500
_AT_ONCE: Final = 200


@command("hand.ask-waiver")
def ask_waiver(actor: Person, at: datetime, *, use_uid: str, reason: str) -> str:
    """Say why the photographs of a use that is over cannot be brought; return its uid."""
    use = locked_use(use_visible_to(actor, at, use_uid).uid)
    identity.require_part(actor, at)
    said = reason.strip()[:_LONGEST_REASON]
    if not said:
        raise WaiverUnexplained(hand_use=use_uid)
    if use.ended_at is None or PhotographWaiver.objects.filter(use=use).exists() or not owed_of(use):
        raise OutOfTurn(hand_use=use_uid)
    PhotographWaiver.objects.create(use=use, asked_by=actor, asked_at=at, reason=said)
    digest = sha256(said.encode())
    book.record("hand.waiver-asked", by=actor, at=at, **about(use), text_sha256=digest)
    return use_uid


@command("hand.agree-to-waiver")
def agree_to_waiver(actor: Person, at: datetime, *, use_uid: str) -> str:
    """Let somebody else off the photographs of a use: whoever manages the seal, and neither owes them nor asked."""
    use = locked_use(use_visible_to(actor, at, use_uid).uid)
    identity.require_part(actor, at)
    identity.require(actor, at, Power.MANAGE, place_of(use.permit.seal))
    waiver = PhotographWaiver.objects.select_for_update().filter(use=use).first()
    if waiver is None or waiver.agreed_at is not None:
        raise OutOfTurn(hand_use=use_uid)
    check_waiver(actor.pk, operator=use.operator_id, asker=waiver.asked_by_id)
    owed = owed_of(use)
    waiver.agreed_by, waiver.agreed_at = actor, at
    waiver.save(update_fields=["agreed_by", "agreed_at"])
    person = use.operator.pseudonym
    book.record("hand.photographs-waived", by=actor, at=at, **about(use), person=person, impressions=owed)
    return use_uid


def watch_debts(at: datetime) -> int:
    """Remind, once a use, of photographs that hold up whoever stamped as soon as the use is over; return how many."""
    # Mostly nobody has a seal out whose pages are missing, and then nothing is added up.
    open_uses = HandUse.objects.filter(ended_at=None, reminded_at=None, keeper_at__isnull=False).order_by(
        "asked_at", "pk"
    )
    out = list(open_uses.values_list("pk", flat=True))
    turns = unseen().filter(use__in=out, settled_at__lte=at).select_related("use__permit__seal") if out else ()
    due = {}
    for turn in turns:
        permit, minutes = turn.use.permit, thresholds_of(turn.use.permit.seal.company_id).debt_reminder_minutes
        if is_to_be_reminded(at, settled_at=turn.settled_at, ends_at=permit.expires_at, minutes=minutes):
            due[turn.use.uid] = turn.use
    for uid in list(due)[:_AT_ONCE]:
        _remind(SWEEP, at, use_uid=uid)
    return len(due)


@command("hand.remind-photographs")
def _remind(actor: Actor, at: datetime, *, use_uid: str) -> None:
    use = locked_use(use_uid)
    missing = owed_of(use)
    if use.ended_at is not None or use.reminded_at is not None or not missing:
        return
    use.reminded_at = at
    use.save(update_fields=["reminded_at"])
    book.record(
        "hand.photographs-due", by=actor, at=at, **about(use), person=use.operator.pseudonym, impressions=missing
    )
