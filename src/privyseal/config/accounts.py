"""The system account that a process runs as."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privyseal.config.failures import CannotStart

ROOT: Final = 0
_UNPRIVILEGED: Final = ("privyseal", "nobody")  # in order of preference; neither is ever created


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    user_id: int
    group_id: int

    @property
    def is_current(self) -> bool:
        return self.user_id == os.geteuid()

    def owns(self, folder: Path) -> bool:
        return folder.stat().st_uid == self.user_id

    def may_enter(self, folder: Path) -> bool:
        """Ask the kernel, as this account, so that groups and access lists count too."""
        return run(["test", "-x", str(folder)], account=self).returncode == 0


def current() -> Account:
    return _with_id(os.geteuid())


def owner_of(folder: Path) -> Account:
    return _with_id(folder.stat().st_uid)


def unprivileged() -> Account:
    """Return the existing account that takes over what must not run as root."""
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotStart("PostgreSQL never runs as root: create the system account 'privyseal' for it.")


def run(arguments: list[str], *, account: Account) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account; ``returncode`` tells how it went."""
    drop = not account.is_current
    return subprocess.run(  # noqa: S603 - our own argument lists, no shell
        arguments,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        user=account.user_id if drop else None,
        group=account.group_id if drop else None,
        extra_groups=[] if drop else None,
    )


def _with_id(user_id: int) -> Account:
    try:
        entry = pwd.getpwuid(user_id)
    except KeyError:
        raise CannotStart(f"The user id {user_id} has no account on this machine, and PostgreSQL needs one.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
