"""Stock-takes, as far as an actor may see them, and which places are overdue for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from privyseal.custody.models import LateAct, Slot, StockLine, StockTake, Store
from privyseal.custody.queries.places import stores_visible_to
from privyseal.custody.raising import stock_take_days
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.stock import MAY_OPEN, MOVES, Move, SealUnknown, Step, Teller, is_overdue
from privyseal.identity import queries as identity
from privyseal.identity.keys import among, those_known
from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Seal
from privyseal.seals.queries.register import visible_to

_WHOLE = ("company", "store", "unit", "counter", "witness", "opened_by", "ended_by")


@dataclass(frozen=True, slots=True)
class LastCount:
    """When the seals of a place were counted last, if ever, and whether that is too long ago."""

    at: datetime | None
    is_overdue: bool


def stock_takes_visible_to(actor: Person, at: datetime) -> QuerySet[StockTake]:
    """Return the stock-takes of the companies where an actor manages or keeps, and those they count or watch."""
    powers = identity.powers_of(actor, at)
    takes = StockTake.objects.select_related(*_WHOLE).order_by("-opened_at", "-pk")
    if powers.reads_everything:
        return takes
    over = among("company_id", powers.companies(*MAY_OPEN))
    return takes.filter(over | Q(counter=actor) | Q(witness=actor))


def stock_take_visible_to(actor: Person, at: datetime, uid: str) -> StockTake:
    take = stock_takes_visible_to(actor, at).filter(uid=uid).first()
    if take is None:
        raise NotFound(stock_take=uid)
    return take


def stock_takes_at_hand(actor: Person, at: datetime) -> QuerySet[StockTake]:
    """Return the stock-takes under way in which somebody counts or watches."""
    # Mostly there are none, and then what one may see is not asked.
    return those_known(StockTake, asked_with(_under_way, actor.pk), lambda: stock_takes_visible_to(actor, at))


def _under_way(actor: int) -> QuerySet[StockTake, int]:
    mine = StockTake.objects.filter(Q(counter=actor) | Q(witness=actor), ended_at=None)
    return mine.order_by().values_list("pk", flat=True)


def lines_of(actor: Person, at: datetime, take: StockTake) -> QuerySet[StockLine]:
    """Return what is counted, what was not seen yet first."""
    seen = stock_takes_visible_to(actor, at).filter(pk=take.pk).order_by().values("pk")
    lines = StockLine.objects.filter(take__in=seen)
    lines = lines.select_related("seal__own_place__belongs__store", "keeper", "slot__store", "seen_by")
    return lines.order_by("seen_at", "seal__number", "pk")


def late_acts_of_take(actor: Person, at: datetime, take: StockTake) -> QuerySet[LateAct]:
    """Return what was done for a stock-take without a network and came later, but for seals, whose lines say it."""
    seen = stock_takes_visible_to(actor, at).filter(pk=take.pk).order_by().values("pk")
    late = LateAct.objects.filter(take__in=seen).exclude(act__in=[Waiting.STOCK_SEE, Waiting.STOCK_DESCRIBE])
    return late.select_related("by").order_by("at", "pk")


def seen_of(actor: Person, at: datetime, take: StockTake) -> tuple[int, int]:
    """Return how many of the expected seals were seen, and how many are expected."""
    lines = lines_of(actor, at, take).order_by().filter(is_expected=True)
    told = lines.aggregate(seen=Count("pk", filter=Q(seen_at__isnull=False)), all=Count("pk"))
    return told["seen"], told["all"]


def last_counts(actor: Person, at: datetime, stores: Sequence[Store]) -> dict[int, LastCount]:
    """Return of each of these places that an actor sees when it was counted last, by its key."""
    seen = list(stores_visible_to(actor, at).filter(pk__in=[store.pk for store in stores]))
    days = stock_take_days({store.company_id for store in seen})
    return {
        store.pk: LastCount(
            store.counted_at, is_overdue(store.counted_at or store.made_at, at, days=days[store.company_id])
        )
        for store in seen
    }


def companies_to_count(actor: Person, at: datetime) -> list[Company]:
    """Return the companies in which an actor may have seals counted."""
    powers = identity.powers_of(actor, at)
    return list(companies_visible_to(actor, at).filter(among("pk", powers.companies(*MAY_OPEN))))


def places_to_count(actor: Person, at: datetime, company: Company) -> tuple[list[Store], list[Unit]]:
    """Return the places and units of a company whose seals an actor may have counted."""
    stores = stores_visible_to(actor, at).filter(company=company)
    return list(stores), list(identity.units_of_company(actor, at, company.uid))


def tellers_visible_to(actor: Person, at: datetime, company: Company) -> QuerySet[Person]:
    """Return the people who may count or watch in a company: whoever has a part in it."""
    able = identity.grants_in_force(at).filter(company=company).order_by().values("person_id")
    return identity.people_visible_to(actor, at).filter(pk__in=able, is_active=True)


def seal_scanned(actor: Person, at: datetime, take: StockTake, said: str) -> Seal:
    """Return the company's seal that a scanned address or a typed number names, or refuse."""
    word = said.strip().rstrip("/").rpartition("/")[2]
    mine = visible_to(actor, at).filter(company=take.company_id)
    seal = mine.filter(uid=word).first() or mine.filter(number__iexact=word).first()
    if seal is None:
        raise SealUnknown(stock_take=take.uid)
    return seal


def slots_of(actor: Person, at: datetime, take: StockTake) -> QuerySet[Slot]:
    """Return the slots in which seals can be found: those of the place that is counted, or else of the company."""
    stores = stores_visible_to(actor, at).order_by().filter(company=take.company_id)
    mine = stock_takes_visible_to(actor, at).filter(pk=take.pk).order_by()
    here = Q(store__in=mine.filter(store__isnull=False).values("store"))
    slots = Slot.objects.select_related("store").order_by("store__name", "number", "pk")
    return slots.filter(here if take.store_id is not None else Q(store__in=stores.values("pk")))


def steps_open_to(actor: Person, at: datetime, take: StockTake) -> frozenset[Step]:
    """Return what somebody may do about a stock-take now."""
    powers = identity.powers_of(actor, at)
    if not powers.takes_part:
        return frozenset()
    tells = tells_of(actor, at, take)
    rows = [row for row in MOVES if row.start.value == take.count and row.by in tells]
    return frozenset(row.step for row in rows if row.step is not Step.END or _ends(row, take))


def tells_of(actor: Person, at: datetime, take: StockTake) -> frozenset[Teller]:
    """Return what somebody is to a stock-take."""
    is_theirs = {
        Teller.COUNTER: take.counter_id == actor.pk,
        Teller.WITNESS: take.witness_id == actor.pk,
        Teller.MANAGER: identity.powers_of(actor, at).has(Power.MANAGE, take.company_id),
    }
    return frozenset(teller for teller, is_so in is_theirs.items() if is_so)


def _ends(row: Move, take: StockTake) -> bool:
    return (row.by is Teller.WITNESS) == (take.witness_id is not None)
