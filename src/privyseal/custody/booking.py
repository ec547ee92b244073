"""An approved use outside the company has its seal booked for it, and nobody else's trip at the same time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from privyseal.custody.models import TakeOut
from privyseal.custody.rules import SealIsOut
from privyseal.custody.rules.takeout import BearerNotOne, Fence, NotTakenOut, SealBooked, Stage
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit, Seal

HELD: Final = (Stage.BOOKED.value, Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value)


def check_one_bearer(bearers: Sequence[Person]) -> None:
    if len(bearers) != 1:
        raise BearerNotOne(bearers=len(bearers))


@transaction_required
def check_not_booked(
    seals: Collection[Seal], starts_at: datetime, due_at: datetime, *, besides: TakeOut | None = None
) -> None:
    """Return if none of these seals is to be outside at that time by another permit that still counts, or refuse."""
    booked = TakeOut.objects.filter(seal__in=seals, stage__in=HELD, starts_at__lt=due_at, due_at__gt=starts_at)
    booked = booked.exclude(stage=Stage.BOOKED.value, permit__revoked_at__isnull=False)
    if besides is not None:
        booked = booked.exclude(pk=besides.pk)
    first = booked.select_related("seal").order_by("starts_at", "pk").first()
    if first is not None:
        raise SealBooked(seal=first.seal.uid, take_out=first.uid)


@transaction_required
def book_take_out(
    actor: Actor, at: datetime, *, permit: Permit, place: str, bearers: Sequence[Person], companions: Sequence[Person]
) -> TakeOut:
    """Book the seal of a permit for its window, or refuse: whoever is approved first has it."""
    check_one_bearer(bearers)
    seal = permit.seal
    dead = TakeOut.objects.filter(seal=seal, stage=Stage.BOOKED.value, permit__revoked_at__isnull=False)
    for one in dead.order_by("pk"):
        release(actor, at, one)
    check_not_booked([seal], permit.starts_at, permit.expires_at)
    booked = TakeOut(
        permit=permit,
        seal=seal,
        place=place,
        bearer=bearers[0],
        companion=companions[0],
        starts_at=permit.starts_at,
        due_at=permit.expires_at,
    )
    booked.fence = Fence.within(permit.terms)
    try:
        with transaction.atomic():
            booked.save(force_insert=True)
    except IntegrityError as error:  # another approval for the same time was committed meanwhile
        raise SealBooked(seal=seal.uid) from error
    book.record("take-out.booked", by=actor, at=at, **about(booked), due_at=booked.due_at.isoformat())
    return booked


@transaction_required
def prolong_take_out(actor: Actor, at: datetime, permit: Permit) -> None:
    """Let a take-out last as long as its permit does now, or refuse where the seal is booked by then."""
    found = TakeOut.objects.filter(permit=permit, stage__in=HELD).first()
    if found is None or found.due_at >= permit.expires_at:
        return
    check_not_booked([permit.seal], found.starts_at, permit.expires_at, besides=found)
    found.due_at, found.late = permit.expires_at, ""
    found.save(update_fields=["due_at", "late"])
    book.record("take-out.prolonged", by=actor, at=at, **about(found), due_at=found.due_at.isoformat())


@transaction_required
def release(actor: Actor, at: datetime, one: TakeOut) -> None:
    """Give up a booking that nobody took."""
    one.stage = Stage.RELEASED.value
    one.save(update_fields=["stage"])
    book.record("take-out.released", by=actor, at=at, **about(one))


def outside(seal: Seal) -> TakeOut | None:
    """Return the take-out by which the seal is outside now."""
    return TakeOut.objects.filter(seal=seal, stage__in=[Stage.OUT.value, Stage.BROUGHT.value]).first()


@transaction_required
def check_is_where_it_is_used(permit: Permit) -> None:
    """Return if the seal is outside for exactly this permit, or in the house for one that is used there, or refuse."""
    away, own = outside(permit.seal), TakeOut.objects.filter(permit=permit).first()
    if own is not None and own.stage != Stage.OUT.value:
        raise NotTakenOut(permit=permit.uid, take_out=own.uid)
    if away is not None and away.permit_id != permit.pk:
        raise SealIsOut(seal=permit.seal.uid)


def about(one: TakeOut) -> dict[str, str | None]:
    """Return what every fact about a take-out says."""
    return {
        "take_out": one.uid,
        "permit": one.permit.uid,
        "seal": one.seal.uid,
        "application": one.permit.application_uid,
        "bearer": one.bearer.pseudonym,
        "companion": one.companion.pseudonym,
    }
