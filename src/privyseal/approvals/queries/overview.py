"""What stands at one glance, in one grouped question each: seals, uses, what waits, is out too long, went wrong."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import add
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State
from privyseal.custody.models import TakeOut
from privyseal.custody.queries.takeout import take_outs_visible_to
from privyseal.custody.rules.alarms import WATCHED
from privyseal.custody.rules.takeout import Stage
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.rewording import Most
from privyseal.seals.models import SealUses, UseBook
from privyseal.seals.places import reached_by
from privyseal.seals.queries import incidents_visible_to, seals_visible_to
from privyseal.seals.rules import SealState
from privyseal.seals.rules.incidents import IncidentKind

# So old is what waits, at most, in each of the columns but the last.
AGES: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
_MONTHS: Final = 12
_OUTSIDE: Final = (Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value)
_ALARMS: Final = frozenset(row.incident for row in WATCHED)


@dataclass(frozen=True, slots=True)
class MonthOfUses:
    """The uses of one month, and of the same month a year before."""

    first_on: date
    uses: int
    before: int


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses by month over twelve of them, and under the names of companies; or of units, where there is but one company.

    ``months`` is empty where the reader manages no company as a whole. ``of_units`` are this year's.
    """

    months: Sequence[MonthOfUses]
    companies: Sequence[tuple[str, int]]
    units: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Overdue:
    """The first seals that are out too long, and how many there are."""

    first: Sequence[TakeOut]
    count: int


@dataclass(frozen=True, slots=True)
class Pending:
    """How much waits, by age: one number for each of ``AGES``, and one for what is older; ``late`` of all of them."""

    by_age: Sequence[int]
    late: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Open incidents by kind: those that somebody reported, and those that were found by watching."""

    reported: Mapping[IncidentKind, int]
    found: Mapping[IncidentKind, int]
    overdue: int


def seals_by_state(actor: Person, at: datetime) -> dict[SealState, int]:
    counted = dict(seals_visible_to(actor, at).order_by().values_list("state").annotate(Count("pk")))
    return {state: counted[state.value] for state in SealState if state.value in counted}


def may_see_uses(actor: Person, at: datetime) -> bool:
    """Return whether somebody sees the uses of others: whoever manages seals, and the auditor."""
    powers = identity.powers_of(actor, at)
    return powers.reads_everything or powers.anywhere(Power.MANAGE)


def uses(actor: Person, at: datetime) -> Uses:
    """Return what the books counted of the companies that an actor manages as a whole, and uses by the seals' units."""
    powers, today = identity.powers_of(actor, at), localdate(at)
    books, used = UseBook.objects.filter(year__gte=today.year - 2), SealUses.objects.filter(year=today.year)
    if not powers.reads_everything:
        whole = powers.whole_companies(Power.MANAGE)
        books = books.filter(among("company_id", whole))
        used = used.filter(reached_by(powers, Power.MANAGE, seal="seal__"))
    rows = list(books.order_by("pk").values_list("company__name", "year", "months"))
    last = [_first_of_month(today, back) for back in range(_MONTHS - 1, -1, -1)]
    sums, companies = defaultdict[int, list[int]](lambda: [0] * _MONTHS), Counter[str]()
    months_of = {year: [first.month for first in last if first.year == year] for year in {first.year for first in last}}
    for name, year, months in rows:
        sums[year] = list(map(add, sums[year], months))
        if recent := months_of.get(year):
            companies[name] += sum(months[recent[0] - 1 : recent[-1]])
    by_unit = used.order_by().values_list("seal__unit__name").annotate(Sum("uses")) if len(companies) <= 1 else ()
    return Uses(
        months=[MonthOfUses(one, *(sums[year][one.month - 1] for year in (one.year, one.year - 1))) for one in last]
        if powers.reads_everything or powers.whole_companies(Power.MANAGE)
        else (),
        companies=companies.most_common() if len(companies) > 1 else (),
        units=Counter({name or "": count for name, count in by_unit}).most_common(),
    )


def pending(actor: Person, at: datetime) -> Pending:
    """Count what is undecided in the companies whose applications an actor sees, and of their own, by its age."""
    powers = identity.powers_of(actor, at)
    waiting = Application.objects.filter(state=State.PENDING.value, expires_at__gt=at).order_by()
    if not powers.reads_everything:
        companies = powers.companies(Power.APPROVE, Power.MANAGE)
        waiting = waiting.filter(among("company_id", companies) | Q(applicant=actor))
    bounds = [at, *(at - age for age in AGES)]
    parts = {
        f"age_{number}": Count("pk", filter=Q(submitted_at__gt=older, submitted_at__lte=younger))
        for number, (younger, older) in enumerate(pairwise(bounds))
    }
    counted = waiting.aggregate(
        **parts,
        older=Count("pk", filter=Q(submitted_at__lte=bounds[-1])),
        late=Count("pk", filter=Q(due_at__lt=at)),
    )
    return Pending([*(counted[name] for name in parts), counted["older"]], counted["late"])


def overdue_returns(actor: Person, at: datetime, *, most: int) -> Overdue:
    """Return the seals that are out longer than was approved, the longest first, up to a bound."""
    keys = asked_for(_overdue, actor, at, Most(most + 1))
    late = TakeOut.objects.filter(pk__in=keys[:most]).select_related("seal__company", "bearer").order_by("due_at", "pk")
    count = len(keys) if len(keys) <= most else take_outs_visible_to(actor, at).filter(_late(at)).order_by().count()
    return Overdue(list(late), count)


def _overdue(actor: Person, at: datetime, most: Most) -> QuerySet[TakeOut, int]:
    """Return the keys alone: rows of eleven tables take longer to plan than to find."""
    late = take_outs_visible_to(actor, at).filter(_late(at)).order_by("due_at", "pk")
    return late.values_list("pk", flat=True)[:most]


def _late(at: datetime) -> Q:
    return Q(stage__in=_OUTSIDE, due_at__lt=at)


def trouble(actor: Person, at: datetime) -> Trouble:
    still = incidents_visible_to(actor, at).filter(ended_at=None, is_drill=False).order_by()
    rows = list(still.values_list("kind").annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at))))
    counted = {IncidentKind(kind): count for kind, count, _overdue in rows}
    ordered = {kind: counted[kind] for kind in sorted(counted, key=lambda kind: (-counted[kind], kind))}
    return Trouble(
        reported={kind: count for kind, count in ordered.items() if kind not in _ALARMS},
        found={kind: count for kind, count in ordered.items() if kind in _ALARMS},
        overdue=sum(overdue for *_, overdue in rows),
    )


def _first_of_month(today: date, back: int) -> date:
    """Return the first day of the month so many months ago."""
    months = today.year * _MONTHS + today.month - 1 - back
    return date(months // _MONTHS, months % _MONTHS + 1, 1)
