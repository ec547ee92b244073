"""Take stock of rubber seals: open a count, see each seal, pause and go on, end it, and raise what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce, Greatest

from privyseal.custody.actions.uses import SWEEP
from privyseal.custody.counting_stock import keepers_of, moved_meanwhile, recorded_places, seals_expected
from privyseal.custody.late import note_late_count
from privyseal.custody.models import AlarmRule, SealPlace, Slot, StockLine, StockTake, Store
from privyseal.custody.queries.places import store_visible_to
from privyseal.custody.queries.stock import seal_scanned, tells_of
from privyseal.custody.raising import raise_alarm, raise_over_company, stock_take_days
from privyseal.custody.rules.alarms import Thresholds
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.places import Where
from privyseal.custody.rules.stock import (
    MAY_OPEN,
    MOST_DAYS,
    USUAL_DAYS,
    Count,
    Finding,
    NothingToCount,
    Step,
    StockTakeOpen,
    StrangeSealNotDescribed,
    check_all_arrived,
    check_hands,
    follows,
    found_there,
    is_overdue,
    not_seen,
    plan,
)
from privyseal.custody.rules.takeout import FaceNotShown
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Photo, Seal

_AT_ONCE: Final = 200
_LONGEST: Final = 200
_UNDER_WAY: Final = (Count.OPEN.value, Count.PAUSED.value)
_OF_WHAT_IS_SEEN: Final = (
    "keeper", "slot", "where", "seen_at", "done_at", "seen_by", "witness", "photo_sha256",
)  # fmt: skip
_LATE: Final = {Step.PAUSE: Waiting.STOCK_PAUSE, Step.GO_ON: Waiting.STOCK_GO_ON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What whoever counts has before them: a seal with its photograph, and its slot if they name one."""

    number: str
    photo_sha256: str
    slot_id: int | None = None


@command("stock.open")
def open_stock_take(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    counter_pseudonym: str,
    store_uid: str = "",
    unit_uid: str = "",
    witness_pseudonym: str = "",
    days: int = USUAL_DAYS,
) -> str:
    """Have the seals of a place, a unit or a whole company counted by somebody; return the stock-take's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    powers = identity.powers_of(actor, at)
    if not any(powers.has(power, company.pk) for power in MAY_OPEN):
        raise NotEntitled(power=MAY_OPEN[0].value)
    store = store_visible_to(actor, at, store_uid) if store_uid else None
    unit = identity.unit_visible_to(actor, at, unit_uid) if unit_uid else None
    if any(part is not None and part.company_id != company.pk for part in (store, unit)):
        raise NotFound(company=company.uid)
    seals = list(seals_expected(company, store, unit))
    if not seals:
        raise NothingToCount(company=company.uid)
    if StockTake.objects.filter(company=company, store=store, unit=unit, ended_at=None).exists():
        raise StockTakeOpen(company=company.uid)
    counter = _teller(actor, at, company.pk, counter_pseudonym)
    witness = _teller(actor, at, company.pk, witness_pseudonym) if witness_pseudonym else None
    keepers = keepers_of([seal.pk for seal in seals])
    check_hands(counter.pk, witness.pk if witness else None, keepers=set(keepers.values()))
    take = StockTake(
        company=company,
        store=store,
        unit=unit,
        opened_by=actor,
        opened_at=at,
        due_at=at + timedelta(days=min(max(days, 1), MOST_DAYS)),
        counter=counter,
        witness=witness,
    )
    try:
        with transaction.atomic():
            take.save(force_insert=True)
    except IntegrityError as error:  # somebody else began to count there meanwhile
        raise StockTakeOpen(company=company.uid) from error
    lines = [StockLine(take=take, seal=seal, is_expected=True, keeper_id=keepers.get(seal.pk)) for seal in seals]
    StockLine.objects.bulk_create(lines, batch_size=500)
    book.record("stock.opened", by=actor, at=at, **_about(take), person=counter.pseudonym, seals=len(lines))
    return take.uid


@command("stock.see")
def see_seal(actor: Person, at: datetime, *, take_uid: str, seen: Seen, done_at: datetime | None = None) -> str:
    """Say that a seal is before one, with a photograph of it; said again, the last word counts."""
    take = _stepping(actor, at, take_uid, Step.SEE)
    since = note_late_count(actor, at, act=Waiting.STOCK_SEE, take=take, done_at=done_at)
    seal = seal_scanned(actor, at, take, seen.number)
    if not Photo.objects.filter(seal=seal, sha256=seen.photo_sha256).exists():
        raise FaceNotShown(seal=seal.uid)
    slot = _slot(take, seen.slot_id)
    keeper = keepers_of([seal.pk]).get(seal.pk)
    check_hands(take.counter_id, take.witness_id, keepers={keeper})
    line, is_new = StockLine.objects.get_or_create(
        take=take,
        seal=seal,
        defaults={"is_expected": False, "seen_at": at, "seen_by": actor, "photo_sha256": seen.photo_sha256},
    )
    if is_new or _is_the_last_word(line, since or at):
        # The record's word of the moment in which it was seen: what went out since then lay there all the same.
        line.where = recorded_places([seal], max(since or at, take.opened_at))[seal.pk].value
        line.keeper_id, line.slot, line.photo_sha256 = keeper, slot, seen.photo_sha256
        line.seen_at, line.done_at, line.seen_by, line.witness_id = at, since, actor, take.witness_id
        line.save(update_fields=[*_OF_WHAT_IS_SEEN])
    slot_said = slot.called() if slot else None
    book.record(
        "stock.seen",
        by=actor,
        at=at,
        **_about(take),
        seal=seal.uid,
        photo_sha256=seen.photo_sha256,
        slot_sha256=sha256(slot_said.encode()) if slot_said else None,
        is_expected=line.is_expected,
    )
    return seal.uid


@command("stock.describe")
def describe_strange(actor: Person, at: datetime, *, take_uid: str, said: str, done_at: datetime | None = None) -> str:
    """Say that something lies there that is no seal of the company."""
    take = _stepping(actor, at, take_uid, Step.SEE)
    since = note_late_count(actor, at, act=Waiting.STOCK_DESCRIBE, take=take, done_at=done_at)
    words = said.strip()[:_LONGEST]
    if not words:
        raise StrangeSealNotDescribed(stock_take=take.uid)
    StockLine.objects.create(
        take=take,
        is_expected=False,
        seen_at=at,
        done_at=since,
        seen_by=actor,
        witness_id=take.witness_id,
        said=words,
    )
    book.record("stock.strange-seen", by=actor, at=at, **_about(take), text_sha256=sha256(words.encode()))
    return take.uid


@command("stock.step")
def step_stock_take(actor: Person, at: datetime, *, take_uid: str, step: Step, done_at: datetime | None = None) -> str:
    """Pause a stock-take, go on with it, or give it up."""
    take = _locked(take_uid)
    count = _planned(actor, at, take, step)
    if step in _LATE:
        note_late_count(actor, at, act=_LATE[step], take=take, done_at=done_at)
    take.count = count.value
    if count is Count.GIVEN_UP:
        take.ended_by, take.ended_at = actor, at
    take.save(update_fields=["count", "ended_by", "ended_at"])
    book.record(f"stock.{step.value}", by=actor, at=at, **_about(take), person=take.counter.pseudonym)
    return take.uid


@command("stock.hand-on")
def hand_on(actor: Person, at: datetime, *, take_uid: str, counter_pseudonym: str, witness_pseudonym: str = "") -> str:
    """Have somebody else go on with a stock-take; what was seen stays as it was seen."""
    take = _stepping(actor, at, take_uid, Step.HAND_ON)
    counter = _teller(actor, at, take.company_id, counter_pseudonym)
    witness = _teller(actor, at, take.company_id, witness_pseudonym) if witness_pseudonym else None
    left = StockLine.objects.filter(take=take, seen_at=None).order_by().values_list("seal_id", flat=True)
    keepers = keepers_of(list(left))
    check_hands(counter.pk, witness.pk if witness else None, keepers=set(keepers.values()))
    take.counter, take.witness = counter, witness
    take.save(update_fields=["counter", "witness"])
    book.record("stock.handed-on", by=actor, at=at, **_about(take), person=counter.pseudonym)
    return take.uid


@command("stock.end")
def end_stock_take(
    actor: Person, at: datetime, *, take_uid: str, seen: int | None = None, done_at: datetime | None = None
) -> str:
    """End a count: what differs from the record becomes incidents, each with its owner and deadline.

    A witness says how many were seen, strange ones as well: what the counter's telephone still keeps is not missing.
    """
    # Seals before their stock-take, as everywhere: what is raised over them changes nothing of them meanwhile.
    known = Seal.objects.filter(pk__in=StockLine.objects.filter(take__uid=take_uid).order_by().values("seal"))
    seals = list(known.select_for_update(of=("self",)).select_related("company").order_by("pk"))
    take = _stepping(actor, at, take_uid, Step.END)
    arrived = take.lines.filter(seen_at__isnull=False).count()
    check_all_arrived(said=seen, seen=arrived, has_witness=take.witness_id is not None)
    note_late_count(actor, at, act=Waiting.STOCK_END, take=take, done_at=done_at)
    found = _judged(at, take, seals)
    for line in found:
        _raise(actor, at, take, line)
    take.count, take.ended_by, take.ended_at = Count.ENDED.value, actor, at
    take.save(update_fields=["count", "ended_by", "ended_at"])
    if take.unit_id is None:
        counted = Store.objects.filter(company=take.company_id, ended_at=None)
        (counted if take.store_id is None else counted.filter(pk=take.store_id)).update(counted_at=at)
    differ = sum(follows(Finding(line.finding)) is not None for line in found)
    book.record("stock.ended", by=actor, at=at, **_about(take), seals=len(found), seen=arrived, differences=differ)
    return take.uid


def watch_stock_takes(at: datetime) -> int:
    """Remind of places that nobody has counted for too long, and of counts that are late; return how many."""
    ruled = AlarmRule.objects.order_by("pk").values_list("stock_take_days", flat=True)
    shortest = timedelta(days=min([Thresholds().stock_take_days, *ruled]))
    long_ago = Coalesce(Greatest("counted_at", "reminded_at"), "made_at")  # of one that is NULL the other counts
    old = Store.objects.alias(last_at=long_ago).filter(ended_at=None, last_at__lte=at - shortest)
    stores = list(old.order_by("pk"))
    days = stock_take_days({store.company_id for store in stores})
    overdue = [store.uid for store in stores if is_overdue(_last_at(store), at, days=days[store.company_id])]
    late = StockTake.objects.filter(ended_at=None, due_at__lte=at, reminded_at=None).order_by("due_at", "pk")
    for uid in overdue[:_AT_ONCE]:
        _remind_of_place(SWEEP, at, store_uid=uid)
    late_uids = list(late.values_list("uid", flat=True)[:_AT_ONCE])
    for uid in late_uids:
        _remind_of_count(SWEEP, at, take_uid=uid)
    return len(overdue[:_AT_ONCE]) + len(late_uids)


def _is_the_last_word(line: StockLine, said_at: datetime) -> bool:
    """Return whether what was said at this moment is newer than what stands of a seal."""
    stands = line.done_at or line.seen_at
    return stands is None or said_at >= stands


def _last_at(store: Store) -> datetime:
    """Return when a place was counted last, or its managers were reminded to have it counted."""
    return max(filter(None, (store.counted_at, store.reminded_at)), default=store.made_at)


@command("stock.remind-place")
def _remind_of_place(actor: Actor, at: datetime, *, store_uid: str) -> None:
    store = Store.objects.select_for_update(of=("self",)).select_related("company").get(uid=store_uid)
    store.reminded_at = at
    store.save(update_fields=["reminded_at"])
    book.record("stock.overdue", by=actor, at=at, store=store.uid, company=store.company.uid)


@command("stock.remind-counter")
def _remind_of_count(actor: Actor, at: datetime, *, take_uid: str) -> None:
    take = _locked(take_uid)
    take.reminded_at = at
    take.save(update_fields=["reminded_at"])
    book.record("stock.late", by=actor, at=at, **_about(take), person=take.counter.pseudonym)


@transaction_required
def _judged(at: datetime, take: StockTake, seals: list[Seal]) -> list[StockLine]:
    """Write what was found of every seal of a count, and return it."""
    places, moved = recorded_places(seals, at), moved_meanwhile(take, seals, take.opened_at)
    owns = SealPlace.objects.filter(seal__in=seals).order_by("pk")
    belongs = dict(owns.values_list("seal_id", "belongs_id"))
    lines = list(take.lines.select_related("seal__company", "seal__created_by").order_by("pk"))
    for line in lines:
        line.finding = _finding(line, places, moved, belongs).value
        if line.seen_at is None and line.seal_id is not None:
            line.where = places[line.seal_id].value
    StockLine.objects.bulk_update(lines, ["finding", "where"], batch_size=500)
    return lines


def _finding(
    line: StockLine, places: Mapping[int, Where], moved: frozenset[int], belongs: Mapping[int, int | None]
) -> Finding:
    if line.seal is None:
        return Finding.UNEXPECTED
    if line.seen_at is None:
        return not_seen(where=places[line.seal.pk], has_moved=line.seal.pk in moved)
    own = belongs.get(line.seal.pk)
    return found_there(is_expected=line.is_expected, where=Where(line.where), belongs=own, slot=line.slot_id)


@transaction_required
def _raise(actor: Person, at: datetime, take: StockTake, line: StockLine) -> None:
    kind = follows(Finding(line.finding))
    cause = f"stock-line {line.pk}"
    if kind is not None and line.seal is not None:
        raise_alarm(actor, at, kind=kind, cause=cause, seal=line.seal)
    elif kind is not None:
        raise_over_company(actor, at, kind=kind, cause=cause, company=take.company, owner=take.opened_by)


@transaction_required
def _stepping(actor: Person, at: datetime, take_uid: str, step: Step) -> StockTake:
    """Return the stock-take, locked, if somebody may take this step, or refuse."""
    take = _locked(take_uid)
    _planned(actor, at, take, step)
    return take


@transaction_required
def _planned(actor: Person, at: datetime, take: StockTake, step: Step) -> Count:
    identity.require_part(actor, at)
    return plan(Count(take.count), step, tells=tells_of(actor, at, take), has_witness=take.witness_id is not None)


@transaction_required
def _locked(take_uid: str) -> StockTake:
    takes = StockTake.objects.select_for_update(of=("self",))
    take = (
        takes.select_related("company", "store", "unit", "counter", "witness", "opened_by").filter(uid=take_uid).first()
    )
    if take is None:
        raise NotFound(stock_take=take_uid)
    return take


@transaction_required
def _teller(actor: Person, at: datetime, company_id: int, pseudonym: str) -> Person:
    """Return somebody who has a part in the company, or refuse."""
    person = identity.people_visible_to(actor, at).filter(pseudonym=pseudonym, is_active=True).first()
    if person is None or company_id not in identity.powers_of(person, at).companies():
        raise NotFound(person=pseudonym)
    identity.require_part(person, at)
    return person


@transaction_required
def _slot(take: StockTake, slot_id: int | None) -> Slot | None:
    if slot_id is None:
        return None
    slot = Slot.objects.select_related("store").filter(pk=slot_id, store__company=take.company_id).first()
    if slot is None:
        raise NotFound(slot=slot_id)
    return slot


def _about(take: StockTake) -> dict[str, Json]:
    return {
        "stock_take": take.uid,
        "company": take.company.uid,
        "store": take.store.uid if take.store else None,
        "unit": take.unit.uid if take.unit else None,
        "witness": take.witness.pseudonym if take.witness else None,
    }
