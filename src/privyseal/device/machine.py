"""A device as it decides: what it takes, when it opens, how it counts. Its mechanics and its disk are handed in.

Every act is kept before it is done and told after it, so a cut at any moment leaves one of three things: nothing
happened, it happened and is told, or the mechanical count says at the next start that the seal came down.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from privyseal.device import codes, keypad, receipts, signed
from privyseal.device.codes import Holder, Kind
from privyseal.device.events import MOST_AT_ONCE, Head, Told
from privyseal.device.hello import MOST_TICKETS, Hello, Hellos
from privyseal.device.kept import Allowed, Kept, Open, Phase
from privyseal.device.keypad import Entered
from privyseal.device.orders import Acknowledgement, Instruction, Order, Request, acknowledgement, instruction
from privyseal.device.parts import Cannot, Identity, Mechanics
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey
from privyseal.device.tickets import Mode, Ticket
from privyseal.kernel.canonical import Json, sha256, utc_text, utc_time

_CLOCK_TOLERANCE: Final = timedelta(minutes=2)


class Machine:
    """One device. Not for two threads at once; ``save`` has the bytes on the disk when it returns."""

    def __init__(
        self,
        identity: Identity,
        mechanics: Mechanics,
        save: Callable[[bytes], None],
        *,
        kept: bytes | None = None,
        at: datetime,
    ) -> None:
        self._identity = identity
        self._mechanics = mechanics
        self._save = save
        self._hellos = Hellos()
        self.kept = Kept.of(kept) if kept else Kept(counter=mechanics.counter)
        said: dict[str, Json] = {"counter": mechanics.counter, "locked": self.kept.is_locked}
        self._tell(Told.STARTED, at, said=said, session=self._unseen)
        self.account(at)

    # --- what comes from elsewhere -----------------------------------------------------------------------------------

    def take(self, text: str, at: datetime) -> None:
        """Take a frame, once; or refuse: frame-broken, frame-forged."""
        frame = signed.claimed(text)
        if frame is Frame.TICKET:
            self._take_ticket(Ticket.of(self._opened(text, frame, self._identity.signer)))
        elif frame is Frame.ORDER:
            self._obey(instruction(frame, self._opened(text, frame, self._identity.signer)), at)
        elif frame is Frame.REQUEST:
            self._answer(instruction(frame, self._opened(text, frame, self._identity.gateway)), at)
        elif frame is Frame.ACKNOWLEDGEMENT:
            self._forget(acknowledgement(self._opened(text, frame, self._identity.gateway)))
        else:
            raise FrameBroken

    def told(self, after: int = 0) -> str | None:
        """Return the next frame of events to send, after as many that are sent; None when all are."""
        events = list(self.kept.unsent[after : after + MOST_AT_ONCE])
        if not events:
            return None
        said: dict[str, Json] = {"v": 1, "device": self._identity.serial, "events": events}
        return signed.signed(Frame.EVENTS, said, self._identity.key)

    def hello(self, at: datetime, *, wait: int = 0) -> str:
        """Return the frame that says what this device has, so that it is told what it lacks."""
        kept = self.kept
        said = Hello(self._identity.serial, at, kept.head.number, kept.orders, kept.requests, tuple(kept.tickets), wait)
        return self._hellos.said(signed.signed(Frame.HELLO, said.to_json(), self._identity.key), at)

    # --- what somebody does at it ------------------------------------------------------------------------------------

    def open(self, ticket_uid: str, operator: str, at: datetime) -> Cannot | None:
        """Open for an operator who was identified here; return why not, None once it is open."""
        cannot = self._cannot_open(ticket_uid, operator, at)
        if cannot is not None:
            told = Told.WRONG_SEAL if cannot is Cannot.WRONG_SEAL else Told.REFUSED
            self._tell(told, at, ticket=ticket_uid, said={"reason": cannot.value, "operator": operator})
            return cannot
        ticket = Ticket.of(self.kept.tickets[ticket_uid])
        said: dict[str, Json] = {"operator": operator, "policy": ticket.policy}
        if ticket.mode is Mode.HAND:
            said["slot"] = self.kept.slot_of(ticket.seal)
        self._tell(Told.SESSION_OPENED, at, ticket=ticket_uid, said=said, session=Open(ticket_uid, operator))
        return None

    def enter(self, code: str, at: datetime) -> Entered:
        """Take twenty digits; those of a use open the device for whoever typed them."""
        if self.kept.is_locked:
            return Entered.LOCKED_OUT
        now, holders = int(at.timestamp()), self._holders()
        is_doubted = self._is_doubted(at)
        if is_doubted or self.kept.session is not None or not holders:
            return Entered.OPEN if self.kept.session else Entered.LOCKED_OUT
        key, first = self._identity.code_key, self.kept.keypad.newest - keypad.BEHIND + 1
        meant = (one for one in holders if codes.read(key, one, code, first_sequence=first, now=now))
        holder = next(meant, holders[0])
        after, answer, grant = keypad.enter(self.kept.keypad, key, holder, code, now=now, kinds=self._identity.takes)
        said: dict[str, Json] = {"answer": answer.value, "sequence": grant.sequence if grant else 0}
        uid = codes.uid_of(holder, grant.sequence) if grant else ""
        changes: dict[str, Any] = {"keypad": after}
        if answer is Entered.ACCEPTED and grant is not None:
            changes |= {"session": Open(uid, ""), "granted": holder.seal}
            if grant.kind is Kind.TAKE_OUT:
                said["slot"] = self.kept.slot_of(holder.seal)
            if grant.kind is Kind.LOCK:
                changes, said = changes | self._locking, said | {"locked": True}
        self._tell(Told.CODE_ENTERED, at, ticket=uid, said=said, **changes)
        return answer

    def receipt(self, at: datetime) -> str | None:
        """Return the twelve digits with which a grant by code is closed, None where none is or its session is open."""
        grant = self.kept.keypad.grant
        if grant is None or self.kept.session is not None:
            return None
        key, holder = self._identity.code_key, replace(self._identity.holder, seal=self.kept.granted)
        uid = codes.uid_of(holder, grant.sequence)
        used, head = self.kept.spent.get(uid, 0), bytes.fromhex(self.kept.head.digest)
        digits = receipts.shown(key, holder, sequence=grant.sequence, used=used, head=head)
        closed = keypad.closed(self.kept.keypad)
        self._tell(Told.RECEIPT_SHOWN, at, ticket=uid, said={"used": used, "receipt": digits}, keypad=closed)
        return digits

    def reserve(self, at: datetime) -> Cannot | None:
        """Take one impression off the ticket, before the seal moves."""
        session, ticket = self.kept.session, self._allowed()
        if session is None or ticket is None:
            return Cannot.NO_SESSION
        cannot = self._cannot_reserve(session, ticket, at)
        if cannot is not None:
            return cannot
        number = self.kept.begun.get(ticket.uid, 0) + 1
        begun, spent = {**self.kept.begun, ticket.uid: number}, self._spent(ticket.uid, 1)
        under_way, said = (
            replace(session, impression=number, phase=Phase.RESERVED, confirmed_by=(), picture=""),
            {"impression": number},
        )
        self._tell(Told.RESERVED, at, ticket=ticket.uid, said=said, session=under_way, begun=begun, spent=spent)
        return None

    def fire(self, at: datetime) -> Cannot | None:
        """Bring the seal down, once for each impression reserved."""
        session, ticket = self.kept.session, self._allowed()
        if session is None or ticket is None or not session.impression:
            return Cannot.NO_IMPRESSION
        cannot = self._cannot_fire(session, ticket, at)
        if cannot is not None:
            return cannot
        self._mechanics.press(ticket.seal)
        self.account(at)
        return None if self._phase() is Phase.FIRED else Cannot.NOT_STAMPED

    def photograph(self, at: datetime) -> bytes | None:
        """Photograph what lies there, and tell its digest; the picture goes its own way."""
        session = self.kept.session
        picture = self._mechanics.photograph()
        said: dict[str, Json] = {"impression": session.impression if session else 0, "failed": picture is None}
        if picture is not None:
            said |= {"sha256": sha256(picture), "bytes": len(picture)}
        shown = session.showing(str(said.get("sha256", ""))) if session else None
        self._tell(Told.PHOTOGRAPHED, at, ticket=session.ticket if session else "", said=said, session=shown)
        return picture

    def commit(self, at: datetime) -> Cannot | None:
        """Settle the impression that was made."""
        session = self.kept.session
        if session is None or not session.impression:
            return Cannot.NO_IMPRESSION
        if session.phase is not Phase.FIRED:
            return Cannot.NOT_STAMPED
        done = replace(session, impression=0)
        said: dict[str, Json] = {"impression": session.impression, "counter": self.kept.counter}
        self._tell(Told.COMMITTED, at, ticket=session.ticket, said=said, session=done)
        return None

    def release(self, reason: str, at: datetime) -> Cannot | None:
        """Give an impression back that was not made, and say why."""
        session = self.kept.session
        if session is None or not session.impression:
            return Cannot.NO_IMPRESSION
        if session.phase is not Phase.RESERVED:
            return Cannot.STAMPED
        done, spent = replace(session, impression=0), self._spent(session.ticket, -1)
        said: dict[str, Json] = {"impression": session.impression, "reason": reason}
        self._tell(Told.RELEASED, at, ticket=session.ticket, said=said, session=done, spent=spent)
        return None

    def close(self, reason: str, at: datetime) -> Cannot | None:
        """End the session, once no impression is under way."""
        session = self.kept.session
        if session is None:
            return Cannot.NO_SESSION
        if session.impression:
            return Cannot.IMPRESSION_OPEN
        self._tell(Told.SESSION_CLOSED, at, ticket=session.ticket, said={"reason": reason}, session=None)
        return None

    # --- inside ------------------------------------------------------------------------------------------------------

    def _opened(self, text: str, frame: Frame, key: FrameKey) -> dict[str, Any]:
        said = signed.opened(text, frame, key)
        if said.get("device") != self._identity.serial:
            raise FrameForged
        return said

    def _take_ticket(self, ticket: Ticket) -> None:
        is_known = ticket.uid in self.kept.tickets or self.kept.is_withdrawn(ticket)
        if is_known or not self._identity.is_given(ticket) or len(self.kept.tickets) >= MOST_TICKETS:
            return
        self._keep(tickets={**self.kept.tickets, ticket.uid: ticket.to_json()})

    def _obey(self, order: Instruction, at: datetime) -> None:
        if not order.follows(self.kept.orders):
            return
        session, said = self.kept.session, order.said
        if order.type is Order.UNLOCK:
            self._unlock(order, at)
        elif order.type is Order.TIME and self._hellos.answers(str(said.get("asked")), at):
            told = utc_time(str(said.get("at")))
            self._tell(Told.CLOCK_SET, at, said={"at": utc_text(told)}, orders=order.number, seen_at=told)
        elif order.type is Order.MOUNT:
            slot, seal = said.get("slot"), said.get("seal")
            mounted = {**self.kept.mounted, str(slot): str(seal)}
            self._tell(Told.MOUNTED, at, said={"slot": slot, "seal": seal}, orders=order.number, mounted=mounted)
        else:  # of another impression or picture, or a time that answers nothing: it is taken, and changes nothing
            self._keep(orders=order.number, session=session.agreed(said) if session else None)

    def _unlock(self, order: Instruction, at: datetime) -> None:
        """Take the lock away, unless something locked it that nobody knew of who let it be unlocked."""
        until = order.said.get("until")
        if isinstance(until, int) and self.kept.locked_by > until:
            self._keep(orders=order.number)
            return
        self._tell(Told.UNLOCKED, at, said={}, orders=order.number, is_locked=False)

    def _answer(self, request: Instruction, at: datetime) -> None:
        taken = self.kept.taking(request)
        if taken is None:
            return
        if request.number in self.kept.ahead:
            self._keep(**taken)
        elif request.type is Request.LOCK:
            self._tell(Told.LOCKED, at, said={}, **taken, **self._locking)
        elif request.type is Request.FIND:
            self._tell(Told.FOUND, at, said={}, **taken)
        elif request.type is Request.WITHDRAW:
            self._withdraw(request.said, at, taken)
        else:
            self._tell_health(at, **taken)

    def _tell_health(self, at: datetime, **changes: Any) -> None:  # noqa: ANN401  a field of ``Kept``
        own: dict[str, Json] = {"counter": self.kept.counter, "locked": self.kept.is_locked}
        own |= {
            "clock": "doubted" if self._is_doubted(at) else "sure",
            "door": "open" if self.kept.doors else "shut",
        }
        said = {**self._mechanics.health(), **own}
        self._tell(Told.HEALTH, at, said=said, health_at=utc_text(at), **changes)

    def _withdraw(self, said: Mapping[str, Json], at: datetime, taken: dict[str, Any]) -> None:
        uid, kept = str(said.get("ticket")), self.kept
        is_in_use = kept.session is not None and kept.session.ticket == uid
        is_in_use |= uid in kept.tickets and self._is_out(Ticket.of(kept.tickets[uid]))
        tickets = {name: said for name, said in kept.tickets.items() if name != uid or is_in_use}
        changed = {**taken, "tickets": tickets, **kept.withdrawing(uid, said.get("closes_at"))}
        self._tell(Told.WITHDRAWN, at, said={"ticket": uid}, **changed)

    def _forget(self, told: Acknowledgement) -> None:
        unsent = self.kept.unsent
        known = next((at for at, event in enumerate(unsent) if event["number"] == told.number), None)
        if known is None:
            return
        following = unsent[known + 1]["previous"] if known + 1 < len(unsent) else self.kept.head.digest
        if following == told.digest:
            self._keep(unsent=unsent[known + 1 :])

    def _cannot_open(self, ticket_uid: str, operator: str, at: datetime) -> Cannot | None:
        said = self.kept.tickets.get(ticket_uid)
        if said is None:
            return Cannot.NO_TICKET
        ticket = Ticket.of(said)
        is_out = self._is_out(ticket)  # what was taken by it goes back, whatever time it is
        reasons = {
            Cannot.LOCKED: self.kept.is_locked,
            Cannot.WITHDRAWN: ticket.uid in self.kept.withdrawn and not is_out,
            Cannot.CLOCK: self._is_doubted(at),
            Cannot.BUSY: self.kept.session is not None,
            Cannot.EARLY: at < ticket.opens_at,
            Cannot.LATE: at >= ticket.closes_at and not is_out,
            Cannot.NOT_THE_OPERATOR: operator not in ticket.operators,
            Cannot.USED_UP: self.kept.spent.get(ticket.uid, 0) >= ticket.impressions and not is_out,
            Cannot.PLACE: ticket.place is not None and not ticket.place.holds(self._mechanics.place()),
            Cannot.OTHER_KIND: (ticket.mode is Mode.HAND) is not self._identity.is_cabinet,
            Cannot.WRONG_SEAL: ticket.seal not in self._mechanics.seals and not is_out,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _cannot_reserve(self, session: Open, ticket: Allowed, at: datetime) -> Cannot | None:
        reasons = {
            Cannot.IMPRESSION_OPEN: session.impression != 0,
            Cannot.WITHDRAWN: ticket.uid in self.kept.withdrawn,
            Cannot.CLOCK: self._is_doubted(at),
            Cannot.LATE: not ticket.opens_at <= at < ticket.closes_at,
            Cannot.USED_UP: self.kept.spent.get(ticket.uid, 0) >= ticket.impressions,
            Cannot.PLACE: ticket.place is not None and not ticket.place.holds(self._mechanics.place()),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _cannot_fire(self, session: Open, ticket: Allowed, at: datetime) -> Cannot | None:
        reasons = {
            Cannot.STAMPED: session.phase is not Phase.RESERVED,
            Cannot.NOT_CONFIRMED: len(session.confirmed_by) < ticket.confirmations,
            Cannot.LOCKED: self.kept.is_locked,
            Cannot.WITHDRAWN: ticket.uid in self.kept.withdrawn,
            Cannot.CLOCK: self._is_doubted(at),
            Cannot.LATE: at >= ticket.closes_at,
            Cannot.PLACE: ticket.place is not None and not ticket.place.holds(self._mechanics.place()),
            Cannot.WRONG_SEAL: ticket.seal not in self._mechanics.seals,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _is_out(self, ticket: Ticket) -> bool:
        """Tell whether the seal was taken out by this ticket and is not back."""
        is_taken = ticket.mode is Mode.HAND and self.kept.spent.get(ticket.uid, 0) > 0
        return is_taken and ticket.seal not in self._mechanics.seals

    def _is_doubted(self, at: datetime) -> bool:
        return at < self.kept.seen_at - _CLOCK_TOLERANCE

    def _holders(self) -> list[Holder]:
        """Return whom a code may be for: this device with each seal that is mounted and meant to be."""
        own = self._identity.holder
        meant = {seal for seal in self.kept.mounted.values() if seal} or {own.seal}
        return [replace(own, seal=seal) for seal in sorted(meant & self._mechanics.seals)]

    def account(self, at: datetime) -> None:
        """Tell of every time the seal came down since the last look: for the impression under way, or too often."""
        counter, session = self._mechanics.counter, self.kept.session
        more = counter - self.kept.counter
        if not more:
            return
        if session and session.impression and session.phase is Phase.RESERVED:
            fired, said = (
                replace(session, phase=Phase.FIRED),
                {"impression": session.impression, "counter": counter - more + 1},
            )
            self._tell(Told.FIRED, at, ticket=session.ticket, said=said, session=fired, counter=counter - more + 1)
            more -= 1
        if more:
            ticket = session.ticket if session else ""
            self._tell(Told.EXCESS, at, ticket=ticket, said={"counter": counter, "by": more}, counter=counter)

    @property
    def _locking(self) -> dict[str, Any]:
        """Return what is kept when the next event locks the device."""
        return {"is_locked": True, "locked_by": self.kept.head.number + 1}

    def _allowed(self) -> Allowed | None:
        session, grant = self.kept.session, self.kept.keypad.grant
        if session is None:
            return None
        if session.ticket in self.kept.tickets:
            ticket = Ticket.of(self.kept.tickets[session.ticket])
            window = ticket.opens_at, ticket.closes_at
            most = 0 if ticket.mode is Mode.HAND else ticket.impressions  # a cabinet stamps nothing
            return Allowed(ticket.uid, ticket.seal, most, *window, ticket.confirmations, ticket.place)
        if grant is None:
            return None
        opens_at, closes_at = (datetime.fromtimestamp(each, UTC) for each in (grant.opens_at, grant.closes_at))
        most = grant.count if grant.kind is Kind.USE else 0
        return Allowed(session.ticket, self.kept.granted, most, opens_at, closes_at)

    @property
    def _unseen(self) -> Open | None:
        """Return the session once nobody can say any more that what was photographed still lies there."""
        return self.kept.session.showing("") if self.kept.session else None

    def _phase(self) -> Phase | None:
        return self.kept.session.phase if self.kept.session else None

    def _spent(self, ticket: str, more: int) -> Mapping[str, int]:
        return {**self.kept.spent, ticket: self.kept.spent.get(ticket, 0) + more}

    def _tell(self, told: Told, at: datetime, *, said: Mapping[str, Json], ticket: str = "", **changes: Any) -> None:  # noqa: ANN401  a field of ``Kept``
        event = self.kept.head.next(self._identity.serial, told.value, at, ticket=ticket, said=said)
        unsent = (*self.kept.unsent, event.to_json())
        self._keep(**{"seen_at": max(at, self.kept.seen_at), **changes, "head": Head.after(event), "unsent": unsent})

    def _keep(self, **changes: Any) -> None:  # noqa: ANN401  a field of ``Kept``
        kept = replace(self.kept, **changes)
        self._save(kept.to_bytes())
        self.kept = kept
