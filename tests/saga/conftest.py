from collections.abc import Iterator

import pytest

from tests.saga.scene import Scene, scene


@pytest.fixture(scope="package")
def mortal() -> Iterator[Scene]:
    """An installation of its own whose parts may be killed; its tests share it."""
    with scene() as found:
        yield found
