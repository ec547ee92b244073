"""Moments that have a date in every zone: near either end of the calendar some have none, and no page can show them."""

from datetime import UTC, datetime
from typing import Final

EARLIEST: Final = datetime(2, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)


def can_be_shown(moment: datetime) -> bool:
    return EARLIEST <= moment <= LATEST


def shown(moment: datetime) -> datetime:
    """Return the moment, or the one nearest to it that can be shown: certificates that never end say 9999."""
    return max(EARLIEST, min(moment, LATEST))
