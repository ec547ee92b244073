"""The embedded database's own log, kept elsewhere as it is written, and the database brought back from it to a moment.

In the folder: ``wal/``, each file of the log packed, whole and on the disk before PostgreSQL may forget it; ``base/``,
copies of the whole database from which the log goes on, each under the time it was complete.
"""

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from privyseal.config import accounts, env, postgres_site
from privyseal.config.accounts import Account
from privyseal.config.failures import CannotStart
from privyseal.config.postgres import Cluster
from privyseal.config.postgres_roles import SUPERUSER

SECONDS: Final = 60
"""After so long a file of the log that has anything in it is closed and kept, full or not."""

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_PLAIN: Final = re.compile(r"/[\w./-]+")
# What is there already is the same, or the database has to stop and say so. Nothing half is ever under its name.
_KEEP: Final = (
    'set -eu; to="{wal}/%f.gz"; if [ -e "$to" ]; then gzip -dc "$to" | cmp -s - "%p"; else'
    ' gzip -1 <"%p" >"$to.half"; sync "$to.half"; mv "$to.half" "$to"; sync "{wal}"; fi'
)
# What is not there is the end, or was never written. What is there and cannot be read is neither: above 125 PostgreSQL
# stops and says so, below that it takes the log to end before it.
_FETCH: Final = 'from="{wal}/%f.gz"; [ -e "$from" ] || exit 1; gzip -dc "$from" >"%p" || exit 200'
_FILE: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")
_BEGINS: Final = re.compile(r"^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)$", re.MULTILINE)
_OF_A_LOG: Final = 0x100
"""Files of 16 MB each for one step of the middle part of a name."""


def folder() -> Path | None:
    """Return where the log is kept; None where it is not."""
    said = env.text("WAL_ARCHIVE")
    if said and not _PLAIN.fullmatch(said):
        raise env.WrongSetting(name="PRIVYSEAL_WAL_ARCHIVE", expected="a whole path of plain letters and digits")
    return Path(said) if said else None


def settings(archive: Path | None) -> dict[str, str]:
    """Return how the database is told to keep its log there."""
    if archive is None:
        return {}
    return {
        "archive_mode": "on",
        "archive_command": _KEEP.format(wal=archive / "wal"),
        "archive_timeout": str(SECONDS),
        "wal_level": "replica",
    }


def make(archive: Path, account: Account) -> None:
    """Make the folder, for the database's account alone."""
    for path in (archive, archive / "wal", archive / "base"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not account.is_current:
            os.chown(path, account.user_id, account.group_id)


def copy_whole(cluster: Cluster, archive: Path) -> Path:
    """Copy the whole database beside its log while it runs; return where. A copy is there whole, or not at all."""
    site = postgres_site.choose(cluster.data, lambda _: None)
    half = archive / "base" / "half"
    shutil.rmtree(half, ignore_errors=True)
    words = ["--pgdata", str(half), "--wal-method=none", "--checkpoint=fast", "--no-password", "--username", SUPERUSER]
    try:
        _run([str(site.binaries / "pg_basebackup"), "--host", str(site.sockets), *words], site.account)
        target = half.with_name(datetime.now(UTC).strftime(_STAMP))
        half.replace(target)
    except (OSError, CannotStart) as error:
        shutil.rmtree(half, ignore_errors=True)
        said = f"The backup is whole and on record; no whole copy of the database came beside its log: {error}"
        raise CannotStart(said) from error
    return target


def lay(data: Path, archive: Path, *, until: datetime | None) -> dict[str, str]:
    """Lay the newest whole copy from before a moment where the database goes; return how it goes on from there.

    Or say that files are missing amid the log: PostgreSQL would take it to end there, and not say so. With a moment
    to reach it does say so.
    """
    copies = [path for path in _copies(archive) if until is None or _at(path) <= until]
    if not copies:
        raise CannotStart(f"There is no whole copy of the database in {archive / 'base'} from before that time.")
    if until is None and (gap := missing(archive, copies[-1])):
        raise CannotStart(f"{said_of(gap)} Bring them back, or restore with --until a moment before.")
    site = postgres_site.choose(data, lambda _: None)
    shutil.rmtree(site.folder, ignore_errors=True)
    subprocess.run(["cp", "--archive", str(copies[-1]), str(site.folder)], check=True)  # noqa: S603, S607  our own argument list, no shell
    (site.folder / "recovery.signal").touch()
    target = {} if until is None else {"recovery_target_time": until.isoformat(), "recovery_target_action": "promote"}
    return {"restore_command": _FETCH.format(wal=archive / "wal"), "hot_standby": "off", **target}


@dataclass(frozen=True, slots=True)
class Gap:
    """Files that are missing amid the log, and when the last one before them was kept."""

    names: tuple[str, ...]
    since: datetime


def missing(archive: Path, copy: Path) -> Gap | None:
    """Return what is missing in the log after a whole copy although later files are there; None where nothing is."""
    begins = _BEGINS.search((copy / "backup_label").read_text("ascii"))
    if begins is None:
        raise CannotStart(f"{copy} does not say from where the log goes on: it is no whole copy of the database.")
    line, first = int(begins[1][:8], 16), _place(begins[1])
    names = {path.name for path in (archive / "wal").iterdir()}
    lines = _lines(archive / "wal", names, line)
    kept = {_place(name): name for name in names if (found := _FILE.fullmatch(name)) and int(found[1], 16) in lines}
    lacks = [place for place in range(first, max(kept, default=first)) if place not in kept]
    if not lacks:
        return None
    before = kept.get(lacks[0] - 1)
    since = copy / "backup_label" if before is None else archive / "wal" / before
    missed = tuple(f"{line:08X}{place // _OF_A_LOG:08X}{place % _OF_A_LOG:08X}" for place in lacks)
    return Gap(missed, datetime.fromtimestamp(since.stat().st_mtime, UTC).replace(microsecond=0))


def missing_since_oldest(archive: Path) -> Gap | None:
    """Return what is missing in the log after the oldest whole copy that is kept."""
    copies = _copies(archive)
    return missing(archive, copies[0]) if copies else None


def said_of(gap: Gap) -> str:
    more = f" and {len(gap.names) - 1} more" if len(gap.names) > 1 else ""
    return (
        f"The archive of the database's log lacks {gap.names[0]}{more}, while later files are there: from "
        f"{gap.since.isoformat()} to the next whole copy, no moment can be gone back to."
    )


def _lines(wal: Path, names: Container[str], line: int) -> set[int]:
    """Return the time lines that a restore follows from one on: the newest, and those that it came from."""
    newest = line
    while f"{newest + 1:08X}.history.gz" in names:
        newest += 1
    if newest == line:
        return {line}
    said = gzip.decompress((wal / f"{newest:08X}.history.gz").read_bytes()).decode("utf-8", "replace")
    parents = {int(row.split()[0]) for row in said.splitlines() if row[:1].isdigit()}
    return {newest} | {parent for parent in parents if parent >= line}


def _place(name: str) -> int:
    return int(name[8:16], 16) * _OF_A_LOG + int(name[16:24], 16)


def _copies(archive: Path) -> list[Path]:
    return sorted((archive / "base").glob("*Z"))


def _at(copy: Path) -> datetime:
    return datetime.strptime(copy.name, _STAMP).replace(tzinfo=UTC)


def _run(words: list[str], account: Account) -> None:
    done = accounts.run(words, account=account)
    if done.returncode:
        raise CannotStart(f"{Path(words[0]).name} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
