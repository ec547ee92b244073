"""How often somebody may fail to sign in."""

from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.identity import attempts
from privyseal.kernel.errors import Refused

_BY_ADDRESS: Final = "sign-in-from"
_BY_LOGIN: Final = "sign-in-as"


class TooManySignIns(Refused):
    """Too many wrong passwords within a minute, from one address or for one login."""

    code = "too-many-sign-ins"


def check_sign_in(*, address: str, login: str, at: datetime) -> None:
    """Return if this address and this login have failed seldom enough within the minute, or refuse."""
    failed = max(attempts.seen(_BY_ADDRESS, address, at), attempts.seen(_BY_LOGIN, login, at))
    if failed >= settings.SIGN_INS_PER_MINUTE:
        raise TooManySignIns


def count_failure(*, address: str, login: str, at: datetime) -> None:
    attempts.count(_BY_ADDRESS, address, at)
    attempts.count(_BY_LOGIN, login, at)
