"""How far an approved application may reach that adds to a running permit."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.seals.rules.standing import LONGEST, MOST_USES

LONGEST_USE: Final = timedelta(days=366)


class AdditionNotPossible(Refused):
    """More, or for longer, than such a permit may ever be; or nothing is added at all."""

    code = "addition-not-possible"


class SealChangedSince(Refused):
    """The seal has another version than the one that was approved."""

    code = "seal-changed-since"


def check_reach(*, is_standing: bool, impressions: int, starts_at: datetime, expires_at: datetime) -> None:
    """Return if a permit may reach so far with what was added, or refuse."""
    is_short = expires_at - starts_at <= (LONGEST if is_standing else LONGEST_USE)
    if not is_short or (is_standing and impressions > MOST_USES):
        raise AdditionNotPossible(impressions=impressions)
