"""What a device remembers of codes, and what it answers to one: each grant once, few guesses, one grant at a time."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from privyseal.device import codes
from privyseal.device.codes import Grant, Holder, Kind, Voice

BEHIND: Final = 64
AHEAD: Final = 127
FREE_TRIES: Final = 5
_FIRST_WAIT: Final = 60
_LONGEST_WAIT: Final = 86_400


class Entered(StrEnum):
    """What a device answers."""

    ACCEPTED = "accepted"
    DURESS = "duress"
    LOCKED_OUT = "locked-out"
    OPEN = "open"
    WRONG = "wrong"
    USED = "used"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Keypad:
    """Kept by the device, and on its disk before it opens.

    ``newest`` is the highest sequence taken, ``taken`` has bit n for ``newest - n``. A grant that is open stays so
    until it is closed by its receipt. Times are POSIX seconds.
    """

    newest: int = 0
    taken: int = 0
    wrong: int = 0
    waits_until: int = 0
    grant: Grant | None = None


def enter(
    keypad: Keypad, key: bytes, holder: Holder, code: str, *, now: int, kinds: Collection[Kind] = frozenset(Kind)
) -> tuple[Keypad, Entered, Grant | None]:
    """Return what the device remembers from now on, what it answers, and the grant that its answer is about.

    Of ``kinds`` are the codes that such a device takes: any other is as wrong as a mistyped one.
    """
    if now < keypad.waits_until:
        return keypad, Entered.LOCKED_OUT, None
    if keypad.grant is not None:
        return keypad, Entered.OPEN, keypad.grant
    found = codes.read(key, holder, code, first_sequence=keypad.newest - BEHIND + 1, now=now)
    if found is None or found[0].sequence > keypad.newest + AHEAD or found[0].kind not in kinds:
        return _mistyped(keypad, now), Entered.WRONG, None
    grant, voice = found
    untimely = _untimely(keypad, grant, now)
    if untimely is not None:
        return keypad, untimely, grant
    after = replace(_taking(keypad, grant.sequence), wrong=0)
    is_forced = voice is Voice.DURESS
    return (after, Entered.DURESS, grant) if is_forced else (replace(after, grant=grant), Entered.ACCEPTED, grant)


def closed(keypad: Keypad) -> Keypad:
    """Return what is remembered once the receipt of the open grant is shown."""
    return replace(keypad, grant=None)


def _mistyped(keypad: Keypad, now: int) -> Keypad:
    wrong = keypad.wrong + 1
    waits = 0 if wrong < FREE_TRIES else min(_FIRST_WAIT << min(wrong - FREE_TRIES, 16), _LONGEST_WAIT)
    return replace(keypad, wrong=wrong, waits_until=now + waits)


def _untimely(keypad: Keypad, grant: Grant, now: int) -> Entered | None:
    """Return why a code that is right opens nothing now, None where it does."""
    behind = keypad.newest - grant.sequence
    if behind >= 0 and keypad.taken >> behind & 1:
        return Entered.USED
    if now < grant.opens_at:
        return Entered.EARLY
    return Entered.LATE if now >= grant.closes_at else None


def _taking(keypad: Keypad, sequence: int) -> Keypad:
    ahead = sequence - keypad.newest
    if ahead <= 0:
        return replace(keypad, taken=keypad.taken | (1 << -ahead))
    return replace(keypad, newest=sequence, taken=((keypad.taken << ahead) | 1) & (2**BEHIND - 1))
