"""A use enters the register by itself, in the transaction that says it was made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils.timezone import localdate

from privyseal.identity.models import Person
from privyseal.identity.queries import calendar_of
from privyseal.identity.rules.working_days import day_after
from privyseal.ledger.transactions import listed, transaction_required
from privyseal.seals.models import Filing, Permit, PermitLine, Seal, UseEntry

# One question for a book, its entries and the seal's count. The book's row is ours until the transaction ends: whoever
# enters the next use waits, and finds these or none. The database lets entries in only while the last of them has the
# last number of its book.
_ENTER: Final = """
    WITH book AS (
        INSERT INTO use_book AS book (company_id, year, uses, impressions, months)
        VALUES (%(company)s, %(year)s, %(uses)s, %(impressions)s, %(months)s::integer[])
        ON CONFLICT ON CONSTRAINT one_book_a_company_and_year DO UPDATE SET
            uses = book.uses + excluded.uses, impressions = book.impressions + excluded.impressions,
            months[%(month)s] = book.months[%(month)s] + excluded.uses
        RETURNING id, uses
    ), entered AS (
        INSERT INTO use_entry (line_id, book_id, at, seal_id, operator_id, number, impressions)
        SELECT line, book.id, %(at)s, %(seal)s, operator, book.uses - %(uses)s + place, made
        FROM book, unnest(%(lines)s::bigint[], %(operators)s::bigint[], %(made)s::integer[])
            WITH ORDINALITY AS each (line, operator, made, place)
    ), counted AS (
        INSERT INTO seal_uses AS counted (seal_id, year, uses, impressions, last_at)
        VALUES (%(seal)s, %(year)s, %(uses)s, %(impressions)s, %(at)s)
        ON CONFLICT (seal_id, year) DO UPDATE SET
            uses = counted.uses + excluded.uses, impressions = counted.impressions + excluded.impressions,
            last_at = greatest(counted.last_at, excluded.last_at)
    )
    SELECT uses FROM book
"""
_MONTHS: Final = 12
# What a permit says of the papers that are to be filed once it is used: within how many days, by whom, kept how long.
DUTY: Final = "filing"


class Made(NamedTuple):
    """What one use made of a line of a permit, whose seal is read with it."""

    line_id: int
    operator_id: int
    impressions: int
    permit: Permit


@transaction_required
def enter_use(
    operator: Person, at: datetime, *, line: PermitLine, seal: Seal, impressions: int | None = None
) -> dict[str, int]:
    """Enter a use under the next number of its company and year; return both as its fact says them.

    ``impressions`` is how many were made, where they are fewer than the line allows.
    """
    made = line.impressions if impressions is None else impressions
    (said,) = _enter_of_seal(at, seal, [Made(line.pk, operator.pk, made, line.permit)])
    return said


@transaction_required
def enter_each(at: datetime, uses: Sequence[Made]) -> list[dict[str, int]]:
    """Enter uses as ``enter_use`` does each of them, seal by seal; return what each one's fact says, in their order."""
    of_seal: dict[int, list[int]] = defaultdict(list)
    for place, use in enumerate(uses):
        of_seal[use.permit.seal_id].append(place)
    said: dict[int, dict[str, int]] = {}
    for _, places in sorted(of_seal.items()):
        mine = [uses[place] for place in places]
        said |= dict(zip(places, _enter_of_seal(at, mine[0].permit.seal, mine), strict=True))
    return [said[place] for place in range(len(uses))]


def _enter_of_seal(at: datetime, seal: Seal, uses: Sequence[Made]) -> list[dict[str, int]]:
    """Enter uses of one seal under the next numbers."""
    day, made = localdate(at), [use.impressions for use in uses]
    said: dict[str, Any] = {"company": seal.company_id, "seal": seal.pk, "year": day.year, "month": day.month, "at": at}
    said |= {"uses": len(uses), "impressions": sum(made), "made": listed(made)}
    said |= {"lines": listed(use.line_id for use in uses), "operators": listed(use.operator_id for use in uses)}
    said["months"] = listed(len(uses) * (month == day.month) for month in range(1, _MONTHS + 1))
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, said)
        (last,) = cursor.fetchone()
    first = last - len(uses) + 1
    numbers = range(first, last + 1)
    owed = [
        _owed(UseEntry(line_id=use.line_id, seal=seal, number=number), use.permit.terms[DUTY], day)
        for number, use in zip(numbers, uses, strict=True)
        if use.permit.terms.get(DUTY)
    ]
    if owed:
        Filing.objects.bulk_create(owed)
    return [{"register_year": day.year, "register_number": number} for number in numbers]


def _owed(entry: UseEntry, duty: Mapping[str, Any], day: date) -> Filing:
    return Filing(
        entry=entry,
        owed_by_id=duty["owed_by"],
        due_on=_due_on(duty, day, entry.seal.company_id),
        retention=duty["retention"],
        is_blocking=duty.get("is_blocking", False),
        needs_copy_back=duty.get("needs_copy_back", False),
    )


def _due_on(duty: Mapping[str, Any], day: date, company_id: int) -> date:
    """Return by when: permits of earlier versions count the days of the week alike."""
    if "days" in duty:
        return day + timedelta(days=duty["days"])
    return day_after(day, duty["working_days"], calendar_of(company_id))
