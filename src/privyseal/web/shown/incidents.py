"""Incidents and the status of seals as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.language.labels import INCIDENT_KIND
from privyseal.language.types import type_of
from privyseal.seals.models import Incident, Seal
from privyseal.seals.rules import SealState
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.verification.statuses import Status
from privyseal.web.shown.words import Badge, seal_badge


@dataclass(frozen=True, slots=True)
class IncidentRow:
    url: str
    kind: Promise
    about: str
    owner: str
    opened_at: datetime
    due_at: datetime
    badge: Badge


@dataclass(frozen=True, slots=True)
class PublicRow:
    """What everybody may know of a seal."""

    company: str
    name: str
    number: str
    type: Promise | str
    badge: Badge


@dataclass(frozen=True, slots=True)
class StatusShown:
    row: PublicRow
    earlier_names: tuple[str, ...]
    is_in_force: bool
    history: list[tuple[Badge, datetime]]


def incident_rows(incidents: Iterable[Incident], at: datetime) -> list[IncidentRow]:
    return [_row(incident, at) for incident in incidents]


def public_rows(seals: Iterable[Seal]) -> list[PublicRow]:
    return [_public(seal) for seal in seals]


def show_status(status: Status) -> StatusShown:
    return StatusShown(
        row=_public(status.seal),
        earlier_names=status.earlier_names,
        is_in_force=status.is_in_force,
        history=[(seal_badge(state), since) for state, since in status.history],
    )


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
        return Badge(_("Ended"), "approved")
    return Badge(_("Overdue"), "rejected") if at >= incident.due_at else Badge(_("Being handled"), "pending")


def _public(seal: Seal) -> PublicRow:
    return PublicRow(
        company=seal.company.name,
        name=seal.name,
        number=seal.number,
        type=type_of(seal),
        badge=seal_badge(SealState(seal.state)),
    )
