"""The status of seals as everybody reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.language.types import type_of
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealState
from privyseal.verification.statuses import Force, Status
from privyseal.web.shown.words import Badge, seal_badge

_FORCE: Final[Mapping[Force, Badge]] = {
    Force.WHOLE: Badge(_("In force"), "approved"),
    Force.PART: Badge(_("In force for part of that day"), "pending"),
    Force.NONE: Badge(_("Not in force"), "rejected"),
}


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
    force: Badge
    is_good: bool
    on: date
    history: list[tuple[Badge, datetime]]
    revoked_since: datetime | None


def public_rows(seals: Iterable[Seal]) -> list[PublicRow]:
    return [_public(seal) for seal in seals]


def show_status(status: Status) -> StatusShown:
    return StatusShown(
        row=_public(status.seal),
        earlier_names=status.earlier_names,
        force=_FORCE[status.force],
        is_good=status.force is Force.WHOLE,
        on=status.on,
        history=[(seal_badge(state), since) for state, since in status.history],
        revoked_since=status.revoked_since,
    )


def _public(seal: Seal) -> PublicRow:
    return PublicRow(
        company=seal.company.name,
        name=seal.name,
        number=seal.number,
        type=type_of(seal),
        badge=seal_badge(SealState(seal.state)),
    )
