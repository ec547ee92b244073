"""What the signer does for devices: each operation checks for itself, and is safe to ask again.

Nothing else opens a device: tickets, orders and codes are made here, from the statements that people said yes to.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.device import codes, enrolment, receipts, signed, wrapping
from privyseal.device.codes import Voice
from privyseal.device.enrolment import DeviceUnknown, Enrolled
from privyseal.device.orders import AFTER, Instruction, Order
from privyseal.device.signed import Frame, FrameKey
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, sha256, utc_text
from privyseal.signer import additions, agreeing, device_authority, device_checks, rubber
from privyseal.signer.agreements import Agreement, Confirm, Mount
from privyseal.signer.authority import private_key, revocation_list
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, Denials, named_in
from privyseal.signer.device_authority import Home
from privyseal.signer.device_checks import DeviceEnrolAnew, DeviceOfAnother, SealNotMounted
from privyseal.signer.device_requests import (
    Allow,
    Authority,
    Bound,
    Close,
    End,
    Enrol,
    House,
    OfDevices,
    Ordered,
    Orders,
    Revoked,
)
from privyseal.signer.device_store import Device, DeviceStore
from privyseal.signer.keys import Keys
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.rosters import Grounds
from privyseal.signer.ruling import Ruling
from privyseal.signer.store import Store

_FREE_TRIES: Final = 5
_FIRST_WAIT: Final = 60
_LONGEST_WAIT: Final = 86_400


class ReceiptMissing(SignerRefused):
    """The last code of this device is not closed by its receipt: no other is given before."""

    code = "receipt-missing"


class ReceiptWrong(SignerRefused):
    """These digits are not the receipt of the last code of this device."""

    code = "receipt-wrong"


class ReceiptsLockedOut(SignerRefused):
    """Too many wrong receipts were read: it waits before it looks at another."""

    code = "receipts-locked-out"


class OrderBroken(SignerRefused):
    """An order that no device would take."""

    code = "order-broken"


class Devices:
    def __init__(
        self,
        database: Database,
        keys: Keys,
        store: Store,
        ruling: Ruling,
        cosigned: Cosigned,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keys = keys
        self._seals = store
        self._ruling = ruling
        self._cosigned = cosigned
        self._store = DeviceStore(database, keys)
        self._denials = Denials(database)
        self._now = now

    def answer(self, request: OfDevices) -> Mapping[str, Json]:
        """Return the answer to a request, or refuse; nothing is made while the signer is sealed."""
        self._keys.check_open()
        self._seals.founded()
        at = self._database.see(self._now())
        match request:
            case House() | Enrol() | Revoked() | Authority():
                return self._by_authority(request, at)
            case Ordered() | Orders():
                return self._ordered(request, at)
            case Allow():
                return {"answer": self._allow(request, at)}
            case Close():
                return self._close(request, at)
            case Bound():
                return {"head": self._bound(request)}
            case End():
                self._store.end(request.device, at)
        return {}

    def _by_authority(self, request: House | Enrol | Revoked | Authority, at: datetime) -> Mapping[str, Json]:
        if isinstance(request, Authority):
            return {"ca": shapes.base64_text(self._home(at).ca)}
        if isinstance(request, Revoked):
            return {"crl": shapes.base64_text(self._revoked(at))}
        return self._house(request, at) if isinstance(request, House) else self._enrol(request, at)

    def _home(self, at: datetime) -> Home:
        home = self._store.home()
        if home is None:
            self._store.save_home(device_authority.new_home(at=at))
            home = self._store.home()
        return home or device_authority.new_home(at=at)

    def _house(self, request: House, at: datetime) -> Mapping[str, Json]:
        home = self._home(at)
        made = (device_authority.for_broker if request.is_broker else device_authority.for_gateway)(
            home, request.key, request.names, at=at
        )
        return {
            "ca": shapes.base64_text(home.ca),
            "certificate": shapes.base64_text(made.public_bytes(Encoding.DER)),
            "signer": FrameKey.of(private_key(home.frame_key).public_key()).to_json(),
        }

    def _enrol(self, request: Enrol, at: datetime) -> Mapping[str, Json]:
        """Return what a device is told: a new epoch for new keys, the same one where the key in force asks for it."""
        device = self._renewed(request) if _is_renewal(request) else self._enrolled(request)
        device = self._store.save(device, is_renewal=_is_renewal(request))
        home = self._home(at)
        made = device_authority.for_device(home, device.serial, device.key, at=at)
        number = f"{made.serial_number:x}"
        self._store.save_certificate(device, number, at=at, not_after=made.not_valid_after_utc)
        frames = private_key(home.frame_key)
        told = Enrolled(
            device=device.serial,
            epoch=device.epoch,
            certificate=made.public_bytes(Encoding.DER),
            ca=home.ca,
            signer=FrameKey.of(frames.public_key()),
            gateway=request.gateway,
            code_key=wrapping.wrapped(codes.key_of(home.master, device.holder("")), device.agreement),
            seals=device.seals,
            broker=request.broker,
            at=at if _is_renewal(request) else self._store.time_after_orders(device.serial, at),
            renew_at=made.not_valid_after_utc - device_authority.RENEWED_BEFORE,
            names_epochs=device.reads_epochs,
        )
        return {
            "frame": signed.signed(Frame.ENROLLED, told.to_json(), frames),
            "epoch": device.epoch,
            "serial": number,
            "not_after": utc_text(made.not_valid_after_utc),
        }

    def _revoked(self, at: datetime) -> bytes:
        """Return the list, in DER, of certificates of devices that count no more; brokers refuse them by it."""
        home = self._home(at)
        return revocation_list(self._store.revoked(at), authority_key=home.ca_key, authority=home.ca, at=at)

    def _enrolled(self, request: Enrol) -> Device:
        asked = enrolment.asked(request.frame)
        known = self._store.last(asked.device)
        if known is not None and not known[0].is_of(request.company):
            raise DeviceOfAnother(device=asked.device)
        lost_until = self._store.lost_until(asked.device)
        epoch = lost_until + 1
        if known is not None:
            is_same = not known[1] and (known[0].key, known[0].agreement) == (asked.key, asked.agreement)
            epoch = max(epoch, known[0].epoch + (0 if is_same else 1))
        keys, seals = (asked.key, asked.agreement), ("",) * asked.slots
        return Device(asked.device, epoch, request.company, *keys, seals, asked.kind.value, asked.reads_epochs)

    def _renewed(self, request: Enrol) -> Device:
        said = signed.said_by_itself(request.frame, Frame.RENEWAL)
        known = self._store.known(str(said.get("device")))
        if (said.get("key"), said.get("agreement")) == (known.key.to_json(), known.agreement.to_json()):
            return known  # asked again, as the answer was lost: it tells nobody else anything
        if not known.is_of(request.company):
            raise DeviceOfAnother(device=known.serial)
        again = enrolment.again(request.frame, known.key)
        kind = again.kind.value if again.kind else known.kind  # one of before says none
        return replace(known, company=request.company, key=again.key, agreement=again.agreement, kind=kind)

    def _ordered(self, request: Ordered | Orders, at: datetime) -> Mapping[str, Json]:
        if isinstance(request, Orders):
            return {"frames": [*self._store.orders(request.device, after=request.after)]}
        return {"frame": self._order(request, at)}

    def _order(self, request: Ordered, at: datetime) -> str:
        """Return an order, whose number goes up within its device; a seal that is mounted is known here."""
        device, request_sha256 = self._store.known(request.device), _digest(request)
        key = private_key(self._home(at).frame_key)
        with self._database.reading() as connection:
            before = self._store.order(connection, request.order, request_sha256=request_sha256)
        if before is not None:
            return before
        agreed, told, grounds = self._told(request, device, at)
        with self._database.writing() as connection:
            before = self._store.order(connection, request.order, request_sha256=request_sha256)
            if before is not None:
                return before
            grounds.hold(connection)
            device = self._store.known(request.device)  # as it is now: what was read before may be over
            if isinstance(agreed, Confirm):
                self._check_there(agreed, device)
            if isinstance(agreed, Mount):
                self._store.mount(connection, device, _mounted(device, agreed), kind=agreed.kind.value)
            number = self._store.next_order(connection, device.serial, order=request.type, at=at)
            told = {**told, AFTER: self._store.order_before(connection, device.serial)}
            said = Instruction(device.serial, number, request.type, told).to_json()
            frame = signed.signed(Frame.ORDER, said, key)
            kept = request.order, device.serial, number, request_sha256, frame, request.type.value
            self._store.save_order(connection, *kept)
        return frame

    def _told(
        self, request: Ordered, device: Device, at: datetime
    ) -> tuple[Agreement | None, Mapping[str, Json], Grounds]:
        """Return what somebody agreed to, what the order says of it, and what that rests on; or refuse."""
        if request.type is Order.TIME:
            # The time is nobody else's, as whoever says it decides what is over; what it answers, its device knows.
            return None, {"at": utc_text(at), "asked": request.said["asked"]}, Grounds()
        agreed, said = agreeing.read(request)
        seal, ticket, named = "", None, frozenset[Denial]()
        if isinstance(agreed, Confirm):
            self._cosigned.check(at=at)
            seal, ticket, named = agreed.seal, self._store.ticket(agreed.ticket), self._store.named_by(agreed.ticket)
            self._denials.check(named)
        if isinstance(agreed, Mount):
            seal = agreed.seal
        or_security = not isinstance(agreed, Confirm)
        rule = self._ruling.of_agreement(said, seal=seal, company=device.company, or_security=or_security)
        told = agreeing.may_order(agreed, said, ticket=ticket, pinned=rule.pinned, at=at)
        return agreed, told, replace(rule.grounds, named=rule.grounds.named | named)

    def _check_there(self, agreed: Confirm, device: Device) -> None:
        """Return if the seal that is to come down is still in its device, and not stopped, or refuse."""
        known = self._seals.seal(agreed.seal)
        self._check_awake(agreed.seal)
        device_checks.check_seal(agreed.seal, frozenset(device.seals), known, device=device.serial)

    def _check_awake(self, seal: str) -> None:
        with self._database.reading() as connection:
            rubber.refuse_resting(connection, seal)

    def _allow(self, request: Allow, at: datetime) -> str:
        """Return a ticket, or the digits of a code, the same however often it is asked.

        (1) the device is known, and what was answered gets its answer again; (2) such a device opens in this way,
        others see the log, its last code is closed, nothing that this names is denied, and it has a right to it; (3) it
        is counted and kept in one commit, unless something was denied, removed or amended meanwhile, or device or seal
        is not what it was; (4) only then is it told.
        """
        request_sha256 = _digest(request)
        # (1) known, and answered before
        device, home = self._store.known(request.device), self._home(at)
        known = self._store.answered(request.grant, request_sha256=request_sha256)
        if known is not None:
            ticket, epoch, number, mounted = known
            return ticket or _code(home, replace(device, epoch=epoch), request, mounted, number)
        if device.epoch <= self._store.lost_until(device.serial):
            raise DeviceEnrolAnew(device=device.serial)
        # (2) what such a device opens by; seen by others, its last code closed, nothing denied, a right to it
        self._check_kind(device, request)
        self._cosigned.check(at=at)
        if request.minutes:
            self._check_closed(device)
        self._denials.check(named_in(request.approved))
        case, added = additions.cases_of(request.approved)
        self._check_awake(case.statement.seal)
        seal = self._seals.seal(case.statement.seal)
        rule = self._ruling.of(request.approved, seal=seal, company=device.company, uid=case.statement.seal)
        reach = additions.reach_of(case, added, seal=seal, pinned=rule.pinned, at=at)
        opening = device_checks.may_open(
            case, request, seals=frozenset(device.seals), seal=seal, pinned=rule.pinned, reach=reach, at=at
        )
        # (3) counted and kept
        with self._database.writing() as connection:
            rule.grounds.hold(connection)
            self._check_unchanged(device, request, uid=case.statement.seal)
            sequence = self._store.next_sequence(connection, device) if request.minutes else 0
            answer = (
                _code(home, device, request, opening.seal, sequence) if sequence else _ticket(home, device, opening)
            )
            self._store.save_grant(
                connection,
                device,
                opening,
                sequence=sequence,
                request_sha256=request_sha256,
                answer="" if sequence else answer,
                stamps=not (sequence and request.is_duress),
            )
        # (4) told
        return answer

    def _check_unchanged(self, device: Device, request: Allow, *, uid: str) -> None:
        """Return if the device is still as it was looked at, for this seal and for a code, or refuse."""
        now = self._store.known(device.serial)
        self._check_kind(now, request)
        self._check_awake(uid)
        if now.epoch != device.epoch:
            raise DeviceUnknown(device=device.serial, epoch=device.epoch)
        device_checks.check_seal(uid, frozenset(now.seals), self._seals.seal(uid), device=device.serial)
        if request.minutes:
            self._check_closed(now)

    def _check_kind(self, device: Device, request: Allow) -> None:
        has_stamped = not device.kind and self._store.has_stamped(device.serial)
        device_checks.check_kind(device.kind, request.mode, device=device.serial, has_stamped=has_stamped)

    def _check_closed(self, device: Device) -> None:
        last = self._store.open_code(device)
        if last is not None and last.used is None:
            raise ReceiptMissing(device=device.serial, sequence=last.sequence)

    def _close(self, request: Close, at: datetime) -> Mapping[str, Json]:
        """Take the receipt of the last code, or refuse; each further wrong one is waited for longer."""
        device, now = self._store.known(request.device), int(at.timestamp())
        last = self._store.open_code(device)
        if last is None:
            raise ReceiptWrong(device=device.serial)
        if now < last.waits_until:
            raise ReceiptsLockedOut(device=device.serial, seconds=last.waits_until - now)
        key, holder = self._code_key(device), device.holder(last.seal)
        read = receipts.read(key, holder, sequence=last.sequence, code=request.receipt)
        if read is None or read.used > max(last.impressions, 1):  # by hand: the seal was out once
            wrong = last.wrong + 1
            wait = 0 if wrong < _FREE_TRIES else min(_FIRST_WAIT << min(wrong - _FREE_TRIES, 16), _LONGEST_WAIT)
            self._store.misread(last, wrong=wrong, waits_until=now + wait)
            raise ReceiptWrong(device=device.serial)
        self._store.close(last, read.used)
        return {"grant": last.grant, "sequence": last.sequence, "used": read.used, "head": read.head}

    def _bound(self, request: Bound) -> int:
        """Return the fourteen bits that a receipt has for this head, for whoever kept those that were read."""
        found = self._store.last(request.device)  # also of one that has ended: nothing is made for it
        granted = self._store.code(found[0], request.sequence) if found else None
        if found is None or granted is None:
            raise ReceiptWrong(device=request.device)
        device = found[0]
        key, holder, head = self._code_key(device), device.holder(granted.seal), bytes.fromhex(request.head)
        digits = receipts.shown(key, holder, sequence=request.sequence, used=0, head=head)
        return int(digits) >> receipts.COUNT_BITS & receipts.MOST_OF_HEAD

    def _code_key(self, device: Device) -> bytes:
        return codes.key_of(self._home(self._now()).master, device.holder(""))


def _is_renewal(request: Enrol) -> bool:
    return signed.claimed(request.frame) is Frame.RENEWAL


def _mounted(device: Device, agreed: Mount) -> tuple[str, ...]:
    """Return the seals of a device after one was put into a slot or taken out of it, or refuse."""
    seals = list(device.seals) or [""]
    if agreed.slot > len(seals):
        raise OrderBroken(device=device.serial)
    # A slot that was filled since the copy of a restored file is empty here: to take out what is there changes nothing.
    if agreed.seal in seals if agreed.is_in else seals[agreed.slot - 1] not in {"", agreed.seal}:
        raise SealNotMounted(device=device.serial, seal=agreed.seal)
    seals[agreed.slot - 1] = agreed.seal if agreed.is_in else ""
    return tuple(seals)


def _ticket(home: Home, device: Device, opening: device_checks.Opening) -> str:
    ticket = replace(opening.ticket, epoch=device.epoch if device.reads_epochs else 0)
    return signed.signed(Frame.TICKET, ticket.to_json(), private_key(home.frame_key))


def _code(home: Home, device: Device, request: Allow, seal: str, sequence: int) -> str:
    grant = device_checks.grant_of(request, sequence=sequence)
    holder = device.holder(seal)
    voice = Voice.DURESS if request.is_duress else Voice.PLAIN
    return codes.issued(codes.key_of(home.master, holder), holder, grant, voice)


def _digest(request: OfDevices) -> str:
    said = dict(request.header())
    if said.get("place", "") is None:
        del said["place"]  # as it was asked before tickets could say a closer one: an older grant stays the same
    return sha256(canonical(said))
