"""Real processes on a data folder of their own, and the proof that none is left."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from privyseal.config.postgres import Cluster
from tests.running.served import Home, Served, survivors
from tests.running.shell import Shell, shell_of_its_own


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that other accounts may pass through, under a short path; afterwards nobody works on it."""
    with _folder() as data:
        yield data


@pytest.fixture
def cluster(data: Path) -> Iterator[Cluster]:
    cluster = Cluster(data, settings={"fsync": "off"})
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """A cluster for tests that leave it as it is."""
    with _folder() as data:
        cluster = Cluster(data, settings={"fsync": "off"})
        cluster.start()
        yield cluster
        cluster.remove()


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """An installation with the demo company; its tests share it and may leave it stopped."""
    with _folder() as data:
        home = Home(data)
        yield home
        home.stop()


@pytest.fixture
def served(home: Home) -> Served:
    return home.running()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="privyseal-running-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "data"
    assert survivors(folder) == []
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with shell_of_its_own() as shell:
        yield shell
