"""Who may let somebody into an account of their own."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused

ENTRY_CODE_LASTS: Final = timedelta(hours=72)


class EntryState(StrEnum):
    """How far a code has come."""

    OPEN = "open"
    UNCONFIRMED = "unconfirmed"


class EntryCodeWrong(Refused):
    """There is no such code for this login, or it is used, replaced or too old: one answer for all."""

    code = "entry-code-wrong"


class EntryCodeUnconfirmed(Refused):
    code = "entry-code-unconfirmed"


class WrongPassword(Refused):
    code = "wrong-password"


def entry_state(*, is_first: bool, is_confirmed: bool) -> EntryState:
    """Return whether a code opens: the first of an account at once, a later one when a second person said yes."""
    return EntryState.OPEN if is_first or is_confirmed else EntryState.UNCONFIRMED
