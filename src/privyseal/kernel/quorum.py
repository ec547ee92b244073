"""Which cosignatures are asked for, and how fresh: one rule for signer, web application and receipts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.cosignature import CosignatureMissing, CosignerKey, cosigned_at
from privyseal.kernel.errors import Refused

WITHIN: Final = timedelta(minutes=10)


class CosignersStale(Refused):
    """Those who have to see the log have not seen it lately: no seal is used until they do."""

    code = "cosigners-stale"


class Needed(StrEnum):
    """Whose cosignatures are needed."""

    NONE = "none"
    ANY = "any"
    ALL = "all"


_STRICTER: Final = (Needed.NONE, Needed.ANY, Needed.ALL)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cosigner signed last: the POSIX time by its clock, and whether it is behind.

    Behind is who lacks a head as old as the quorum allows, whatever the time says: an old head can be signed anew.
    """

    seconds: int
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class Quorum:
    keys: tuple[CosignerKey, ...] = ()
    needed: Needed = Needed.NONE
    within: timedelta = WITHIN

    def is_at_least(self, other: "Quorum") -> bool:
        """Tell whether this asks for all that another asks for: of the same cosigners as many, as fresh or fresher."""
        if other.needed is Needed.NONE:
            return True
        return (
            set(self.keys) == set(other.keys)
            and _STRICTER.index(self.needed) >= _STRICTER.index(other.needed)
            and self.within <= other.within
        )

    def is_met_by(self, names: Collection[str]) -> bool:
        """Tell whether the cosigners of these names are enough."""
        asked = [key.name in names for key in self.keys]
        return {Needed.NONE: True, Needed.ANY: any(asked), Needed.ALL: bool(asked) and all(asked)}[self.needed]

    def check_fresh(self, seen: Mapping[str, Seen], *, at: datetime) -> None:
        """Return if enough cosigners have seen the log lately, or refuse: cosigners-stale."""
        fresh = {name for name, one in seen.items() if self.is_fresh(one, at=at)}
        if not self.is_met_by(fresh):
            raise CosignersStale(needed=self.needed.value, fresh=len(fresh), cosigners=len(self.keys))

    def is_fresh(self, seen: Seen, *, at: datetime) -> bool:
        """Tell whether a cosigner has seen the log lately; a clock of theirs that runs ahead counts as little."""
        return not seen.is_behind and abs(at.timestamp() - seen.seconds) <= self.within.total_seconds()

    def times_of(self, note: str) -> dict[str, int]:
        """Return who cosigned this note and when, or refuse one with a bad line by a cosigner of ours: note-broken."""
        return dict(_times(note, self.keys))


def _times(note: str, keys: Iterable[CosignerKey]) -> Iterable[tuple[str, int]]:
    for key in keys:
        try:
            yield key.name, cosigned_at(note, key)
        except CosignatureMissing:
            continue
