"""What the signer keeps for good: its founding, its seals with their keys, the last checkpoint it signed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from privyseal.kernel.canonical import sha256, utc_text, utc_time
from privyseal.signer import outside, rubber, taken_back
from privyseal.signer.answers import ClockSet
from privyseal.signer.authority import Revoked
from privyseal.signer.changes import Begin
from privyseal.signer.charters import Charter
from privyseal.signer.checks import SealDestroyed, SealRecord, SealUnknown
from privyseal.signer.database import Database
from privyseal.signer.keys import AUTHORITY, LOG, RESPONDER, Keys, SignerSealed, of_seal
from privyseal.signer.ocsp import Responder, Standing, answer, new_responder
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.requests import Found
from privyseal.signer.rosters import Grounds, begin, begun_with, forget, found_charter
from privyseal.signer.statement import MAX_VERSIONS


class NotFounded(SignerRefused):
    code = "not-founded"


class StatementSpent(SignerRefused):
    code = "statement-spent"


class SealTypeKnown(SignerRefused):
    """The seal was made, or said before, to be of another type; an approved change alone says otherwise."""

    code = "seal-type-known"


class CheckpointOutOfStep(SignerRefused):
    code = "checkpoint-out-of-step"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the founding pinned and made."""

    founding: Found
    ca_certificate: bytes


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """The keys of authority and log as the founding makes them: PKCS#8 in DER."""

    authority: bytes
    log: bytes


@dataclass(frozen=True, slots=True)
class SealVersion:
    """A seal's key and certificate, made once for one approved request. A key that was read is as it lies there.

    ``chain`` stands above a certificate from outside, up to its root; empty where our own authority issued it.
    """

    seal: str
    version: int
    request_sha256: str
    face: bytes
    key: bytes
    certificate: bytes
    serial: str
    not_after: datetime
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    size: int
    root: bytes
    note: str


class Store:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def installation(self) -> Installation | None:
        row = self._database.one(
            "SELECT public_url, origin, web_key, approvals, assurance, is_demo, ca_certificate FROM installation"
        )
        if row is None:
            return None
        public_url, origin, web_key, approvals, assurance, is_demo, certificate = row
        founding = Found(
            public_url=public_url,
            origin=origin,
            web_key=web_key,
            charter=Charter(approvals=approvals, assurance=assurance),
            is_demo=bool(is_demo),
        )
        return Installation(founding, certificate)

    def founded(self) -> Installation:
        """Return the installation, or refuse while there is none."""
        installation = self.installation()
        if installation is None:
            raise NotFounded
        return installation

    def authority_key(self) -> bytes:
        """Return the authority's key, or refuse while the signer is sealed."""
        return self._revealed("SELECT ca_key FROM installation", of=AUTHORITY)

    def log_key(self) -> bytes:
        """Return the log's key, or refuse while the signer is sealed."""
        return self._revealed("SELECT log_key FROM installation", of=LOG)

    def seal_key(self, seal: str, version: int) -> bytes:
        """Return the key of a seal's version, or refuse while the signer is sealed; nothing where it was destroyed."""
        query = "SELECT key FROM seal_version WHERE seal = ? AND version = ? AND length(key) > 0"
        return self._revealed(query, seal, version, of=of_seal(seal, version))

    def _revealed(self, query: str, *values: str | int, of: str) -> bytes:
        with self._database.reading() as connection:
            row = connection.execute(query, values).fetchone()
            return b"" if row is None else self._keys.reveal(row[0], of)

    def answered(self, question: bytes, at: datetime) -> bytes:
        """Return the signed answer to a question about a certificate of the authority."""
        ca, responder = self.founded().ca_certificate, self.responder(at)
        return answer(question, ca=ca, responder=responder, standing=self.standing, at=at)

    def responder(self, at: datetime) -> Responder:
        """Return who answers for the authority now, made anew in time; or refuse while the signer is sealed."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT key, certificate, not_after FROM responder").fetchone()
            known = None if row is None else Responder(self._keys.reveal(row[0], RESPONDER), row[1], utc_time(row[2]))
        if known is not None and known.lasts(at):
            return known
        made = new_responder(authority_key=self.authority_key(), ca=self.founded().ca_certificate, at=at)
        with self._database.writing() as connection:
            connection.execute(
                "REPLACE INTO responder VALUES (1, ?, ?, ?)",
                (self._keys.protect(made.key, RESPONDER), made.certificate, utc_text(made.not_after)),
            )
        return made

    def standing(self, serial: str) -> Standing:
        """Return what is known of a certificate's serial number."""
        row = self._database.one(
            "SELECT revoked_at, seal_version.version < seal.version FROM seal_version"
            " JOIN seal ON seal.uid = seal_version.seal WHERE serial = ? AND length(chain) = 0",
            serial,
        )
        if row is None or row[0] is None:
            return Standing(is_known=row is not None)
        return Standing(is_known=True, revoked=Revoked(serial, utc_time(row[0]), is_superseded=bool(row[1])))

    def show(self, log_key: str, crl: bytes) -> None:
        """Keep what the public may know of the keys, so that it is known while they are locked away."""
        row = self._database.one("SELECT log_key, crl FROM shown")
        if row != (log_key, crl):
            with self._database.writing() as connection:
                connection.execute("REPLACE INTO shown VALUES (1, ?, ?)", (log_key, crl))

    def shown(self) -> tuple[str, bytes]:
        """Return the log's public key and the last list of revoked certificates that was signed, or refuse."""
        row = self._database.one("SELECT log_key, crl FROM shown")
        if row is None:
            raise SignerSealed
        return row[0], row[1]

    def is_begun_with(self, request: Found) -> bool:
        """Return whether what the installation began with is what a founding asks for."""
        asked = sha256(request.rule.statement) if request.rule else ""
        with self._database.reading() as connection:
            return self.founded().founding == request and begun_with(connection) == asked

    @property
    def is_untouched(self) -> bool:
        """Return whether nothing rests on the founding: no seal, and no head of a log that holds a fact."""
        row = self._database.one("SELECT (SELECT max(size) FROM checkpoint), (SELECT count(*) FROM seal_version)")
        return row in {(0, 0), (None, 0)}

    def save_installation(
        self,
        installation: Installation,
        keys: FirstKeys,
        checkpoint: SignedCheckpoint,
        *,
        first: Begin | None = None,
        is_anew: bool = False,
    ) -> Installation:
        """Keep the installation and its empty checkpoint unless there is one already; return the one kept.

        ``is_anew`` takes the place of one on which nothing rests, in the same commit.
        """
        asked = installation.founding
        with self._database.writing() as connection:
            if is_anew and self.is_untouched:
                for table in ("installation", "checkpoint", "responder", "shown"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table's names
                forget(connection)
            kept = connection.execute(
                "INSERT INTO installation VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    *(asked.public_url, asked.origin, asked.web_key),
                    *(asked.charter.approvals, asked.charter.assurance, asked.is_demo),
                    *(self._keys.protect(keys.authority, AUTHORITY), installation.ca_certificate),
                    self._keys.protect(keys.log, LOG),
                ),
            )
            if kept.rowcount:
                if first is not None and asked.rule is not None:
                    begin(connection, first, asked.rule.statement)
                else:
                    found_charter(connection, asked.charter)
                connection.execute(
                    "INSERT INTO checkpoint VALUES (1, ?, ?, ?)", (checkpoint.size, checkpoint.root, checkpoint.note)
                )
        return self.founded()

    def seal(self, uid: str) -> SealRecord | None:
        row = self._database.one(
            "SELECT seal.version, is_active, destroyed_by IS NOT NULL, manager, not_after, type, company FROM seal"
            " JOIN seal_version ON seal_version.seal = seal.uid AND seal_version.version = seal.version WHERE uid = ?",
            uid,
        )
        if row is None:
            return None
        version, is_active, is_destroyed, manager, not_after, kind, company = row
        return SealRecord(
            uid=uid,
            version=version,
            is_active=bool(is_active),
            is_destroyed=bool(is_destroyed),
            manager=manager,
            not_after=utc_time(not_after),
            type=kind,
            company=company,
        )

    def seal_version(self, seal: str, version: int) -> SealVersion | None:
        row = self._database.one(
            "SELECT seal, version, request_sha256, face, key, certificate, serial, not_after, chain"
            " FROM seal_version WHERE seal = ? AND version = ?",
            *(seal, version),
        )
        if row is None:
            return None
        uid, number, request_sha256, face, key, certificate, serial, until, chain = row
        not_after, above = utc_time(until), outside.from_pem(chain)
        return SealVersion(uid, number, request_sha256, face, key, certificate, serial, not_after, above)

    def save_seal_version(
        self, made: SealVersion, *, manager: str, kind: str, company: str, at: datetime, grounds: Grounds
    ) -> SealVersion:
        """Keep a seal's new version unless it exists; return the one kept. A suspended seal stays suspended.

        Its predecessor ends in the same moment: no key, its certificate revoked.
        """
        with self._database.writing() as connection:
            grounds.hold(connection)
            refuse_destroyed(connection, made.seal)
            kept = connection.execute(
                "INSERT INTO seal_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING",
                (
                    *(made.seal, made.version, made.request_sha256, made.face),
                    self._keys.protect(made.key, of_seal(made.seal, made.version)),
                    *(made.certificate, made.serial, utc_text(made.not_after), outside.pem(made.chain)),
                ),
            )
            if kept.rowcount:
                _end_keys(connection, made.seal, before=made.version, at=at)
                connection.execute("DELETE FROM awaited WHERE request_sha256 = ?", (made.request_sha256,))
                connection.execute(
                    "INSERT INTO seal (uid, version, is_active, manager, type, company) VALUES (?, ?, 1, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET version = excluded.version, manager = excluded.manager,"
                    " type = excluded.type, company = excluded.company",
                    (made.seal, made.version, manager, kind, company),
                )
        return self.seal_version(made.seal, made.version) or made

    def suspend(self, seal: str, *, company: str) -> None:
        with self._database.writing() as connection:
            if not connection.execute("UPDATE seal SET is_active = 0 WHERE uid = ?", (seal,)).rowcount:
                rubber.told_to_rest(connection, seal, company=company)

    def ask_own_yes(self, seal: str, kind: str) -> None:
        """Take a seal that was made before types were known for one of this type, or refuse; again, the same."""
        with self._database.writing() as connection:
            known = connection.execute("SELECT type FROM seal WHERE uid = ?", (seal,)).fetchone()
            if known is None:
                raise SealUnknown(seal=seal)
            if known[0] not in {"", kind}:
                raise SealTypeKnown(seal=seal)
            connection.execute("UPDATE seal SET type = ? WHERE uid = ?", (kind, seal))

    def resume(self, seal: str, *, application: str, grounds: Grounds) -> None:
        """Put a seal back into force, once an application; a repeat is answered alike while the seal is active."""
        with self._database.writing() as connection:
            fresh = connection.execute(
                "INSERT INTO resumption VALUES (?, ?) ON CONFLICT DO NOTHING", (application, seal)
            )
            refuse_destroyed(connection, seal)
            taken_back.refuse_taken_back(connection, seal)
            if fresh.rowcount:
                grounds.hold(connection)
                if not connection.execute("UPDATE seal SET is_active = 1 WHERE uid = ?", (seal,)).rowcount:
                    rubber.wake(connection, seal)
            elif not is_active(connection, seal) and not rubber.is_awake(connection, seal):
                raise StatementSpent(application=application, seal=seal)

    def is_resumed_by(self, seal: str, application: str) -> bool:
        row = self._database.one("SELECT 1 FROM resumption WHERE application = ? AND seal = ?", application, seal)
        return row is not None

    def destroy(self, seal: str, *, application: str, at: datetime, grounds: Grounds) -> None:
        """End a seal and its keys for good, once an application; the bytes of the keys leave the file."""
        with self._database.writing() as connection:
            grounds.hold(connection)
            refuse_destroyed(connection, seal)
            connection.execute("UPDATE seal SET is_active = 0, destroyed_by = ? WHERE uid = ?", (application, seal))
            _end_keys(connection, seal, before=None, at=at)
        self._database.forget_old_pages()

    def is_destroyed_by(self, seal: str, application: str) -> bool:
        row = self._database.one("SELECT 1 FROM seal WHERE uid = ? AND destroyed_by = ?", seal, application)
        return row is not None

    def revoked(self) -> list[Revoked]:
        """Return every certificate of our own authority that is in force no more, oldest first."""
        rows = self._database.every(
            "SELECT serial, revoked_at, seal_version.version < seal.version FROM seal_version"
            " JOIN seal ON seal.uid = seal_version.seal WHERE revoked_at IS NOT NULL AND length(chain) = 0"
            " ORDER BY revoked_at, serial"
        )
        return [Revoked(serial, utc_time(at), is_superseded=bool(is_superseded)) for serial, at, is_superseded in rows]

    def clock_set(self) -> ClockSet | None:
        """Return when the time was set last by leave of those who keep the keys."""
        row = self._database.one("SELECT number, was, went_on, custodians FROM clock_set ORDER BY number DESC LIMIT 1")
        return None if row is None else ClockSet(row[0], utc_time(row[1]), utc_time(row[2]), row[3])

    def checkpoint(self) -> SignedCheckpoint:
        """Return the last checkpoint that was signed, or refuse before the founding."""
        row = self._database.one("SELECT size, root, note FROM checkpoint")
        if row is None:
            raise NotFounded
        return SignedCheckpoint(*row)

    def follow(self, last: SignedCheckpoint, following: SignedCheckpoint) -> None:
        """Put a checkpoint in the place of the one it was checked against, or refuse if another came first."""
        with self._database.writing() as connection:
            followed = connection.execute(
                "UPDATE checkpoint SET size = ?, root = ?, note = ? WHERE size = ?",
                (following.size, following.root, following.note, last.size),
            )
            if not followed.rowcount:
                raise CheckpointOutOfStep(size=following.size)


def refuse_destroyed(connection: sqlite3.Connection, seal: str) -> None:
    """Return if the seal was not destroyed in the meantime, or refuse."""
    if connection.execute("SELECT 1 FROM seal WHERE uid = ? AND destroyed_by IS NOT NULL", (seal,)).fetchone():
        raise SealDestroyed(seal=seal)


def _end_keys(connection: sqlite3.Connection, seal: str, *, before: int | None, at: datetime) -> None:
    """Take a seal's keys away and revoke their certificates: all of them, or those of earlier versions."""
    # The list of revoked certificates counts whole seconds.
    since = utc_text(at.replace(microsecond=0))
    connection.execute(
        "UPDATE seal_version SET key = x'', revoked_at = ? WHERE seal = ? AND revoked_at IS NULL AND version < ?",
        (since, seal, before if before is not None else MAX_VERSIONS + 1),
    )


def is_active(connection: sqlite3.Connection, seal: str) -> bool:
    return connection.execute("SELECT 1 FROM seal WHERE uid = ? AND is_active", (seal,)).fetchone() is not None


def is_version(connection: sqlite3.Connection, seal: str, version: int) -> bool:
    return (
        connection.execute("SELECT 1 FROM seal WHERE uid = ? AND version = ?", (seal, version)).fetchone() is not None
    )
