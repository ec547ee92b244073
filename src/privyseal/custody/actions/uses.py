"""A rubber seal leaves its place for a permit, by two people's word, and goes back to it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from privyseal.custody.booking import check_is_where_it_is_used
from privyseal.custody.entering import end, enter_lines, is_over
from privyseal.custody.holding import about, hands_of, keeper_now, locked_use, said_by
from privyseal.custody.late import note_late
from privyseal.custody.lying import note_put_back
from privyseal.custody.models import HandUse, Turn
from privyseal.custody.raising import raise_alarm
from privyseal.custody.rules import (
    CONFIRM,
    Ending,
    EndsUnexplained,
    Hand,
    How,
    PlaceMissing,
    SealIsOut,
    check_apart,
    check_keeper_can_give_out,
)
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.late import Waiting
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import Permit
from privyseal.seals.permits import NotTheHolder
from privyseal.seals.rules import SealKind, SealState, check_in_force
from privyseal.seals.rules.permits import SealNotPhysical
from privyseal.signer.statement import Purpose

SWEEP: Final = Service("sweep")
_LONGEST_REASON: Final = 500
_LONGEST_PLACE: Final = 100
_AT_ONCE: Final = 200


@command("hand.begin")
def begin_use(actor: Person, at: datetime, *, permit_uid: str) -> str:
    """Ask keeper and supervisor for the seal, by a permit that could be spent now; return the use's uid."""
    found = Permit.objects.filter(uid=permit_uid, purpose=Purpose.USE).first()
    if found is None:
        raise NotFound(permit=permit_uid)
    identity.require_part(actor, at)
    (seal,) = permits.share_lock([found.seal_id])
    if seal.kind != SealKind.PHYSICAL.value:
        raise SealNotPhysical(seal=seal.uid)
    hands = hands_of(found)
    if actor.pk not in hands[Hand.OPERATOR]:
        raise NotTheHolder(permit=permit_uid)
    check_keeper_can_give_out(keeper_now(seal), hands={**hands, Hand.OPERATOR: {actor.pk}})
    check_in_force(SealState(seal.state), since=seal.starts_on, until=seal.ends_on, on=localdate(at))
    permit = Permit.objects.select_for_update(of=("self",)).get(pk=found.pk)
    permits.check_open(permit, at=at)
    check_is_where_it_is_used(permit)
    if HandUse.objects.filter(permit=permit, ended_at=None).exists():
        raise OutOfTurn(permit=permit_uid)
    use = HandUse.objects.create(permit=permit, seal=seal, operator=actor, asked_at=at)
    book.record("hand.asked", by=actor, at=at, **about(use), left=permit.impressions - permit.used)
    return use.uid


@command("hand.confirm")
def confirm_use(actor: Person, at: datetime, *, use_uid: str, hand: Hand, done_at: datetime | None = None) -> str:
    """Give one's word for who stamps what and how often: the keeper, who gives the seal out, or the supervisor."""
    use = _open(use_uid)
    identity.require_part(actor, at)
    if hand not in CONFIRM:
        raise NotEntitled(part=hand.value)
    if use.how != How.BY_HAND.value:
        raise OutOfTurn(hand_use=use_uid)
    hands = hands_of(use.permit)
    is_theirs = {Hand.KEEPER: keeper_now(use.permit.seal), Hand.SUPERVISOR: _named(hands[Hand.SUPERVISOR], actor)}
    if is_theirs[hand] != actor.pk:
        raise NotEntitled(part=hand.value)
    others: dict[Hand, Collection[int | None]] = {
        **hands,
        Hand.OPERATOR: {use.operator_id},
        Hand.KEEPER: {use.keeper_id},
        Hand.SUPERVISOR: {use.supervisor_id},
    }
    check_apart(hand, actor.pk, hands=others)
    permits.check_open(use.permit, at=at)
    if hand is Hand.KEEPER:
        _give_out(use, actor, at)
    elif use.supervisor_at is not None:
        raise OutOfTurn(hand_use=use_uid)
    else:
        use.supervisor, use.supervisor_at = actor, at
        use.save(update_fields=["supervisor", "supervisor_at"])
    left = use.permit.impressions - use.permit.used
    book.record("hand.confirmed", by=actor, at=at, **about(use), role=hand.value, left=left)
    note_late(actor, at, act=Waiting.CONFIRM, permit=use.permit, done_at=done_at)
    return use.uid


@command("hand.end")
def end_use(
    actor: Person, at: datetime, *, use_uid: str, ending: Ending, reason: str = "", done_at: datetime | None = None
) -> str:
    """End a use before its count: the seal rests for now, or what is left of the permit is not needed any more."""
    use = _open(use_uid)
    identity.require_part(actor, at)
    can_be_keeper = keeper_now(use.permit.seal) == actor.pk
    if not said_by(use, actor) and not can_be_keeper:
        raise NotEntitled(part=Hand.OPERATOR.value)
    if ending not in {Ending.EARLY, Ending.PAUSE}:
        raise OutOfTurn(ending=ending.value)
    said = reason.strip()[:_LONGEST_REASON]
    if ending is Ending.EARLY and not said:
        raise EndsUnexplained(hand_use=use_uid)
    permit = use.permit
    if ending is Ending.EARLY and not is_over(permit, at):
        permit.revoked_at, permit.ended_by, permit.ended_reason = at, actor, said
        permit.save(update_fields=["revoked_at", "ended_by", "ended_reason"])
    end(actor, at, use, ending=ending, reason=said)
    note_late(actor, at, act=Waiting.END, permit=permit, done_at=done_at)
    return use.uid


@command("hand.put-back")
def put_back(actor: Person, at: datetime, *, use_uid: str, place: str, done_at: datetime | None = None) -> str:
    """Say into which bag, safe or slot the seal went back: whoever keeps it now."""
    use = locked_use(use_uid)
    identity.require_part(actor, at)
    if keeper_now(use.permit.seal) != actor.pk:
        raise NotEntitled(part=Hand.KEEPER.value)
    if use.ended_at is None or use.keeper_at is None or use.returned_at is not None:
        raise OutOfTurn(hand_use=use_uid)
    said = place.strip()[:_LONGEST_PLACE]
    if not said:
        raise PlaceMissing(hand_use=use_uid)
    use.returned_at, use.put_back = at, said
    use.save(update_fields=["returned_at", "put_back"])
    is_in_place = note_put_back(use.permit.seal, at, said=said)
    book.record(
        "hand.put-back", by=actor, at=at, **about(use), text_sha256=sha256(said.encode()), is_in_place=is_in_place
    )
    if not is_in_place:
        raise_alarm(actor, at, kind=AlarmKind.PLACE, cause=f"hand-use {use.uid}", seal=use.permit.seal)
    note_late(actor, at, act=Waiting.PUT_BACK, permit=use.permit, done_at=done_at)
    return use.uid


def finish_over(at: datetime) -> int:
    """End each use whose permit is over, and enter what was stamped by permits that ended while the seal rested."""
    over = Q(permit__expires_at__lte=at) | Q(permit__revoked_at__isnull=False)
    waits = Turn.objects.filter(use=OuterRef("pk"), settled_at=None)
    uses = HandUse.objects.filter(over, ~Exists(waits), ended_at=None)
    found = list(uses.order_by("asked_at", "pk").values_list("uid", flat=True)[:_AT_ONCE])
    stands = Turn.objects.filter(use=OuterRef("pk"), committed__gt=0).exclude(line__entry__isnull=False)
    later = HandUse.objects.filter(over, Exists(stands), ended_at__isnull=False)
    found += list(later.order_by("ended_at", "pk").values_list("uid", flat=True)[:_AT_ONCE])
    for uid in found:
        _finish(SWEEP, at, use_uid=uid)
    return len(found)


@command("hand.finish")
def _finish(actor: Actor, at: datetime, *, use_uid: str) -> None:
    """End one use whose permit is over, or enter what it left; a second time changes nothing."""
    use = locked_use(use_uid)
    if not is_over(use.permit, at) or use.turns.filter(settled_at=None).exists():
        return
    if use.ended_at is None:
        end(actor, at, use, ending=Ending.TIME)
    elif not HandUse.objects.filter(permit=use.permit, ended_at=None).exists():
        enter_lines(actor, at, use)


@transaction_required
def _give_out(use: HandUse, keeper: Person, at: datetime) -> None:
    """Let the keeper give the seal out, which is in its place, or refuse."""
    if use.keeper_at is not None:
        raise OutOfTurn(hand_use=use.uid)
    check_is_where_it_is_used(use.permit)
    if HandUse.objects.filter(seal=use.permit.seal, keeper_at__isnull=False, returned_at=None).exists():
        raise SealIsOut(seal=use.permit.seal.uid)
    use.keeper, use.keeper_at = keeper, at
    try:
        with transaction.atomic():
            use.save(update_fields=["keeper", "keeper_at"])
    except IntegrityError as error:  # it was given out for another use meanwhile
        raise SealIsOut(seal=use.permit.seal.uid) from error


def _open(use_uid: str) -> HandUse:
    use = locked_use(use_uid)
    if use.ended_at is not None:
        raise OutOfTurn(hand_use=use_uid)
    return use


def _named(people: frozenset[int], person: Person) -> int | None:
    return person.pk if person.pk in people else None
