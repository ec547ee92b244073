"""One machine behind a maker's cloud: its tickets go there, and what comes from there becomes its events.

The cloud counts; the device decides by its ticket whether that was allowed. What was not is told as ``excess``, and a
count that goes back, or further than a machine gets between two tellings, as ``tamper``: it is no count.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from privyseal.bridge.cloud import Cloud, CloudBroken, Happened, Told
from privyseal.device.tickets import Ticket
from privyseal.device.watched import Alarm
from privyseal.kernel.errors import Refused
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home, Own

_MOST_KNOWN: Final = 1_000
_MOST_BETWEEN: Final = 1_000


class Bridged:
    """``home`` is its disk, where its own key lies; not for two threads at once, but for ``device.listen``."""

    def __init__(self, home: Home, own: Own, cloud: Cloud, clock: Callable[[], datetime]) -> None:
        self._cloud = cloud
        self._pictures: list[bytes] = []
        self.device = Device(home, own, lambda _seal, _counter: self._pictures.pop() if self._pictures else b"", clock)
        self._passed: set[str] = set()
        self._taken_back: set[str] = set()
        self._is_locked = False
        self._heard: list[str] = []
        self._told_late = range(0)

    def close(self) -> None:
        self.device.close()

    def pass_on(self) -> int:
        """Tell the cloud what the machine was told since; return how much. What it did not take is told it again."""
        machine, passed = self.device.machine, 0
        if machine is None:
            return 0
        kept, serial = machine.kept, self.device.own.serial
        # What stops it comes first: a cloud that answers slowly holds nothing of it up with what opens it.
        ask = self._cloud.lock if kept.is_locked else self._cloud.unlock
        if kept.is_locked != self._is_locked and self._done(partial(ask, serial)):
            self._is_locked = kept.is_locked
            passed += 1
        for uid in kept.withdrawn:
            if uid not in self._taken_back and self._done(partial(self._cloud.withdraw, serial, uid)):
                self._taken_back.add(uid)
                passed += 1
        for uid, said in kept.tickets.items():
            if uid not in self._passed | set(kept.withdrawn) and self._done(
                partial(self._cloud.allow, Ticket.of(said))
            ):
                self._passed.add(uid)
                passed += 1
        return passed

    def hear(self, told: Told) -> None:
        """Take what the cloud tells, once, as what happened at the machine; or refuse what is of another one."""
        if told.device != self.device.own.serial:
            raise CloudBroken
        if told.name in self._heard:
            return
        acts = {Happened.OPENED: self._opened, Happened.STAMPED: self._stamped, Happened.CLOSED: self._closed}
        acts.get(told.happened, self._alarmed)(told)
        self._heard = [*self._heard, told.name][-_MOST_KNOWN:]

    def _opened(self, told: Told) -> None:
        self.device.at_it(lambda machine, at: machine.open(told.grant, told.operator, at))

    def _stamped(self, told: Told) -> None:
        """Count it as an impression of the open session where its ticket allows one, and as one too many where not."""
        machine, parts = self.device.machine, self.device.parts
        if machine is None or told.counter == parts.counter or told.counter in self._told_late:
            return
        if not self._is_count(told.counter):
            self.device.at_it(lambda machine, at: machine.alarm(Alarm.TAMPER, at))
            return
        self._told_late = range(max(parts.counter + 1, told.counter - _MOST_BETWEEN), told.counter)
        self._pictures = [told.picture] if told.picture else []
        parts.change(has_camera=bool(told.picture))
        session = machine.kept.session
        if session is not None and session.ticket == told.grant and told.counter == parts.counter + 1:
            self.device.press()
        if parts.counter < told.counter:
            parts.change(counter=told.counter)
            self.device.at_it(lambda machine, at: machine.account(at))

    def _is_count(self, counter: int) -> bool:
        """Return if a machine can have got there since the count before; the first one it tells is taken as it is."""
        before = self.device.parts.counter
        return before == 0 or before < counter <= before + _MOST_BETWEEN

    def _closed(self, told: Told) -> None:
        del told
        self.device.at_it(lambda machine, at: machine.close("done", at))

    def _alarmed(self, told: Told) -> None:
        kind = Alarm(told.alarm) if told.alarm in set(Alarm) else Alarm.TAMPER
        self.device.at_it(lambda machine, at: machine.alarm(kind, at))

    def _done(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except Refused as refusal:
            self.device.display = refusal.code
            return False
        return True
