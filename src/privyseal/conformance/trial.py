"""One run against one device: what is done at it, what came of it, and what was found."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from privyseal.conformance.bench import UNKNOWN, Answer, Bench
from privyseal.conformance.gateway import CODE, MASTER, Gateway, Played
from privyseal.device import codes
from privyseal.device.codes import Grant, Holder, Kind, Voice
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Event
from privyseal.device.orders import Instruction, Order, Request
from privyseal.device.signed import Frame, signed
from privyseal.device.tickets import Mode, Ticket
from privyseal.kernel.canonical import Json

SEAL: Final = "1" * 32
OTHER_SEAL: Final = "2" * 32
OPERATOR: Final = "3" * 32
PERMIT: Final = "4" * 32
_STAMPING: Final = frozenset({"press", "jam", "stamp"})
_OF_STAMPING: Final = frozenset({"mode", "impressions", "confirmations"})
_STAMPS_NOTHING: Final = "a cabinet or box stamps nothing"


class Wrong(Exception):
    """The device did what the document does not say."""


class Cannot(Exception):
    """The bench does not know how to do this with the device, or such a device does not do it."""


class Result(NamedTuple):
    name: str
    how: str
    why: str


class Trial:
    """What the cases use. Each word of ``do`` is a line of the bench."""

    def __init__(self, gateway: Gateway, bench: Bench) -> None:
        self.gateway = gateway
        self._bench = bench
        self._tickets = 0
        self._told = 0
        self._sequence = 0
        self._seen = 0

    @property
    def played(self) -> Played:
        return self.gateway.played

    @property
    def holder(self) -> Holder:
        holder = self.played.holder
        if holder is None:
            raise Wrong("it never enrolled")
        return holder

    def do(self, *words: str) -> Answer:
        if self.is_cabinet and words[0] in _STAMPING:
            raise Cannot(_STAMPS_NOTHING)
        answer = self._bench.do(" ".join(words))
        if answer.how == UNKNOWN:
            raise Cannot(f"the bench does not know '{' '.join(words)}'")
        return answer

    def stamps_nothing(self) -> None:
        """Try to make an impression where none may be made, and find fault where the device says that it did."""
        if self._bench.do("press").how == "ok":
            raise Wrong("it says that it stamped")

    def done(self, *words: str) -> Answer:
        """Have something done that has to work."""
        answer = self.do(*words)
        if answer.how != "ok":
            raise Wrong(f"'{' '.join(words)}' was not done: {answer.more}")
        return answer

    def sync(self) -> None:
        self.do("sync")

    def came(self) -> list[Event]:
        """Return the events that came since the last look."""
        self.sync()
        new = self.played.events[self._seen :]
        self._seen = len(self.played.events)
        return new

    @property
    def is_cabinet(self) -> bool:
        return self.played.kind == DeviceKind.CABINET.value

    def enrol(self) -> Answer:
        return self.do("enrol", self.gateway.address, CODE)

    # --- what is sent ---

    def ticket(self, **changes: Any) -> Ticket:  # noqa: ANN401  a field of ``Ticket``
        """Return a ticket that is good for an hour around now, but for the changes.

        For two impressions; at a cabinet, which makes none, for taking the seal out by hand.
        """
        self._tickets += 1
        now = datetime.now(UTC)
        if self.is_cabinet and changes.keys() & _OF_STAMPING and changes.get("mode") is not Mode.HAND:
            raise Cannot(_STAMPS_NOTHING)
        if self.is_cabinet:
            changes = {"mode": Mode.HAND, "impressions": 1} | changes
        good = Ticket(
            uid=f"{self._tickets:032x}",
            device=self.holder.serial,
            seal=SEAL,
            permit=PERMIT,
            mode=Mode.COUNTED,
            operators=(OPERATOR,),
            impressions=2,
            opens_at=now - timedelta(minutes=30),
            closes_at=now + timedelta(minutes=30),
            policy=1,
            epoch=self.holder.epoch if self.played.names_epochs else 0,
        )
        return replace(good, **changes)

    def offered(self, **changes: Any) -> Ticket:  # noqa: ANN401  as above
        ticket = self.ticket(**changes)
        self.gateway.offer(ticket)
        self.sync()
        return ticket

    def opened(self, **changes: Any) -> Ticket:  # noqa: ANN401  as above
        """Open a session with a good ticket."""
        ticket = self.offered(**changes)
        self.came()
        self.done("open", ticket.uid, OPERATOR)
        self.one(self.came(), "session-opened", ticket.uid, operator=OPERATOR, policy=ticket.policy)
        return ticket

    def number(self) -> int:
        """Return the next number of an order or request, the second of now at the least."""
        self._told = max(self._told + 1, int(datetime.now(UTC).timestamp()))
        return self._told

    def order(self, kind: Order, **said: Json) -> str:
        text = self.gateway.order(Instruction(self.holder.serial, self.number(), kind, said))
        self.sync()
        return text

    def set_clock(self) -> None:
        """Have it told the time in answer to its next hello."""
        self.played.time_order = self.number()
        self.sync()

    def say_time(self, at: datetime, asked: str) -> None:
        """Have it told a time that answers another hello than its next."""
        self.gateway.say_once(self.gateway.order_time(self.number(), at, asked))
        self.sync()

    def request(self, kind: Request, **said: Json) -> str:
        text = self.gateway.request(Instruction(self.holder.serial, self.number(), kind, said))
        self.sync()
        return text

    def push(self, kind: Request) -> None:
        """Ask it something by the broker that no hello would bring."""
        asked = Instruction(self.holder.serial, self.number(), kind, {})
        self.gateway.push(signed(Frame.REQUEST, asked.to_json(), self.gateway.keys.gateway))

    def unsent_instruction(self, kind: Order | Request, **said: Json) -> Instruction:
        """Return an instruction with the next number, to be said by somebody who may not."""
        return Instruction(self.holder.serial, self.number() + 1, kind, said)

    def grant(self, *, kind: Kind | None = None, count: int = 2, hours: int = 0, minutes: int = 60) -> Grant:
        self._sequence += 1
        slot = codes.slot_of(int((datetime.now(UTC) + timedelta(hours=hours)).timestamp()))
        usual = Kind.TAKE_OUT if self.is_cabinet else Kind.USE
        return Grant(usual if kind is None else kind, self._sequence, slot, minutes, 1 if self.is_cabinet else count)

    def code(self, grant: Grant, *, holder: Holder | None = None, voice: Voice = Voice.PLAIN) -> str:
        to = holder or self.holder
        return codes.issued(codes.key_of(MASTER, to), to, grant, voice)

    # --- what has to have come ---

    def one(self, came: list[Event], event_type: str, ticket: str = "", **said: Json) -> Event:
        """Return the one event of this type for this ticket that says this, or find fault."""
        found = [event for event in came if event.type == event_type and (not ticket or event.ticket == ticket)]
        if len(found) != 1:
            raise Wrong(f"{len(found)} events '{event_type}' came where there has to be one")
        for name, value in said.items():
            if found[0].said.get(name) != value:
                raise Wrong(f"'{event_type}' says {name} {found[0].said.get(name)!r} where it has to be {value!r}")
        return found[0]

    def none(self, came: list[Event], *kinds: str) -> None:
        found = [event.type for event in came if event.type in kinds]
        if found:
            raise Wrong(f"'{found[0]}' came, which must not")

    def refuses(self, ticket: str, *reasons: str, operator: str = OPERATOR) -> None:
        """Try to open, and find fault where it does, or tells another reason."""
        self.came()
        answer = self.do("open", ticket, operator)
        came = self.came()
        self.none(came, "session-opened", "reserved", "fired")
        if answer.how == "ok":
            raise Wrong("it says that it opened")
        kind = "wrong-seal" if "wrong-seal" in reasons else "refused"
        told = self.one(came, kind)
        if told.said.get("reason") not in reasons:
            raise Wrong(f"it tells the reason {told.said.get('reason')!r} and not {' or '.join(reasons)}")

    def end(self) -> None:
        """Bring the device back to rest, whatever the case left: powered, on the network, closed and unlocked."""
        self.played.is_silent = False
        self.gateway.come_back()
        self.played.once.clear()
        for line in (
            "power",
            "network on",
            "camera on",
            "clock 0",
            "place -",
            f"mount 1 {SEAL}",
            "door 1 shut",
            "press",
        ):
            with suppress(Cannot):
                if line != "press" or self._has_open_impression():
                    self.do(*line.split())
        with suppress(Cannot):
            self.do("close")
        with suppress(Cannot):
            self.do("receipt")
        self.order(Order.UNLOCK)
        self.came()

    def _has_open_impression(self) -> bool:
        for event in reversed(self.played.events):
            if event.type in {"committed", "released", "session-closed"}:
                return False
            if event.type in {"reserved", "fired"}:
                return True
        return False


Case = Callable[[Trial], None]


def tried(trial: Trial, cases: Mapping[str, Case]) -> list[Result]:
    """Run the cases in order, each from rest."""
    results: list[Result] = []
    for name, case in cases.items():
        broken = len(trial.played.broken)
        how, why = "passed", ""
        try:
            case(trial)
        except Wrong as found:
            how, why = "failed", str(found)
        except Cannot as found:
            how, why = "not tried", str(found)
        if len(trial.played.broken) > broken and how == "passed":
            how, why = "failed", f"it sent what is no frame: {trial.played.broken[-1]}"
        results.append(Result(name, how, why))
        if trial.played.key is None:
            return [*results, *(Result(left, "failed", "it never enrolled") for left in list(cases)[len(results) :])]
        trial.end()
    return results
