"""A device with doors, slots and tags: what its sensors see, and what it does by itself about it.

A door, a seal taken or put back is an event of the session that it belongs to; outside of one it is an alarm. Whatever
shows that somebody is inside who was let in by nobody locks the device, until the signer unlocks it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from privyseal.device import codes, scanned
from privyseal.device.codes import Grant, Kind
from privyseal.device.events import Told
from privyseal.device.kept import Allowed, Open
from privyseal.device.keypad import Entered
from privyseal.device.machine import Machine
from privyseal.device.parts import Mechanics
from privyseal.device.signed import Frame, said_by_itself
from privyseal.device.tickets import Mode, Ticket
from privyseal.kernel.canonical import Json, utc_text, utc_time

DOOR_SECONDS: Final = 120
HEALTH_EVERY: Final = timedelta(days=1)
PLACE_EVERY: Final = timedelta(minutes=10)


class Alarm(StrEnum):
    """What is wrong with a device."""

    TAMPER = "tamper"
    MOTION = "motion"
    DOOR_HELD = "door-held"
    EMERGENCY_KEY = "emergency-key"
    JAM = "jam"
    DISK_FULL = "disk-full"
    BATTERY_LOW = "battery-low"
    SEAL_MISSING = "seal-missing"


LOCKING: Final = frozenset((Alarm.TAMPER, Alarm.EMERGENCY_KEY, Alarm.SEAL_MISSING))


class Slotted(Mechanics, Protocol):
    """Mechanics that read the tag of the seal in each slot."""

    @property
    def slots(self) -> Mapping[int, str]:
        """Return the uid of the seal that is read in each slot, counted from 1; empty for none."""


class Watched(Machine):
    """A device that sees its doors and slots. ``look`` is called when a tag changes, ``tick`` every few seconds."""

    def scan(self, digits: str, at: datetime) -> str:
        """Take the ticket of a QR code as one that came by the network, or refuse; return its uid where it has it."""
        text = scanned.frame_in(digits)
        self.take(text, at)
        uid = str(said_by_itself(text, Frame.TICKET)["ticket"])
        return uid if uid in self.kept.tickets else ""

    def enter(self, code: str, at: datetime) -> Entered:
        """Take twenty digits; those by which a seal may be taken out open its slot again until it is back."""
        grant = self.kept.keypad.grant
        if grant is None or not self._opens_again(grant, code, at):
            return super().enter(code, at)
        uid, slot = self._uid_of(grant), self.kept.slot_of(self.kept.granted)
        said: dict[str, Json] = {"answer": Entered.ACCEPTED.value, "sequence": grant.sequence, "slot": slot}
        self._tell(Told.CODE_ENTERED, at, ticket=uid, said=said, session=Open(uid, ""))
        return Entered.ACCEPTED

    def receipt(self, at: datetime) -> str | None:
        """Return the twelve digits of a grant by code, None also while the seal that it let out is not back."""
        grant = self.kept.keypad.grant
        is_away = grant is not None and grant.kind is Kind.TAKE_OUT and self._is_away(grant)
        return None if is_away else super().receipt(at)

    def alarm(self, kind: Alarm, at: datetime, *, slot: int = 0) -> None:
        """Tell that something is wrong; lock where somebody is inside whom nobody let in."""
        is_locked = self.kept.is_locked or kind in LOCKING
        said: dict[str, Json] = {"kind": kind.value, "since": utc_text(at), "counter": self.kept.counter}
        said |= {"locked": is_locked} | ({"slot": slot} if slot else {})
        locking = self._locking if kind in LOCKING else {}
        self._tell(Told.ALARM, at, ticket=self._ticket, said=said, **locking)

    def door_opened(self, slot: int, at: datetime) -> None:
        """Take note of a door; one that opens while nobody is identified, or was let into another slot, was forced."""
        doors = {**self.kept.doors, str(slot): utc_text(at)}
        self._tell(Told.DOOR_OPENED, at, ticket=self._ticket, said={"slot": slot}, doors=doors, session=self._unseen)
        by_hand = self._by_hand
        if self.kept.session is None or (by_hand is not None and slot not in self._doors_of(by_hand)):
            self.alarm(Alarm.TAMPER, at, slot=slot)

    def door_shut(self, slot: int, at: datetime) -> None:
        doors, held = dict(self.kept.doors), tuple(one for one in self.kept.held if one != str(slot))
        since = doors.pop(str(slot), utc_text(at))
        seconds = max(0, int((at - utc_time(since)).total_seconds()))
        said: dict[str, Json] = {"slot": slot, "seconds": seconds}
        self._tell(Told.DOOR_SHUT, at, ticket=self._ticket, said=said, doors=doors, held=held)
        by_hand = self._by_hand
        if by_hand is not None and slot in self._doors_of(by_hand):
            self.close("shut", at)

    def look(self, slots: Mapping[int, str], at: datetime) -> None:
        """Tell what changed in the slots since the last look: taken, put back, missing, or not what is meant to be."""
        tags = self.kept.tags
        for slot, seal in sorted(slots.items()):
            before = tags.get(str(slot), self.kept.mounted.get(str(slot), ""))
            if seal != before:
                tags = {**tags, str(slot): seal}
                self._changed(slot, before, seal, at, tags)

    def tick(self, at: datetime) -> None:
        """Tell once of each door that is open too long, once a day how it is, and where, while it is fenced."""
        if not self.kept.health_at:
            self._keep(health_at=utc_text(at))
        if abs(at - utc_time(self.kept.health_at)) >= HEALTH_EVERY:  # also after a clock that was far ahead was set
            self._tell_health(at)
        self._tell_place(at)
        for slot, since in self.kept.doors.items():
            if slot not in self.kept.held and at - utc_time(since) > timedelta(seconds=DOOR_SECONDS):
                said: dict[str, Json] = {"kind": Alarm.DOOR_HELD.value, "since": since, "slot": int(slot)}
                self._tell(Told.ALARM, at, ticket=self._ticket, said=said, held=(*self.kept.held, slot))

    def _tell_place(self, at: datetime) -> None:
        place, last = self._mechanics.place(), self.kept.place_at
        if place is None or (last and abs(at - utc_time(last)) < PLACE_EVERY) or not self._is_fenced(at):
            return
        said: dict[str, Json] = {"latitude": place[0], "longitude": place[1]}
        self._tell(Told.POSITION, at, ticket=self._ticket, said=said, place_at=utc_text(at))

    def _is_fenced(self, at: datetime) -> bool:
        """Tell whether some ticket says where it may be now: only then where it is concerns anybody."""
        fenced = (Ticket.of(said) for said in self.kept.tickets.values() if said["place"] is not None)
        return any(ticket.opens_at <= at < ticket.closes_at for ticket in fenced)

    @property
    def _ticket(self) -> str:
        return self.kept.session.ticket if self.kept.session else ""

    def _changed(self, slot: int, before: str, seal: str, at: datetime, tags: Mapping[str, str]) -> None:
        meant = self.kept.mounted.get(str(slot), "")
        if before:
            taken: dict[str, Json] = {"slot": slot, "seal": before}
            by_hand, is_theirs = self._by_hand, before == self._seal_of_session()
            spent = self.kept.spent
            if by_hand is not None and is_theirs:  # once: what is back by it stays there
                is_theirs, spent = not spent.get(by_hand.uid), {**spent, by_hand.uid: 1}
            self._tell(Told.SEAL_TAKEN, at, ticket=self._ticket, said=taken, tags=tags, spent=spent)
            if not is_theirs:
                self.alarm(Alarm.SEAL_MISSING, at, slot=slot)
        if seal and seal == meant:
            self._tell(Told.SEAL_RETURNED, at, ticket=self._ticket, said={"slot": slot, "seal": seal}, tags=tags)
        elif seal:
            wrong: dict[str, Json] = {"reason": "not-meant", "slot": slot, "seal": seal}
            self._tell(Told.WRONG_SEAL, at, ticket=self._ticket, said=wrong, tags=tags)

    def _seal_of_session(self) -> str:
        allowed = self._allowed()
        return allowed.seal if allowed else ""

    @property
    def _by_hand(self) -> Allowed | None:
        """Return what the open session allows where it lets a seal be taken out, None for any other."""
        said, grant = self.kept.tickets.get(self._ticket), self.kept.keypad.grant
        if said is not None:
            return self._allowed() if Ticket.of(said).mode is Mode.HAND else None
        return self._allowed() if grant is not None and grant.kind is Kind.TAKE_OUT else None

    def _doors_of(self, allowed: Allowed) -> tuple[int, int]:
        """Return the door of the seal's own slot, and that of the whole."""
        return self.kept.slot_of(allowed.seal), 0

    def _opens_again(self, grant: Grant, code: str, at: datetime) -> bool:
        """Tell whether these are the digits of the open grant, which let a seal out that is not out yet, or not back.

        Until it is out the window counts; to put it back nothing does but the lock, the clock and who is at it.
        """
        key, holder = self._identity.code_key, replace(self._identity.holder, seal=self.kept.granted)
        uid = self._uid_of(grant)
        is_new = not self.kept.spent.get(uid) and uid not in self.kept.withdrawn
        is_due = is_new and grant.opens_at <= int(at.timestamp()) < grant.closes_at
        is_free = not (self.kept.is_locked or self._is_doubted(at) or self.kept.session)
        is_meant = grant.kind is Kind.TAKE_OUT and is_free and (is_due or self._is_away(grant))
        return is_meant and hmac.compare_digest(codes.issued(key, holder, grant).encode(), code.encode())

    def _is_away(self, grant: Grant) -> bool:
        """Tell whether the seal is out that this grant let out."""
        return self.kept.spent.get(self._uid_of(grant), 0) > 0 and self.kept.granted not in self._mechanics.seals

    def _uid_of(self, grant: Grant) -> str:
        return codes.uid_of(replace(self._identity.holder, seal=self.kept.granted), grant.sequence)
