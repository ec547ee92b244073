"""How every process of ours that answers HTTP is served: granian, its workers never outliving it."""

import os
import signal
from pathlib import Path
from typing import Final

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from privyseal.config import logs
from privyseal.config.children import die_with_parent

_STOP_SECONDS: Final = 2
_MASTER: Final = "PRIVYSEAL_SERVED_BY"


def serve(
    application: str,
    *,
    host: str,
    port: int,
    threads: int | None,
    log_level: str,
    workers: int = 1,
    certificate: Path | None = None,
    key: Path | None = None,
    is_made_in_worker: bool = True,
) -> None:
    """Answer until told to stop. ``application`` is ``module:name``, a function that makes it in each worker.

    With ``threads`` it is a WSGI application, which runs in them; without it speaks RSGI and has threads of its own.

    Whatever is named calls ``end_with_server`` first, so that a server that is killed leaves no worker on its port.
    """
    os.environ[_MASTER] = str(os.getpid())
    Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.RSGI if threads is None else Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels(log_level.lower()),
        log_dictconfig=logs.configuration(log_level),
        ssl_cert=certificate,
        ssl_key=key,
        factory=is_made_in_worker,
    ).serve()


def end_with_server() -> None:
    """Have the kernel end this worker when the server that started it ends; without one, do nothing."""
    if master := os.environ.get(_MASTER):
        die_with_parent(signal.SIGKILL, parent=int(master))
