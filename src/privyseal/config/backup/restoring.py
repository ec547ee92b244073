"""Restore a backup, and prove that what was restored is what was backed up, before anything opens.

(1) the archive holds what it lists; (2) the database comes back; (3) the whole record is derived again from its facts;
(4) the head of the cut, the signer's last head and every head that somebody brought lie on its way; (5) every file
has its digest; (6) what the record says of the key since its copy is replayed; (7) who was erased since is erased
again; (8) the restore is on record and begins an epoch; (9) the signer's file is put in place
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from psycopg import connect, sql

from privyseal import __version__
from privyseal.config import schema
from privyseal.config.backup import archive, erasures, making
from privyseal.config.backup.erasures import Brought, Repeated
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.config.loading import load
from privyseal.config.postgres import Cluster, make_data_folder
from privyseal.kernel.errors import Refused
from privyseal.signer import epochs, replaying
from privyseal.signer.copying import CannotContinue
from privyseal.signer.epochs import Epoch
from privyseal.signer.replaying import Replayed

_APART: Final = "signer.restoring"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a restore has shown."""

    backup_sha256: str
    made_at: str
    restored_at: datetime
    seconds: float
    cut: int
    facts: int
    heads: int
    root: str
    compared: Sequence[int]
    files: int
    replayed: Replayed
    waiting: int
    epoch: int
    log: str = field(default="")
    repeated: Repeated | None = None

    def text(self, *, is_drill: bool) -> str:
        replayed = self.replayed
        counts = (
            f"{replayed.uses} uses, {replayed.denied} denials, {replayed.suspended} suspensions, "
            f"{replayed.ended} ends of seals, {replayed.removed} passkeys taken off"
        )
        lines = [
            "PRIVYSEAL RESTORE DRILL" if is_drill else "PRIVYSEAL RESTORE",
            f"Log            {self.log}",
            f"Backup         SHA-256 {self.backup_sha256}",
            f"Made           {self.made_at}",
            f"Restored       {self.restored_at.isoformat(timespec='seconds')} in {self.seconds:.1f} s",
            f"Version        {__version__}",
            f"Record         {self.facts} facts and {self.heads} heads derived again, {self.waiting} not numbered",
            f"Root           {self.root}",
            f"Cut            at {self.cut} facts; the record continues it",
            f"Compared with  {len(self.compared)} heads brought from elsewhere" + _listed(self.compared),
            f"Files          {self.files}, each with its digest",
            f"Signer         continues its own last head; replayed: {counts}",
            f"Epoch          {self.epoch}: a signer of an earlier one is refused and stops",
            f"Without a key  {len(replayed.keyless)} seals" + _listed(replayed.keyless),
            *_erasures(self.repeated),
        ]
        return "\n".join(lines) + "\n"


def restore(backup: Path, identity: Path, *, heads: Sequence[Path] = (), erased: Path | None = None) -> Certificate:
    """Restore into the data folder of this environment, which must be empty, and prove it; or say what is wrong."""
    began, installation = time.monotonic(), Installation.from_environment()
    data, brought = installation.data, None if erased is None else erasures.read(erased)
    if data.exists() and any(data.iterdir()):
        raise CannotStart(f"{data} is not empty: a backup is restored beside what there is, never over it.")
    make_data_folder(data)
    about = archive.unpack(backup, archive.identity(identity), data)  # (1)
    if about["schema"] != schema.wanted():
        raise CannotStart(f"The backup was made by version {about['version']}: restore it with that one, then update.")
    _open_to_others(data / "public")
    (data / "signer").rename(data / _APART)  # nothing opens while this is not done
    with _database(installation, data / making.DUMP, about) as databases:  # (2)
        os.environ.update(installation.worker(databases))
        load("privyseal.config.backup.proving")
        from privyseal.config.backup import proving  # noqa: PLC0415  Django is set up only now

        try:
            proved = proving.prove(about, data / _APART, [path.read_text("utf-8") for path in heads])  # (3) (4)
            files = proving.check_files(data)  # (5)
            replayed = replaying.replay(data / _APART, proving.later(data / _APART), at=datetime.now(UTC))  # (6)
            repeated = None if brought is None else _erased_again(brought)  # (7)
            epoch = _entered(backup, data / _APART, about, replayed, repeated)  # (8)
        except OSError as error:
            raise CannotStart(f"{error.filename} cannot be read: {error.strerror}.") from error
        except CannotContinue as error:
            raise CannotStart(str(error)) from error
        except CannotStart:
            raise
        except Refused as refusal:
            raise CannotStart(f"The restored record does not hold: {refusal}.") from refusal
        finally:
            proving.hang_up()
    (data / _APART).rename(data / "signer")  # (9)
    return Certificate(
        backup_sha256=archive.digest_of(backup),
        made_at=about["made_at"],
        restored_at=datetime.now(UTC),
        seconds=time.monotonic() - began,
        cut=about["size"],
        files=files,
        replayed=replayed,
        epoch=epoch,
        repeated=repeated,
        **proved,
    )


def _erased_again(brought: Brought) -> Repeated:
    """Erase and delete what the list names and the backup brought back."""
    from privyseal.keeping import actions  # noqa: PLC0415  Django is set up only now

    again = actions.erase_again(datetime.now(UTC), brought.lines)
    return Repeated(len(brought.lines), again.done, again.left, brought.sha256)


def _entered(
    backup: Path, signer: Path, about: Mapping[str, Any], replayed: Replayed, repeated: Repeated | None
) -> int:
    """Put the restore on record and begin the signer's new epoch, in the database first: until then nobody opens."""
    from privyseal.config.backup import recording  # noqa: PLC0415  Django is set up only now

    said = {"backup_sha256": archive.digest_of(backup), "cut": about["size"], "uses": replayed.uses}
    if repeated is not None:
        said |= {"erased_again": repeated.done, "erased_sha256": repeated.sha256}
    known = epochs.read(signer).number
    epoch = recording.enter_restored(
        recording.RESTORE, datetime.now(UTC), epoch=known, said={**said, "keyless": len(replayed.keyless)}
    )
    epochs.write(signer, Epoch(epoch))
    return epoch


class _database:  # noqa: N801  a block, as contextlib's own are
    """The restored database for as long as the block lasts: the embedded one, or one that its own people restored."""

    def __init__(self, installation: Installation, dump: Path, about: Mapping[str, Any]) -> None:
        self._installation, self._dump, self._about = installation, dump, about
        self._cluster: Cluster | None = None

    def __enter__(self) -> Databases:
        try:
            if self._installation.databases is not None:
                return self._installation.databases
            self._cluster = Cluster(self._installation.data)
            self._cluster.start()
            _fill(self._cluster, self._dump, self._about["schema"])
            return Databases.of(self._cluster)
        except BaseException:
            self.__exit__()
            raise
        finally:
            self._dump.unlink()

    def __exit__(self, *_: object) -> None:
        if self._cluster is not None:
            self._cluster.stop()


def _fill(cluster: Cluster, dump: Path, mark: str) -> None:
    url = cluster.url()
    words = ["--no-owner", "--exit-on-error", "--single-transaction", "--dbname=privyseal"]
    making.run([making.program("pg_restore"), *words, str(dump)], url)
    with connect(url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(mark)))


def _open_to_others(public: Path) -> None:
    """Let everybody read what everybody may know."""
    public.mkdir(exist_ok=True)
    public.chmod(0o755)
    for path in public.iterdir():
        path.chmod(0o644)


def _erasures(repeated: Repeated | None) -> list[str]:
    if repeated is None:
        return [
            "Erasures       NOT repeated: who was erased and what was deleted after the cut is back. Before anybody is",
            "               let in, run `privyseal erased again LIST` with the newest list that lies beside a backup.",
        ]
    lines = [
        f"Erasures       {repeated.done} of {repeated.asked} on the list done again; the rest was so already,",
        "               is not in this backup, or stands below",
        f"               list: SHA-256 {repeated.sha256}",
    ]
    if repeated.left:
        lines.append(
            "NOT erased     these people: something holds them in this record. End it, then run"
            " `privyseal erased again LIST`" + _listed(repeated.left)
        )
    return lines


def _listed(items: Sequence[object]) -> str:
    return "".join(f"\n               {item}" for item in items)
