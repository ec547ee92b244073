"""Where rubber seals are, as a list and as a plan of each cabinet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from privyseal.custody.models import Slot, Store
from privyseal.custody.queries.places import SealNow
from privyseal.custody.queries.stock import LastCount
from privyseal.custody.rules.places import StoreKind, Where
from privyseal.language.places_of_seals import STORE, WHERE
from privyseal.web.shown.words import Badge

_TONE: Final = {
    Where.OUT_OF_HAND: "rejected",
    Where.OUTSIDE: "pending",
    Where.IN_USE: "pending",
    Where.IN_ITS_SLOT: "approved",
    Where.IN_ANOTHER_SLOT: "caution",
    Where.WITH_KEEPER: "neutral",
}


@dataclass(frozen=True, slots=True)
class SealRow:
    now: SealNow
    badge: Badge
    place: str
    bag: str


@dataclass(frozen=True, slots=True)
class SlotShown:
    """A slot with the seal that belongs there, and the one that lies there where it is another."""

    slot: Slot
    belongs: SealNow | None
    lies: SealNow | None
    is_filled: bool


@dataclass(frozen=True, slots=True)
class StoreShown:
    store: Store
    kind: Promise
    rows: Sequence[Sequence[SlotShown]]
    has_seals: bool
    counted: LastCount | None


def rows(found: Iterable[SealNow]) -> list[SealRow]:
    return [_row(now) for now in found]


def plan(store: Store, found: Sequence[SealNow], counted: LastCount | None) -> StoreShown:
    """Return the slots of a store as they stand in it, row by row."""
    belongs = {now.own.belongs_id: now for now in found if now.own and now.own.belongs_id}
    lies = {now.own.lies_id: now for now in found if now.own and now.own.lies_id}
    shown = [_slot(slot, belongs, lies) for slot in store.slots.all()]
    cut = [shown[start : start + store.columns] for start in range(0, len(shown), store.columns)]
    has_seals = any(one.belongs or one.lies for one in shown)
    return StoreShown(store, STORE[StoreKind(store.kind)], cut, has_seals, counted)


def _row(now: SealNow) -> SealRow:
    own = now.own
    slot = (own.lies or own.belongs) if own else None
    if now.take_out is not None:
        return SealRow(now, Badge(WHERE[now.where], _TONE[now.where]), now.take_out.place, own.bag if own else "")
    return SealRow(
        now, Badge(WHERE[now.where], _TONE[now.where]), slot.called() if slot else "", own.bag if own else ""
    )


def _slot(slot: Slot, belongs: Mapping[int, SealNow], lies: Mapping[int, SealNow]) -> SlotShown:
    mine, other = belongs.get(slot.pk), lies.get(slot.pk)
    there = {Where.IN_ITS_SLOT, Where.IN_ANOTHER_SLOT}
    return SlotShown(slot, mine, other if other is not mine else None, other is not None and other.where in there)
