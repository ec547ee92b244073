"""The disk of a simulated device."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disk import quick_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    made = quick_folder("privyseal-device-")
    yield made
    for path in sorted(made.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    made.rmdir()
