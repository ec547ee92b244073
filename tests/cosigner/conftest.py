from pathlib import Path

import pytest

from privyseal.cosigner import home
from privyseal.kernel.cosignature import CosignerKey
from tests.logs import Log, facts

NAME = "audit.example/cosigner"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cosigner"


@pytest.fixture
def key(folder: Path) -> CosignerKey:
    return home.make(folder, NAME)


@pytest.fixture
def log() -> Log:
    return Log(facts(12))


@pytest.fixture
def forked() -> Log:
    """Signed by the same key, and another log from its fifth fact on."""
    return Log([*facts(4), *facts(8, word="other")])
