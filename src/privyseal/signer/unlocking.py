"""What those who keep the signer's keys ask of it: to open, to lock, to hand them on. One frozen value an operation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.note import KeyUnreadable
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.signer.shares import MOST_SHARES

_MAX_SHARE: Final = 200
_MAX_KEY: Final = 500
_MOST_COSIGNERS: Final = 20
_LEAST_SECONDS: Final = 60
_MOST_SECONDS: Final = 604_800
_NEEDED: Final = re.compile("|".join(Needed))


@dataclass(frozen=True, slots=True)
class Open:
    """One custodian's share, or the content of the key file."""

    share: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "open", "share": self.share}


@dataclass(frozen=True, slots=True)
class Lock:
    def header(self) -> Mapping[str, Json]:
        return {"op": "lock"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrust:
    """A new master key in so many shares, by leave of those who have shares of the one before."""

    needed: int
    shares: int
    by: tuple[str, ...]

    def header(self) -> Mapping[str, Json]:
        return {"op": "entrust", "needed": self.needed, "shares": self.shares, "by": list(self.by)}


@dataclass(frozen=True, slots=True)
class Confirm:
    """All shares of the new master key, shown again by those who took them."""

    shares: tuple[str, ...]

    def header(self) -> Mapping[str, Json]:
        return {"op": "confirm", "shares": list(self.shares)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCosigners:
    """Whose cosignatures are asked for from now on, by leave of those who have shares, or of the key file."""

    quorum: Quorum
    by: tuple[str, ...]

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "pin-cosigners",
            "cosigners": [key.text for key in self.quorum.keys],
            "needed": self.quorum.needed.value,
            "within": int(self.quorum.within.total_seconds()),
            "by": list(self.by),
        }


MOST_TOLD: Final = 20
"""How many of the quorums that were pinned are told; nobody changes them so often between two looks."""
Unlocks: TypeAlias = Open | Lock | Entrust | Confirm | PinCosigners


def _open(header: Mapping[str, Json]) -> Open:
    return Open(shapes.text(header["share"], most=_MAX_SHARE))


def _entrust(header: Mapping[str, Json]) -> Entrust:
    return Entrust(
        needed=shapes.integer(header["needed"], least=0, most=MOST_SHARES),
        shares=shapes.integer(header["shares"], least=0, most=MOST_SHARES),
        by=_shares(header["by"]),
    )


def quorum_of(header: Mapping[str, Json]) -> Quorum:
    """Return the quorum that a message names, or raise Misshapen."""
    said = [shapes.text(one, most=_MAX_KEY) for one in shapes.items(header["cosigners"], most=_MOST_COSIGNERS)]
    needed = Needed(shapes.word(header["needed"], _NEEDED))
    within = timedelta(seconds=shapes.integer(header["within"], least=_LEAST_SECONDS, most=_MOST_SECONDS))
    try:
        keys = tuple(map(CosignerKey.parse, said))
    except KeyUnreadable as error:
        raise shapes.Misshapen from error
    if needed is not Needed.NONE and not keys:
        raise shapes.Misshapen
    return Quorum(keys, needed, within)


def _pin_cosigners(header: Mapping[str, Json]) -> PinCosigners:
    return PinCosigners(quorum=quorum_of(header), by=_shares(header["by"]))


def _shares(value: Json) -> tuple[str, ...]:
    return tuple(shapes.text(one, most=_MAX_SHARE) for one in shapes.items(value, most=MOST_SHARES))


READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Json]], Unlocks]]]] = {
    "open": (frozenset({"share"}), _open),
    "lock": (frozenset(), lambda _: Lock()),
    "entrust": (frozenset({"needed", "shares", "by"}), _entrust),
    "confirm": (frozenset({"shares"}), lambda header: Confirm(_shares(header["shares"]))),
    "pin-cosigners": (frozenset({"cosigners", "needed", "within", "by"}), _pin_cosigners),
}
# Only for whoever runs the signer, or root: no caller that was merely let in.
OF_THE_HOUSE: Final = frozenset(READERS)
