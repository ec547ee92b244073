"""The gateway of machines: granian in RSGI mode with TLS, one process of many threads; several may run.

A program of its own, ``python -m privyseal.config.gatewayserver``. Its key lies in its own folder.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from privyseal.config import env, serving

if TYPE_CHECKING:
    from privyseal.gateway.arriving import Arriving

_THREADS: Final = 64
_LIST_SECONDS: Final = 15
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Gate:
    """Where machines find the gateway; a port of 0 says that there is none."""

    host: str
    port: int
    names: tuple[str, ...]
    broker: str
    folder: Path
    signer_socket: str
    log_level: str

    @classmethod
    def from_environment(cls) -> "Gate":
        names = env.text("GATEWAY_NAMES", "localhost 127.0.0.1")
        return cls(
            host=env.text("GATEWAY_HOST", "127.0.0.1"),
            port=env.integer("GATEWAY_PORT", 0, least=0, most=_LAST_PORT),
            names=tuple(names.split()),
            broker=env.text("BROKER"),
            folder=env.folder("DATA", ".data") / "gateway",
            signer_socket=env.text("SIGNER_SOCKET"),
            log_level=env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        )


def serve(gate: Gate) -> None:
    """Answer machines until told to stop, by a certificate that is made anew at each start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    from privyseal.gateway import house  # noqa: PLC0415  Django is set up only now
    from privyseal.signer.client import Client  # noqa: PLC0415  likewise

    own = house.House(house.key_in(gate.folder), gate.broker)
    signer = Client(Path(gate.signer_socket))
    certificate = house.certificate_in(gate.folder, own, gate.names, signer=signer)
    house.revoked_in(gate.folder, signer=signer)
    serving.serve(
        "privyseal.config.gatewayserver:application",
        host=gate.host,
        port=gate.port,
        threads=None,
        log_level=gate.log_level,
        certificate=certificate,
        key=gate.folder / "key.pem",
    )


def application() -> "Arriving":
    serving.end_with_server()
    import django  # noqa: PLC0415  Django is set up only now

    django.setup()
    from django.db import close_old_connections, connections  # noqa: PLC0415  likewise

    from privyseal.gateway import house  # noqa: PLC0415  Django is set up only now
    from privyseal.gateway.arriving import Arriving  # noqa: PLC0415  likewise
    from privyseal.gateway.site import Site  # noqa: PLC0415  likewise
    from privyseal.kernel.errors import Refused  # noqa: PLC0415  likewise
    from privyseal.sealing.signing import client  # noqa: PLC0415  likewise

    gate = Gate.from_environment()
    own = house.House(house.key_in(gate.folder), gate.broker)
    lookout = ThreadPoolExecutor(1, "lookout")  # one thread, so one connection, for all machines that wait

    def look(looks: Callable[[], bool]) -> bool:
        close_old_connections()
        try:
            return looks()
        finally:
            close_old_connections()

    def write_down() -> None:
        while True:
            time.sleep(_LIST_SECONDS)
            with suppress(Refused):
                house.revoked_in(gate.folder, signer=client())

    threading.Thread(target=write_down, name="revoked", daemon=True).start()
    site = Site(
        own,
        client(),
        lambda: datetime.now(UTC),
        between=close_old_connections,
        leave=connections.close_all,
        look=lambda looks: lookout.submit(look, looks).result(),
    )
    return Arriving(site, threads=_THREADS)


if __name__ == "__main__":
    serve(Gate.from_environment())
