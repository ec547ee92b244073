"""The embedded PostgreSQL: the wheel's programs under our own launcher."""

import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from privyseal.config import accounts, children, postgres_roles, postgres_site, sockets
from privyseal.config.failures import CannotStart
from privyseal.config.postgres_roles import OWNER, SUPERUSER

_ANSWER_SECONDS: Final = 300  # recovery after a power cut may take its time
_RETRY_SECONDS: Final = 10
_DEAF_SECONDS: Final = 2
_POLL_SECONDS: Final = 0.02
_LOG_BYTES: Final = 10_000_000
_LEAST_FREE_BYTES: Final = 200_000_000
# The dying processes of a killed server still hold these for a moment.
_PASSING: Final = ("lock file", "pre-existing shared memory block")
_INITDB_OPTIONS: Final = (
    *("--username", SUPERUSER, "--no-instructions", "--data-checksums", "--auth-local=peer", "--auth-host=reject"),
    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
)
_NOT_YET: Final = ("starting up", "shutting down", "not yet accepting", "not accepting connections", "recovery")
_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
_FIXED_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "lc_messages": "C",
    # No personal data in the log: neither the statement nor the row that an error is about.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    # A page asks for few rows at a time: to start helpers for a question takes longer than to answer it.
    "max_parallel_workers_per_gather": "0",
    "min_wal_size": "32MB",  # the room of a log of changes that is over is given back
}


def _log(sentence: str) -> None:
    logging.getLogger(__name__).info(sentence)


def _say_nothing(_sentence: str) -> None:
    """Say nothing: an attached server was announced by whoever started it."""


def make_data_folder(data: Path) -> None:
    """Make it ours alone; root's may be passed through by the account that the database runs as."""
    try:
        data.mkdir(mode=0o711 if os.geteuid() == accounts.ROOT else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The data folder {data} cannot be used: {error.strerror}.") from error


class Cluster:
    """One PostgreSQL over one data folder, started as a child of this process or adopted from an earlier one."""

    def __init__(
        self,
        data: Path,
        *,
        settings: Mapping[str, str] = _NO_SETTINGS,
        least_free_bytes: int = _LEAST_FREE_BYTES,
        say: Callable[[str], None] = _log,
    ) -> None:
        self.data = data.absolute()
        self._settings = settings
        self._least_free_bytes = least_free_bytes
        self._rules: dict[str, str] = {}
        self._say = say
        self._site: postgres_site.Site | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    def start(self) -> None:
        """Return when the server answers; one that already runs on this data is adopted."""
        if not self.is_running():
            self._process = None
        make_data_folder(self.data)
        self._refuse_a_full_disk()
        self._site = site = postgres_site.choose(self.data, self._say)
        self._refuse_another_major()
        if not (site.folder / "PG_VERSION").exists():
            self._create()
        self._keep_the_log_short()
        self._rules = postgres_roles.write_access_rules(site)
        self._bring_up()
        postgres_roles.prepare(self._url(SUPERUSER), self.data)

    def attach(self) -> bool:
        """Use the server that runs on this data, if one does, without becoming responsible for it."""
        if postgres_site.existing(self.data) is None:
            return False
        self._site = postgres_site.choose(self.data, _say_nothing)
        return self.pid() is not None and self._answers()

    def stop(self, *, seconds: float = 8.0) -> None:
        """Shut down cleanly; a second call does nothing."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)
            self._wait_for_the_end(pid, seconds)
        if self._process is not None:
            self._process.wait()
            self._process = None
        if self._site is not None:
            shutil.rmtree(self._site.sockets, ignore_errors=True)

    def remove(self) -> None:
        """Stop and delete the database: for tests, which leave nothing behind."""
        self.stop()
        if self._site is not None:
            is_apart = not self._site.folder.is_relative_to(self.data)
            shutil.rmtree(self._site.folder.parent if is_apart else self._site.folder)

    def is_running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.pid() is not None

    @property
    def stopped_cleanly(self) -> bool:
        """Tell whether our child ended because somebody asked it to."""
        return self._process is not None and self._process.poll() == 0

    def url(self, role: str = OWNER) -> str:
        return self._url(role, database="privyseal", password=postgres_roles.password(self.data, role))

    def pid(self) -> int | None:
        return self._site.pid() if self._site else None

    def _url(self, role: str, *, database: str = "postgres", password: str = "") -> str:
        who = f"{role}:{quote(password)}" if password else role
        return f"postgresql://{who}@/{database}?host={quote(str(self._socket_folder()), safe='')}"

    def _socket_folder(self) -> Path:
        """Return where the running server listens, which an adopted one chose under another environment."""
        site = self._known_site()
        try:
            lines = (site.folder / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return site.sockets
        return Path(lines[4]) if len(lines) > 4 and lines[4] else site.sockets  # noqa: PLR2004 - the file's fifth line

    def _known_site(self) -> postgres_site.Site:
        if self._site is None:
            raise RuntimeError("The cluster was neither started nor attached to.")
        return self._site

    def _refuse_a_full_disk(self) -> None:
        free = shutil.disk_usage(self.data).free
        if free < self._least_free_bytes:
            raise CannotStart(
                f"The disk of {self.data} is full: "
                f"{free // 1_000_000} MB are free and {self._least_free_bytes // 1_000_000} MB are needed."
            )

    def _refuse_another_major(self) -> None:
        folder = self._known_site().folder
        if not (folder / "PG_VERSION").exists():
            return
        found = (folder / "PG_VERSION").read_text().strip()
        if found != postgres_site.MAJOR:
            raise CannotStart(
                f"{folder} holds PostgreSQL {found} and this Privyseal brings {postgres_site.MAJOR}: "
                f"upgrade it with `pg_upgrade --old-bindir BIN-OF-{found} --old-datadir {folder} "
                f"--new-bindir {self._known_site().binaries} --new-datadir NEW`."
            )

    def _create(self) -> None:
        """Make the cluster whole or not at all: the last step is a rename."""
        site = self._known_site()
        new = site.folder.with_name(site.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, site.account.user_id, site.account.group_id)
        program = str(site.binaries / "initdb")
        haste = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        made = accounts.run([program, "--pgdata", str(new), *_INITDB_OPTIONS, *haste], account=site.account)
        if made.returncode:
            shutil.rmtree(new, ignore_errors=True)
            raise self._failure("PostgreSQL cannot make its database", made.stderr)
        new.rename(site.folder)

    def _keep_the_log_short(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _bring_up(self) -> None:
        begun = time.monotonic()
        log_size = self.log.stat().st_size if self.log.exists() else 0
        while not self._answers():
            waited = time.monotonic() - begun
            if self._process is not None and self._process.poll() is not None:
                said = self._said_since(log_size)
                if waited > _RETRY_SECONDS or not any(words in said for words in _PASSING):
                    raise self._failure("PostgreSQL does not start", said)
                self._process = None
            if waited > _ANSWER_SECONDS:
                raise self._failure("PostgreSQL does not answer", self._said_since(log_size))
            if self._process is None and self.pid() is None:
                self._spawn()
            if waited > _DEAF_SECONDS:
                self._end_a_deaf_orphan()
            time.sleep(_POLL_SECONDS)

    def _end_a_deaf_orphan(self) -> None:
        """Shut down a server from an earlier start whose socket somebody cleared away: nothing can reach it again."""
        pid = self.pid()
        if self._process is None and pid is not None and not list(self._socket_folder().glob(".s.PGSQL.*[0-9]")):
            os.kill(pid, signal.SIGINT)

    def _spawn(self) -> None:
        site = self._known_site()
        site.forget_a_dead_server()
        sockets.make_private(site.sockets, site.account)
        settings = {**_FIXED_SETTINGS, **self._settings, **self._rules, "unix_socket_directories": str(site.sockets)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = children.spawn(
            [str(site.binaries / "postgres"), "-D", str(site.folder), *options],
            dies_by=signal.SIGINT,  # a fast shutdown, also when this process is killed
            log=self.log,
            account=site.account,
            environment={**os.environ, "LC_ALL": "C"},
        )

    def _answers(self) -> bool:
        if not self.is_running():
            return False
        try:
            with psycopg.connect(self._url(SUPERUSER), connect_timeout=5):
                return True
        except psycopg.OperationalError as error:
            if "FATAL" in str(error) and not any(words in str(error) for words in _NOT_YET):
                raise self._failure("PostgreSQL does not let us in", str(error)) from error
            return False

    def _wait_for_the_end(self, pid: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.pid() == pid and self.is_running():
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)  # without ceremony; the next start recovers
                deadline = time.monotonic() + seconds
            time.sleep(_POLL_SECONDS)

    def _said_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _failure(self, what: str, said: str) -> CannotStart:
        if "No space left on device" in said:
            return CannotStart(f"The disk of {self._known_site().folder} is full: make room and start again.")
        lines = [line.strip() for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
        tail = " ".join((lines or said.strip().splitlines())[-3:])
        return CannotStart(f"{what}: {tail or 'it said nothing'} (its log is {self.log})")
