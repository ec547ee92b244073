"""Grants as a reader sees them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext

from privyseal.identity.models import Company, Grant, PowerMapping, Unit
from privyseal.identity.rules import GrantState, Power, state_of
from privyseal.language.findings import GRANT_STATE
from privyseal.language.labels import POWER
from privyseal.web.shown.words import Badge

_TONE: Final = {
    GrantState.WAITING: "pending",
    GrantState.COMING: "neutral",
    GrantState.IN_FORCE: "approved",
    GrantState.ENDED: "neutral",
}


@dataclass(frozen=True, slots=True)
class PowerRow:
    id: int
    batch: str
    person: str
    login: str
    pseudonym: str
    power: Promise
    where: str
    badge: Badge
    starts_at: datetime
    ends_at: datetime | None
    granted_by: str
    confirmed_by: str
    may_confirm: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class MappingRow:
    id: int
    source: str
    kind: str
    power: Promise
    where: str
    badge: Badge
    made_by: str
    confirmed_by: str
    may_confirm: bool


def mapping_rows(mappings: Iterable[PowerMapping]) -> list[MappingRow]:
    return [_mapping_row(mapping) for mapping in mappings]


def rows(grants: Iterable[Grant], at: datetime, *, may: Collection[str]) -> list[PowerRow]:
    return [_row(grant, at, may) for grant in grants]


def _row(grant: Grant, at: datetime, may: Collection[str]) -> PowerRow:
    state = state_of(
        confirmed_at=grant.confirmed_at,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        revoked_at=grant.revoked_at,
        at=at,
    )
    return PowerRow(
        id=grant.pk,
        batch=grant.batch,
        person=grant.person.name,
        login=grant.person.login,
        pseudonym=grant.person.pseudonym,
        power=POWER[Power(grant.power)],
        where=_where(grant.company, grant.unit, grant.seal_uid),
        badge=Badge(GRANT_STATE[state], _TONE[state]),
        starts_at=grant.starts_at,
        ends_at=grant.revoked_at or grant.ends_at,
        granted_by=grant.granted_by.name if grant.granted_by else gettext("The founding"),
        confirmed_by=_confirmed_by(grant),
        may_confirm="confirm" in may and state is GrantState.WAITING,
        may_end="end" in may and state is not GrantState.ENDED,
    )


def _where(company: Company | None, unit: Unit | None, seal_uid: str | None) -> str:
    if company is None:
        return gettext("The whole installation")
    corner = gettext("one seal") if seal_uid else unit.name if unit else ""
    return f"{company.name} · {corner}" if corner else company.name


def _confirmed_by(grant: Grant) -> str:
    if grant.confirmed_by is not None:
        return grant.confirmed_by.name
    return gettext("The founding") if grant.confirmed_at else ""


def _mapping_row(mapping: PowerMapping) -> MappingRow:
    state = GrantState.IN_FORCE if mapping.confirmed_at else GrantState.WAITING
    source = mapping.post or mapping.unit
    return MappingRow(
        id=mapping.pk,
        source=f"{source.company.name} · {source.name}" if source else "",
        kind=gettext("Post") if mapping.post else gettext("Unit"),
        power=POWER[Power(mapping.power)],
        where=_where(mapping.company, mapping.only_unit, mapping.seal_uid),
        badge=Badge(GRANT_STATE[state], _TONE[state]),
        made_by=mapping.made_by.name,
        confirmed_by=mapping.confirmed_by.name if mapping.confirmed_by else "",
        may_confirm=state is GrantState.WAITING,
    )
