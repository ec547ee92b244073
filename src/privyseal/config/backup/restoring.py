"""Restore a backup, and prove that what was restored is what was backed up, before anything opens.

(1) the archive holds what it lists; (2) the database comes back; (3) the whole record is derived again from its facts;
(4) the head of the cut, the signer's last head and every head that somebody brought lie on its way; (5) every file
has its digest; (6) what the record says of the key since its copy is replayed, or where facts are missing
the record goes on under another name (``losing``); (7) who was erased since is erased
again; (8) the restore is on record and begins an epoch; (9) the signer's file is put in place
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from psycopg import connect, sql

from privyseal.config import schema
from privyseal.config.backup import archive, archiving, erasures, making
from privyseal.config.backup.certificate import Certificate, Leave, Lost
from privyseal.config.backup.erasures import Brought, Repeated
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.config.loading import load
from privyseal.config.postgres import Cluster, make_data_folder
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint
from privyseal.signer import anew, epochs, replaying
from privyseal.signer.copying import CannotContinue
from privyseal.signer.epochs import Epoch
from privyseal.signer.replaying import Replayed

_APART: Final = "signer.restoring"


@dataclass(frozen=True, slots=True)
class Beside:
    """What somebody brings beside the backup: heads, and the newest list of who was erased.

    The archive of the database's own log, and a moment to go back to. In a loss, the folder of a signer that
    outlived it, and the leave to go on without what is missing.
    """

    heads: Sequence[Path] = ()
    erased: Path | None = None
    outlived: Path | None = None
    archive: Path | None = None
    until: datetime | None = None
    leave: Leave | None = None


def restore(backup: Path, identity: Path, beside: Beside) -> Certificate:
    """Restore into the data folder of this environment, which must be empty, and prove it; or say what is wrong."""
    began, began_at, installation = time.monotonic(), datetime.now(UTC), Installation.from_environment()
    data = installation.data
    brought = None if beside.erased is None else erasures.read(beside.erased)
    if data.exists() and any(data.iterdir()):
        raise CannotStart(f"{data} is not empty: a backup is restored beside what there is, never over it.")
    make_data_folder(data)
    about = archive.unpack(backup, archive.identity(identity), data)  # (1)
    if brought is not None:
        erasures.check(brought, data)
    if about["schema"] != schema.wanted():
        raise CannotStart(f"The backup was made by version {about['version']}: restore it with that one, then update.")
    _open_to_others(data / "public")
    (data / "signer").rename(data / _APART)  # nothing opens while this is not done
    with _database(installation, data / making.DUMP, about, beside) as databases:  # (2)
        os.environ.update(installation.worker(databases))
        load("privyseal.config.backup.proving")
        from privyseal.config.backup import proving  # noqa: PLC0415  Django is set up only now

        try:
            if beside.outlived is not None:
                anew.put_outlived(beside.outlived, data / _APART)
            heads = [path.read_text("utf-8") for path in beside.heads]
            proved, known = proving.prove(about, data / _APART, heads)  # (3) (4)
            files = proving.check_files(data)  # (5)
            replayed, lost = _replayed(data / _APART, known, beside.leave, databases)  # (6)
            repeated = None if brought is None else _erased_again(brought)  # (7)
            said = {"backup_sha256": archive.digest_of(backup), "cut": about["size"]}
            epoch, held_back = _entered(began_at, data / _APART, said, replayed, repeated)  # (8)
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
        held_back=held_back,
        repeated=repeated,
        lost=lost,
        **proved,
    )


def _replayed(
    signer: Path, known: Checkpoint | None, leave: Leave | None, databases: Databases
) -> tuple[Replayed, Lost | None]:
    """Tell the signer's file what the record says of it; where facts are missing, go on by leave alone."""
    from privyseal.config.backup import losing, proving  # noqa: PLC0415  Django is set up only now

    if known is None and leave is not None:
        raise CannotStart("Nothing is missing: restore without leave to lose anything. Nothing was opened.")
    if known is None:
        return replaying.replay(signer, proving.later(signer), at=datetime.now(UTC)), None
    if leave is None:
        proving.refuse_missing(known)
    return losing.go_on(signer, known, leave, databases)


def _erased_again(brought: Brought) -> Repeated:
    """Erase and delete what the list names and the backup brought back."""
    from privyseal.keeping import actions  # noqa: PLC0415  Django is set up only now

    again = actions.erase_again(datetime.now(UTC), brought.lines)
    return Repeated(len(brought.lines), again.done, again.left, brought.sha256)


def _entered(
    began_at: datetime, signer: Path, about: Mapping[str, Any], replayed: Replayed, repeated: Repeated | None
) -> tuple[int, int]:
    """Put the restore on record and begin the signer's new epoch, in the database first: until then nobody opens."""
    from privyseal.config.backup import recording  # noqa: PLC0415  Django is set up only now

    said = {**about, "uses": replayed.uses, "keyless": len(replayed.keyless)}
    if repeated is not None:
        said |= {"erased_again": repeated.done, "erased_sha256": repeated.sha256}
    known = epochs.read(signer).number
    now = datetime.now(UTC)
    epoch, held_back = recording.enter_restored(recording.RESTORE, now, began_at=began_at, epoch=known, said=said)
    epochs.write(signer, Epoch(epoch))
    return epoch, held_back


class _database:  # noqa: N801  a block, as contextlib's own are
    """The restored database for as long as the block lasts: the embedded one, or one that its own people restored."""

    def __init__(self, installation: Installation, dump: Path, about: Mapping[str, Any], beside: Beside) -> None:
        self._installation, self._dump, self._about, self._beside = installation, dump, about, beside
        self._cluster: Cluster | None = None

    def __enter__(self) -> Databases:
        try:
            if self._installation.databases is not None:
                return self._installation.databases
            data, archive = self._installation.data, self._beside.archive
            going_on = {} if archive is None else archiving.lay(data, archive, until=self._beside.until)
            self._cluster = Cluster(data, settings=going_on)
            self._cluster.start()
            if archive is None:
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
