"""The processes of one installation: started together, watched, stopped in order, with nothing left behind."""

import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

import psycopg

from privyseal.config import accounts, children, cosigners, env, hardware, postgres_site, schema, sockets
from privyseal.config.backup import archiving
from privyseal.config.children import Child
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.config.postgres import Cluster, make_data_folder
from privyseal.signer.client import Client, SignerUnavailable

Say = Callable[[str], None]
GATEWAY: Final = [sys.executable, "-m", "privyseal.config.gatewayserver"]
BROKER: Final = [sys.executable, "-m", "privyseal.config.broker"]
BROKER_GATEWAY: Final = [sys.executable, "-m", "privyseal.config.brokergateway"]
APPROVAL: Final = [sys.executable, "-m", "privyseal.config.approvalserver"]

_PRIVYSEAL: Final = (sys.executable, "-m", "privyseal")
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.02
_WATCH_SECONDS: Final = 0.2
_FRONT_STOP_SECONDS: Final = 3.0
_SIGNER_STOP_SECONDS: Final = 2.0
_DATABASE_STOP_SECONDS: Final = 3.0
_SERVER_ERROR: Final = 500
_AS_USUAL: Final[Mapping[str, str]] = MappingProxyType({})
_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotFounded(CannotStart):
    """Nobody has held the first-run ceremony yet."""


def serve(say: Say, *, is_demo: bool) -> None:
    """Run the whole product until told to stop."""
    import_module("privyseal.config.settings")  # a wrong value stops here, before anything runs
    installation = Installation.from_environment()
    _stop_on_signals()
    with Crew(installation, say) as crew:
        try:
            for host, port, *settings in installation.ports():
                _refuse_a_taken_port(host, port, *settings)
            crew.raise_backstage()
            crew.refuse_unless_founded(is_demo=is_demo)
            crew.raise_cosigners(is_demo=is_demo)
            crew.raise_front()
            say(f"Privyseal is at {installation.public_url} (Ctrl-C stops it).")
            crew.watch()
        except KeyboardInterrupt:
            say("Stopping.")


@contextmanager
def standing(say: Say) -> Iterator[Mapping[str, str]]:
    """Give a command everything but the web server, running: that of ``serve`` if it runs, or its own until the end.

    Yields the environment to go on with.
    """
    installation = Installation.from_environment()
    crew = Crew(installation, say)
    if crew.is_served_already():
        yield installation.worker(crew.attach())
        return
    _stop_on_signals()
    with crew:
        crew.raise_backstage()
        crew.raise_cosigners()
        crew.raise_worker()
        yield installation.worker(crew.databases)


def signer_arguments(installation: Installation) -> list[str]:
    data, path = installation.data / "signer", installation.signer_socket
    key = installation.signer_key_file
    own = [sys.executable, "-m", "privyseal.signer", "--data", str(data), "--socket", str(path), "--key-file", str(key)]
    return own + _said_in_certificates() + hardware.named() + hardware.certified_outside() + cosigners.demanded()


def _said_in_certificates() -> list[str]:
    return ["--name-responder"] if env.choice("NAME_RESPONDER", "no", ("no", "yes")) == "yes" else []


class Crew:
    """The processes that this one answers for."""

    def __init__(self, installation: Installation, say: Say) -> None:
        self._installation = installation
        self._say = say
        self._lock: int | None = None
        self._cluster: Cluster | None = None
        self._databases = installation.databases
        self._signer: Child | None = None
        self._cosigners: list[Child] = []
        self._front: list[Child] = []

    def __enter__(self) -> Self:
        if not self._take_lock():
            raise CannotStart(f"Privyseal already runs on {self._installation.data}: stop it first.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # To be told once is enough: the end is bounded.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPS}
        try:
            self._stop()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def databases(self) -> Databases:
        if self._databases is None:
            raise RuntimeError("The database was neither configured nor started.")
        return self._databases

    def is_served_already(self) -> bool:
        """Tell whether another process holds this installation."""
        if not self._take_lock():
            return True
        self._drop_lock()
        return False

    def attach(self) -> Databases:
        """Use the database that the other process runs."""
        if self._databases is None:
            cluster = Cluster(self._installation.data)
            wait_until(cluster.attach, "PostgreSQL")
            self._databases = Databases.of(cluster)
        return self._databases

    def raise_backstage(self, *, database: Mapping[str, str] = _AS_USUAL) -> None:
        """Bring up the database, the schema that this version wants, and then the signer.

        In this order: a signer brings its file up to its own version, which the one before does not open any more.
        ``database`` holds settings of a database of our own that do until we end.
        """
        if self._databases is None:
            self._cluster = self._own_cluster(database)
            self._cluster.start()
            self._databases = Databases.of(self._cluster)
            self._say("PostgreSQL is running.")
        self._bring_schema_up_to_date()
        if self._installation.is_signer_ours:
            self._start_signer()
        wait_until(self._signer_answers, "The signer")
        self._say("The signer is running.")

    def _own_cluster(self, database: Mapping[str, str]) -> Cluster:
        """Return the embedded database, which keeps its log elsewhere where that is asked for."""
        data, archive = self._installation.data, archiving.folder()
        if archive is not None:
            archiving.make(archive, postgres_site.choose(data, lambda _: None).account)
        return Cluster(data, settings={**database, **archiving.settings(archive)}, say=self._say)

    def refuse_unless_founded(self, *, is_demo: bool) -> None:
        """Hold the ceremony of the demo company once, or ask for the real one."""
        mark = self._installation.data / "demo-company"
        if is_demo and not mark.exists():
            self._say("Founding the demo company.")
            self._run("demo-company", self._installation.worker(self.databases))
            mark.touch()
        elif not Client(self._installation.signer_socket).status().is_founded:
            raise NotFounded("Nothing is founded here yet: run `privyseal init` first.")

    def raise_cosigners(self, *, is_demo: bool = False) -> None:
        """Start the cosigners of a demo, which nobody waits for; those of a real installation run elsewhere."""
        installation = self._installation
        if installation.are_cosigners_elsewhere:
            return
        if is_demo:
            cosigners.make(installation.data, installation.public_url)
        for beside in cosigners.made(installation.data):
            sockets.make_private(beside.socket.parent, accounts.current())
            _end_orphan(beside.socket)
            log = installation.data / "logs" / f"cosigner-{beside.office}.log"
            words = beside.arguments(installation.data / "public" / "log.vkey")
            child = Child(f"The cosigner of the {beside.office}", words, installation.signer(), log)
            self._cosigners.append(child)
            child.start()

    def raise_worker(self) -> None:
        installation = self._installation
        self._start("The worker", "worker", [*_PRIVYSEAL, "worker"], installation.worker(self.databases))

    def raise_front(self) -> None:
        """Start the web server, and when pages are answered the workers, which nobody waits for."""
        installation = self._installation
        environment = installation.web(self.databases)
        self._start("The web server", "web", [sys.executable, "-m", "privyseal.config.webserver"], environment)
        wait_until(self._pages_answer, "The web server")
        self.raise_worker()
        self._start("The worker of jobs", "jobs", [*_PRIVYSEAL, "jobs"], environment)
        self._raise_approval()
        if installation.gate.port:
            self._start("The gateway", "gateway", GATEWAY, environment)
        self.raise_broker(environment)
        self._say("The web server and the worker are running.")

    def raise_broker(self, environment: Mapping[str, str]) -> None:
        """Start our broker and the gateway at it, or at another; without one machines are heard by HTTPS alone."""
        broker = self._installation.broker
        if broker.is_ours:
            if not broker.is_installed:
                self._say("Machines are heard by HTTPS alone: for MQTT install mosquitto, and start again.")
                return
            self._start("The broker", "broker", BROKER, environment)
        if broker.address:
            self._start("The gateway at the broker", "broker-gateway", BROKER_GATEWAY, environment)

    def _raise_approval(self) -> None:
        """Start the approval page, which nobody waits for: whoever needs it and does not find it is told so."""
        installation = self._installation
        if not installation.is_approval_ours:
            return
        sockets.make_private(installation.approval_socket.parent, accounts.current())
        self._start("The approval page", "approval", APPROVAL, installation.approval())
        if installation.counter.is_for_this_machine:
            self._say(
                "Passkeys approve on this machine alone: set PRIVYSEAL_APPROVAL_URL to a name of its own by HTTPS."
            )

    def watch(self) -> None:
        """Start again whatever dies; return when somebody else stopped the database."""
        while True:
            time.sleep(_WATCH_SECONDS)
            for child in self._children():
                child.revive_if_dead(self._say)
                child.keep_log_short()
            if self._cluster is not None and not self._cluster.is_running():
                if self._cluster.stopped_cleanly:
                    self._say("PostgreSQL was stopped by somebody else.")
                    return
                self._say("PostgreSQL ended and starts again.")
                self._cluster.start()

    def _children(self) -> list[Child]:
        return [*self._front, *self._backstage()]

    def _backstage(self) -> list[Child]:
        return [*self._cosigners, *([self._signer] if self._signer else [])]

    def _start(self, title: str, name: str, arguments: list[str], environment: Mapping[str, str]) -> None:
        child = Child(title, arguments, environment, self._installation.data / "logs" / f"{name}.log")
        self._front.append(child)
        child.start()

    def _start_signer(self) -> None:
        installation = self._installation
        sockets.make_private(installation.signer_socket.parent, accounts.current())
        _end_orphan(installation.signer_socket)
        log = installation.data / "logs" / "signer.log"
        self._signer = Child("The signer", signer_arguments(installation), installation.signer(), log)
        self._signer.start()

    def _signer_answers(self) -> bool:
        if self._signer is not None:
            self._signer.refuse_if_dead()
        return _answers(self._installation.signer_socket)

    def _pages_answer(self) -> bool:
        for child in self._front:
            child.refuse_if_dead()
        return _is_alive(self._installation)

    def _bring_schema_up_to_date(self) -> None:
        try:
            found = schema.found(self.databases.web)
        except psycopg.OperationalError as error:
            raise CannotStart("The database of PRIVYSEAL_DATABASE_URL does not let us in, or is not there.") from error
        if found == schema.wanted():
            return
        if not self.databases.owner:
            raise CannotStart("The database has another schema: set PRIVYSEAL_OWNER_DATABASE_URL and start again.")
        self._say("Preparing the database.")
        self._run("migrate", self._installation.owner(self.databases))

    def _run(self, command: str, environment: Mapping[str, str]) -> None:
        """Run one of our own commands to its end, or say why it failed."""
        log = self._installation.data / "logs" / f"{command}.log"
        process = children.spawn([*_PRIVYSEAL, command], dies_by=signal.SIGKILL, log=log, environment=environment)
        try:
            if process.wait():
                raise CannotStart(f"`privyseal {command}` failed: {children.last_line(log)} (its log is {log})")
        finally:
            process.kill()
            process.wait()

    def _stop(self) -> None:
        """Pages and worker first, then signer and cosigners they speak to, the database last."""
        for together, seconds in ((self._front, _FRONT_STOP_SECONDS), (self._backstage(), _SIGNER_STOP_SECONDS)):
            for child in together:
                child.ask_to_stop()
            for child in together:
                child.end(seconds=seconds)
        if self._cosigners:
            shutil.rmtree(cosigners.sockets_of(self._installation.data), ignore_errors=True)
        if self._signer is not None:
            shutil.rmtree(self._installation.signer_socket.parent, ignore_errors=True)
        if self._installation.is_approval_ours:
            shutil.rmtree(self._installation.approval_socket.parent, ignore_errors=True)
        if self._cluster is not None:
            self._cluster.stop(seconds=_DATABASE_STOP_SECONDS)
        self._drop_lock()

    def _take_lock(self) -> bool:
        """Hold the installation; the kernel lets go of it with this process."""
        make_data_folder(self._installation.data)
        lock = os.open(self._installation.data / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _drop_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _stop_on_signals() -> None:
    """Have every way of being told to stop end in the same place as Ctrl-C."""
    for number in _STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def wait_until(happens: Callable[[], bool], title: str) -> None:
    """Return once something happens, or say that it did not in time."""
    deadline = time.monotonic() + _START_SECONDS
    while not happens():
        if time.monotonic() > deadline:
            raise CannotStart(f"{title} is not there after {_START_SECONDS:.0f} s.")
        time.sleep(_POLL_SECONDS)


def _refuse_a_taken_port(host: str, port: int, *settings: str) -> None:
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except OSError as error:
        reason = f"Port {port} of {host} cannot be used ({error.strerror})"
        names = " or ".join(f"{env.PREFIX}{name}" for name in settings)
        raise CannotStart(f"{reason}: stop what holds it, or set {names}.") from error


def _answers(signer: Path) -> bool:
    try:
        Client(signer).status()
    except SignerUnavailable:
        return False
    return True


def _end_orphan(path: Path) -> None:
    """End a process of ours that outlived its supervisor: the one that listens on our private socket."""
    pid = sockets.listener(path)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: sockets.listener(path) is None, "The end of an earlier start")


def _is_alive(installation: Installation) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(installation.front.host, installation.front.host)  # noqa: S104 - asked, not bound
    connection = HTTPConnection(host, installation.front.port, timeout=_START_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    if status >= _SERVER_ERROR:
        raise CannotStart(f"The web server answers with an error: see {installation.data / 'logs' / 'web.log'}.")
    return True
