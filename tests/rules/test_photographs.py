"""How many of what was stamped have to be seen on photographs."""

import pytest

from privyseal.custody.rules.photographs import Asked, asked_by, to_be_shown


@pytest.mark.parametrize(
    ("asked", "stand", "shown"),
    [
        (Asked.EACH, 0, 0),
        (Asked.EACH, 7, 7),
        (Asked.SAMPLE, 1, 1),
        (Asked.SAMPLE, 150, 2),
        (Asked.SAMPLE, 2_000, 20),
        (Asked.SAMPLE, 2_001, 21),
        (Asked.NONE, 2_000, 0),
    ],
)
def test_a_category_asks_for_so_many(asked: Asked, stand: int, shown: int) -> None:
    assert to_be_shown(asked, stand) == shown


def test_a_permit_that_says_nothing_asks_for_each() -> None:
    assert asked_by({}) is Asked.EACH
    assert asked_by({"photographs": {"asks": "sample", "retention": "permanent"}}) is Asked.SAMPLE
