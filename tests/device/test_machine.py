"""A device under random hands, frames that come twice and cuts at any moment: it never stamps more than it was let."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from privyseal.device import codes, events, receipts
from privyseal.device.codes import Grant, Holder, Kind, Voice
from privyseal.device.events import Event, Head, Told
from privyseal.device.keypad import Entered
from privyseal.device.machine import Machine
from privyseal.device.orders import Acknowledgement, Instruction, Order, Request
from privyseal.device.parts import Cannot, Identity
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, opened, signed
from privyseal.device.tickets import Fence, Mode, Ticket
from privyseal.kernel.canonical import Json, sha256

NOON: Final = datetime(2026, 11, 26, 4, tzinfo=UTC)
SIGNER, GATEWAY, DEVICE = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
SEAL, OTHER_SEAL, OPERATOR, PERMIT = (digit * 32 for digit in "1234")
HOLDER: Final = Holder("D-0009", SEAL, 1)
CODE_KEY: Final = codes.key_of(bytes(32), HOLDER)
IDENTITY: Final = Identity(
    serial="D-0009",
    key=DEVICE,
    signer=FrameKey.of(SIGNER.public_key()),
    gateway=FrameKey.of(GATEWAY.public_key()),
    holder=HOLDER,
    code_key=CODE_KEY,
)
SHANGHAI: Final = Fence(31_230_416, 121_473_701, 200)


class PowerCut(Exception):
    """The device is dead from here on."""


class Parts:
    """Mechanics that jam, move twice and lose power when they are told to, and a disk that keeps what was saved."""

    def __init__(self) -> None:
        self.counter = 0
        self.seals = frozenset({SEAL})
        self.where: tuple[int, int] | None = (SHANGHAI.latitude, SHANGHAI.longitude)
        self.picture: bytes | None = b"a page"
        self.disk: bytes | None = None
        self.presses: list[int] = []
        self.writes_left = 10**9

    def place(self) -> tuple[int, int] | None:
        return self.where

    def press(self, seal: str) -> None:
        assert seal in self.seals
        self.counter += self.presses.pop() if self.presses else 1

    def photograph(self) -> bytes | None:
        return self.picture

    def health(self) -> dict[str, Json]:
        return {"firmware": "1"}

    def save(self, data: bytes) -> None:
        if not self.writes_left:
            raise PowerCut
        self.writes_left -= 1
        self.disk = data

    def start(self, at: datetime = NOON) -> Machine:
        return Machine(IDENTITY, self, self.save, kept=self.disk, at=at)


def ticket(number: int = 5, *, impressions: int = 3, confirmations: int = 0, place: Fence | None = None) -> Ticket:
    return Ticket(
        uid=f"{number:032x}",
        device="D-0009",
        seal=SEAL,
        permit=PERMIT,
        mode=Mode.CONFIRMED if confirmations else Mode.COUNTED,
        operators=(OPERATOR,),
        impressions=impressions,
        opens_at=NOON - timedelta(hours=1),
        closes_at=NOON + timedelta(hours=1),
        policy=7,
        confirmations=confirmations,
        place=place,
    )


def frame(said: Ticket | Instruction | Acknowledgement, kind: Frame = Frame.TICKET, key: object = SIGNER) -> str:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return signed(kind, said.to_json(), key)


def with_session(parts: Parts, given: Ticket) -> Machine:
    machine = parts.start()
    machine.take(frame(given), NOON)
    assert machine.open(given.uid, OPERATOR, NOON) is None
    return machine


def told(machine: Machine) -> list[Event]:
    """Take in everything the device tells, acknowledging it frame by frame."""
    found: list[Event] = []
    while text := machine.told():
        _, new = events.read(opened(text, Frame.EVENTS, FrameKey.of(DEVICE.public_key())))
        found += new
        machine.take(acknowledged(new[-1]), NOON)
    return found


def acknowledged(event: Event) -> str:
    return frame(Acknowledgement("D-0009", event.number, event.digest), Frame.ACKNOWLEDGEMENT, GATEWAY)


def types(machine: Machine) -> list[str]:
    return [event.type for event in told(machine)]


def test_a_ticket_lets_its_operator_stamp_as_often_as_it_says() -> None:
    parts = Parts()
    machine = with_session(parts, ticket(impressions=2))
    for _ in range(2):
        assert [machine.reserve(NOON), machine.fire(NOON)] == [None, None]
        assert machine.photograph(NOON) == b"a page"
        assert machine.commit(NOON) is None

    assert machine.reserve(NOON) is Cannot.USED_UP
    assert machine.close("done", NOON) is None
    assert parts.counter == 2
    assert types(machine) == [
        *("started", "session-opened"),
        *(2 * ["reserved", "fired", "photographed", "committed"]),
        "session-closed",
    ]


@pytest.mark.parametrize(
    ("operator", "hours", "cannot"),
    [(SEAL, 0, Cannot.NOT_THE_OPERATOR), (OPERATOR, -2, Cannot.EARLY), (OPERATOR, 1, Cannot.LATE)],
)
def test_it_opens_for_nobody_else_and_at_no_other_time(operator: str, hours: int, cannot: Cannot) -> None:
    machine = Parts().start(NOON - timedelta(hours=3))
    machine.take(frame(ticket()), NOON)

    assert machine.open(ticket().uid, operator, NOON + timedelta(hours=hours)) is cannot
    assert told(machine)[-1].said == {"reason": cannot.value, "operator": operator}


def test_it_opens_without_a_ticket_for_nobody() -> None:
    assert Parts().start().open("0" * 32, OPERATOR, NOON) is Cannot.NO_TICKET


def test_with_another_seal_mounted_it_stays_shut_and_tells() -> None:
    parts = Parts()
    parts.seals = frozenset({OTHER_SEAL})
    machine = parts.start()
    machine.take(frame(ticket()), NOON)

    assert machine.open(ticket().uid, OPERATOR, NOON) is Cannot.WRONG_SEAL
    assert types(machine)[-1] == "wrong-seal"


@pytest.mark.parametrize("where", [None, (SHANGHAI.latitude + 3_000, SHANGHAI.longitude), (31_230_416, 121_477_000)])
def test_outside_its_fence_or_where_it_does_not_know_where_it_is_it_stays_shut(where: tuple[int, int] | None) -> None:
    parts = Parts()
    given = ticket(place=SHANGHAI)
    machine = parts.start()
    machine.take(frame(given), NOON)
    parts.where = where

    assert machine.open(given.uid, OPERATOR, NOON) is Cannot.PLACE
    parts.where = (SHANGHAI.latitude + 1_000, SHANGHAI.longitude)
    assert machine.open(given.uid, OPERATOR, NOON) is None


@pytest.mark.parametrize("why", [Cannot.WITHDRAWN, Cannot.CLOCK, Cannot.PLACE])
def test_what_changed_since_an_impression_was_reserved_keeps_the_seal_up(why: Cannot) -> None:
    """Whoever waits for others, or reserves inside the fence, has until the end of the window to carry it away."""
    parts, at = Parts(), NOON
    parts.where = (SHANGHAI.latitude, SHANGHAI.longitude)
    machine = with_session(parts, ticket(place=SHANGHAI))
    assert machine.reserve(NOON) is None
    if why is Cannot.WITHDRAWN:
        taken_back = Instruction("D-0009", 1, Request.WITHDRAW, {"ticket": ticket().uid})
        machine.take(frame(taken_back, Frame.REQUEST, GATEWAY), NOON)
    elif why is Cannot.PLACE:
        parts.where = (SHANGHAI.latitude + 3_000, SHANGHAI.longitude)
    else:
        at = NOON - timedelta(minutes=3)

    assert (machine.fire(at), parts.counter) == (why, 0)
    assert machine.release("not stamped", at) is None


def test_a_clock_that_went_back_opens_nothing_until_the_signer_says_the_time() -> None:
    machine = Parts().start(NOON + timedelta(days=1))
    machine.take(frame(ticket()), NOON)

    assert machine.open(ticket().uid, OPERATOR, NOON) is Cannot.CLOCK
    machine.take(frame(says_time(1, machine.hello(NOON)), Frame.ORDER), NOON)
    assert machine.open(ticket().uid, OPERATOR, NOON) is None


def test_a_time_that_somebody_kept_back_sets_no_clock() -> None:
    """Whoever carries frames would have it be again when a ticket was in its window."""
    machine = Parts().start(NOON)
    kept_back = [says_time(number, machine.hello(NOON)) for number in (1, 3)]
    late = NOON + timedelta(minutes=61)
    machine.take(frame(ticket()), late)

    machine.take(frame(kept_back[0], Frame.ORDER), late)
    machine.take(frame(says_time(2, "another"), Frame.ORDER), late)
    machine.hello(late)
    machine.take(frame(kept_back[1], Frame.ORDER), late)

    assert machine.open(ticket().uid, OPERATOR, late) is Cannot.LATE
    assert [event.type for event in told(machine)].count(Told.CLOCK_SET) == 0
    assert machine.kept.orders == 3


def says_time(number: int, hello: str) -> Instruction:
    """Return the order by which a hello of noon is told the time."""
    asked = sha256(hello.encode())
    return Instruction("D-0009", number, Order.TIME, {"at": "2026-11-26T04:00:00.000000Z", "asked": asked})


def test_a_jam_costs_no_impression() -> None:
    parts = Parts()
    parts.presses = [0]
    machine = with_session(parts, ticket(impressions=1))

    assert machine.reserve(NOON) is None
    assert machine.fire(NOON) is Cannot.NOT_STAMPED
    assert machine.commit(NOON) is Cannot.NOT_STAMPED
    assert machine.release("jammed", NOON) is None
    assert [machine.reserve(NOON), machine.fire(NOON), machine.commit(NOON)] == [None, None, None]
    assert [event.said["impression"] for event in told(machine) if event.type == Told.RESERVED] == [1, 2]


def test_what_was_stamped_is_not_given_back() -> None:
    machine = with_session(Parts(), ticket())
    machine.reserve(NOON)
    machine.fire(NOON)

    assert machine.release("a lie", NOON) is Cannot.STAMPED
    assert machine.fire(NOON) is Cannot.STAMPED


def test_a_seal_that_came_down_twice_is_told() -> None:
    parts = Parts()
    parts.presses = [2]
    machine = with_session(parts, ticket())
    machine.reserve(NOON)
    machine.fire(NOON)

    assert [event.said for event in told(machine) if event.type == Told.EXCESS] == [{"counter": 2, "by": 1}]


def test_a_cut_between_stamp_and_report_is_told_at_the_next_start() -> None:
    parts = Parts()
    machine = with_session(parts, ticket())
    machine.reserve(NOON)
    parts.writes_left = 0
    with pytest.raises(PowerCut):
        machine.fire(NOON)
    parts.writes_left = 10**9
    machine = parts.start()

    assert machine.release("not stamped", NOON) is Cannot.STAMPED
    assert machine.commit(NOON) is None
    assert types(machine)[-4:] == ["reserved", "started", "fired", "committed"]


def test_each_impression_waits_for_those_who_have_to_see_it() -> None:
    machine = with_session(Parts(), ticket(confirmations=2))
    machine.reserve(NOON)
    agree(machine, "a", b"a page")  # before anything was photographed
    machine.photograph(NOON)
    for by, page, impression in (("a", b"a page", 1), ("a", b"a page", 1), ("b", b"a page", 2), ("b", b"another", 1)):
        agree(machine, by, page, impression=impression)
        assert machine.fire(NOON) is Cannot.NOT_CONFIRMED
    agree(machine, "b", b"a page")

    assert (machine.fire(NOON), machine.kept.orders) == (None, 6)


def agree(machine: Machine, by: str, page: bytes, *, impression: int = 1) -> None:
    """Tell a machine that somebody saw this page, by an order with the next number."""
    said: dict[str, Json] = {"ticket": ticket().uid, "impression": impression, "picture": sha256(page), "by": by}
    number = machine.kept.orders + 1
    machine.take(frame(Instruction("D-0009", number, Order.CONFIRM, said), Frame.ORDER), NOON)


@pytest.mark.parametrize("how", ["another", "none", "a cut", "the same"])
def test_what_was_agreed_to_an_older_picture_counts_no_more(how: str) -> None:
    parts = Parts()
    machine = with_session(parts, ticket(confirmations=10))
    machine.reserve(NOON)
    machine.photograph(NOON)
    for by in "abcdefghij":
        agree(machine, by, b"a page")
    if how == "a cut":
        machine = parts.start()
    else:
        parts.picture = {"another": b"another", "none": None}.get(how, b"a page")
        machine.photograph(NOON)
    late = machine.kept.orders + 1
    agree(machine, "a", b"a page")  # it was under way while the picture was taken

    assert machine.kept.orders == late
    assert machine.fire(NOON) is (None if how == "the same" else Cannot.NOT_CONFIRMED)


def test_anybody_in_charge_locks_it_and_only_the_signer_unlocks_it() -> None:
    machine = with_session(Parts(), ticket())
    machine.reserve(NOON)
    machine.take(frame(Instruction("D-0009", 1, Request.LOCK, {}), Frame.REQUEST, GATEWAY), NOON)
    assert machine.fire(NOON) is Cannot.LOCKED

    unlock = Instruction("D-0009", 1, Order.UNLOCK, {})
    with pytest.raises(FrameForged):
        machine.take(frame(unlock, Frame.ORDER, GATEWAY), NOON)
    machine.take(frame(unlock, Frame.ORDER), NOON)
    assert machine.fire(NOON) is None


def test_an_old_order_is_not_taken_again() -> None:
    machine = Parts().start()
    unlock = frame(Instruction("D-0009", 1, Order.UNLOCK, {}), Frame.ORDER)
    machine.take(unlock, NOON)
    machine.take(frame(Instruction("D-0009", 1, Request.LOCK, {}), Frame.REQUEST, GATEWAY), NOON)
    machine.take(unlock, NOON)

    assert machine.kept.is_locked


def test_an_order_waits_for_the_one_before_it_that_was_kept_back() -> None:
    machine = Parts().start()
    mount = Instruction("D-0009", 7, Order.MOUNT, {"slot": 1, "seal": SEAL, "after": 4})
    unlock = Instruction("D-0009", 4, Order.UNLOCK, {"after": 0})

    machine.take(frame(mount, Frame.ORDER), NOON)
    assert (machine.kept.orders, machine.kept.mounted) == (0, {})
    for each in (unlock, mount, unlock):
        machine.take(frame(each, Frame.ORDER), NOON)
    assert (machine.kept.orders, machine.kept.mounted) == (7, {"1": SEAL})


def test_what_is_toward_safety_waits_for_nothing_and_is_done_once() -> None:
    parts = Parts()
    machine = with_session(parts, ticket())
    withdraw = Instruction("D-0009", 3, Request.WITHDRAW, {"ticket": ticket().uid, "after": 2})
    lock, find, health = (
        Instruction("D-0009", number, kind, {"after": after})
        for number, kind, after in ((5, Request.LOCK, 3), (2, Request.FIND, 0), (6, Request.HEALTH, 5))
    )

    for each in (health, lock, withdraw, lock, withdraw):
        machine.take(frame(each, Frame.REQUEST, GATEWAY), NOON)
    assert [event.type for event in told(machine)][-2:] == [Told.LOCKED, Told.WITHDRAWN]
    machine = parts.start()
    machine.take(frame(Instruction("D-0009", 1, Order.UNLOCK, {}), Frame.ORDER), NOON)
    for each in (find, withdraw, lock, health, lock):
        machine.take(frame(each, Frame.REQUEST, GATEWAY), NOON)
    assert [event.type for event in told(machine)] == [Told.STARTED, Told.UNLOCKED, Told.FOUND, Told.HEALTH]
    assert (machine.kept.requests, machine.kept.ahead, machine.kept.is_locked) == (6, (), False)


def test_a_stolen_gateway_a_stranger_and_another_devices_ticket_open_nothing() -> None:
    machine, others = Parts().start(), {**ticket().to_json(), "device": "D-0008"}
    for text in (frame(ticket(), key=GATEWAY), frame(ticket(), key=DEVICE), signed(Frame.TICKET, others, SIGNER)):
        with pytest.raises(FrameForged):
            machine.take(text, NOON)
    with pytest.raises(FrameBroken):
        machine.take(signed(Frame.EVENTS, {"device": "D-0009"}, SIGNER), NOON)

    assert machine.open(ticket().uid, OPERATOR, NOON) is Cannot.NO_TICKET


def test_only_what_was_acknowledged_is_forgotten() -> None:
    machine = with_session(Parts(), ticket())
    unsent = machine.kept.unsent
    machine.take(frame(Acknowledgement("D-0009", 1, "0" * 64), Frame.ACKNOWLEDGEMENT, GATEWAY), NOON)

    assert machine.kept.unsent == unsent
    told(machine)
    assert machine.kept.unsent == ()


def code(sequence: int, *, count: int = 2, kind: Kind = Kind.USE, voice: Voice = Voice.PLAIN) -> str:
    slot = codes.slot_of(int(NOON.timestamp()))
    return codes.issued(CODE_KEY, HOLDER, Grant(kind, sequence, slot, 240, count), voice)


def test_without_a_network_a_code_opens_it_and_its_receipt_says_how_often_it_stamped() -> None:
    parts = Parts()
    machine = parts.start()
    assert machine.enter(code(1), NOON) is Entered.ACCEPTED
    for _ in range(2):
        assert [machine.reserve(NOON), machine.fire(NOON), machine.commit(NOON)] == [None, None, None]
    assert machine.reserve(NOON) is Cannot.USED_UP
    assert machine.receipt(NOON) is None
    machine.close("done", NOON)
    head = bytes.fromhex(machine.kept.head.digest)
    found = receipts.read(CODE_KEY, HOLDER, sequence=1, code=machine.receipt(NOON) or "")

    assert found is not None
    assert found.used == 2
    assert receipts.binds(CODE_KEY, HOLDER, sequence=1, receipt=found, head=head)
    assert {event.ticket for event in told(machine)[1:]} == {codes.uid_of(HOLDER, 1)}


def test_no_next_code_opens_it_before_the_receipt_is_shown_even_after_a_cut() -> None:
    parts = Parts()
    machine = parts.start()
    machine.enter(code(1), NOON)
    machine.close("done", NOON)
    machine = parts.start()

    assert machine.enter(code(2), NOON) is Entered.OPEN
    assert machine.receipt(NOON) is not None
    assert machine.enter(code(1), NOON) is Entered.USED
    assert machine.enter(code(2), NOON) is Entered.ACCEPTED


def test_a_code_for_service_stamps_nothing_and_one_to_lock_locks() -> None:
    machine = Parts().start()
    assert machine.enter(code(1, kind=Kind.SERVICE), NOON) is Entered.ACCEPTED
    assert machine.reserve(NOON) is Cannot.USED_UP
    machine.close("done", NOON)
    machine.receipt(NOON)

    assert machine.enter(code(2, kind=Kind.LOCK), NOON) is Entered.ACCEPTED
    assert machine.kept.is_locked
    assert machine.enter(code(3), NOON) is Entered.LOCKED_OUT


def test_a_code_said_under_duress_opens_nothing_and_is_told() -> None:
    machine = Parts().start()

    assert machine.enter(code(1, voice=Voice.DURESS), NOON) is Entered.DURESS
    assert machine.reserve(NOON) is Cannot.NO_SESSION
    assert told(machine)[-1].said == {"answer": "duress", "sequence": 1}


def test_codes_open_nothing_with_another_seal_or_a_clock_that_went_back() -> None:
    parts = Parts()
    machine = parts.start(NOON + timedelta(hours=5))
    assert machine.enter(code(1), NOON) is Entered.LOCKED_OUT
    parts.seals = frozenset({OTHER_SEAL})

    assert machine.enter(code(1), NOON + timedelta(hours=5)) is Entered.LOCKED_OUT


def test_what_the_disk_did_not_take_did_not_happen() -> None:
    parts = Parts()
    machine = with_session(parts, ticket())
    before, parts.writes_left = machine.kept, 0
    with pytest.raises(PowerCut):
        machine.reserve(NOON)

    assert machine.kept == before


class RandomHands(RuleBasedStateMachine):
    """Three tickets of three impressions, one of them seen first; all that is done or goes wrong, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = Parts()
        self.at = NOON
        self.known: list[Event] = []
        self.tickets = [ticket(5), ticket(6), ticket(7, confirmations=1)]
        self.agreed: list[tuple[int, object]] = []
        self.is_stamped_past = False

    @initialize()
    def begin(self) -> None:
        self.machine = self.parts.start(self.at)

    def do(self, act: object, *arguments: object) -> None:
        assert callable(act)
        try:
            act(*arguments)
        except PowerCut:
            self.parts.writes_left = 10**9
            self.machine = self.parts.start(self.at)

    @rule(number=st.integers(0, 2))
    def give(self, number: int) -> None:
        self.do(self.machine.take, frame(self.tickets[number]), self.at)

    @rule(number=st.integers(0, 2))
    def open(self, number: int) -> None:
        self.do(self.machine.open, self.tickets[number].uid, OPERATOR, self.at)

    @rule(what=st.sampled_from(["reserve", "fire", "photograph", "commit"]))
    def act(self, what: str) -> None:
        self.do(getattr(self.machine, what), self.at)

    @rule(what=st.sampled_from(["release", "close"]))
    def end(self, what: str) -> None:
        self.do(getattr(self.machine, what), "because", self.at)

    @rule(sequence=st.integers(1, 4))
    def type_a_code(self, sequence: int) -> None:
        self.do(self.machine.enter, code(sequence), self.at)

    @rule()
    def show_a_receipt(self) -> None:
        self.do(self.machine.receipt, self.at)

    @rule(moves=st.integers(0, 2))
    def break_the_mechanics(self, moves: int) -> None:
        self.parts.presses = [moves]

    @rule(writes=st.integers(0, 2))
    def lose_power_soon(self, writes: int) -> None:
        self.parts.writes_left = writes

    @rule()
    def stamp_past_it(self) -> None:
        self.parts.counter += 1
        self.is_stamped_past = True

    @rule(page=st.sampled_from([b"a page", b"another", None]))
    def lay_there(self, page: bytes | None) -> None:
        self.parts.picture = page

    @rule(page=st.sampled_from([b"a page", b"another"]), impression=st.integers(1, 3))
    def agree(self, page: bytes, impression: int) -> None:
        self.agreed.append((self.machine.kept.head.number, (impression, sha256(page))))
        said: dict[str, Json] = {
            "ticket": self.tickets[2].uid,
            "impression": impression,
            "picture": sha256(page),
            "by": "li",
        }
        order = Instruction("D-0009", self.machine.kept.orders + 1, Order.CONFIRM, said)
        self.do(self.machine.take, frame(order, Frame.ORDER), self.at)

    @rule(page=st.sampled_from([b"a page", b"another"]), is_moved=st.booleans())
    def have_it_seen(self, page: bytes, *, is_moved: bool) -> None:
        """Bring an impression as far as the seal, with somebody who agreed to a page that may have been moved since."""
        self.give(2)
        self.open(2)
        self.act("reserve")
        self.lay_there(page)
        self.act("photograph")
        self.agree(page, self.machine.kept.begun.get(self.tickets[2].uid, 1))
        if is_moved:
            self.lay_there(b"a third")
            self.act("photograph")
        self.act("fire")

    @rule(minutes=st.integers(0, 20))
    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(is_answered=st.booleans())
    def send(self, *, is_answered: bool) -> None:
        text = self.machine.told()
        if text is None:
            return
        _, came = events.read(opened(text, Frame.EVENTS, FrameKey.of(DEVICE.public_key())))
        head = Head.after(self.known[-1]) if self.known else Head()
        self.known += events.following(head, came)
        if is_answered:
            self.do(self.machine.take, acknowledged(came[-1]), self.at)

    @invariant()
    def nothing_is_lost_and_nothing_counted_twice(self) -> None:
        if not hasattr(self, "machine"):
            return
        number = self.known[-1].number if self.known else 0
        unsent = [event for event in self.machine.kept.unsent if int(str(event["number"])) > number]
        story = [*((one.type, one.ticket, one.said) for one in self.known), *map(_of, unsent)]
        granted = {each.uid: each.impressions for each in self.tickets}
        granted |= {codes.uid_of(HOLDER, sequence): 2 for sequence in range(1, 5)}
        for uid, impressions in granted.items():
            begun, made, back = (_impressions(story, kind, uid) for kind in ("reserved", "committed", "released"))
            fired = _impressions(story, "fired", uid)
            assert len({*begun}) == len(begun)
            assert len({*fired}) == len(fired) <= impressions
            assert {*made} <= {*fired} <= {*begun}
            assert not {*fired} & {*back}
            assert len(begun) - len(back) == self.machine.kept.spent.get(uid, 0) <= impressions
        self.each_was_seen(unsent)
        excess = sum(int(str(said["by"])) for kind, _, said in story if kind == "excess")
        assert sum(kind == "fired" for kind, _, _ in story) + excess == self.machine.kept.counter

    def each_was_seen(self, unsent: list[Mapping[str, Json]]) -> None:
        """Hold every impression that came down against the last picture before it, and who agreed to that since."""
        told: list[tuple[int, str, Mapping[str, object]]]
        told = [(one.number, one.type, one.said) for one in self.known if one.ticket == self.tickets[2].uid]
        told += [(int(str(one["number"])), *_of(one)[::2]) for one in unsent if one["ticket"] == self.tickets[2].uid]
        shown: tuple[int, object] = (0, None)
        for number, kind, said in told if not self.is_stamped_past else ():
            lies = said.get("impression"), said.get("sha256")
            if kind in {"reserved", "photographed"} and lies != shown[1]:  # the same bytes again change nothing
                shown = number, lies
            if kind == "fired":
                assert any(shown[0] <= at < number and what == shown[1] for at, what in self.agreed), (shown, number)


def _of(event: object) -> tuple[str, str, dict[str, object]]:
    assert isinstance(event, dict)
    return str(event["type"]), str(event["ticket"]), event["said"]


def _impressions(story: Iterable[tuple[str, str, object]], kind: str, uid: str) -> list[object]:
    return [said["impression"] for one, of, said in story if (one, of) == (kind, uid) and isinstance(said, dict)]


RandomHands.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestRandomHands = RandomHands.TestCase
