"""One book of the register of uses: what is looked for in it, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import get_current_timezone

from privyseal.approvals.books import book_of, books_of, in_book
from privyseal.approvals.models import Application
from privyseal.approvals.queries.registers import below_headed, seen_by, uses_visible_to
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.models import Company, Person
from privyseal.ledger.rewording import Most
from privyseal.seals.models import UseEntry
from privyseal.seals.queries.outside import after_revocation


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a book: the uses of a seal, of a unit's people, between two days, with a counterparty.

    ``is_after_revocation`` asks for those alone whose certificate an authority outside had already revoked.
    """

    seal_uid: str = ""
    unit_uid: str = ""
    since: date | None = None
    until: date | None = None
    counterparty: str = ""
    is_after_revocation: bool = False


def years_of(actor: Person, at: datetime, company: Company) -> list[int]:
    """Return the years in which a company that an actor has to do with has a book, the last one first."""
    is_theirs = identity.powers_of(actor, at).knows_everybody or company.pk in identity.companies_of(actor, at)
    return [year for year, *_ in books_of(company.pk)] if is_theirs else []


def uses_in_book(actor: Person, at: datetime, company: Company, year: int, wanted: Wanted) -> QuerySet[UseEntry]:
    """Return the uses of one book that are looked for, the last one first."""
    entries = in_book(uses_visible_to(actor, at), book_of(company, year)[0]).filter(**_period(wanted))
    if wanted.seal_uid:
        entries = entries.filter(seal__uid=wanted.seal_uid)
    if wanted.is_after_revocation:
        entries = entries.filter(after_revocation())
    said: dict[str, str] = {}
    if wanted.unit_uid:
        said["unit__uid"] = wanted.unit_uid
    if wanted.counterparty:
        said["counterparty__icontains"] = wanted.counterparty
    if said:
        entries = entries.filter(
            Exists(Application.objects.filter(uid=OuterRef("line__permit__application_uid"), **said))
        )
    return entries


def page_of_book(
    actor: Person, at: datetime, company: Company, year: int, wanted: Wanted, *, before: int | None, most: int
) -> list[UseEntry]:
    """Return so many of these; ``before`` is the number to go on from."""
    if wanted != Wanted():
        found = uses_in_book(actor, at, company, year, wanted)
        return list((found if before is None else found.filter(number__lt=before))[:most])
    headed = below_headed(actor, at)
    return asked_for(_page_of_book, actor, at, headed or None, book_of(company, year)[0], before, Most(most))


def _page_of_book(
    actor: Person, at: datetime, headed: frozenset[int] | None, book: int, before: int | None, most: int
) -> QuerySet[UseEntry]:
    entries = in_book(seen_by(actor, at, headed or frozenset()), book)
    return (entries if before is None else entries.filter(number__lt=before))[:most]


def _period(wanted: Wanted) -> dict[str, datetime]:
    """Return the days that are looked for as times; the last one counts."""
    zone, found = get_current_timezone(), dict[str, datetime]()
    if wanted.since:
        found["at__gte"] = datetime.combine(wanted.since, time.min, zone)
    if wanted.until:
        found["at__lt"] = datetime.combine(wanted.until + timedelta(days=1), time.min, zone)
    return found
