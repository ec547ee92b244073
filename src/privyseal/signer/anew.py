"""A restored signer's file goes on under another name of its log, since facts are lost that a signed head had covered.

Nothing is ever signed under the old name again, so that it keeps one tail. Keys are opened by those who keep them.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from privyseal.kernel.note import VerifierKey
from privyseal.signer import epochs, heads, keyfile
from privyseal.signer.copying import FILE, CannotContinue, copied
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.home import occupied
from privyseal.signer.keys import Keys, ShareRefused, kept_by
from privyseal.signer.store import Store

_SECOND: Final = 2


@dataclass(frozen=True, slots=True)
class Outlived:
    """What a signer knows that outlived the loss: each intent it answered, and the seals that it uses no more."""

    intents: frozenset[str]
    at_rest: frozenset[str]
    ended: frozenset[str]


class Reopened:
    """A file whose keys are open; ``custodians`` is how many of them it took, 0 where a file opens it."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._store = database, Store(database, keys)
        self.custodians = keys.needed

    def key_named(self, origin: str) -> VerifierKey:
        """Return the key by which the log is checked under this name."""
        return VerifierKey(origin, VerifierKey.parse(self._store.shown()[0]).public)

    def set_clock(self, at: datetime) -> datetime | None:
        """Have time go on from here, where a clock had been ahead; return the latest time that was seen until now."""
        return self._database.begin_again(at, custodians=self.custodians)

    def begin(self, origin: str, *, size: int, root: bytes) -> str:
        """Sign the first head under a new name and keep both; return it. Cosigners have seen nothing of it yet."""
        head = heads.signed(origin, self._store.log_key(), size, root)
        with self._database.writing() as connection:
            connection.execute("UPDATE installation SET origin = ?", (origin,))
            connection.execute("UPDATE checkpoint SET size = ?, root = ?, note = ?", (head.size, head.root, head.note))
            connection.execute("UPDATE shown SET log_key = ?", (self.key_named(origin).text,))
            connection.execute("DELETE FROM cosigner")
            connection.execute("DELETE FROM head")
        return head.note


def next_name(origin: str) -> str:
    """Return the name under which a log goes on: the one before with a number behind it."""
    before, _, number = origin.rpartition("/")
    return f"{before}/{int(number) + 1}" if number.isdigit() else f"{origin}/{_SECOND}"


@contextmanager
def reopened(data: Path, *, shares: Sequence[str], key_file: Path) -> Iterator[Reopened]:
    """Open a restored file by its custodians' shares, or by its key file where there are none, or say why not."""
    with occupied(data), closing(Database(open_durably(data / FILE))) as database:
        try:
            keys = _opened(database, shares, key_file)
        except (CannotStart, ShareRefused) as error:
            raise CannotContinue(f"The signer's keys are not opened: {error}.") from error
        if not keys.is_open:
            raise CannotContinue(
                f"The signer's keys are kept by custodians, {keys.needed} of whom have to agree: {keys.missing} more"
                " shares are needed, --share FILE for each."
            )
        yield Reopened(database, keys)


def put_outlived(survivor: Path, data: Path) -> None:
    """Put the file of a signer that outlived the loss in the place of the older copy, or say why they are not one."""
    (data / f"{FILE}.outlived").write_bytes(copied(survivor))
    (data / f"{FILE}.outlived").chmod(0o600)
    old, new = _of_whom(data / FILE), _of_whom(data / f"{FILE}.outlived")
    if old[:-1] != new[:-1]:
        raise CannotContinue(f"The signer in {survivor} is not of the installation that was backed up.")
    if epochs.read(survivor).replaced_by:
        raise CannotContinue(f"The signer in {survivor} was replaced by another one: it counts no more.")
    if new[-1] < old[-1]:
        raise CannotContinue(f"The signer in {survivor} knows less than the backup: leave it out.")
    epochs.write(data, max(epochs.read(data), epochs.read(survivor), key=lambda epoch: epoch.number))
    (data / f"{FILE}.outlived").replace(data / FILE)


def outlived(data: Path) -> Outlived:
    """Return what a file knows, to be held against the record."""
    with closing(Database(open_durably(data / FILE))) as database:
        seals = database.every("SELECT uid, destroyed_by IS NOT NULL FROM seal WHERE NOT is_active")
        return Outlived(
            intents=frozenset(uid for (uid,) in database.every("SELECT uid FROM intent")),
            at_rest=frozenset(uid for uid, is_ended in seals if not is_ended),
            ended=frozenset(uid for uid, is_ended in seals if is_ended),
        )


def _opened(database: Database, shares: Sequence[str], key_file: Path) -> Keys:
    keeping = kept_by(database)
    if keeping is None or not keeping.needed:
        return keyfile.opened(database, key_file)
    keys = Keys(database)
    for share in shares:
        keys.open(share, at=datetime.now(UTC))
    return keys


def _of_whom(path: Path) -> tuple[str, bytes, int]:
    with closing(Database(open_durably(path))) as database:
        row = database.one("SELECT origin, ca_certificate, size FROM installation, checkpoint")
    if row is None:
        raise CannotContinue(f"The signer's file {path} was never founded.")
    origin, certificate, size = row
    return origin, certificate, size
