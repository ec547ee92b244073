"""Tell people of days that come or have passed: each once, by a mark that only moves on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import get_current_timezone, localdate

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State
from privyseal.custody.models import HandUse
from privyseal.custody.owing import unseen
from privyseal.identity.queries import heads_without_year
from privyseal.ledger.archived import unkept
from privyseal.ledger.horizon import held
from privyseal.notification.models import Position
from privyseal.notification.restored import restored_at
from privyseal.notification.rules import REMINDED, Reminded
from privyseal.notification.telling import News, tell
from privyseal.seals.models import Campaign, Custody, Filing, Incident, Permit, Seal, SealVersion, Sighting
from privyseal.seals.rules import FINAL, SealState
from privyseal.signer.statement import Purpose

_CLOCK: Final = "service:clock"
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Day:
    """When something is due, and what it is about."""

    due: datetime
    about: Mapping[str, Any]


def remind(at: datetime) -> int:
    """Write the messages of the days that have come within reach; return how many days were told of."""
    return sum(_remind(row, at) for row in REMINDED)


def _remind(row: Reminded, at: datetime) -> int:
    """Tell of the days between the mark and what is in reach now. Whoever is stopped in between begins again there."""
    mark, reach, before = _mark(row, at), at + row.ahead, restored_at() + row.ahead
    days = list(_DAYS[row.kind](_time(mark), reach))
    for first in range(0, len(days), _AT_ONCE):
        with transaction.atomic(durable=True):
            tell([_news(row, day, before) for day in days[first : first + _AT_ONCE]], at)
    Position.objects.filter(pk=row.kind).update(next_index=_number(reach))
    return len(days)


def _mark(row: Reminded, at: datetime) -> Position:
    """Return how far this kind of day has been told of; the first time, what has passed is told to nobody."""
    first = _number(at + min(row.ahead, timedelta(0)))
    mark, _ = Position.objects.get_or_create(pk=row.kind, defaults={"next_index": first})
    return mark


def _news(row: Reminded, day: Day, before: datetime) -> News:
    return News(
        kind=row.kind,
        cause=f"{row.kind} {next(iter(day.about.values()))} {day.due:%y%m%d}",
        actor=_CLOCK,
        about=day.about,
        happened_at=day.due,
        to=row.to,
        urgency=row.urgency,
        is_from_before=day.due <= before,
    )


def _ending_permits(after: datetime, until: datetime) -> Iterator[Day]:
    unused = Permit.objects.filter(revoked_at=None, used__lt=F("impressions"), purpose=Purpose.USE.value)
    for permit in _between(unused, "expires_at", after, until):
        yield Day(permit.expires_at, {"permit": permit.uid, "application": permit.application_uid})


def _waiting(after: datetime, until: datetime) -> Iterator[Day]:
    # Where a stage has a deadline of its own, its reminders are said by the policy.
    for application in _between(_pending().filter(due_at=None), "submitted_at", after, until):
        yield Day(application.submitted_at, {"application": application.uid})


def _ending_applications(after: datetime, until: datetime) -> Iterator[Day]:
    for application in _between(_pending(), "expires_at", after, until):
        yield Day(application.expires_at, {"application": application.uid})


def _pending() -> QuerySet[Application]:
    return Application.objects.filter(state=State.PENDING.value)


def _incidents(after: datetime, until: datetime) -> Iterator[Day]:
    for incident in _between(Incident.objects.filter(ended_at=None), "due_at", after, until):
        yield Day(incident.due_at, {"incident": incident.uid})


def _covers(after: datetime, until: datetime) -> Iterator[Day]:
    covers = Custody.objects.filter(until=None, due_at__isnull=False).select_related("seal")
    for custody in _between(covers, "due_at", after, until):
        yield Day(custody.due_at, {"seal": custody.seal.uid})


def _hand_ins(after: datetime, until: datetime) -> Iterator[Day]:
    retired = Seal.objects.filter(state=SealState.RETIRED.value)
    for seal in _between(retired, "hand_in_by", after, until):
        yield Day(seal.hand_in_by, {"seal": seal.uid})


def _ending_seals(after: datetime, until: datetime) -> Iterator[Day]:
    in_force = Seal.objects.filter(
        state=SealState.ACTIVE.value, ends_on__gt=localdate(after), ends_on__lte=localdate(until)
    )
    for seal in in_force.order_by("ends_on", "pk"):
        yield Day(until, {"seal": seal.uid})


def _certificates(after: datetime, until: datetime) -> Iterator[Day]:
    """Yield the ends of certificates from outside that seals have now."""
    ended = [state.value for state in (*FINAL, SealState.RETIRED)]
    in_force = SealVersion.objects.filter(outside__chain__isnull=False, voided_at=None)
    alive = in_force.exclude(seal__state__in=ended).select_related("seal")
    for version in _between(alive, "not_after", after, until):
        if version.not_after is not None:
            yield Day(version.not_after, {"seal": version.seal.uid})


def _campaigns(after: datetime, until: datetime) -> Iterator[Day]:
    unseen = Sighting.objects.filter(seen_at=None).order_by().values("campaign")
    days = {"due_on__gt": localdate(after), "due_on__lte": localdate(until)}
    campaigns = Campaign.objects.filter(pk__in=unseen, closed_at=None, **days).select_related("company")
    for campaign in campaigns.order_by("due_on", "pk"):
        due = datetime.combine(campaign.due_on, time.min, get_current_timezone())
        yield Day(due, {"campaign": campaign.uid, "company": campaign.company.uid})


def _still_out(after: datetime, until: datetime) -> Iterator[Day]:
    """Yield the ends of permits by which a seal was given out that nobody has put back."""
    out = HandUse.objects.filter(keeper_at__isnull=False, returned_at=None).select_related("permit__seal")
    for use in _between(out, "permit__expires_at", after, until):
        permit = use.permit
        about = {"permit": permit.uid, "seal": permit.seal.uid, "application": permit.application_uid}
        yield Day(permit.expires_at, about)


def _debts(after: datetime, until: datetime) -> Iterator[Day]:
    """Yield the ends of uses of which photographs are still owed."""
    owed = unseen().order_by().values("use")
    uses = HandUse.objects.filter(pk__in=owed, ended_at__isnull=False).select_related("permit__seal", "operator")
    for use in _between(uses, "ended_at", after, until):
        permit = use.permit
        about = {"permit": permit.uid, "seal": permit.seal.uid, "application": permit.application_uid}
        if use.ended_at is not None:
            yield Day(use.ended_at, about | {"person": use.operator.pseudonym})


def _filings(after: datetime, until: datetime) -> Iterator[Day]:
    days = {"due_on__gt": localdate(after), "due_on__lte": localdate(until)}
    owed = Filing.objects.filter(filed_at=None, waived_at=None, **days)
    for filing in owed.select_related("entry__seal", "entry__line__permit").order_by("due_on", "pk"):
        due = datetime.combine(filing.due_on, time.min, get_current_timezone())
        permit = filing.entry.line.permit
        about = {"papers": filing.pk, "application": permit.application_uid, "seal": filing.entry.seal.uid}
        yield Day(due, about)


def _calendars(after: datetime, until: datetime) -> Iterator[Day]:
    """Yield, on the first of each month, the heads of groups that lack the table of a year which is needed by then."""
    first = localdate(until).replace(day=1)
    due = datetime.combine(first, time.min, get_current_timezone())
    if after < due <= until:
        for company in heads_without_year(first):
            yield Day(due, {"company": company.uid})


def _held_back(_after: datetime, until: datetime) -> Iterator[Day]:
    """Yield since when facts wait for a transaction of the database; no fact could tell of it, as it would wait too."""
    found = held()
    if found.since is not None and found.is_too_long(until):
        yield Day(found.since, {"transaction": found.transaction})


def _unkept(_after: datetime, _until: datetime) -> Iterator[Day]:
    """Yield that the database's own log waits for its archive: once a day, since nothing else is in sight of it."""
    found = unkept()
    if found is not None:
        yield Day(found.at, {"wal_file": found.file})


def _between(rows: QuerySet[Any], column: str, after: datetime, until: datetime) -> QuerySet[Any]:
    return rows.filter(**{f"{column}__gt": after, f"{column}__lte": until}).order_by(column, "pk")


def _number(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _time(mark: Position) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=mark.next_index)


_DAYS: Final[Mapping[str, Callable[[datetime, datetime], Iterator[Day]]]] = {
    "permit.ending": _ending_permits,
    "application.waiting": _waiting,
    "application.ending": _ending_applications,
    "incident.due": _incidents,
    "incident.overdue": _incidents,
    "seal.cover-due": _covers,
    "seal.hand-in-due": _hand_ins,
    "campaign.due": _campaigns,
    "campaign.overdue": _campaigns,
    "hand.still-out": _still_out,
    "hand.debt-stands": _debts,
    "filing.due": _filings,
    "filing.overdue": _filings,
    "filing.long-overdue": _filings,
    "calendar.missing": _calendars,
    "certificate.ends-in-90": _certificates,
    "certificate.ends-in-30": _certificates,
    "certificate.ends-in-7": _certificates,
    "record.held-back": _held_back,
    "record.unarchived": _unkept,
    "seal.ending": _ending_seals,
}
