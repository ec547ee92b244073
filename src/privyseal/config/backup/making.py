"""Make a backup: signer, then database, then files, so that each knows whatever the one before refers to."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict

from privyseal import __version__
from privyseal.config import postgres_site, schema
from privyseal.config.backup import archive
from privyseal.config.backup.archive import Entry
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.kernel.disk import write_all
from privyseal.signer import copying
from privyseal.storage import Folder, StorageFull

SIGNER: Final = f"signer/{copying.FILE}"
DUMP: Final = "database.dump"
# The database has its dump; a cosigner's memory is never put back; the rest is made anew.
_KEPT: Final = ("secrets", "public", "blobs", "vault")
_OF_THE_SIGNER: Final = frozenset({"signer.lock", *(copying.FILE + end for end in ("", "-wal", "-shm", "-journal"))})
_PASSING: Final = "backup-"
_PART_BYTES: Final = 1 << 20
_HEAD: Final = "SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"


def make(installation: Installation, databases: Databases, target: Path, recipients: Sequence[str]) -> dict[str, Any]:
    """Write everything of the installation into one encrypted file; return what it says about itself."""
    to = archive.recipients(recipients)
    if not installation.is_signer_ours:
        raise CannotStart("The signer runs under an account of its own: back its folder up there, before this one.")
    # (1) the signer: what it does from here on is on record in what follows, and is replayed
    signer = copying.copied(installation.data / "signer")
    with place_for_dump(installation.data) as place:
        # (2) the database, with all that it says of the signer and of the files
        dump = place / DUMP
        about = {**_about(databases), "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
        _dump(databases.owner or databases.web, dump, Folder(installation.data / "blobs"))
        # (3) the files, which are only added to
        entries = _entries(installation.data, signer, dump)
        sha256 = archive.write(target, entries, about, to)
    return {**about, "file": str(target), "sha256": sha256, "bytes": target.stat().st_size}


@contextmanager
def place_for_dump(data: Path) -> Iterator[Path]:
    """Give a folder that is gone afterwards; what a backup that was killed left in the clear goes first.

    Whatever else bears such a name stays: people keep backups in this folder too.
    """
    for left in data.glob(f"{_PASSING}*/{DUMP}"):
        with suppress(FileNotFoundError), _locked(left.parent) as is_ours:
            if is_ours and [one.name for one in left.parent.iterdir()] == [DUMP]:
                shutil.rmtree(left.parent)
    with tempfile.TemporaryDirectory(prefix=_PASSING, dir=data) as name, _locked(Path(name)):
        yield Path(name)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold a folder for as long as the block lasts, or say that another one does."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _is_free(held)
    finally:
        os.close(held)


def _is_free(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def program(name: str) -> str:
    """Return one of PostgreSQL's own programs, of the version that the product brings."""
    return str(postgres_site.programs() / name)


def reaching(url: str) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs reach a database; no password stands in a command line."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    said = conninfo_to_dict(url)
    return {**os.environ, "LC_ALL": "C", **{names[name]: str(said[name]) for name in names if said.get(name)}}


def run(words: Sequence[str], url: str) -> None:
    done = subprocess.run(words, env=reaching(url), capture_output=True, text=True, check=False)  # noqa: S603  our own argument list, no shell
    _check(Path(words[0]).name, done.returncode, done.stderr)


def _check(name: str, code: int, said: str) -> None:
    if code:
        raise CannotStart(f"{name} failed: {said.strip().splitlines()[-1:] or code}")


def _about(databases: Databases) -> dict[str, Any]:
    """Return what holds a backup against its restoring: version, schema, and the head of the log at the cut."""
    with psycopg.connect(databases.web) as connection:
        row = connection.execute(_HEAD).fetchone()
    if row is None:
        raise CannotStart("Nothing is on record yet: there is nothing to back up.")
    size, note = row
    return {"version": __version__, "schema": schema.found(databases.web), "size": size, "head": note}


def _dump(url: str, path: Path, files: Folder) -> None:
    """Write a dump that leaves room to what is sealed and recorded meanwhile, or say that there is too little."""
    words = [program("pg_dump"), "--format=custom", "--no-owner"]
    with path.open("xb", buffering=0) as file, tempfile.TemporaryFile() as said:
        path.chmod(0o600)
        with subprocess.Popen(words, env=reaching(url), stdout=subprocess.PIPE, stderr=said) as dumping:  # noqa: S603  our own argument list, no shell
            try:
                fill(file, cast("IO[bytes]", dumping.stdout), files)
            except BaseException:
                dumping.kill()
                raise
        said.seek(0)
        _check("pg_dump", dumping.returncode, said.read().decode(errors="replace"))


def fill(file: BinaryIO, stream: IO[bytes], files: Folder) -> None:
    """Write what comes as long as the disk has room for stored files beside it, or say that it has none."""
    while part := stream.read(_PART_BYTES):
        try:
            files.leave_room(file, len(part))
            write_all(file, part)
        except (OSError, StorageFull) as error:
            raise CannotStart(
                f"The disk of {files.root} has no room for a dump of the database: make room there, and back up again."
                " Backups from before are as they were."
            ) from error


def _entries(data: Path, signer: bytes, dump: Path) -> Iterator[Entry]:
    yield Entry(SIGNER, signer)
    yield Entry(DUMP, dump)
    for path in sorted((data / "signer").rglob("*")):
        if path.is_file() and path.name not in _OF_THE_SIGNER:
            yield Entry(str(path.relative_to(data)), path)
    if (data / "demo-company").exists():
        yield Entry("demo-company", b"")
    for name in _KEPT:
        for path in sorted((data / name).rglob("*")):
            # What is still arriving is nobody's yet.
            if path.is_file() and "arriving" not in path.parts:
                yield Entry(str(path.relative_to(data)), path)
