"""How often somebody may fail to prove who they are: seldom in a minute, and not for long."""

from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.identity import attempts
from privyseal.identity.actions import record_lock_out
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.ledger.actors import Service

_BY_ADDRESS: Final = "sign-in-from"
_BY_LOGIN: Final = "sign-in-as"
_DOOR: Final = Service("door")
# An address may be that of a whole office.
_OFFICE: Final = 10
_CODES_BY: Final = "codes-by"
_CODES_TO: Final = "codes-to"
MOST_CODES_BY_ONE: Final = 6
MOST_CODES_TO_ONE: Final = 3
"""So many codes within a quarter of an hour by one person, and to one address: it may be a stranger's telephone."""


class TooManySignIns(Refused):
    """Too many failures within a minute, from one address or for one login."""

    code = "too-many-sign-ins"


class LockedOut(Refused):
    """Too many failures within a quarter of an hour, from one address or for one login."""

    code = "locked-out"


class TooManyCodes(Refused):
    """Codes went out by this person, or to this address, a few times within a quarter of an hour."""

    code = "too-many-codes"


def count_code(person: Person, value: str, at: datetime) -> None:
    """Count one more code to an address that somebody names, or refuse."""
    counted = ((_CODES_BY, person.pseudonym, MOST_CODES_BY_ONE), (_CODES_TO, "".join(value.split()), MOST_CODES_TO_ONE))
    if any(attempts.seen_lately(what, who, at) >= most for what, who, most in counted):
        raise TooManyCodes
    for what, who, _ in counted:
        attempts.count(what, who, at)


def check_address(address: str, at: datetime) -> None:
    """Return if this address has failed seldom enough, or refuse."""
    _check(_BY_ADDRESS, address, at, most=settings.SIGN_INS_BEFORE_LOCK_OUT * _OFFICE)


def check_sign_in(*, address: str, login: str, at: datetime) -> None:
    """Return if this address and this login have failed seldom enough, or refuse."""
    check_address(address, at)
    _check(_BY_LOGIN, login, at, most=settings.SIGN_INS_BEFORE_LOCK_OUT)


def count_failed_address(address: str, at: datetime) -> None:
    attempts.count(_BY_ADDRESS, address, at)


def count_failure(*, address: str, login: str, at: datetime) -> None:
    """Count one more failure; the one that shuts the account is put on record."""
    count_failed_address(address, at)
    attempts.count(_BY_LOGIN, login, at)
    if attempts.seen_lately(_BY_LOGIN, login, at) >= settings.SIGN_INS_BEFORE_LOCK_OUT:
        record_lock_out(_DOOR, at, login=login)


def _check(what: str, who: str, at: datetime, *, most: int) -> None:
    if attempts.seen(what, who, at) >= settings.SIGN_INS_PER_MINUTE:
        raise TooManySignIns
    if attempts.seen_lately(what, who, at) >= most:
        raise LockedOut
