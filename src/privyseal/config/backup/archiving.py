"""The embedded database's own log, kept elsewhere as it is written, and the database brought back from it to a moment.

In the folder: ``wal/``, each file of the log packed, whole and on the disk before PostgreSQL may forget it; ``base/``,
copies of the whole database from which the log goes on, each under the time it was complete.
"""

import os
import re
import shutil
import subprocess
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
_FETCH: Final = 'gzip -dc "{wal}/%f.gz" >"%p"'


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
    """Lay the newest whole copy from before a moment where the database goes; return how it goes on from there."""
    copies = sorted(path for path in (archive / "base").glob("*Z") if until is None or _at(path) <= until)
    if not copies:
        raise CannotStart(f"There is no whole copy of the database in {archive / 'base'} from before that time.")
    site = postgres_site.choose(data, lambda _: None)
    shutil.rmtree(site.folder, ignore_errors=True)
    subprocess.run(["cp", "--archive", str(copies[-1]), str(site.folder)], check=True)  # noqa: S603, S607  our own argument list, no shell
    (site.folder / "recovery.signal").touch()
    target = {} if until is None else {"recovery_target_time": until.isoformat(), "recovery_target_action": "promote"}
    return {"restore_command": _FETCH.format(wal=archive / "wal"), "hot_standby": "off", **target}


def _at(copy: Path) -> datetime:
    return datetime.strptime(copy.name, _STAMP).replace(tzinfo=UTC)


def _run(words: list[str], account: Account) -> None:
    done = accounts.run(words, account=account)
    if done.returncode:
        raise CannotStart(f"{Path(words[0]).name} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
