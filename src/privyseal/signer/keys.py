"""The signer's keys at rest: each under one master key, which lies in a file elsewhere, or in shares with custodians.

Lock order: the writer lock alone. A key is written in a transaction of the writer lock, in which the master key stays.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privyseal.signer import shares
from privyseal.signer.database import CannotStart, Database
from privyseal.signer.protocol import SignerRefused, SignerUnavailable
from privyseal.signer.shares import SECRET_BYTES, Share, ShareMisread

AUTHORITY: Final = "authority"
LOG: Final = "log"
RESPONDER: Final = "responder"
PAPER: Final = "paper"
# Of devices: their authority's key, the key of tickets and orders, the master of codes; each with its column.
DEVICE_KEYS: Final = (("device-authority", "ca_key"), ("device-frames", "frame_key"), ("device-codes", "master"))
COLLECTED_FOR: Final = timedelta(minutes=15)
"""How long a custodian's share waits in memory for another's."""

_PROTECTED: Final = b"PSK1"
_NONCE_BYTES: Final = 12
_ABOUT: Final = b"privyseal/signer/key/v1\0"
_MARK: Final = "mark"
_FOUNDED_KEYS: Final = ((AUTHORITY, "ca_key"), (LOG, "log_key"))


class SignerSealed(SignerUnavailable):
    """The keys are locked away until custodians open the signer. What was asked stays open meanwhile."""

    code = "signer-sealed"


class ShareRefused(SignerRefused):
    """This is no share of the key that opens this signer."""

    code = "share-refused"


class CustodiansNeeded(SignerRefused):
    """The custodians of now have to give their shares before the key is given to others."""

    code = "custodians-needed"


class CustodiansTooFew(SignerRefused):
    """A key is in two shares at least, and not in more than fifteen."""

    code = "custodians-too-few"


class NothingEntrusted(SignerRefused):
    """Not all of the shares that were just handed out were shown again."""

    code = "nothing-entrusted"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who keeps the master key: a file where nobody is needed, else so many custodians of those who have a share."""

    mark: bytes
    needed: int
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entrusted:
    """A master key whose shares were handed out, and that holds once all of them have been shown again."""

    master: bytes
    needed: int
    shares: tuple[Share, ...]


class Keys:
    """What opens the keys, in memory alone."""

    def __init__(self, database: Database, master: bytes | None = None) -> None:
        self._database = database
        self._master: bytes | None = None
        self._collected: dict[int, bytes] = {}
        self._since: datetime | None = None
        self._entrusted: _Entrusted | None = None
        keeping = kept_by(database)
        if keeping is None and master is not None:
            self._keep(master, needed=0, digests=(), old=None)
        elif keeping is not None and not keeping.needed and master is not None:
            if not _opens(master, keeping):
                raise CannotStart("The key file is not the one under which the signer's keys were kept.")
            self._master = master

    @property
    def is_open(self) -> bool:
        return self._master is not None

    @property
    def needed(self) -> int:
        """Return how many custodians open the signer; 0 where a file does."""
        keeping = kept_by(self._database)
        return keeping.needed if keeping else 0

    @property
    def missing(self) -> int:
        """Return how many shares are awaited now."""
        return 0 if self.is_open else max(1, self.needed - len(self._collected))

    def check_open(self) -> None:
        if self._master is None:
            raise SignerSealed(missing=self.missing)

    def protect(self, key: bytes, of: str) -> bytes:
        """Return a key as it lies in the file; call it in the transaction that writes it there."""
        self.check_open()
        return _protected(self._master or b"", key, of)

    def reveal(self, kept: bytes, of: str) -> bytes:
        """Return a key, or refuse while the signer is sealed; call it in one reading with what read it."""
        self.check_open()
        return _revealed(self._master or b"", kept, of)

    def lock(self) -> None:
        """Forget what opens the keys, at once."""
        with self._database.changed:
            self._master, self._entrusted = None, None
            self._collected.clear()

    def open(self, said: str, *, at: datetime) -> None:
        """Take one custodian's share, or the content of the key file, and open once they are enough; or refuse."""
        with self._database.changed:
            if self.is_open:
                return
            keeping = kept_by(self._database)
            if keeping is None:
                raise ShareRefused
            if not keeping.needed:
                self._open(_file_content(said), keeping)
                return
            self._collect(_known_share(said, keeping), at=at)
            if len(self._collected) >= keeping.needed:
                collected = dict(self._collected)
                self._collected.clear()
                self._open(shares.join(collected), keeping)

    def entrust(self, *, needed: int, number: int, by: Sequence[str]) -> list[str]:
        """Return shares of a new master key, which holds once all of them were shown again; or refuse."""
        with self._database.changed:
            self.check_open()
            self._check_custodians(by)
            master = secrets.token_bytes(SECRET_BYTES)
            try:
                made = shares.split(master, needed=needed, shares=number)
            except ValueError as error:
                raise CustodiansTooFew(needed=needed, shares=number) from error
            self._entrusted = _Entrusted(master, needed, tuple(made))
            return [share.text for share in made]

    def confirm(self, said: Collection[str]) -> None:
        """Put every key under the new master key, once each share of it was shown; again, the same."""
        with self._database.changed:
            self.check_open()
            shown = {_share(one).text for one in said}
            keeping, new = kept_by(self._database), self._entrusted
            if new is None or shown != {share.text for share in new.shares}:
                if keeping is not None and keeping.needed and {_digest(one) for one in shown} == set(keeping.shares):
                    return
                raise NothingEntrusted
            digests = tuple(_digest(share.text) for share in new.shares)
            self._keep(new.master, needed=new.needed, digests=digests, old=self._master)
            self._entrusted = None

    def _collect(self, share: Share, *, at: datetime) -> None:
        if self._since is None or not self._collected or at - self._since > COLLECTED_FOR:
            self._collected, self._since = {}, at
        self._collected[share.place] = share.value

    def _open(self, master: bytes, keeping: Keeping) -> None:
        if not _opens(master, keeping):
            raise ShareRefused
        self._master = master

    def check_keepers(self, by: Sequence[str]) -> None:
        """Return if those who keep what opens the keys are there, by their shares or by the key file; or refuse."""
        keeping = kept_by(self._database)
        if keeping is None or keeping.needed:
            self._check_custodians(by)
        elif not any(_opens(_file_content(one), keeping) for one in by):
            raise CustodiansNeeded(needed=1)

    def _check_custodians(self, by: Sequence[str]) -> None:
        keeping = kept_by(self._database)
        if keeping is None or not keeping.needed:
            return
        known = {share.place: share.value for share in (_known_share(one, keeping) for one in by)}
        if len(known) < keeping.needed or not _opens(shares.join(known), keeping):
            raise CustodiansNeeded(needed=keeping.needed)

    def _keep(self, master: bytes, *, needed: int, digests: tuple[str, ...], old: bytes | None) -> None:
        """Put every key under this master key in one commit; what was there before leaves the file."""
        with self._database.writing() as connection:
            for table, column, row, of, kept in _every_key(connection):
                fresh = _protected(master, _revealed(old or b"", kept, of), of)
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (fresh, row))  # noqa: S608 - our own table's names
            connection.execute(
                "REPLACE INTO keeping VALUES (1, ?, ?, ?)",
                (_protected(master, b"", _MARK), needed, json.dumps(digests)),
            )
        self._database.forget_old_pages()
        self._master = master


def kept_by(database: Database) -> Keeping | None:
    """Return who keeps the master key; None where keys lie open, as in a file of before."""
    row = database.one("SELECT mark, needed, shares FROM keeping")
    return None if row is None else Keeping(row[0], row[1], tuple(json.loads(row[2])))


def of_seal(seal: str, version: int) -> str:
    return f"seal:{seal}:{version}"


def _every_key(connection: sqlite3.Connection) -> list[tuple[str, str, int, str, bytes]]:
    """Return each key in the file: table, column, row, what it is of, and its bytes."""
    found = [
        ("installation", column, row, of, kept)
        for of, column in _FOUNDED_KEYS
        for row, kept in connection.execute(f"SELECT rowid, {column} FROM installation")  # noqa: S608 - our own table's names
    ]
    found += [
        ("responder", "key", row, RESPONDER, kept)
        for row, kept in connection.execute("SELECT rowid, key FROM responder")
    ]
    found += [
        ("paper_key", "key", row, PAPER, kept)
        for row, kept in connection.execute("SELECT rowid, key FROM paper_key WHERE length(key) > 0")
    ]
    found += [
        ("device_home", column, row, of, kept)
        for of, column in DEVICE_KEYS
        for row, kept in connection.execute(f"SELECT rowid, {column} FROM device_home")  # noqa: S608 - our own table's names
    ]
    versions = connection.execute("SELECT rowid, seal, version, key FROM seal_version WHERE length(key) > 0")
    awaited = connection.execute("SELECT rowid, seal, version, key FROM awaited WHERE length(key) > 0")
    return found + [
        (table, "key", row, of_seal(seal, number), kept)
        for table, rows in (("seal_version", versions), ("awaited", awaited))
        for row, seal, number, kept in rows
    ]


def _protected(master: bytes, key: bytes, of: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _PROTECTED + nonce + AESGCM(master).encrypt(nonce, key, _ABOUT + of.encode())


def _revealed(master: bytes, kept: bytes, of: str) -> bytes:
    if not kept.startswith(_PROTECTED):
        return kept  # from before keys were kept under another; the next start takes them in
    nonce, sealed = kept[len(_PROTECTED) :][:_NONCE_BYTES], kept[len(_PROTECTED) + _NONCE_BYTES :]
    return AESGCM(master).decrypt(nonce, sealed, _ABOUT + of.encode())


def _opens(master: bytes, keeping: Keeping) -> bool:
    try:
        _revealed(master, keeping.mark, _MARK)
    except (InvalidTag, ValueError):
        return False
    return True


def _file_content(said: str) -> bytes:
    try:
        return bytes.fromhex(said.strip())
    except ValueError as error:
        raise ShareRefused from error


def _share(said: str) -> Share:
    try:
        return Share.parse(said)
    except ShareMisread as error:
        raise ShareRefused from error


def _known_share(said: str, keeping: Keeping) -> Share:
    share = _share(said)
    if not any(hmac.compare_digest(_digest(share.text), known) for known in keeping.shares):
        raise ShareRefused
    return share


def _digest(text: str) -> str:
    # A share is 256 random bits: its digest tells a stranger's share apart and gives nothing away.
    return hashlib.sha256(text.encode()).hexdigest()
