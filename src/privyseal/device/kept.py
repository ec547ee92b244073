"""What a device keeps on its disk, whole, before it does anything: after a cut it goes on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from privyseal.device.codes import Grant, Kind
from privyseal.device.events import Head
from privyseal.device.keypad import Keypad
from privyseal.device.orders import Instruction, Request
from privyseal.device.tickets import Fence, Ticket
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, parse, utc_text, utc_time

MOST_WITHDRAWN: Final = 1_000
_MOST_AHEAD: Final = 64
_WAITS_FOR_NONE: Final = frozenset({Request.LOCK, Request.WITHDRAW})


class Phase(StrEnum):
    """How far one impression has come."""

    RESERVED = "reserved"
    FIRED = "fired"


@dataclass(frozen=True, slots=True)
class Open:
    """Somebody identified at the device, with the ticket they work on, or the code that was entered.

    ``impression`` is its number within the ticket, 0 while none is under way; ``picture`` is the digest of what lay
    there when it was last photographed before the seal came down, empty where nothing says that this still lies there;
    ``confirmed_by`` saw that very picture and agreed.
    """

    ticket: str
    operator: str
    impression: int = 0
    phase: Phase = Phase.RESERVED
    confirmed_by: tuple[str, ...] = ()
    picture: str = ""

    @property
    def is_waiting(self) -> bool:
        """Tell whether an impression is begun whose seal is still up."""
        return self.impression != 0 and self.phase is Phase.RESERVED

    def showing(self, sha256: str) -> "Open":
        """Return it with another picture of what lies there, or none: what was agreed to before counts no more."""
        return replace(self, picture=sha256, confirmed_by=()) if self.is_waiting and sha256 != self.picture else self

    def agreed(self, said: Mapping[str, Json]) -> "Open":
        """Return it with one more who saw what lies there, or as it is where they saw something else."""
        seen = said.get("ticket"), said.get("impression"), said.get("picture")
        if not self.is_waiting or not self.picture or seen != (self.ticket, self.impression, self.picture):
            return self
        return replace(self, confirmed_by=tuple(sorted({*self.confirmed_by, str(said.get("by"))})))


class Allowed(NamedTuple):
    """What the open session may do, by a ticket or by a code."""

    uid: str
    seal: str
    impressions: int
    opens_at: datetime
    closes_at: datetime
    confirmations: int = 0
    place: Fence | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The whole of it.

    ``begun`` is how many impressions of each ticket were ever begun, ``spent`` how many of them are reserved or made,
    or by hand whether the seal was taken out by it;
    ``keypad`` has the grant that a code opened, until its receipt is shown; ``counter`` is the mechanical count that is
    accounted for, ``orders`` and ``requests`` the highest numbers taken, ``ahead`` those of requests that were done
    though one before them is lacking, ``seen_at`` the latest time of the clock;
    ``locked_by`` is the number of the event that locked it last;
    ``withdrawn`` are tickets that never open again, each with when its window ends; none is taken that ends by
    ``forgot``, the end of the last of those that are kept no more; ``mounted`` says by slot which seal is to be there,
    ``granted`` the seal that the open code is for; ``doors`` says since when those are open that are, ``held`` which of
    them were told of as open too long, and ``tags`` which seal was last read in which slot; ``health_at`` is when it
    last told how it is, or began, and ``place_at`` when where it is.
    """

    head: Head = field(default_factory=Head)
    unsent: tuple[Mapping[str, Json], ...] = ()
    tickets: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    begun: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    session: Open | None = None
    keypad: Keypad = field(default_factory=Keypad)
    counter: int = 0
    orders: int = 0
    requests: int = 0
    ahead: tuple[int, ...] = ()
    is_locked: bool = False
    locked_by: int = 0
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    forgot: str = ""
    mounted: Mapping[str, str] = field(default_factory=dict)
    granted: str = ""
    doors: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    seen_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    health_at: str = ""
    place_at: str = ""

    def is_withdrawn(self, ticket: Ticket) -> bool:
        """Tell whether a ticket that is not here was withdrawn, or may have been."""
        return ticket.uid in self.withdrawn or utc_text(ticket.closes_at) <= self.forgot

    def taking(self, request: Instruction) -> dict[str, Any] | None:
        """Return what is kept of a request that is taken; None for one that is known, or lacks the one before it.

        What is toward safety waits for none before it.
        """
        number, ahead = request.number, self.ahead
        if request.follows(self.requests):
            return {"requests": number, "ahead": tuple(one for one in ahead if one > number)}
        if number <= self.requests or number in ahead or request.type not in _WAITS_FOR_NONE:
            return None
        return {"ahead": (*ahead, number)[-_MOST_AHEAD:]}

    def slot_of(self, seal: str) -> int:
        """Return the slot where a seal is meant to be, 0 for none."""
        return next((int(slot) for slot, meant in self.mounted.items() if meant == seal), 0)

    def withdrawing(self, uid: str, said: Json) -> dict[str, Any]:
        """Return what is kept once one more ticket is withdrawn, as it says when it ends: those that end last."""
        until = _end(self.tickets[uid]["closes_at"] if uid in self.tickets else said)
        ends = {**self.withdrawn, uid: max(until, self.withdrawn.get(uid, ""))}
        gone = sorted(ends.keys() - self.tickets.keys(), key=lambda one: (ends[one], one))[:-MOST_WITHDRAWN]
        forgot = max([self.forgot, *(ends[one] for one in gone)])
        return {"withdrawn": {one: end for one, end in ends.items() if one not in gone}, "forgot": forgot}

    def to_bytes(self) -> bytes:
        value = _flat(self) | {"head": _flat(self.head), "keypad": asdict(self.keypad)}
        value["seen_at"] = utc_text(self.seen_at)
        value["session"] = _flat(self.session) | {"phase": self.session.phase.value} if self.session else None
        value["keypad"]["taken"] = f"{self.keypad.taken:x}"  # 64 bits, and JSON has 53
        return canonical(value)

    @classmethod
    def of(cls, data: bytes) -> "Kept":
        """Return what these bytes keep; they are the device's own."""
        said: dict[str, Any] = parse(data)
        session = said["session"]
        return cls(
            **{
                **said,
                "head": Head(**said["head"]),
                "unsent": tuple(said["unsent"]),
                "withdrawn": _withdrawn(said["withdrawn"]),
                "held": tuple(said["held"]),
                "ahead": tuple(said.get("ahead", ())),
                "session": _open(session) if session else None,
                "keypad": _keypad(said["keypad"]),
                "seen_at": utc_time(said["seen_at"]),
            }
        )


def _end(said: Json) -> str:
    """Return when a ticket ends, empty where nobody said so."""
    try:
        return utc_text(shapes.moment(said))
    except shapes.Misshapen:
        return ""


def _withdrawn(said: Mapping[str, str] | Sequence[str]) -> Mapping[str, str]:
    """Return them with their ends; a disk of before has none, and those are the first to go."""
    return said if isinstance(said, Mapping) else dict.fromkeys(said, "")


def _flat(kept: "Kept | Head | Open") -> dict[str, Any]:
    """Return the fields by name, without looking into them: this is written before every step of a device."""
    return {each.name: getattr(kept, each.name) for each in fields(kept)}


def _open(said: Mapping[str, Any]) -> Open:
    return Open(**{**said, "phase": Phase(said["phase"]), "confirmed_by": tuple(said["confirmed_by"])})


def _keypad(said: Mapping[str, Any]) -> Keypad:
    grant = said["grant"]
    grant = Grant(**{**grant, "kind": Kind(grant["kind"])}) if grant else None
    return Keypad(**{**said, "taken": int(said["taken"], 16), "grant": grant})
