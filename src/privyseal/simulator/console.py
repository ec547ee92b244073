"""Lines of words that are done at a device, one answer a line: what a bench program does for ``device conformance``.

``ok``, ``ok WORD``, ``no REASON``, or ``unknown`` for what this device cannot be made to do.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from privyseal.device.parts import Cannot
from privyseal.device.watched import Alarm, Watched
from privyseal.kernel.errors import Refused
from privyseal.simulator.device import Device, answered, shown
from privyseal.simulator.parts import MOMENTS

_LOW_BATTERY: Final = 10
_FULL_DISK: Final = 1_000
Act = Callable[..., str | None]

HELP: Final[Mapping[str, str]] = {
    "enrol": "URL CODE: become known to a gateway",
    "sync": "send everything, and take what there is",
    "open": "TICKET OPERATOR: identify somebody, and open",
    "code": "DIGITS: type a code of twenty digits",
    "scan": "DIGITS, or a picture's FILE: hold the QR code of a ticket before its camera",
    "press": "make one impression, or go on with the one that waits",
    "photograph": "take another picture of what lies there",
    "close": "end the session",
    "receipt": "show the receipt of the grant by code",
    "door": "SLOT open|shut",
    "mount": "SLOT SEAL, or SLOT - : put a seal there, take it out",
    "tamper": "somebody is at the case",
    "motion": "somebody carries it",
    "key": "the mechanical key is turned",
    "stamp": "bring the seal down past the device",
    "jam": "[N]: the seal will not come down, once or N times",
    "camera": "on|off: off lets photographs fail",
    "cut": "[reserved|fired]: power goes, now or in the next impression before or after the seal comes down",
    "power": "power comes",
    "network": "on|off",
    "carrier": "on|off: a telephone is there by Bluetooth, after the button was pressed, or goes",
    "fragment": "HEX: what the telephone writes; the answer is what it is told",
    "battery": "PERCENT: below 10 is an alarm",
    "disk": "KILOBYTES that are free: below 1,000 is an alarm",
    "clock": "SECONDS: how wrong its own clock is",
    "place": "LATITUDE LONGITUDE in millionths of a degree, or - for not known",
    "renew": "get a new certificate",
    "state": "show everything",
}


class Console:
    def __init__(self, device: Device) -> None:
        self._device = device
        self._acts: Mapping[str, Act] = {name: getattr(self, f"do_{name}") for name in HELP}

    def answer(self, line: str) -> str:
        """Do one line, tell the gateway, and return the answer."""
        word, *rest = line.split()
        act = self._acts.get(word)
        if act is None:
            return "unknown"
        try:
            said = act(*rest)
        except (TypeError, ValueError):
            return f"unknown: {word} {HELP[word]}"
        self._tell(is_told=word == "sync")
        return said if said and said.startswith("ok") else f"no {said}" if said else "ok"

    def _tell(self, *, is_told: bool) -> None:
        """Tell what is new; what was told just now is told again only where the answer made something happen."""
        machine = self._device.machine
        if machine is None or not self._device.parts.state.has_network:
            return
        if machine.kept.unsent or not is_told:
            self._device.exchange("console")
        self._device.send_pictures("console")

    def do_enrol(self, address: str, code: str) -> str | None:
        return self._device.enrol(address, code)

    def do_sync(self) -> str | None:
        self._device.keep_up("console")
        return self._device.exchange("console")

    def do_open(self, ticket: str, operator: str) -> str | None:
        return self._device.at_it(lambda machine, at: machine.open(ticket, operator, at))

    def do_code(self, digits: str) -> str | None:
        return self._device.at_it(lambda machine, at: answered(machine.enter(digits, at)))

    def do_scan(self, what: str) -> str | None:
        try:
            digits = what if what.isascii() and what.isdigit() else code_on(Path(what))
            return self._device.at_it(
                lambda machine, at: f"ok {uid}" if (uid := machine.scan(digits, at)) else "not-taken"
            )
        except Refused as refused:
            return refused.code
        except OSError:
            return "no-file"

    def do_press(self) -> str | None:
        return self._device.press()

    def do_photograph(self) -> str | None:
        return self._device.photograph()

    def do_close(self) -> str | None:
        def close(machine: Watched, at: datetime) -> Cannot | None:
            machine.release("not stamped", at)  # where an impression is begun whose seal is still up
            return machine.close("done", at)

        return self._device.at_it(close)

    def do_receipt(self) -> str | None:
        return self._device.at_it(lambda machine, at: f"ok {shown}" if (shown := machine.receipt(at)) else "none")

    def do_door(self, slot: str, how: str) -> str | None:
        number = int(slot)
        if how == "open":
            return self._device.at_it(lambda machine, at: machine.door_opened(number, at))
        return self._device.at_it(lambda machine, at: machine.door_shut(number, at))

    def do_mount(self, slot: str, seal: str) -> None:
        slots = {**self._device.parts.state.slots, str(int(slot)): "" if seal == "-" else seal}
        self._device.parts.change(slots=slots)
        self._device.look()

    def do_tamper(self) -> str | None:
        return self._alarm(Alarm.TAMPER)

    def do_motion(self) -> str | None:
        return self._alarm(Alarm.MOTION)

    def do_key(self) -> str | None:
        return self._alarm(Alarm.EMERGENCY_KEY)

    def do_stamp(self) -> str | None:
        parts = self._device.parts
        parts.change(counter=parts.counter + 1)
        return self._device.at_it(lambda machine, at: machine.account(at))

    def do_jam(self, times: str = "1") -> None:
        self._device.parts.change(jams=int(times))

    def do_camera(self, how: str) -> None:
        self._device.parts.change(has_camera=how == "on")

    def do_cut(self, moment: str = "") -> None:
        if moment:
            self._device.parts.change(cut=MOMENTS[MOMENTS.index(moment)])
        else:
            self._device.power_off()

    def do_power(self) -> None:
        self._device.power_on()

    def do_network(self, how: str) -> None:
        self._device.parts.change(has_network=how == "on")

    def do_carrier(self, how: str) -> str:
        return f"ok {self._device.carrier(is_there=how == 'on').hex()}"

    def do_fragment(self, data: str) -> str:
        told = self._device.fragment(bytes.fromhex(data))
        return "no-carrier" if told is None else " ".join(["ok", *(each.hex() for each in told)])

    def do_battery(self, percent: str) -> str | None:
        self._device.parts.change(battery=int(percent))
        return self._alarm(Alarm.BATTERY_LOW) if int(percent) < _LOW_BATTERY else None

    def do_disk(self, kilobytes: str) -> str | None:
        self._device.parts.change(free_kilobytes=int(kilobytes))
        return self._alarm(Alarm.DISK_FULL) if int(kilobytes) < _FULL_DISK else None

    def do_clock(self, seconds: str) -> None:
        self._device.parts.change(clock=int(seconds))

    def do_place(self, latitude: str, longitude: str = "") -> None:
        self._device.parts.change(place=None if latitude == "-" else (int(latitude), int(longitude)))

    def do_renew(self) -> str | None:
        return self._device.renew("console")

    def do_state(self) -> str:
        return "ok " + ", ".join(f"{name}: {value}" for name, value in shown(self._device).items())

    def _alarm(self, kind: Alarm) -> str | None:
        return self._device.at_it(lambda machine, at: machine.alarm(kind, at))


def code_on(file: Path) -> str:
    """Return what the first code on a picture says, nothing where there is none; or refuse what is no picture."""
    from privyseal.pdf.photographs import codes_on  # noqa: PLC0415  loads what reads pictures, 0.3 s

    return next(iter(codes_on(file.read_bytes())), "")
