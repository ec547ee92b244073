"""Child processes that never outlive their parent."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from privyseal.config.accounts import Account
from privyseal.config.failures import CannotStart

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG: Final = 1
_STEADY_SECONDS: Final = 30.0  # a child that lived this long begins again with the shortest pause
_PAUSES_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_LOG_BYTES: Final = 20_000_000
_POINTS: Final = re.compile(r"\s*\^+\s*$|LINE \d+:")  # where in a statement PostgreSQL or Python found an error


class Child:
    """One process of ours with a log of its own, started again when it dies."""

    def __init__(self, title: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.title = title
        self._log = log
        self._arguments = arguments
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._deaths = 0
        self._due: float | None = None

    def start(self) -> None:
        keep_short(self._log)
        self._began, self._due = time.monotonic(), None
        self._process = spawn(self._arguments, dies_by=signal.SIGKILL, log=self._log, environment=self._environment)

    def refuse_if_dead(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise CannotStart(f"{self.title} does not start: {last_line(self._log)} (its log is {self._log})")

    def revive_if_dead(self, say: Callable[[str], None]) -> None:
        """Start a dead child again, later after every early death."""
        now = time.monotonic()
        if self._process is None or self._process.poll() is None:
            return
        if self._due is None:
            self._deaths = 0 if now - self._began > _STEADY_SECONDS else self._deaths + 1
            pause = _PAUSES_SECONDS[min(self._deaths, len(_PAUSES_SECONDS) - 1)]
            self._due = now + pause
            ended = f"{self.title} ended ({self._process.returncode}) and starts again in {pause} s"
            say(f"{ended}; its log is {self._log}.")
        elif now >= self._due:
            self.start()

    def keep_log_short(self) -> None:
        keep_short(self._log)

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def end(self, *, seconds: float) -> None:
        """Wait for the child to end, so many seconds at most."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def die_with_parent(by: signal.Signals, *, parent: int) -> None:
    """Have the kernel end this process when its parent ends, however that ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(by))
    if os.getppid() != parent:
        os._exit(1)


def spawn(
    arguments: Sequence[str],
    *,
    dies_by: signal.Signals,
    log: Path,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches the parent alone, which stops it in order."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("The kernel ends a child with the thread that started it: spawn from the main thread.")
    drop = account is not None and not account.is_current
    with open_log(log) as output:
        return subprocess.Popen(  # noqa: S603 - our own argument lists, no shell
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/" if account else None,
            env=environment,
            user=account.user_id if account and drop else None,
            group=account.group_id if account and drop else None,
            extra_groups=[] if drop else None,
            start_new_session=True,
            umask=0o077,
            preexec_fn=_tie(dies_by),  # noqa: PLW1509 - one thread only, checked above
        )


def open_log(path: Path) -> BinaryIO:
    """Open for appending, for this account's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def keep_short(log: Path) -> None:
    """Set a long log aside; whoever appends to it goes on in an empty file."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        with open_log(log.with_suffix(".log.1")) as aside:
            aside.truncate(0)
            aside.write(log.read_bytes())
        os.truncate(log, 0)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return next((line for line in reversed(lines) if not _POINTS.match(line)), "it said nothing")


def _tie(by: signal.Signals) -> Callable[[], None]:
    return partial(die_with_parent, by, parent=os.getpid())
