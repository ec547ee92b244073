"""What the signer keeps of devices: who they are, what it granted each of them, and what became of it."""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from privyseal.device import signed
from privyseal.device.codes import Holder
from privyseal.device.enrolment import DeviceUnknown
from privyseal.device.orders import Order
from privyseal.device.signed import Frame, FrameKey
from privyseal.device.tickets import Ticket
from privyseal.kernel.canonical import utc_text, utc_time
from privyseal.signer import mandates, rubber
from privyseal.signer.authority import Revoked
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, What
from privyseal.signer.device_authority import Home
from privyseal.signer.device_checks import DeviceKindDiffers, Opening, OpeningsSpent, SealInTwoDevices
from privyseal.signer.device_requests import MOST_ORDERS
from privyseal.signer.impressions import ImpressionsSpent, IntentReused
from privyseal.signer.keys import DEVICE_KEYS, Keys
from privyseal.signer.terms import USCC

_HALF: Final = 32
_MOST_AHEAD: Final = timedelta(minutes=1)
_BEFORE_HOLDS: Final = timedelta(days=1)


_REVOKED: Final = """
SELECT number, COALESCE(ended_at, since), ended_at IS NOT NULL FROM (
  SELECT c.number, d.ended_at, (
    SELECT min(n.made_at) FROM device_certificate n WHERE n.device = c.device
      AND (n.epoch, n.made_at) > (c.epoch, c.made_at) AND (n.epoch > c.epoch OR n.made_at <= ?2)
  ) AS since
  FROM device_certificate c JOIN device d ON d.serial = c.device AND d.epoch = c.epoch WHERE c.not_after > ?1
) WHERE ended_at IS NOT NULL OR since IS NOT NULL ORDER BY number
"""


_HOLDING: Final = """
SELECT d.serial, d.company FROM device d, json_each(d.seals) s WHERE s.value = ? AND d.ended_at IS NULL
  AND d.epoch = (SELECT max(epoch) FROM device n WHERE n.serial = d.serial) ORDER BY d.serial
"""


_LASTING: Final = (
    "SELECT number, type, frame FROM device_order WHERE device = ? AND number > ? AND type != 'time' AND frame != ''"
)


@dataclass(frozen=True, slots=True)
class Device:
    """A device in one epoch of it; ``seals`` has one uid a slot, empty for none.

    ``kind`` is what it says that it is; empty for one from before that was kept, until it says so. One that
    ``reads_epochs`` said at this enrolment that it takes no ticket that does not name it.
    """

    serial: str
    epoch: int
    company: str
    key: FrameKey
    agreement: FrameKey
    seals: tuple[str, ...]
    kind: str = ""
    reads_epochs: bool = False

    def holder(self, seal: str) -> Holder:
        """Return whom its codes for this seal are for."""
        return Holder(self.serial, seal, self.epoch)

    def is_of(self, company: str) -> bool:
        """Tell whether it is a company's, by its code; one from before codes were told is whosesoever renews it."""
        return self.company == company or USCC.fullmatch(self.company) is None


@dataclass(frozen=True, slots=True)
class Granted:
    """A code that was given out: nothing follows it before ``used`` is known by its receipt."""

    grant: str
    sequence: int
    application: str
    seal: str
    impressions: int
    used: int | None
    wrong: int
    waits_until: int


class DeviceStore:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def home(self) -> Home | None:
        """Return the keys that devices believe, None before the first device; or refuse while the signer is sealed."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT ca_key, ca, frame_key, master FROM device_home").fetchone()
            if row is None:
                return None
            ca_key, frame_key, master = (
                self._keys.reveal(kept, of) for kept, (of, _) in zip((row[0], row[2], row[3]), DEVICE_KEYS, strict=True)
            )
            return Home(ca_key, row[1], frame_key, master)

    def save_home(self, made: Home) -> None:
        with self._database.writing() as connection:
            ca_key, frame_key, master = (
                self._keys.protect(key, of)
                for key, (of, _) in zip((made.ca_key, made.frame_key, made.master), DEVICE_KEYS, strict=True)
            )
            connection.execute(
                "INSERT INTO device_home VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (ca_key, made.ca, frame_key, master),
            )

    def last(self, serial: str) -> tuple[Device, bool] | None:
        """Return a device in its last epoch, and whether it was ended."""
        row = self._database.one(
            "SELECT epoch, company, key, agreement, seals, kind, reads_epochs, ended_at FROM device"
            " WHERE serial = ? ORDER BY epoch DESC",
            serial,
        )
        if row is None:
            return None
        epoch, company, key, agreement, seals, kind, reads_epochs, ended_at = row
        keys = _key(key), _key(agreement)
        device = Device(serial, epoch, company, *keys, tuple(json.loads(seals)), kind, bool(reads_epochs))
        return device, ended_at is not None

    def lost_until(self, serial: str) -> int:
        """Return the last epoch of a device in which a restored file does not know what it was given; 0 for none."""
        row = self._database.one("SELECT epoch FROM device_anew WHERE serial = ?", serial)
        return 0 if row is None else int(row[0])

    def known(self, serial: str) -> Device:
        """Return a device that was enrolled and not ended, or refuse."""
        found = self.last(serial)
        if found is None or found[1]:
            raise DeviceUnknown(device=serial)
        return found[0]

    def save(self, device: Device, *, is_renewal: bool = False) -> Device:
        """Keep a device as it was enrolled or renewed; return it with the seals that it was ordered here to hold.

        While seals are in it, it becomes nothing else: whoever had them mounted was told what it is.
        """
        with self._database.writing() as connection:
            last = (self.known(device.serial), False) if is_renewal else self.last(device.serial)
            held = dict(enumerate(last[0].seals)) if last is not None and not last[1] else {}
            if last is not None and any(held.values()) and last[0].kind not in {"", device.kind or last[0].kind}:
                raise DeviceKindDiffers(device=device.serial, kind=last[0].kind)
            kind = device.kind or (last[0].kind if last is not None else "")
            device = replace(device, seals=tuple(held.get(slot, "") for slot in range(len(device.seals))), kind=kind)
            connection.execute(
                "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, NULL, 0, ?, ?) ON CONFLICT (serial, epoch) DO UPDATE SET"
                " company = excluded.company, key = excluded.key, agreement = excluded.agreement,"
                " seals = excluded.seals, kind = excluded.kind, reads_epochs = excluded.reads_epochs",
                (
                    *(device.serial, device.epoch, device.company),
                    *(_bytes(device.key), _bytes(device.agreement), json.dumps(device.seals), device.kind),
                    int(device.reads_epochs),
                ),
            )
        return device

    def save_certificate(self, device: Device, number: str, *, at: datetime, not_after: datetime) -> None:
        """Keep that a certificate was made for a device: it is named on the list once it counts no more."""
        with self._database.writing() as connection:
            values = (number, device.serial, device.epoch, utc_text(at), utc_text(not_after))
            connection.execute("INSERT INTO device_certificate VALUES (?, ?, ?, ?, ?)", values)

    def revoked(self, at: datetime) -> list[Revoked]:
        """Return the certificates that are not over and count no more, since when, and why.

        Their device has ended, was enrolled anew, or has had a newer certificate for a day.
        """
        now = utc_text(at)
        with self._database.reading() as connection:
            rows = connection.execute(_REVOKED, (now, utc_text(at - _BEFORE_HOLDS))).fetchall()
        return [Revoked(number, utc_time(since), is_superseded=not ended) for number, since, ended in rows]

    def end(self, serial: str, at: datetime) -> None:
        with self._database.writing() as connection:
            query = "UPDATE device SET ended_at = ? WHERE serial = ? AND ended_at IS NULL"
            connection.execute(query, (utc_text(at), serial))

    def mount(self, connection: sqlite3.Connection, device: Device, seals: tuple[str, ...], *, kind: str) -> None:
        """Keep what a device holds from now on, and what it is, as whoever agreed was told; or refuse.

        A seal that another holds, whatever was asked for before; a device that is something else.
        """
        if device.kind not in {"", kind}:
            raise DeviceKindDiffers(device=device.serial, kind=device.kind)
        new = tuple(set(seals) - set(device.seals))
        _check_alone(connection, device.serial, new)
        for seal in filter(None, new):
            rubber.keep_mounted(connection, seal, company=device.company)
        connection.execute(
            "UPDATE device SET seals = ?, kind = ? WHERE serial = ? AND epoch = ?",
            (json.dumps(seals), kind, device.serial, device.epoch),
        )

    def order(self, connection: sqlite3.Connection, uid: str, *, request_sha256: str) -> str | None:
        """Return the frame of an order that was given before; refuse a uid that was used for something else."""
        row = connection.execute("SELECT request_sha256, frame FROM device_order WHERE uid = ?", (uid,)).fetchone()
        if row is not None and row[0] != request_sha256:
            raise IntentReused(intent=uid)
        return None if row is None else str(row[1])

    def ticket(self, uid: str) -> Ticket | None:
        """Return a ticket that was made here, as it was signed."""
        row = self._database.one("SELECT answer FROM device_grant WHERE uid = ? AND answer != ''", uid)
        return None if row is None else Ticket.of(signed.said_by_itself(row[0], Frame.TICKET))

    def next_order(self, connection: sqlite3.Connection, device: str, *, order: Order, at: datetime) -> int:
        """Return a number above every one before, also those that a restored file does not know of.

        In one second a time takes the number of the time before it, which is kept no more: a device takes either.
        Whoever has it told often drives no number far ahead of the clock, where an enrolment would not know of it.
        """
        query = "SELECT number, type FROM device_order WHERE device = ? ORDER BY number DESC LIMIT 1"
        last, kind = connection.execute(query, (device,)).fetchone() or (0, "")
        if order is Order.TIME and kind == Order.TIME.value and last >= int(at.timestamp()):
            connection.execute("DELETE FROM device_order WHERE device = ? AND number = ?", (device, last))
            return int(last)
        return max(int(last) + 1, int(at.timestamp()))

    def time_after_orders(self, device: str, at: datetime) -> datetime:
        """Return the time that a device is enrolled at: orders of this very second are of before, and none to it."""
        row = self._database.one("SELECT max(number) FROM device_order WHERE device = ?", device)
        begins = datetime.fromtimestamp(int(row[0] or 0) + 1 if row else 0, UTC)
        return begins if at < begins <= at + _MOST_AHEAD else at

    def save_order(self, connection: sqlite3.Connection, *values: str | int) -> None:
        """Keep an order: uid, device, number, digest of the request, frame, type."""
        connection.execute("INSERT INTO device_order VALUES (?, ?, ?, ?, ?, ?)", values)

    def order_before(self, connection: sqlite3.Connection, device: str) -> int:
        """Return the number of a device's last order, 0 for none; a time is said once, and nobody has it again."""
        rows = connection.execute(f"{_LASTING} ORDER BY number DESC", (device, 0))
        return next((number for number, kind, frame in rows if _is_lasting(kind, frame)), 0)

    def orders(self, device: str, *, after: int) -> list[str]:
        """Return the frames of a device's orders above this number, in order, but for those that said the time."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_LASTING} ORDER BY number", (device, after)).fetchall()
        return [frame for _, kind, frame in rows if _is_lasting(kind, frame)][:MOST_ORDERS]

    def named_by(self, grant: str) -> frozenset[Denial]:
        """Return what stops a ticket that was made here where it is denied: its application, and that with its seal."""
        row = self._database.one("SELECT application, seal FROM device_grant WHERE uid = ?", grant)
        if row is None:
            return frozenset()
        return frozenset({Denial(What.APPLICATION, row[0]), Denial(What.PERMIT, *row)})

    def answered(self, grant: str, *, request_sha256: str) -> tuple[str, int, int, str] | None:
        """Return a ticket that was made before, or a code's epoch, number and seal; or refuse another use of a grant.

        Digits of codes are not kept: they are made again.
        """
        query = "SELECT request_sha256, answer, epoch, sequence, seal FROM device_grant WHERE uid = ?"
        row = self._database.one(query, grant)
        if row is None:
            return None
        if row[0] != request_sha256:
            raise IntentReused(intent=grant)
        return str(row[1]), int(row[2]), int(row[3]), str(row[4])

    def open_code(self, device: Device) -> Granted | None:
        """Return the last code of a device's epoch, closed or not."""
        row = self._database.one(
            "SELECT uid, sequence, application, seal, impressions, used, wrong, waits_until FROM device_grant"
            " WHERE device = ? AND epoch = ? AND sequence > 0 ORDER BY sequence DESC",
            *(device.serial, device.epoch),
        )
        return None if row is None else Granted(*row)

    def has_stamped(self, serial: str) -> bool:
        """Tell whether a device was ever let stamp: by hand a seal is let out by a grant of no impression."""
        query = "SELECT 1 FROM device_grant WHERE device = ? AND impressions > 0"
        return self._database.one(query, serial) is not None

    def code(self, device: Device, sequence: int) -> Granted | None:
        row = self._database.one(
            "SELECT uid, sequence, application, seal, impressions, used, wrong, waits_until FROM device_grant"
            " WHERE device = ? AND epoch = ? AND sequence = ?",
            *(device.serial, device.epoch, sequence),
        )
        return None if row is None else Granted(*row)

    def next_sequence(self, connection: sqlite3.Connection, device: Device) -> int:
        """Return the next number of a code, which never comes again, whatever became of the one before."""
        query = "UPDATE device SET sequence = sequence + 1 WHERE serial = ? AND epoch = ? RETURNING sequence"
        (number,) = connection.execute(query, (device.serial, device.epoch)).fetchone()
        return int(number)

    def save_grant(
        self,
        connection: sqlite3.Connection,
        device: Device,
        opening: Opening,
        *,
        sequence: int,
        request_sha256: str,
        answer: str,
        stamps: bool,
    ) -> None:
        """Count what is granted on its application and keep the answer, or refuse what is more than was approved.

        What ``stamps`` nothing, as a code that somebody was made to ask for, is counted and closed at none. What lets a
        seal out by hand is a grant of no impression: once it is given it counts, whatever its receipt says.
        """
        if stamps:
            (_count_opening if opening.impressions == 0 else _count)(connection, opening)
        impressions = opening.impressions if stamps else max(opening.impressions, 1)
        if opening.rests_on is not None:
            mandates.count(connection, opening.rests_on, opening.application)
        values: tuple[Any, ...] = (
            *(opening.ticket.uid, device.serial, device.epoch, sequence, request_sha256),
            *(opening.application, opening.seal, impressions, answer, None if stamps else 0),
        )
        connection.execute("INSERT INTO device_grant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)", values)

    def close(self, granted: Granted, used: int) -> None:
        """Say how often a code was used; what it was not used for goes back to its application. Once.

        One by hand, which is of no impression, is only closed: the seal left its slot or it did not.
        """
        with self._database.writing() as connection:
            query = "UPDATE device_grant SET used = ?, wrong = 0 WHERE uid = ? AND used IS NULL"
            kept = min(used, granted.impressions)
            if connection.execute(query, (kept, granted.grant)).rowcount and used < granted.impressions:
                _give_back(connection, granted, granted.impressions - used)

    def misread(self, granted: Granted, *, wrong: int, waits_until: int) -> None:
        with self._database.writing() as connection:
            query = "UPDATE device_grant SET wrong = ?, waits_until = ? WHERE uid = ?"
            connection.execute(query, (wrong, waits_until, granted.grant))


def holding(connection: sqlite3.Connection, seal: str) -> list[tuple[str, str]]:
    """Return which living devices hold a seal, each with its company's code."""
    return [(serial, company) for serial, company in connection.execute(_HOLDING, (seal,)).fetchall()]


def _is_lasting(kind: str, frame: str) -> bool:
    return (kind or signed.said_by_itself(frame, Frame.ORDER).get("type")) != Order.TIME.value


def _check_alone(connection: sqlite3.Connection, serial: str, seals: tuple[str, ...]) -> None:
    for seal in filter(None, seals):
        if any(other != serial for other, _ in holding(connection, seal)):
            raise SealInTwoDevices(device=serial, seal=seal)


def _count(connection: sqlite3.Connection, opening: Opening) -> None:
    counted = connection.execute(
        "INSERT INTO counter SELECT ?1, ?2, ?3, ?4 WHERE ?3 <= ?4 ON CONFLICT DO UPDATE"
        " SET used = used + excluded.used, impressions = excluded.impressions"
        " WHERE used + excluded.used <= excluded.impressions",
        (opening.application, opening.seal, opening.impressions, opening.most),
    )
    if not counted.rowcount:
        raise ImpressionsSpent(application=opening.application, seal=opening.seal)


def _count_opening(connection: sqlite3.Connection, opening: Opening) -> None:
    """Return if a cabinet may let the seal out once more, or refuse; such grants are those of no impression."""
    query = "SELECT count(*) FROM device_grant WHERE application = ? AND seal = ? AND impressions = 0"
    (before,) = connection.execute(query, (opening.application, opening.seal)).fetchone()
    if before >= opening.most:
        raise OpeningsSpent(application=opening.application, seal=opening.seal)


def _give_back(connection: sqlite3.Connection, granted: Granted, unused: int) -> None:
    where = (granted.application, granted.seal)
    query = "DELETE FROM counter WHERE application = ? AND seal = ? AND used <= ?"
    if not connection.execute(query, (*where, unused)).rowcount:
        query = "UPDATE counter SET used = used - ? WHERE application = ? AND seal = ?"
        connection.execute(query, (unused, *where))


def _bytes(key: FrameKey) -> bytes:
    return key.x + key.y


def _key(kept: bytes) -> FrameKey:
    return FrameKey(kept[:_HALF], kept[_HALF:])
