"""Incidents and the status of seals as people read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.language.labels import INCIDENT_KIND
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.web.shown.words import Badge, minute


@dataclass(frozen=True, slots=True)
class IncidentRow:
    url: str
    kind: Promise
    about: str
    owner: str
    opened_at: datetime
    due_at: datetime
    badge: Badge


def incident_rows(incidents: Iterable[Incident], at: datetime) -> list[IncidentRow]:
    return [_row(incident, at) for incident in incidents]


def cells(incidents: Iterable[Incident], at: datetime) -> Iterator[tuple[object, ...]]:
    for incident in incidents:
        row, company = _row(incident, at), incident.company.name if incident.company else ""
        when = (minute(row.opened_at), minute(row.due_at))
        yield (row.kind, row.about, company, row.owner, *when, row.badge.words)


def about(incident: Incident) -> str:
    """Return what an incident is about: a seal, a company, or the account of somebody."""
    if incident.seal:
        return f"{incident.seal.name} · {incident.seal.number}"
    named = incident.company or incident.account_of
    return named.name if named else ""


def _row(incident: Incident, at: datetime) -> IncidentRow:
    return IncidentRow(
        url=reverse("incident", args=[incident.uid]),
        kind=INCIDENT_KIND[IncidentKind(incident.kind)],
        about=about(incident),
        owner=incident.owner.name,
        opened_at=incident.opened_at,
        due_at=incident.due_at,
        badge=_badge(incident, at),
    )


def _badge(incident: Incident, at: datetime) -> Badge:
    if incident.is_drill:
        return Badge(_("Drill"), "neutral")
    if incident.ended_at is not None:
        return Badge(pgettext_lazy("a case", "Ended"), "approved")
    return Badge(_("Overdue"), "rejected") if at >= incident.due_at else Badge(_("Being handled"), "pending")
