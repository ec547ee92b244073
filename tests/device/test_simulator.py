"""A simulated device keeps to the protocol, whatever kind it is; and one that does not is found out."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from jwt.utils import base64url_decode

from privyseal.conformance import cases, hand_cases, keypad_cases
from privyseal.conformance.bench import Answer
from privyseal.conformance.catalogue import CASES
from privyseal.conformance.gateway import Gateway
from privyseal.conformance.trial import SEAL, Result, Trial, tried
from privyseal.device import keypad, receipts
from privyseal.device.carried import Berth, Fragment
from privyseal.device.codes import Holder
from privyseal.device.events import Told
from privyseal.device.hello import Hellos
from privyseal.device.machine import Machine
from privyseal.device.orders import Instruction
from privyseal.device.parts import Identity
from privyseal.device.signed import FrameBroken
from privyseal.device.watched import Watched
from privyseal.kernel.canonical import NotCanonical, parse
from privyseal.simulator.console import Console
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home
from privyseal.simulator.page import photograph
from privyseal.simulator.quiet import Quiet

ENROLS: Final = [*CASES][:2]


class Here:
    """A bench without a program: the console of a device in this process."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._console = Console(device)

    def do(self, line: str) -> Answer:
        how, _, more = self._console.answer(line).partition(" ")
        return Answer(how, more)


def drawn(seal: str, counter: int) -> bytes:
    return f"{seal} {counter}".encode()


def made(
    folder: Path,
    *,
    kind: str = "handheld",
    slots: int = 1,
    uses_broker: bool = True,
    draw: Callable[[str, int], bytes] = drawn,
) -> Device:
    home = Home(folder)
    own = home.own(serial="SIM-0001", kind=kind, slots=slots)
    return Device(
        home,
        own,
        draw,
        lambda: datetime.now(UTC),
        uses_broker=uses_broker,
    )


def tried_at(device: Device, cases: Mapping[str, Callable[[Trial], None]]) -> list[Result]:
    with Gateway(SEAL) as gateway, closing(device):
        return tried(Trial(gateway, Here(device)), cases)


def test_a_simulated_machine_with_slots_keeps_to_the_protocol(folder: Path) -> None:
    results = tried_at(made(folder, kind="desktop", slots=4), CASES)

    assert [one for one in results if one.how != "passed"] == []


def test_a_simulated_cabinet_keeps_to_the_protocol_and_stamps_nothing(folder: Path) -> None:
    own = {cases.enrolment, cases.good_ticket, cases.doors, cases.withdrawn, hand_cases.by_hand, hand_cases.by_code}
    own |= {hand_cases.other_slot, keypad_cases.other_kinds}
    results = tried_at(made(folder, kind="cabinet", slots=4), {name: it for name, it in CASES.items() if it in own})

    assert [one for one in results if one.how == "failed"] == []
    assert [one.why for one in results if one.how == "not tried"] == 2 * ["a cabinet or box stamps nothing"]


def test_a_device_goes_on_where_it_was_killed(folder: Path) -> None:
    with Gateway(SEAL) as gateway, closing(made(folder)) as killed:
        trial = Trial(gateway, Here(killed))
        trial.enrol()
        ticket = trial.opened(impressions=2)
        trial.do("cut", "fired")
        trial.do("press")
        with closing(made(folder)) as device:
            again = Trial(gateway, Here(device))
            for line in ("power", "press", "press", "close"):
                again.done(line)
            came = [event for event in again.came() if event.ticket == ticket.uid]

    for kind in ("fired", "committed"):
        assert [event.said["impression"] for event in came if event.type == kind] == [1, 2]


class Cut(BaseException):
    """Power goes here and now."""


def cut_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have power go before this file of a device's disk is written the next time, and no other time."""
    write: Callable[[Home, str, bytes], None] = Home._write  # noqa: SLF001  a disk that fails

    def failing(home: Home, path: str, data: bytes) -> None:
        if path.startswith(name):
            monkeypatch.setattr(Home, "_write", write)
            raise Cut
        write(home, path, data)

    monkeypatch.setattr(Home, "_write", failing)


@pytest.mark.parametrize("write", ["kept", "parts", "pictures"])
def test_no_event_names_a_picture_that_a_cut_took(write: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Gateway(SEAL) as gateway, closing(made(folder)) as killed:
        trial = Trial(gateway, Here(killed))
        trial.enrol()
        ticket = trial.opened(impressions=1)
        cut_at(write, monkeypatch)
        with pytest.raises(Cut):
            trial.do("press")
        with closing(made(folder)) as device:
            again = Trial(gateway, Here(device))
            again.done("press")
            events = again.came()

    told = {event.said["sha256"] for event in events if event.type == "photographed"}
    assert [event.said["impression"] for event in events if event.type in {"fired", "committed"}] == [1, 1]
    assert (set(gateway.played.pictures), [*(folder / "pictures").iterdir()]) == (told, [])
    assert ticket.uid in {event.ticket for event in events}


@pytest.mark.parametrize("write", ["", "device.json"])
def test_enrolled_again_by_its_own_keys_it_forgets_no_impression(
    write: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway(SEAL) as gateway, closing(made(folder)) as device:
        trial = Trial(gateway, Here(device))
        trial.enrol()
        ticket = trial.opened(impressions=1)
        for line in ("press", "close"):
            trial.done(line)
        if write:
            cut_at(write, monkeypatch)
            with pytest.raises(Cut):
                trial.enrol()
        else:
            trial.enrol()
        with closing(made(folder)) as after:
            again = Trial(gateway, Here(after))
            again.sync()
            again.refuses(ticket.uid, "used-up")
            assert gateway.played.broken == []


def test_a_photograph_is_a_page_with_the_imprint_of_its_seal() -> None:
    one, other = photograph(SEAL, 1), photograph(SEAL, 2)

    assert one.startswith(b"\x89PNG")
    assert one != other


def test_what_the_console_does_not_know_it_says(folder: Path) -> None:
    with closing(made(folder)) as device:
        console = Console(device)

    assert console.answer("sing") == "unknown"
    assert console.answer("open") == "unknown: open TICKET OPERATOR: identify somebody, and open"
    assert console.answer("press") == "no not-enrolled"
    assert console.answer("state").startswith("ok serial: SIM-0001, kind: handheld")


def _unchecked(machine: object, text: str, frame: object, key: object) -> Any:  # noqa: ANN401  any JSON
    del machine, frame, key
    try:
        return parse(base64url_decode(text.split(".")[1]))
    except NotCanonical as error:
        raise FrameBroken from error


def _forgets(machine: Machine, told: object) -> None:
    del told
    machine._keep(unsent=())  # noqa: SLF001  a machine whose insides are changed


def _takes_again(machine: Machine, order: Instruction, at: datetime) -> None:
    machine._tell(Told.UNLOCKED, at, said={}, orders=order.number, is_locked=False)  # noqa: SLF001  as above


def _gone_on(berth: Berth, said: Fragment) -> list[bytes]:
    return DATA(berth, said._replace(number=len(berth._came)))  # noqa: SLF001  a machine whose insides are changed


def _anew(berth: Berth, said: Fragment) -> list[bytes]:
    berth._coming = said._replace(number=0)  # noqa: SLF001  as above
    return OFFERED(berth, said)


def _of_no_events(key: bytes, holder: Holder, *, sequence: int, used: int, head: bytes) -> str:
    del head
    return SHOWN(key, holder, sequence=sequence, used=used, head=bytes(32))


SHOWN: Final = receipts.shown
DATA: Final = Berth._data  # noqa: SLF001  as above
OFFERED: Final = Berth._offer  # noqa: SLF001  as above
NOTHING: Final = staticmethod(lambda *_, **__: None)


@pytest.mark.parametrize(
    ("where", "name", "instead", "found_by"),
    [
        (Machine, "_opened", _unchecked, "tickets that are forged"),
        (Identity, "is_given", staticmethod(lambda *_: True), "told that its tickets"),
        (Machine, "_opened", _unchecked, "whoever is the gateway locks it"),
        (Machine, "_obey", _takes_again, "whoever is the gateway locks it"),
        (Machine, "_cannot_reserve", NOTHING, "a good ticket"),
        (Machine, "_cannot_reserve", NOTHING, "outside its fence"),
        (Machine, "_cannot_reserve", NOTHING, "a ticket that is withdrawn"),
        (Machine, "_cannot_fire", NOTHING, "it waits until as many others"),
        (Machine, "_cannot_fire", NOTHING, "locked in the middle"),
        (Machine, "_forget", _forgets, "it forgets nothing"),
        (Machine, "account", NOTHING, "a stamp past it"),
        (Watched, "alarm", NOTHING, "somebody at its case"),
        (Watched, "tick", NOTHING, "by itself"),
        (Device, "renew", NOTHING, "by itself"),
        (Watched, "_tell_place", NOTHING, "where it is fenced"),
        (Quiet, "note", NOTHING, "told to ask later"),
        (Hellos, "answers", staticmethod(lambda *_: True), "a time that does not"),
        (Berth, "_data", _gone_on, "what a telephone garbles"),
        (Berth, "_offer", _anew, "a telephone carries"),
        (Machine, "_unlock", _takes_again, "an order to unlock"),
        (keypad, "_untimely", NOTHING, "a code opens once"),
        (keypad, "_untimely", NOTHING, "codes open nothing before"),
        (keypad, "_mistyped", staticmethod(lambda before, _now: before), "after five wrong tries"),
        (keypad, "closed", staticmethod(lambda before: before), "codes out of their order"),
        (receipts, "shown", _of_no_events, "a code opens it as often"),
    ],
)
def test_a_device_that_does_not_keep_to_the_protocol_is_found_out(
    where: object, name: str, instead: object, found_by: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = instead.__func__ if isinstance(instead, staticmethod) else instead
    monkeypatch.setattr(where, name, plain)
    found = next(sentence for sentence in CASES if sentence.startswith(found_by))
    results = tried_at(made(folder), {sentence: CASES[sentence] for sentence in (*ENROLS, found)})

    assert [(one.how, one.name) for one in results if one.how != "passed"] == [("failed", found)]
