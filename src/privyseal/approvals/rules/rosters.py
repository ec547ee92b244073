"""Rosters of companies: who is to be on one, and why somebody's yes counts there or does not. The key checks it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.signer.changes import MOST_SEATS
from privyseal.signer.charters import APPROVERS, Charter
from privyseal.signer.passkeys import PASSKEY

MOST_AT_ONCE: Final = MOST_SEATS
AGREE: Final = 2


class SeatsNotWaiting(Refused):
    """Nothing was chosen, too much at once, or something that does not wait to come onto a roster any more."""

    code = "seats-not-waiting"


class PasskeyNotSeated(Refused):
    """The charter goes by the company's own roster, and this passkey is not on it: the key would not count it."""

    code = "passkey-not-seated"


@dataclass(frozen=True, slots=True)
class Asks:
    """What charters ask of the passkey that says yes: whether it is bound to its device, and on which rosters it is."""

    is_bound: bool = False
    rosters: frozenset[str] = frozenset()


NOTHING: Final = Asks()


def asks_of(charters: Iterable[Charter]) -> Asks:
    """Return what all of these charters ask together of a passkey on the approvers' roster."""
    each = list(charters)
    return Asks(any(one.is_bound for one in each), frozenset(one.roster for one in each) - {APPROVERS})


class Counts(StrEnum):
    """Whether somebody's yes counts under a charter, or what is missing; the nearest to counting first."""

    COUNTS = "counts"
    SIGNED_IN = "signed-in"
    TOO_EARLY = "too-early"
    SEAT_AGREED = "seat-agreed"
    SEAT_LISTED = "seat-listed"
    SEAT_WAITS = "seat-waits"
    NOT_TOLD = "not-told"
    ONE_MORE = "one-more"
    UNCONFIRMED = "unconfirmed"
    MOVABLE = "movable"
    OVER = "over"
    NONE = "none"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Held:
    """A passkey of somebody's, as far as it matters whether it counts; ``seat`` is what it lacks on the roster."""

    confirmed: int
    is_entered: bool
    starts_at: datetime
    is_bound: bool
    is_over: bool
    seat: Counts = Counts.COUNTS


def counts(held: Sequence[Held], charter: Charter, *, is_here: bool, at: datetime) -> Counts:
    """Return whether somebody's yes counts under a charter, by the best of their passkeys, or what is missing."""
    if not is_here:
        return Counts.LEFT
    if charter.assurance != PASSKEY:
        return Counts.SIGNED_IN
    order = list(Counts)
    return min((_of_one(one, charter, at) for one in held), key=order.index, default=Counts.NONE)


def _of_one(held: Held, charter: Charter, at: datetime) -> Counts:
    """Return what one passkey lacks, what cannot be mended first."""
    if held.is_over:
        return Counts.OVER
    if charter.is_bound and not held.is_bound:
        return Counts.MOVABLE
    if not held.is_entered:
        return (Counts.UNCONFIRMED, Counts.ONE_MORE, Counts.NOT_TOLD)[held.confirmed]
    if charter.roster != APPROVERS and held.seat is not Counts.COUNTS:
        return held.seat
    return Counts.TOO_EARLY if held.starts_at > at else Counts.COUNTS
