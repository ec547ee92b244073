"""How often seals are used: over one book by month, seal, unit and category; over a group by company and type."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import ExtractMonth

from privyseal.approvals.books import book_of, in_book
from privyseal.approvals.models import Application
from privyseal.approvals.queries.registers import below_headed, seen_by
from privyseal.custody.models import Blank, Spoiled
from privyseal.custody.spoiling import Blanks, blanks_by_company, blanks_by_seal, spoiled_by_company, spoiled_by_seal
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import SealUses, UseBook, UseEntry

# What one page counts through at most: a book is a company's year, and few have more.
MOST_USES: Final = 20_000
_Headed: TypeAlias = frozenset[int] | None

_NONE: Final[Mapping[str, int]] = {}
_NO_BLANKS: Final = Blanks()
_NO_BLANKS_ANYWHERE: Final[Mapping[str, Blanks]] = {}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many uses of something, with so many impressions, of them so many spoiled, and so many blanks."""

    name: str
    uses: int
    impressions: int
    spoiled: int = 0
    blanks: Blanks = _NO_BLANKS


@dataclass(frozen=True, slots=True)
class BookStatistics:
    """``months`` has twelve numbers; a unit or category without a name is what belongs to none.

    ``is_cut`` where a book has more than MOST_USES, and only the last ones are counted.
    """

    months: Sequence[int]
    seals: Sequence[Counted]
    units: Sequence[Counted]
    categories: Sequence[Counted]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class GroupStatistics:
    months: Sequence[int]
    companies: Sequence[Counted]
    types: Sequence[Counted]


def statistics_of_book(actor: Person, at: datetime, company: Company, year: int) -> BookStatistics:
    """Count the uses of one book that an actor may see: its index delimits what is looked through."""
    book, last = book_of(company, year)
    beyond = last - MOST_USES if last > MOST_USES else None
    said = (below_headed(actor, at) or None, book, company.pk, beyond)
    rows = asked_for(_counted_in, actor, at, *said)
    months = Counter[int]()
    for month, *_, uses, _impressions in rows:
        months[month] += uses
    return BookStatistics(
        months=[months[month] for month in range(1, 13)],
        seals=_summed(
            ((f"{number} {name}", uses, made) for _, number, name, _u, _c, uses, made in rows),
            {f"{number} {name}": spoiled for number, name, spoiled in asked_for(_spoiled_in, actor, at, *said)},
            {f"{number} {name}": Blanks(*some) for number, name, *some in asked_for(_blanks_in, actor, at, *said)},
        ),
        units=_summed((unit or "", uses, made) for _, _n, _s, unit, _c, uses, made in rows),
        categories=_summed((category or "", uses, made) for _, _n, _s, _u, category, uses, made in rows),
        is_cut=beyond is not None,
    )


def _entered_in(
    actor: Person, at: datetime, headed: _Headed, book: int, company: int, beyond: int | None
) -> QuerySet[UseEntry]:
    entries = in_book(seen_by(actor, at, headed or frozenset()), book).select_related(None).order_by()
    entries = entries.filter(seal__company=company)  # as ever: unsaid, the seals of all companies would be gathered
    return entries if beyond is None else entries.filter(number__gt=beyond)


def _counted_in(
    actor: Person, at: datetime, headed: _Headed, book: int, company: int, beyond: int | None
) -> QuerySet[UseEntry, Any]:
    application = Application.objects.filter(uid=OuterRef("line__permit__application_uid")).order_by()
    named = _entered_in(actor, at, headed, book, company, beyond).annotate(
        month=ExtractMonth("at"),
        unit_name=Subquery(application.values("unit__name")[:1], output_field=CharField()),
        category_name=Subquery(
            application.annotate(name=KeyTextTransform("name_zh", "category__says")).values("name")[:1]
        ),
    )
    grouped = named.values_list("month", "seal__number", "seal__name", "unit_name", "category_name")
    return grouped.annotate(Count("pk"), Sum("impressions")).order_by("month", "seal__number")


def _spoiled_in(
    actor: Person, at: datetime, headed: _Headed, book: int, company: int, beyond: int | None
) -> QuerySet[Spoiled, Any]:
    return spoiled_by_seal(_entered_in(actor, at, headed, book, company, beyond).values("line"))


def _blanks_in(
    actor: Person, at: datetime, headed: _Headed, book: int, company: int, beyond: int | None
) -> QuerySet[Blank, Any]:
    return blanks_by_seal(_entered_in(actor, at, headed, book, company, beyond).values("line"))


def statistics_of_group(actor: Person, at: datetime, year: int) -> GroupStatistics:
    """Count the uses of a year in the companies an actor manages as a whole; in all for the auditor."""
    powers = identity.powers_of(actor, at)
    books, seals = UseBook.objects.filter(year=year), SealUses.objects.filter(year=year)
    if not powers.reads_everything:
        mine = powers.whole_companies(Power.MANAGE)
        books, seals = books.filter(among("company_id", mine)), seals.filter(among("seal__company_id", mine))
    rows = list(books.order_by("-uses", "pk").values_list("company__name", "uses", "impressions", "months"))
    keys = books.order_by().values("pk")
    spoiled, blanks = spoiled_by_company(keys), blanks_by_company(keys)
    types = seals.order_by().values_list("seal__type").annotate(Sum("uses"), Sum("impressions"))
    return GroupStatistics(
        months=[sum(months[month] for *_, months in rows) for month in range(12)],
        companies=[
            Counted(name, uses, made, spoiled.get(name, 0), blanks.get(name, _NO_BLANKS))
            for name, uses, made, _ in rows
        ],
        types=_summed(types),
    )


def _summed(
    rows: Iterable[tuple[str, int, int]],
    spoiled: Mapping[str, int] = _NONE,
    blanks: Mapping[str, Blanks] = _NO_BLANKS_ANYWHERE,
) -> list[Counted]:
    """Return the sums by name, the most used first, with what was spoiled or stamped blank by name."""
    uses, impressions = Counter[str](), Counter[str]()
    for name, count, made in rows:
        uses[name] += count
        impressions[name] += made
    return [
        Counted(name, count, impressions[name], spoiled.get(name, 0), blanks.get(name, _NO_BLANKS))
        for name, count in uses.most_common()
    ]
