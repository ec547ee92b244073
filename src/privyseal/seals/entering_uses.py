"""A use enters the register by itself, in the transaction that says it was made."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localdate

from privyseal.identity.models import Person
from privyseal.identity.queries import calendar_of
from privyseal.identity.rules.working_days import day_after
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Filing, PermitLine, Seal, UseEntry

# The book's row is ours until the transaction ends: whoever enters the next use waits, and finds this one or none.
_TAKE: Final = """
    INSERT INTO use_book AS book (company_id, year, uses, impressions, months)
    VALUES (%(company)s, %(year)s, 1, %(impressions)s, %(months)s)
    ON CONFLICT ON CONSTRAINT one_book_a_company_and_year DO UPDATE SET
        uses = book.uses + 1, impressions = book.impressions + excluded.impressions,
        months[%(month)s] = book.months[%(month)s] + 1
    RETURNING id, uses
"""
_COUNT: Final = """
    INSERT INTO seal_uses AS counted (seal_id, year, uses, impressions, last_at)
    VALUES (%(seal)s, %(year)s, 1, %(impressions)s, %(at)s)
    ON CONFLICT (seal_id, year) DO UPDATE SET
        uses = counted.uses + 1, impressions = counted.impressions + excluded.impressions,
        last_at = greatest(counted.last_at, excluded.last_at)
"""
_MONTHS: Final = 12
# What a permit says of the papers that are to be filed once it is used: within how many days, by whom, kept how long.
DUTY: Final = "filing"


@transaction_required
def enter_use(
    operator: Person, at: datetime, *, line: PermitLine, seal: Seal, impressions: int | None = None
) -> dict[str, int]:
    """Enter a use under the next number of its company and year; return both as its fact says them.

    ``impressions`` is how many were made, where they are fewer than the line allows.
    """
    day, made = localdate(at), line.impressions if impressions is None else impressions
    said: dict[str, Any] = {
        "company": seal.company_id,
        "seal": seal.pk,
        "year": day.year,
        "month": day.month,
        "months": [int(month == day.month) for month in range(1, _MONTHS + 1)],
        "impressions": made,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, said)
        book, number = cursor.fetchone()
        cursor.execute(_COUNT, said)
    entry = UseEntry.objects.create(
        line=line, book_id=book, at=at, seal=seal, operator=operator, number=number, impressions=made
    )
    if duty := line.permit.terms.get(DUTY):
        Filing.objects.create(
            entry=entry,
            owed_by_id=duty["owed_by"],
            due_on=_due_on(duty, day, seal.company_id),
            retention=duty["retention"],
            is_blocking=duty.get("is_blocking", False),
            needs_copy_back=duty.get("needs_copy_back", False),
        )
    return {"register_year": day.year, "register_number": number}


def _due_on(duty: Mapping[str, Any], day: date, company_id: int) -> date:
    """Return by when: permits of earlier versions count the days of the week alike."""
    if "days" in duty:
        return day + timedelta(days=duty["days"])
    return day_after(day, duty["working_days"], calendar_of(company_id))
