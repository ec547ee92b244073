"""How long a photograph or scan is kept, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.timezone import localdate

from privyseal.approvals.rules.categories import Retention
from privyseal.keeping.terms import ends_on
from privyseal.language.categories import RETENTION


@dataclass(frozen=True, slots=True)
class Kept:
    """The class that something is kept in, and its last day; none is for ever."""

    words: Promise
    until: date | None


def kept(retention: str, came_at: datetime) -> Kept:
    known = Retention(retention)
    return Kept(RETENTION[known], ends_on(known, localdate(came_at)))
