"""What a stock-take expects to find, and where the record has each seal."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.custody.models import HandUse, SealPlace, StockTake, Store, TakeOut
from privyseal.custody.rules.places import Where, where
from privyseal.custody.rules.takeout import Stage
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Unit
from privyseal.seals.models import Custody, Seal
from privyseal.seals.rules import FINAL, OUT_OF_HAND, SealKind, SealState


def seals_expected(company: Company, store: Store | None, unit: Unit | None) -> QuerySet[Seal]:
    """Return the living rubber seals that belong or lie in a place, are of a unit, or of the whole company."""
    living = Seal.objects.filter(company=company, kind=SealKind.PHYSICAL.value).exclude(
        state__in=[SealState.DRAFT.value, *sorted(FINAL)]
    )
    if store is not None:
        there = SealPlace.objects.filter(Q(belongs__store=store) | Q(lies__store=store)).order_by()
        living = living.filter(pk__in=there.values("seal"))
    if unit is not None:
        living = living.filter(unit__in=identity.units_below([unit.pk]))
    return living.order_by("number", "pk")


def keepers_of(seals: Collection[int]) -> dict[int, int]:
    """Return who keeps each of these seals, by the seal's key."""
    kept = Custody.objects.filter(seal__in=seals, until=None).order_by("pk")
    return dict(kept.values_list("seal_id", "keeper_id"))


def recorded_places(seals: Sequence[Seal], at: datetime) -> dict[int, Where]:
    """Return where the record had each of these seals at a moment that is now or not long ago, by the seal's key."""
    keys = [seal.pk for seal in seals]
    out = HandUse.objects.filter(Q(returned_at=None) | Q(returned_at__gt=at), seal__in=keys, keeper_at__lte=at)
    away = TakeOut.objects.filter(
        Q(stage__in=[Stage.OUT.value, Stage.BROUGHT.value]) | Q(taken_at__gt=at),
        seal__in=keys,
        given_at__lte=at,
        received_at__lte=at,
    )
    in_use, outside = (
        set(out.order_by().values_list("seal_id", flat=True)),
        set(away.order_by().values_list("seal_id", flat=True)),
    )
    owns = {own.seal_id: own for own in SealPlace.objects.filter(seal__in=keys).order_by("pk")}
    return {
        seal.pk: where(
            is_out_of_hand=SealState(seal.state) in OUT_OF_HAND,
            is_outside=seal.pk in outside,
            is_in_use=seal.pk in in_use,
            belongs=owns[seal.pk].belongs_id if seal.pk in owns else None,
            lies=owns[seal.pk].lies_id if seal.pk in owns else None,
        )
        for seal in seals
    }


def moved_meanwhile(take: StockTake, seals: Sequence[Seal], since: datetime) -> frozenset[int]:
    """Return which of these the record has given another place, keeper or end, or had come back, since then."""
    keys = [seal.pk for seal in seals]
    moved = set(SealPlace.objects.filter(seal__in=keys, since__gt=since).order_by().values_list("seal_id", flat=True))
    moved |= set(Custody.objects.filter(seal__in=keys, since__gt=since).order_by().values_list("seal_id", flat=True))
    back = HandUse.objects.filter(seal__in=keys, returned_at__gt=since).order_by()
    home = TakeOut.objects.filter(seal__in=keys, taken_at__gt=since).order_by()
    moved |= {*back.values_list("seal_id", flat=True), *home.values_list("seal_id", flat=True)}
    here = set(seals_expected(take.company, take.store, take.unit).filter(pk__in=keys).values_list("pk", flat=True))
    return frozenset(moved | (set(keys) - here))
