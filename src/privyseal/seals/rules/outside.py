"""How long a word of an authority outside counts, and when it is asked again."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.kernel.errors import Refused

ASK_AGAIN: Final = timedelta(minutes=10)
FIRST_WORD_WITHIN: Final = timedelta(days=1)
"""A certificate is known to its authority's list or responder by then, however new it is."""


class CertificateUnwatched(Refused):
    """Nothing current is known of the seal's certificate, and this installation asks for it."""

    code = "certificate-unwatched"


def is_unwatched(at: datetime, *, good_until: datetime | None, since: datetime) -> bool:
    """Tell whether the last good word is over; where there never was one, whether it should have come by now."""
    return at > (good_until or since + FIRST_WORD_WITHIN)


def look_again_at(at: datetime, *, every: timedelta, good_until: datetime | None, is_known: bool) -> datetime:
    """Return when the authority is asked anew: as often as is wanted, before its word is over, soon after trouble."""
    if not is_known:
        return at + ASK_AGAIN
    return min(at + every, max(good_until, at + ASK_AGAIN)) if good_until else at + every
