"""How long photographs, scans and documents are kept, and when their time is over. A rule is a row."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from privyseal.approvals.rules.categories import Retention
from privyseal.kernel.errors import Refused

MOST_ON_A_LIST: Final = 200


class Paper(StrEnum):
    """What is kept and ends one day: pictures in the vault, and what was approved for a rubber seal."""

    PHOTOGRAPH = "photograph"
    SCAN = "scan"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Term:
    """For how many years a class keeps what is in it, counted from the day on which it came; None is for ever."""

    retention: Retention
    years: int | None


# fmt: off
TERMS: Final = (
    Term(Retention.PERMANENT,    None),   # who owns what, and who may act for whom, is asked after any time
    Term(Retention.THIRTY_YEARS, 30),     # accounts, staff and long obligations, as the archives count them
    Term(Retention.TEN_YEARS,    10),     # daily business, and what no category says otherwise
)
# fmt: on


class NothingEnded(Refused):
    """No photograph, scan or document is there whose time is over, which is not held and not on a list already."""

    code = "nothing-ended"


class ListChanged(Refused):
    """The list that is decided is not the one that was shown."""

    code = "list-changed"


class PaperDeleted(Refused):
    """Its time was over, and two people had it deleted."""

    code = "paper-deleted"


def ends_on(retention: Retention, came_on: date) -> date | None:
    """Return the last day on which something of this class is kept; None is for ever."""
    years = next(row.years for row in TERMS if row.retention is retention)
    if years is None:
        return None
    is_leap_day = (came_on.month, came_on.day) == (2, 29)
    return came_on.replace(year=came_on.year + years, day=28 if is_leap_day else came_on.day)


def is_over(retention: Retention, came_on: date, *, today: date) -> bool:
    last = ends_on(retention, came_on)
    return last is not None and last < today
