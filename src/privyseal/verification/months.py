"""A month of a company as one pack: what was asked for and sealed, what went wrong, and what the record covers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import localdate, make_aware

from privyseal.approvals.queries import applications_visible_to
from privyseal.approvals.queries.books import Wanted, uses_in_book
from privyseal.custody.queries.photographs import Debt, debts_visible_to
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import companies_visible_to, powers_of
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.proofs import proof_of_growth
from privyseal.ledger.queries import head_until
from privyseal.seals.models import Incident, Permit, UseEntry
from privyseal.seals.queries import incidents_visible_to, seals_visible_to

MOST: Final = 1_000
"""What one report lists of a kind at most; how many there are it says all the same."""
_FIRST: Final = date(2000, 1, 1)


class MonthNotBegun(Refused):
    """No pack is made of a month that has not begun."""

    code = "month-not-begun"


class MonthTooEarly(Refused):
    """No pack is made of a month before any seal was kept here."""

    code = "month-too-early"


@dataclass(frozen=True, slots=True)
class Sealed:
    """How often a seal was used in the month, with how many impressions."""

    name: str
    number: str
    uses: int
    impressions: int


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head of the record: the last one by a moment."""

    size: int
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """``uses`` are in the order of their numbers; ``applied`` counts by state, ``seals`` by state as of now.

    ``growth`` proves that the record at ``after`` begins with what it was at ``before``; empty where there is no
    head from before.
    """

    company: Company
    first: date
    last: date
    at: datetime
    uses: QuerySet[UseEntry]
    sealed: Sequence[Sealed]
    applied: Mapping[str, int]
    expired: Sequence[Permit]
    incidents: Sequence[Incident]
    still_open: int
    debts: Sequence[Debt]
    seals: Mapping[str, int]
    before: Head | None
    after: Head | None
    growth: str


def may_check(actor: Person, at: datetime, company: Company) -> bool:
    """Return whether somebody may take a company's months along: who manages it as a whole, or audits."""
    powers = powers_of(actor, at)
    return powers.reads_everything or company.pk in powers.whole_companies(Power.MANAGE)


def company_to_check(actor: Person, at: datetime, uid: str) -> Company:
    """Return a company whose month somebody may take along, or refuse: not-found, not-entitled."""
    found = companies_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(company=uid)
    if not may_check(actor, at, found):
        raise NotEntitled(power=Power.MANAGE.value)
    return found


@command("evidence.take-month")
def take_month(actor: Person, at: datetime, *, company_uid: str, month: str) -> str:
    """Put on record that somebody takes a month of a company along; return the company's uid."""
    company = company_to_check(actor, at, company_uid)
    book.record("evidence.month-taken", by=actor, at=at, company=company.uid, month=month)
    return company.uid


def gather_month(actor: Person, at: datetime, company_uid: str, first: date) -> Month:
    """Return a month, of which ``first`` is a day, as it stands now, or refuse one that was too early or is to come."""
    company = company_to_check(actor, at, company_uid)
    begin = first.replace(day=1)
    if begin > localdate(at):
        raise MonthNotBegun
    if begin < _FIRST:
        raise MonthTooEarly(first=_FIRST.year)
    end = (begin + timedelta(days=32)).replace(day=1)
    since, until = (make_aware(datetime.combine(day, time())) for day in (begin, end))
    wanted = Wanted(since=begin, until=end - timedelta(days=1))
    uses = uses_in_book(actor, at, company, begin.year, wanted).order_by("number")
    incidents = incidents_visible_to(actor, at).filter(company=company)
    before, after = _head(since), _head(min(until, at))
    return Month(
        company=company,
        first=begin,
        last=end - timedelta(days=1),
        at=at,
        uses=uses,
        sealed=list(_sealed(uses)),
        applied=_applied(actor, at, company, since, until),
        expired=list(_expired(actor, at, company, since, until)),
        incidents=list(incidents.filter(opened_at__gte=since, opened_at__lt=until).order_by("opened_at", "pk")[:MOST]),
        still_open=incidents.filter(Q(ended_at=None) | Q(ended_at__gte=until), opened_at__lt=until).order_by().count(),
        debts=[debt for debt in debts_visible_to(actor, at, of=None) if debt.use.permit.seal.company_id == company.pk],
        seals=_counted(seals_visible_to(actor, at).filter(company=company), "state"),
        before=before,
        after=after,
        growth=proof_of_growth(before.size, after.size) if before and after else "",
    )


def _sealed(uses: QuerySet[UseEntry]) -> Iterator[Sealed]:
    rows = uses.select_related(None).order_by("seal__number").values_list("seal__name", "seal__number")
    for name, number, count, made in rows.annotate(Count("pk"), Sum("impressions")):
        yield Sealed(name, number, count, made)


def _applied(actor: Person, at: datetime, company: Company, since: datetime, until: datetime) -> Mapping[str, int]:
    seen = applications_visible_to(actor, at).filter(company=company)
    return _counted(seen.filter(submitted_at__gte=since, submitted_at__lt=until), "state")


def _expired(actor: Person, at: datetime, company: Company, since: datetime, until: datetime) -> QuerySet[Permit]:
    seals = seals_visible_to(actor, at).filter(company=company).order_by().values("pk")
    unused = Permit.objects.filter(seal__in=seals, expired_at__gte=since, expired_at__lt=until, used=0)
    return unused.select_related("seal").order_by("expired_at", "pk")[:MOST]


def _counted(rows: QuerySet[Any, Any], column: str) -> Mapping[str, int]:
    return dict(rows.order_by(column).values_list(column).annotate(Count("pk")))


def _head(by: datetime) -> Head | None:
    found = head_until(by)
    return Head(*found) if found else None
