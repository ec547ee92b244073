"""Give rubber seals their places, and write down where they lie."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from privyseal.custody.models import SealPlace, Slot, Store
from privyseal.custody.queries.places import store_visible_to
from privyseal.custody.rules.places import (
    MAY_PLACE,
    BagTaken,
    StoreInUse,
    StoreKind,
    StoreNotPossible,
    check_free,
    labels,
)
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Seal
from privyseal.seals.places import place_of
from privyseal.seals.queries import seal_visible_to
from privyseal.seals.rules import FINAL, SealKind
from privyseal.seals.rules.permits import SealNotPhysical

_LONGEST_NAME: Final = 40
_LONGEST_BAG: Final = 32


@command("place.set-up")
def set_up_store(
    actor: Person, at: datetime, *, company_uid: str, kind: StoreKind, name: str, rows: int, columns: int
) -> str:
    """Set up a cabinet, safe or box with its slots in a company that one manages; return its uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    said, called = name.strip(), labels(rows=rows, columns=columns)
    if not said or len(said) > _LONGEST_NAME:
        raise StoreNotPossible(length=len(said))
    if Store.objects.filter(company=company, name=said, ended_at=None).exists():
        raise StoreNotPossible(company=company.uid)
    store = Store(company=company, kind=kind.value, name=said, columns=columns, made_by=actor, made_at=at)
    try:
        with transaction.atomic():
            store.save(force_insert=True)
    except IntegrityError as error:  # another of the name was set up meanwhile
        raise StoreNotPossible(company=company.uid) from error
    slots = [Slot(store=store, number=number, label=label) for number, label in enumerate(called, start=1)]
    Slot.objects.bulk_create(slots, batch_size=500)
    book.record("place.set-up", by=actor, at=at, store=store.uid, company=company.uid, slots=len(slots))
    return store.uid


@command("place.take-down")
def take_down_store(actor: Person, at: datetime, *, store_uid: str) -> str:
    """Take a cabinet, safe or box down in which no seal belongs or lies."""
    store = store_visible_to(actor, at, store_uid)
    identity.require(actor, at, Power.MANAGE, store.company_id)
    Store.objects.select_for_update().get(pk=store.pk)
    if SealPlace.objects.filter(Q(belongs__store=store) | Q(lies__store=store)).exists():
        raise StoreInUse(store=store.uid)
    if Store.objects.filter(pk=store.pk, ended_at=None).update(ended_at=at):
        book.record("place.taken-down", by=actor, at=at, store=store.uid, company=store.company.uid)
    return store.uid


@command("place.assign")
def assign_place(actor: Person, at: datetime, *, seal_uid: str, slot_id: int | None, bag: str = "") -> str:
    """Say where a rubber seal belongs: a slot, a numbered bag, or both; it lies there from now on.

    A slot of a seal that has come to its end is free. Neither means that the seal stays in its keeper's hands.
    """
    seal = locked_seal(seal_visible_to(actor, at, seal_uid).uid)
    powers = identity.powers_of(actor, at)
    if not any(powers.over(power, place_of(seal)) for power in MAY_PLACE):
        raise NotEntitled(power=Power.CUSTODY.value)
    if seal.kind != SealKind.PHYSICAL.value:
        raise SealNotPhysical(seal=seal.uid)
    slot, number = _free_slot(seal, slot_id), bag.strip()[:_LONGEST_BAG]
    _check_bag(seal, number)
    said = {"belongs": slot, "lies": slot, "bag": number, "since": at}
    if slot is None and not number:
        SealPlace.objects.filter(seal=seal).delete()
    else:
        try:
            with transaction.atomic():
                SealPlace.objects.update_or_create(seal=seal, defaults={**said, "company": seal.company})
        except IntegrityError as error:  # another seal was given the bag meanwhile
            raise BagTaken(seal=seal.uid) from error
    book.record(
        "place.assigned",
        by=actor,
        at=at,
        seal=seal.uid,
        store=slot.store.uid if slot else None,
        slot=slot.label if slot else None,
        bag_sha256=sha256(number.encode()) if number else None,
    )
    return seal.uid


@transaction_required
def _free_slot(seal: Seal, slot_id: int | None) -> Slot | None:
    """Return the slot, in which no other living seal of the company belongs or lies, or refuse."""
    if slot_id is None:
        return None
    slot = Slot.objects.filter(pk=slot_id, store__company=seal.company_id, store__ended_at=None).first()
    if slot is None:
        raise NotFound(slot=slot_id)
    # Two seals for one slot wait for each other here.
    slot.store = Store.objects.select_for_update().get(pk=slot.store_id)
    over = SealPlace.objects.filter(seal__state__in=sorted(FINAL))
    over.filter(Q(belongs=slot) | Q(lies=slot)).delete()
    taken = SealPlace.objects.filter(Q(belongs=slot) | Q(lies=slot)).exclude(seal=seal)
    check_free(seal.pk, taken_by=taken.order_by("pk").values_list("seal_id", flat=True).first())
    return slot


@transaction_required
def _check_bag(seal: Seal, number: str) -> None:
    if number and SealPlace.objects.filter(company=seal.company_id, bag=number).exclude(seal=seal).exists():
        raise BagTaken(seal=seal.uid)
