"""Where rubber seals belong and where they are, as far as an actor may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from privyseal.custody.models import HandUse, SealPlace, Slot, Store, TakeOut
from privyseal.custody.rules.places import MAY_PLACE, Where, where
from privyseal.custody.rules.takeout import Stage
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody, Seal
from privyseal.seals.places import reached_by
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import FINAL, OUT_OF_HAND, SealKind, SealState


@dataclass(frozen=True, slots=True)
class SealNow:
    """Where one rubber seal is now, where it belongs, and in whose hands it is."""

    seal: Seal
    where: Where
    keeper: Person | None
    own: SealPlace | None
    use: HandUse | None = None
    take_out: TakeOut | None = None

    @property
    def in_hands_of(self) -> Person | None:
        if self.take_out is not None:
            return self.take_out.bearer
        return self.use.operator if self.use is not None else self.keeper


def stores_visible_to(actor: Person, at: datetime) -> QuerySet[Store]:
    """Return the cabinets, safes and boxes where an actor manages or keeps seals; all for the auditor."""
    powers = identity.powers_of(actor, at)
    stores = Store.objects.filter(ended_at=None).select_related("company").order_by("company__name", "name", "pk")
    return stores if powers.reads_everything else stores.filter(among("company_id", powers.companies(*MAY_PLACE)))


def store_visible_to(actor: Person, at: datetime, uid: str) -> Store:
    store = stores_visible_to(actor, at).filter(uid=uid).first()
    if store is None:
        raise NotFound(store=uid)
    return store


def stores_with_slots(actor: Person, at: datetime) -> QuerySet[Store]:
    slots = Slot.objects.order_by("number", "pk")
    return stores_visible_to(actor, at).prefetch_related(Prefetch("slots", slots))


def seals_to_find(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the living rubber seals of which an actor may know where they are: of those they manage or keep."""
    powers = identity.powers_of(actor, at)
    living = visible_to(actor, at).filter(kind=SealKind.PHYSICAL.value).exclude(state__in=sorted(FINAL))
    living = living.exclude(state=SealState.DRAFT.value)
    if powers.reads_everything:
        return living
    kept = Custody.objects.filter(keeper=actor, until=None).values("seal")
    return living.filter(reached_by(powers, *MAY_PLACE) | Q(pk__in=kept))


def seals_in_stores(actor: Person, at: datetime, stores: Sequence[Store]) -> QuerySet[Seal]:
    """Return the seals that belong or lie in these."""
    there = SealPlace.objects.filter(Q(belongs__store__in=stores) | Q(lies__store__in=stores)).order_by()
    return seals_to_find(actor, at).filter(pk__in=there.values("seal"))


def own_place(actor: Person, at: datetime, seal: Seal) -> SealPlace | None:
    seen = seals_to_find(actor, at).filter(pk=seal.pk).order_by().values("pk")
    return SealPlace.objects.select_related("belongs__store", "lies__store").filter(seal__in=seen).first()


def usual_place(actor: Person, at: datetime, seal: Seal) -> str:
    """Return what the slot is called where a seal belongs, or the number of its bag; empty where it has no place."""
    own = own_place(actor, at, seal)
    if own is None:
        return ""
    return own.belongs.called() if own.belongs else own.bag


def free_slots(actor: Person, at: datetime, seal: Seal) -> QuerySet[Slot]:
    """Return the slots of the seal's company in which no other seal belongs or lies."""
    stores = stores_visible_to(actor, at).filter(company=seal.company_id).order_by().values("pk")
    taken = SealPlace.objects.filter(company=seal.company_id).exclude(seal=seal).order_by()
    slots = Slot.objects.filter(store__in=stores).select_related("store").order_by("store__name", "number", "pk")
    belongs = taken.filter(belongs__isnull=False).values("belongs")
    return slots.exclude(pk__in=belongs).exclude(pk__in=taken.filter(lies__isnull=False).values("lies"))


def where_now(actor: Person, at: datetime, seals: Sequence[Seal]) -> list[SealNow]:
    """Return where each of these seals is, as far as the actor may know: as many questions however many there are."""
    seen = frozenset(asked_for(_to_find, actor, at, frozenset(seal.pk for seal in seals)))
    if not seen:
        return []
    keepers = {row.seal_id: row.keeper for row in asked_with(_kept, seen)}
    owns = {row.seal_id: row for row in asked_with(_placed, seen)}
    uses = {row.seal_id: row for row in asked_with(_in_use, seen)}
    outside = {row.seal_id: row for row in asked_with(_outside, seen)}
    return [
        _now(seal, keepers.get(seal.pk), owns.get(seal.pk), uses.get(seal.pk), outside.get(seal.pk))
        for seal in seals
        if seal.pk in seen
    ]


def _to_find(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Seal, int]:
    return seals_to_find(actor, at).filter(among("id", keys)).order_by().values_list("pk", flat=True)


def _kept(seals: frozenset[int]) -> QuerySet[Custody]:
    return Custody.objects.filter(among("seal_id", seals), until=None).select_related("keeper").order_by("pk")


def _placed(seals: frozenset[int]) -> QuerySet[SealPlace]:
    found = SealPlace.objects.filter(among("seal_id", seals)).select_related("belongs__store", "lies__store")
    return found.order_by("pk")


def _in_use(seals: frozenset[int]) -> QuerySet[HandUse]:
    out = HandUse.objects.filter(among("seal_id", seals), keeper_at__isnull=False, returned_at=None)
    return out.select_related("operator").order_by("pk")


def _outside(seals: frozenset[int]) -> QuerySet[TakeOut]:
    away = TakeOut.objects.filter(among("seal_id", seals), stage__in=[Stage.OUT.value, Stage.BROUGHT.value])
    return away.select_related("bearer").order_by("pk")


def _now(
    seal: Seal, keeper: Person | None, own: SealPlace | None, use: HandUse | None, away: TakeOut | None
) -> SealNow:
    found = where(
        is_out_of_hand=SealState(seal.state) in OUT_OF_HAND,
        is_outside=away is not None,
        is_in_use=use is not None,
        belongs=own.belongs_id if own else None,
        lies=own.lies_id if own else None,
    )
    return SealNow(seal, found, keeper, own, use, away)
