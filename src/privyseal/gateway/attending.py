"""What a gateway does with messages of a broker: those that come together are kept together, and each is answered."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from privyseal.device import signed
from privyseal.device.events import EventsMissing
from privyseal.device.line import End, Heard
from privyseal.device.signed import Frame, FrameBroken
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.hearing import acknowledged_each
from privyseal.gateway.exchange import Exchange
from privyseal.gateway.house import House
from privyseal.kernel.errors import Refused
from privyseal.signer.client import Client

Say = Callable[[str, End, str, bytes], object]
_LOG: Final = logging.getLogger("privyseal.gateway")


class Attendant:
    """``say`` hands a frame to the broker, for a device, with what it asked its answer to repeat.

    A broker says nothing that is believed: whose a frame is says its signature, and the topic it came by has to be of
    the same device. To what is refused there is no answer, since nobody could tell it from one that a broker made up.
    """

    def __init__(self, house: House, signer: Client, now: Callable[[], datetime], say: Say) -> None:
        self._house = house
        self._signer = signer
        self._now = now
        self._say = say

    def attend(self, heard: Sequence[Heard]) -> None:
        """Take what came together: events first, then who says hello."""
        sorted_: dict[Frame, list[Heard]] = {Frame.EVENTS: [], Frame.HELLO: []}
        for one in heard:
            kind = _kind(one)
            if kind in sorted_:
                sorted_[kind].append(one)
        self._acknowledge(self._kept(sorted_[Frame.EVENTS]))
        for one in sorted_[Frame.HELLO]:
            self._answer(one)

    def _kept(self, told: Sequence[Heard]) -> Iterable[Heard]:
        """Keep events, and return those messages that are answered: also one that comes too early."""
        if not told:
            return ()
        at = self._now()
        refused = set()
        for place in self._left(told, at):
            try:
                actions.keep_events(GATEWAY, at, serial=told[place].serial, frame=told[place].text)
            except EventsMissing:
                continue
            except Refused as refusal:
                refused.add(place)
                _LOG.warning("refused", extra={"code": refusal.code})
            except Exception:  # noqa: BLE001  one message keeps nothing from the others
                refused.add(place)
                _LOG.exception("broken")
        return (one for place, one in enumerate(told) if place not in refused)

    def _left(self, told: Sequence[Heard], at: datetime) -> Iterable[int]:
        """Keep what can be kept together, and return what is left to be kept each by itself."""
        try:
            return actions.keep_together(GATEWAY, at, frames=[(one.serial, one.text) for one in told])
        except Exception:  # noqa: BLE001  one message keeps nothing from the others
            _LOG.exception("broken")
            return range(len(told))

    def _acknowledge(self, kept: Iterable[Heard]) -> None:
        """Answer each message by itself; those of one device are told the same."""
        asked: dict[str, set[bytes]] = {}
        for one in kept:
            asked.setdefault(one.serial, set()).add(one.asked)
        for each in acknowledged_each(asked.keys()) if asked else ():
            text = self._house.acknowledgement(each)
            for one_asked in asked[each.device]:
                self._say(each.device, End.ACKNOWLEDGEMENTS, text, one_asked)

    def _answer(self, one: Heard) -> None:
        """Tell a device what it lacks; the acknowledgement comes last, and says that this was all."""
        at = self._now()
        exchange = Exchange(self._house, self._signer)
        try:
            exchange.take(one.text, at)
            told = [*exchange.answer(at)]
            last = exchange.acknowledgement(one.serial)
        except Refused as refusal:
            _LOG.warning("refused", extra={"code": refusal.code})
            return
        for frame in told:
            if signed.claimed(frame) is not Frame.ACKNOWLEDGEMENT:
                self._say(one.serial, End.COMMANDS, frame, b"")
        self._say(one.serial, End.ACKNOWLEDGEMENTS, last, one.asked)


def _kind(one: Heard) -> Frame | None:
    """Return what a message says it is, or nothing where it is no frame of the device of its topic."""
    try:
        kind = signed.claimed(one.text)
        return kind if signed.device_in(one.text) == one.serial else None
    except FrameBroken:
        return None
