import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from privyseal.signer.callers import PATIENCE_SECONDS
from privyseal.signer.client import Client
from privyseal.signer.database import Database, open_durably
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.server import Server
from privyseal.signer.sockets import bind
from tests.signer.cast import FOUNDING, MASTER, NOON, to_make


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def serving(
    signer: Signer,
    path: Path,
    *,
    peer_uids: frozenset[int] | None = None,
    folder: Path | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[Server]:
    """Answer callers on a real socket for as long as the block lasts."""
    peers = frozenset({os.geteuid()}) if peer_uids is None else peer_uids
    listener = bind(path, is_shared=True)
    server = Server(signer, listener, peer_uids=peers, folder=folder, patience_seconds=patience_seconds)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """A short path in a directory that everybody may enter."""
    with TemporaryDirectory(prefix="signer-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory) / "socket"


@pytest.fixture
def client(sealing: Signer, socket_path: Path) -> Iterator[Client]:
    """A client of a signer that has made the company's official seal."""
    with serving(sealing, socket_path):
        yield Client(socket_path)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(open_durably(tmp_path / "signer.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database, MASTER)


@pytest.fixture
def signer(database: Database, clock: Clock, keys: Keys) -> Signer:
    return Signer(database, clock, keys)


@pytest.fixture
def founded(signer: Signer) -> Signer:
    signer.found(FOUNDING)
    return signer


@pytest.fixture
def sealing(founded: Signer) -> Signer:
    """A founded signer that has made the company's official seal."""
    founded.make(to_make())
    return founded
