"""A stopped PostgreSQL whose database has every migration: made once, kept beside the checkout, and copied."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

from privyseal.config import postgres, postgres_roles, schema
from privyseal.config.postgres import Cluster
from tests.disk import quick_folder

_ROOT: Final = Path(__file__).parent.parent
_KEPT: Final = _ROOT / ".pytest_cache" / "clusters"
# Nothing of a test's database outlives the run: it waits for no disk and keeps no log to recover from.
SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "128MB",
        "max_connections": "200",
    }
)


def place(data: Path) -> None:
    """Lay a cluster into this new data folder as the first start of the product leaves it, before it is founded."""
    with _alone():
        kept = _KEPT / _digest()
        if not kept.exists():
            shutil.rmtree(_KEPT, ignore_errors=True)  # what earlier versions of the code used
            _make(kept)
        _copy(kept, data)


def _digest() -> str:
    """Name what a prepared cluster depends on: what the product itself goes by, and how a cluster is made."""
    said = sha256(schema.wanted().encode())
    for source in (__file__, postgres.__file__, postgres_roles.__file__):
        said.update(Path(source).read_bytes())
    return said.hexdigest()[:16]


def _make(kept: Path) -> None:
    folder = quick_folder("privyseal-prepared-")
    try:
        with Cluster(folder / "data", settings=SETTINGS) as cluster:
            _migrate(folder / "data", cluster.url())
        new = kept.with_suffix(".new")
        _copy(folder / "data", new)
        new.rename(kept)
    finally:
        shutil.rmtree(folder)


def _migrate(data: Path, url: str) -> None:
    here = {"PRIVYSEAL_DATA": str(data), "PRIVYSEAL_DATABASE_URL": url, "PYTHONPATH": str(_ROOT / "src")}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL_", "COV_"))}
    subprocess.run([sys.executable, "-m", "privyseal", "migrate"], env={**own, **here}, check=True)


def _copy(source: Path, target: Path) -> None:
    """Copy with owners and modes, which PostgreSQL insists on."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(source), str(target)], check=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time make, copy or remove what is kept."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT.parent / "clusters.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
