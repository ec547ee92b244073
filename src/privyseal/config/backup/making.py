"""Make a backup: signer, then database, then files, so that each knows whatever the one before refers to."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from privyseal import __version__
from privyseal.config import postgres_site, schema
from privyseal.config.backup import archive
from privyseal.config.backup.archive import Entry
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.signer import copying

SIGNER: Final = f"signer/{copying.FILE}"
DUMP: Final = "database.dump"
# The database has its dump; a cosigner's memory is never put back; the rest is made anew.
_KEPT: Final = ("secrets", "public", "blobs", "vault")
_OF_THE_SIGNER: Final = frozenset({"signer.lock", *(copying.FILE + end for end in ("", "-wal", "-shm", "-journal"))})
_HEAD: Final = "SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"


def make(installation: Installation, databases: Databases, target: Path, recipients: Sequence[str]) -> dict[str, Any]:
    """Write everything of the installation into one encrypted file; return what it says about itself."""
    to = archive.recipients(recipients)
    if not installation.is_signer_ours:
        raise CannotStart("The signer runs under an account of its own: back its folder up there, before this one.")
    # (1) the signer: what it does from here on is on record in what follows, and is replayed
    signer = copying.copied(installation.data / "signer")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=installation.data) as name:
        # (2) the database, with all that it says of the signer and of the files
        dump = Path(name) / DUMP
        about = {**_about(databases), "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
        _dump(databases.owner or databases.web, dump)
        # (3) the files, which are only added to
        entries = _entries(installation.data, signer, dump)
        sha256 = archive.write(target, entries, about, to)
    return {**about, "file": str(target), "sha256": sha256, "bytes": target.stat().st_size}


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
    if done.returncode:
        raise CannotStart(f"{Path(words[0]).name} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


def _about(databases: Databases) -> dict[str, Any]:
    """Return what holds a backup against its restoring: version, schema, and the head of the log at the cut."""
    with psycopg.connect(databases.web) as connection:
        row = connection.execute(_HEAD).fetchone()
    if row is None:
        raise CannotStart("Nothing is on record yet: there is nothing to back up.")
    size, note = row
    return {"version": __version__, "schema": schema.found(databases.web), "size": size, "head": note}


def _dump(url: str, path: Path) -> None:
    path.touch(mode=0o600)
    run([program("pg_dump"), "--format=custom", "--no-owner", "--file", str(path)], url)


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
