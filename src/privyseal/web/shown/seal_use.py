"""A seal as it is used just now: who has it, what it stamped last, and how often."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Sum
from django.utils.timezone import localdate

from privyseal.approvals.queries.registers import UseRow, rows_of_uses, uses_visible_to
from privyseal.custody.queries.places import where_now
from privyseal.identity.models import Person
from privyseal.seals.models import Permit, Seal, SealUses
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
    """``now`` for a rubber seal whose reader may know where it is, ``often`` for whoever may see all its uses."""

    now: SealRow | None
    often: HowOften | None
    last: Sequence[UseRow]

    @property
    def is_said(self) -> bool:
        return bool(self.now or self.often or self.last)


def in_use(actor: Person, at: datetime, seal: Seal, permits: Collection[Permit], *, sees_all: bool) -> InUse:
    """Return how a seal is used, where ``permits`` are its last ones that the reader may see."""
    used = [permit.pk for permit in permits if permit.used]
    # By its permits, not by its book: a page that looks again every few seconds goes through no register.
    last = list(uses_visible_to(actor, at).filter(line__permit__in=used).order_by("-at", "-pk")[:_LAST]) if used else []
    found = next(iter(places.rows(where_now(actor, at, [seal]))), None)
    rows = rows_of_uses(actor, at, last) if last else []
    return InUse(found, _how_often(seal, at) if sees_all else None, rows)


def _how_often(seal: Seal, at: datetime) -> HowOften | None:
    found = SealUses.objects.filter(seal=seal).order_by()
    whole = found.aggregate(uses=Sum("uses"), impressions=Sum("impressions"), last=Max("last_at"))
    if whole["last"] is None:
        return None
    this_year = sum(found.filter(year=localdate(at).year).values_list("uses", flat=True))
    return HowOften(this_year, whole["uses"], whole["impressions"], whole["last"])
