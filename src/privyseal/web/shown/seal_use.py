"""A seal as it is used just now: who has it, what it stamped last, and how often."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.timezone import localdate

from privyseal.approvals.queries.registers import last_uses_by
from privyseal.custody.queries.places import where_now
from privyseal.identity.models import Person
from privyseal.seals.models import Permit, Seal, SealUses, UseEntry
from privyseal.seals.rules import SealKind
from privyseal.web.shown import places
from privyseal.web.shown.places import SealRow

_LAST: Final = 5


@dataclass(frozen=True, slots=True)
class HowOften:
    this_year: int
    uses: int
    impressions: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class InUse:
    """``now`` for a rubber seal whose reader may know where it is, ``often`` for whoever may see all its uses.

    ``last`` are uses with what the documents are called.
    """

    now: SealRow | None
    often: HowOften | None
    last: Sequence[tuple[UseEntry, str]]

    @property
    def is_said(self) -> bool:
        return bool(self.now or self.often or self.last)


def in_use(actor: Person, at: datetime, seal: Seal, permits: Collection[Permit], *, sees_all: bool) -> InUse:
    """Return how a seal is used, where ``permits`` are its last ones that the reader may see."""
    used = [permit.pk for permit in permits if permit.used]
    # By its permits, not by its book: a page that looks again every few seconds goes through no register.
    last = last_uses_by(actor, at, used, most=_LAST)
    found = next(iter(places.rows(where_now(actor, at, [seal]))), None) if seal.kind == SealKind.PHYSICAL else None
    return InUse(found, _how_often(seal, at) if sees_all else None, last)


def _how_often(seal: Seal, at: datetime) -> HowOften | None:
    years = list(SealUses.objects.filter(seal=seal).order_by("year"))
    if not years:
        return None
    this_year = sum(one.uses for one in years if one.year == localdate(at).year)
    uses, impressions = sum(one.uses for one in years), sum(one.impressions for one in years)
    return HowOften(this_year, uses, impressions, max(one.last_at for one in years))
