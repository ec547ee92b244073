"""The broker of machines: mosquitto with certificates of their authority, watched by one process that renews them.

A program of its own, ``python -m privyseal.config.broker``: it makes the certificates, starts mosquitto, has it read
them anew each day, and ends with it. Whoever kills it ends mosquitto too.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from privyseal.config import accounts, children, env
from privyseal.config.failures import CannotStart
from privyseal.device import mosquitto
from privyseal.device.line import apart
from privyseal.kernel.errors import Refused

_LAST_PORT: Final = 65_535
_LOOKS_EVERY: Final = 2.0
_RENEWED_AFTER: Final = timedelta(days=1)
_STOP_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Broker:
    """``address`` is what machines are told, empty for no broker; a port of 0 says that it is not ours to run."""

    host: str
    port: int
    names: tuple[str, ...]
    address: str
    inside: str
    folder: Path
    signer_socket: str

    @classmethod
    def from_environment(cls) -> "Broker":
        port = env.integer("BROKER_PORT", 0, least=0, most=_LAST_PORT - 1)
        said = env.text("GATEWAY_NAMES", "localhost 127.0.0.1")
        names = tuple(said.split())
        address = env.text("BROKER", f"{names[0]}:{port}" if port and names else "")
        return cls(
            host=env.text("GATEWAY_HOST", "127.0.0.1"),
            port=port,
            names=names,
            address=address,
            inside=env.text("BROKER_INSIDE", f"127.0.0.1:{port + 1}" if port else address),
            folder=env.folder("DATA", ".data") / "broker",
            signer_socket=env.text("SIGNER_SOCKET"),
        )

    @property
    def is_ours(self) -> bool:
        return self.port != 0

    @property
    def is_installed(self) -> bool:
        return mosquitto.program() is not None

    @property
    def told(self) -> str:
        """Return what machines are told: nothing of a broker that cannot run here."""
        return self.address if not self.is_ours or self.is_installed else ""


def run(broker: Broker) -> None:
    """Run mosquitto until told to stop, or until it ends."""
    program = mosquitto.program()
    if program is None:
        raise CannotStart("mosquitto is not installed.")
    own = _prepared(broker)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log = broker.folder / "mosquitto.log"
    process = children.spawn([program, "-c", str(own)], dies_by=signal.SIGKILL, log=log)
    signal.signal(signal.SIGCHLD, lambda *_: stop.set())
    try:
        while not stop.wait(_LOOKS_EVERY) and process.poll() is None:
            if _renewed(broker):
                process.send_signal(signal.SIGHUP)
            children.keep_short(log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        finally:
            process.kill()
            process.wait()


def _prepared(broker: Broker) -> Path:
    broker.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (broker.folder / "broker.pem").unlink(missing_ok=True)
    _renewed(broker)
    return mosquitto.configured(
        broker.folder,
        host=broker.host,
        port=broker.port,
        inside=apart(broker.inside),
        account=accounts.current().name,
        revoked=broker.folder / "revoked.pem",
    )


def _renewed(broker: Broker) -> bool:
    """Write down a new certificate each day, and at once whose count no more; tell whether it wrote."""
    from privyseal.gateway import house  # noqa: PLC0415  the supervisor reads the settings alone
    from privyseal.signer.client import Client  # noqa: PLC0415  likewise

    signer, own, revoked = (
        Client(Path(broker.signer_socket)),
        broker.folder / "broker.pem",
        broker.folder / "revoked.pem",
    )
    before = revoked.read_bytes() if revoked.exists() else b""
    try:
        is_due = not own.exists() or time.time() - own.stat().st_mtime > _RENEWED_AFTER.total_seconds()
        if is_due:
            house.broker_in(broker.folder, [*broker.names, *_host(broker.inside)], signer=signer)
        return house.revoked_in(broker.folder, signer=signer).read_bytes() != before or is_due
    except Refused as refusal:
        if not before:
            raise CannotStart(f"The signer gives the broker no certificate ({refusal.code}).") from refusal
        return False  # it is asked again in a moment; until then what is known holds


def _host(address: str) -> tuple[str, ...]:
    return (apart(address)[0],) if address else ()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    run(Broker.from_environment())
