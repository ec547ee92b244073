"""The web server: granian in WSGI mode, as many processes as the machine has cores.

A program of its own, ``python -m privyseal.config.webserver``: what the supervisor needs it never imports.
"""

import gc
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from privyseal.config import accounts, env, serving, sockets
from privyseal.config.failures import CannotStart
from privyseal.config.loading import load

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - made with mode 0700 and checked to be ours before use
_MOST_WORKERS: Final = 4  # by default; each takes about 100 MB
_ALLOCATIONS: Final = 10_000  # between two looks for garbage in cycles, of which a request leaves little


@dataclass(frozen=True, slots=True)
class Front:
    """How pages are served."""

    host: str
    port: int
    workers: int
    threads: int
    log_level: str

    @classmethod
    def from_environment(cls) -> "Front":
        return cls(
            host=env.text("HOST", "127.0.0.1"),
            port=env.integer("PORT", 8000, least=1, most=65535),
            workers=env.integer("WEB_WORKERS", min(os.cpu_count() or 1, _MOST_WORKERS), least=1, most=64),
            threads=env.integer("WEB_THREADS", 4, least=1, most=64),
            log_level=env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        )


def serve(front: Front, *, data: Path) -> None:
    """Answer requests until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    figures = _figures(data, front)
    # Memory is swept where its owner signs out of the machine (RemoveIPC of systemd): whoever comes next counts anew.
    os.register_at_fork(after_in_child=partial(figures.mkdir, mode=0o700, parents=True, exist_ok=True))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
    load_once()
    try:
        serving.serve(
            "privyseal.config.wsgi:application",
            host=front.host,
            port=front.port,
            workers=front.workers,
            threads=front.threads,
            log_level=front.log_level,
            is_made_in_worker=False,
        )
    finally:
        shutil.rmtree(figures, ignore_errors=True)
        with suppress(OSError):  # another one counts beside it
            figures.parent.rmdir()


def load_once() -> None:
    """Load the application before the server forks, so that its processes share the work and the memory."""
    load("privyseal.config.urls")
    gc.set_threshold(_ALLOCATIONS)


def _figures(data: Path, front: Front) -> Path:
    """Return an empty folder in which the server's processes add up their counts."""
    folder = counts_of(data) / str(front.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def counts_of(data: Path, memory: Path = _MEMORY) -> Path:
    """Return where processes count: in memory where there is such a place, beside the data where there is none.

    Counts are mapped files, and a process that counts on a full disk is ended on the spot: no page would be answered,
    and no seal suspended, until somebody made room.
    """
    try:
        folder = memory / f"privyseal-{os.geteuid()}-{sockets.digest(data)}.metrics"
        sockets.make_private(folder, accounts.current())
    except (OSError, CannotStart):
        folder = data / "metrics"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    serve(Front.from_environment(), data=env.folder("DATA", ".data"))
