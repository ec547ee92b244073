"""Facts of one act are filled in, and are what each would have been by itself."""

import secrets
from collections.abc import Mapping
from typing import Final

import pytest

from privyseal.kernel.canonical import Json, canonical, parse
from privyseal.ledger.packing import packed, unpacked
from privyseal.ledger.series import series_of

_ACT: Final[Mapping[str, Json]] = {"permit": "ab" * 16, "kind": "document.sealed", "votes": ["cd" * 32], "terms": None}
_USES: Final[list[dict[str, Json]]] = [
    {**_ACT, "intent": secrets.token_hex(16), "result_sha256": secrets.token_hex(32), "number": number}
    for number in (9, 10, 10**14)
]


def _pack(said: Mapping[str, Json], salt: str) -> bytes:
    return packed(canonical({**said, "salt": salt}))


def test_facts_of_one_act_are_what_each_is_by_itself() -> None:
    alike = series_of(_USES, _pack)

    assert alike is not None
    for said in _USES:
        filled = alike.filled(said)
        salt = parse(unpacked(filled))["salt"]
        assert filled == _pack(said, salt)
    assert len({parse(unpacked(alike.filled(_USES[0])))["salt"] for _ in range(3)}) == len(_USES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("votes", ["cd" * 32]),  # equal, and another list: 1 and true are equal too
        ("number", True),
        ("number", -1),
        ("number", 10**15),
        ("intent", "AB" * 16),
        ("intent", "ab" * 15),
        ("result_sha256", '"' + "a" * 63),
        ("more", 1),
        ("salt", "ab" * 16),
    ],
)
def test_facts_that_differ_in_more_are_said_one_by_one(name: str, value: Json) -> None:
    other = {**_USES[0], name: value}

    assert series_of([*_USES, other], _pack) is None
    assert series_of(_USES[:2], _pack) is None
