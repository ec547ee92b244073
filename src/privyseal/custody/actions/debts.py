"""Photographs that nobody can bring any more: one says why, and a manager of the seal agrees, who owes none of them."""

from datetime import datetime
from typing import Final

from privyseal.custody.holding import about, locked_use
from privyseal.custody.models import PhotographWaiver
from privyseal.custody.owing import owed_of
from privyseal.custody.queries.photographs import use_visible_to
from privyseal.custody.rules.photographs import WaiverUnexplained, check_waiver
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.places import place_of

_LONGEST_REASON: Final = 500


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
