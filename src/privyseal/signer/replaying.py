"""What happened at a key after its backup was made, told to the restored file before any signer opens it.

Everything here goes toward safety: what was counted is counted, what was stopped, denied, ended or removed is so again.
Nothing is put back into force; what was allowed since the backup has to be allowed anew.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from privyseal.kernel import merkle, note
from privyseal.kernel.canonical import utc_text
from privyseal.signer import rubber
from privyseal.signer.copying import FILE, CannotContinue
from privyseal.signer.database import Database, open_durably
from privyseal.signer.denials import Denial
from privyseal.signer.device_store import holding
from privyseal.signer.home import occupied
from privyseal.signer.keys import Keys
from privyseal.signer.statement import MAX_VERSIONS
from privyseal.signer.store import SignedCheckpoint, Store
from privyseal.signer.taken_back import keep_taken_back

# Fewer than a device looks ahead, and more than are given to one device between a backup and its restore.
_CODES_PASSED_OVER: Final = 64


@dataclass(frozen=True, slots=True)
class Use:
    """A use that is on record: what its counter and its intent are made of again."""

    intent: str
    application: str
    seal: str
    document_sha256: str
    impressions: int
    sealed_sha256: str
    sealed_at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A ticket or a code that a machine was given, as it is on record; ``impressions`` is 0 where it opens a slot."""

    uid: str
    device: str
    application: str
    seal: str
    impressions: int
    is_code: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A seal that was put into a machine's slot, or with none, whatever was there taken out, by this order."""

    order: str
    device: str
    slot: int
    seal: str = ""


@dataclass(frozen=True, slots=True)
class OnMandate:
    """An application that was used under a mandate which was given for so many."""

    mandate: str
    application: str
    most_uses: int


@dataclass(frozen=True, slots=True)
class Later:
    """What the record says of the key; ``versions`` are the seals' versions there, ``proof`` leads to ``head``.

    ``taken_back`` are the versions of seals whose certificate an authority outside has revoked, ``closed`` how often
    each code was used whose receipt was read, ``epochs`` the last one of each device, ``stopped`` those that ended.
    ``companies`` says whose a suspended seal is, by its code; ``moved`` is in the order in which it was done.

    Without a head the record lacks facts that a signed head had covered: it is told the rest, and no head is kept.
    """

    head: str | None
    proof: Sequence[bytes]
    uses: Sequence[Use] = ()
    denied: Collection[Denial] = ()
    suspended: Collection[str] = ()
    ended: Mapping[str, str] | None = None
    versions: Mapping[str, int] | None = None
    removed: Collection[bytes] = ()
    taken_back: Mapping[str, int] | None = None
    grants: Sequence[Grant] = ()
    closed: Mapping[str, int] | None = None
    epochs: Mapping[str, int] | None = None
    stopped: Collection[str] = ()
    moved: Sequence[Moved] = ()
    on_mandates: Sequence[OnMandate] = ()
    companies: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was new to the restored file; ``keyless`` are seals that were made or changed after the backup.

    ``machines`` are those of which it is not known what they were given since: they have to be enrolled anew.
    ``unmounted`` are seals that went into a machine since: the key knows of none of them where it is.
    """

    uses: int
    denied: int
    suspended: int
    ended: int
    removed: int
    keyless: Sequence[str]
    size: int
    grants: int = 0
    machines: Sequence[str] = ()
    taken_out: int = 0
    on_mandates: int = 0
    unmounted: Sequence[str] = ()


def last_signed(data: Path) -> tuple[int, bytes]:
    """Return size and root of the last head that this file knows to be signed."""
    with closing(Database(open_durably(data / FILE))) as database:
        last = Store(database, Keys(database)).checkpoint()
        return last.size, last.root


def replay(data: Path, later: Later, *, at: datetime) -> Replayed:
    """Bring a restored file up to the record, all of it or nothing, or say why the two do not belong together."""
    with occupied(data), closing(Database(open_durably(data / FILE))) as database:
        store = Store(database, Keys(database))
        head = store.checkpoint() if later.head is None else _head(store, later, later.head)
        with database.writing() as connection:
            found = Replayed(
                uses=sum(_use(connection, use) for use in later.uses),
                denied=sum(_deny(connection, denial, at) for denial in later.denied),
                suspended=sum(_suspend(connection, seal, later.companies) for seal in later.suspended),
                ended=sum(_end(connection, *each, at=at) for each in (later.ended or {}).items()),
                removed=sum(_remove(connection, credential, at) for credential in later.removed),
                keyless=sorted(
                    seal for seal, version in (later.versions or {}).items() if _lost(connection, seal, version, at)
                ),
                size=head.size,
                grants=sum(_grant(connection, grant) for grant in later.grants),
                machines=_lost_machines(connection, later),
                taken_out=sum(_moved(connection, each) for each in later.moved),
                on_mandates=sum(_on_mandate(connection, each) for each in later.on_mandates),
                unmounted=_unmounted(connection, later.moved),
            )
            _close(connection, later, at)
            for seal, version in (later.taken_back or {}).items():
                keep_taken_back(connection, seal, version, evidence_sha256="", at=at)
            # What was given to devices after the backup is not known here: no code and no order has its number again.
            connection.execute("UPDATE device SET sequence = sequence + ?", (_CODES_PASSED_OVER,))
            connection.execute("UPDATE checkpoint SET size = ?, root = ?, note = ?", (head.size, head.root, head.note))
        database.forget_old_pages()
        return found


def _head(store: Store, later: Later, said: str) -> SignedCheckpoint:
    """Return the record's head if this key signed it and it extends the last head that the file knows."""
    last, key = store.checkpoint(), note.VerifierKey.parse(store.shown()[0])
    try:
        head = note.open_checkpoint(said, key)
        if head.size > last.size > 0:
            merkle.verify_consistency(last.size, last.root, head.size, head.root, later.proof)
    except (note.NoteBroken, merkle.ProofBroken) as error:
        raise CannotContinue("The record does not continue what this signer signed: it is not its record.") from error
    if head.size < last.size:
        raise CannotContinue(
            f"The record ends at {head.size} and the signer has signed {last.size}: facts are missing."
        )
    if head.size == last.size and head.root != last.root:
        raise CannotContinue("The record is another one than the signer has signed: it is not its record.")
    return SignedCheckpoint(head.size, head.root, said)


def _use(connection: sqlite3.Connection, use: Use) -> int:
    # The bytes are where the files are. Nobody asks for this intent again: it has its end on record.
    kept = connection.execute(
        "INSERT INTO intent VALUES (?, '', ?, ?, ?, ?, x'', ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            *(use.intent, use.application, use.seal, use.document_sha256, use.impressions),
            *(use.sealed_sha256, utc_text(use.sealed_at), use.operator),
        ),
    ).rowcount
    if kept:
        _count(connection, use.application, use.seal, use.impressions)
    return kept


def _count(connection: sqlite3.Connection, application: str, seal: str, impressions: int) -> None:
    connection.execute(
        "INSERT INTO counter VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET used = used + excluded.used,"
        " impressions = max(impressions, used + excluded.used)",
        (application, seal, impressions, impressions),
    )


def _deny(connection: sqlite3.Connection, denial: Denial, at: datetime) -> int:
    row = (denial.what.value, denial.uid, denial.seal, utc_text(at))
    return connection.execute("INSERT INTO denial VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount


def _suspend(connection: sqlite3.Connection, seal: str, companies: Mapping[str, str] | None) -> int:
    if connection.execute("SELECT 1 FROM seal WHERE uid = ?", (seal,)).fetchone() is None:
        return rubber.put_to_rest(connection, seal, company=(companies or {}).get(seal, ""))
    return connection.execute("UPDATE seal SET is_active = 0 WHERE uid = ? AND is_active", (seal,)).rowcount


def _end(connection: sqlite3.Connection, seal: str, application: str, *, at: datetime) -> int:
    ended = connection.execute(
        "UPDATE seal SET is_active = 0, destroyed_by = ? WHERE uid = ? AND destroyed_by IS NULL", (application, seal)
    ).rowcount
    if ended:
        _take_keys(connection, seal, before=MAX_VERSIONS + 1, at=at)
    return ended


def _remove(connection: sqlite3.Connection, credential: bytes, at: datetime) -> int:
    return connection.execute(
        "UPDATE roster_entry SET removed_by = 'restored', removed_at = ? WHERE credential = ? AND removed_at IS NULL",
        (utc_text(at), credential),
    ).rowcount


def _grant(connection: sqlite3.Connection, grant: Grant) -> int:
    # Counted in full and closed, and its answer given to nobody again: what a machine did not use is not given back.
    kept = connection.execute(
        "INSERT INTO device_grant VALUES (?, ?, 0, 0, '', ?, ?, ?, '', ?, 0, 0) ON CONFLICT DO NOTHING",
        (
            *(grant.uid, grant.device, grant.application, grant.seal, grant.impressions),
            grant.impressions,
        ),
    ).rowcount
    if kept and grant.impressions:
        _count(connection, grant.application, grant.seal, grant.impressions)
    return kept


def _moved(connection: sqlite3.Connection, moved: Moved) -> int:
    """Empty a slot that was opened since, and have its order asked for by nobody again; return 1 if it held a seal.

    What went in is not taken from the record: whoever writes facts alone would put a seal where they please.
    """
    if connection.execute("SELECT 1 FROM device_order WHERE uid = ?", (moved.order,)).fetchone():
        return 0
    if moved.order:
        below = "(SELECT min(0, coalesce(min(number), 0)) - 1 FROM device_order WHERE device = ?)"
        connection.execute(
            f"INSERT INTO device_order VALUES (?, ?, {below}, '', '', '')",  # noqa: S608 - our own words
            (moved.order, moved.device, moved.device),
        )
    query = "SELECT epoch, seals FROM device WHERE serial = ? ORDER BY epoch DESC LIMIT 1"
    epoch, said = connection.execute(query, (moved.device,)).fetchone() or (0, "[]")
    held = dict(enumerate(json.loads(said), 1))
    was = held.get(moved.slot, "")
    if was:
        seals = json.dumps(list({**held, moved.slot: ""}.values()))
        connection.execute("UPDATE device SET seals = ? WHERE serial = ? AND epoch = ?", (seals, moved.device, epoch))
    return 1 if was else 0


def _unmounted(connection: sqlite3.Connection, moved: Sequence[Moved]) -> Sequence[str]:
    """Return the seals that are in a machine by the record, and in none that is known here."""
    there = {(each.device, each.slot): each.seal for each in moved}
    return tuple(sorted({seal for seal in there.values() if seal and not holding(connection, seal)}))


def _on_mandate(connection: sqlite3.Connection, use: OnMandate) -> int:
    (used,) = connection.execute("SELECT count(*) FROM mandate_use WHERE mandate = ?", (use.mandate,)).fetchone()
    row = (use.mandate, use.application, used + 1, max(use.most_uses, used + 1))
    return connection.execute("INSERT INTO mandate_use VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount


def _close(connection: sqlite3.Connection, later: Later, at: datetime) -> None:
    """Close the codes whose receipts were read since, and end the devices that ended since."""
    query = "UPDATE device_grant SET used = min(?, impressions) WHERE uid = ? AND used IS NULL"
    connection.executemany(query, [(used, uid) for uid, used in (later.closed or {}).items()])
    ended = [(utc_text(at), serial) for serial in later.stopped]
    connection.executemany("UPDATE device SET ended_at = ? WHERE serial = ? AND ended_at IS NULL", ended)


def _lost_machines(connection: sqlite3.Connection, later: Later) -> Sequence[str]:
    """Mark the devices of which it is not known what they were given since; return those that were not before.

    All of them where facts are missing; else those that were enrolled since, or had more codes than are passed over, or
    one that no receipt closed: the number by which that would be read is not known here.
    """
    rows = connection.execute("SELECT serial, max(epoch) FROM device GROUP BY serial").fetchall()
    known, said = {str(serial): int(epoch) for serial, epoch in rows}, later.epochs or {}
    codes = Counter(grant.device for grant in later.grants if grant.is_code)
    unclosed = _unclosed(connection, later)
    lost = {
        serial: max(known.get(serial, 0), said.get(serial, 0))
        for serial in {*known, *said}
        if later.head is None
        or said.get(serial, 0) > known.get(serial, 0)
        or codes[serial] > _CODES_PASSED_OVER
        or serial in unclosed
    }
    query = (
        "INSERT INTO device_anew VALUES (?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch"
        " WHERE epoch < excluded.epoch"
    )
    return tuple(
        serial for serial, epoch in sorted(lost.items()) if connection.execute(query, (serial, epoch)).rowcount
    )


def _unclosed(connection: sqlite3.Connection, later: Later) -> frozenset[str]:
    """Return the devices with a code since the copy, which has no number here, whose receipt is not on record."""
    numberless = {uid for (uid,) in connection.execute("SELECT uid FROM device_grant WHERE sequence = 0")}
    open_codes = (grant for grant in later.grants if grant.is_code and grant.uid not in (later.closed or {}))
    return frozenset(grant.device for grant in open_codes if grant.uid in numberless)


def _lost(connection: sqlite3.Connection, seal: str, version: int, at: datetime) -> bool:
    """Tell whether a seal's present key is not in the file; a key that was replaced since ends here too."""
    known = connection.execute("SELECT version FROM seal WHERE uid = ?", (seal,)).fetchone()
    if known is not None and known[0] < version:
        _suspend(connection, seal, None)
        _take_keys(connection, seal, before=version, at=at)
    return known is None or known[0] < version


def _take_keys(connection: sqlite3.Connection, seal: str, *, before: int, at: datetime) -> None:
    connection.execute(
        "UPDATE seal_version SET key = x'', revoked_at = ? WHERE seal = ? AND revoked_at IS NULL AND version < ?",
        (utc_text(at.replace(microsecond=0)), seal, before),
    )
