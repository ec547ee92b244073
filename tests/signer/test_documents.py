"""What a statement says of a document: read back exactly, or no statement at all."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from privyseal.pdf.placement import Placement, Size
from privyseal.pdf.spots import Awaited, Edge, Range, Seam
from privyseal.signer import statement
from privyseal.signer.documents import Code, Document, Writing
from privyseal.signer.statement import StatementUnreadable
from tests.signer.cast import USE

DOCUMENT: Final = Document(
    sha256="0" * 64,
    following="parties",
    placements=(Placement(1, 60_000, 60_000),),
    codes=(Code("https://seal.example/r/1/", Placement(2, 30_000, 30_000), 22_000),),
    writings=(Writing("2026年11月26日", Placement(2, 120_000, 30_000)),),
    awaited=(Awaited("Party1_a", (Seam(Edge.RIGHT, (Range(1, 3),), 90_000, 3),), Size(42_000, 42_000)),),
    field="Party1_b",
)


def said(**changes: Any) -> bytes:  # noqa: ANN401  a statement's values are of every kind
    use = json.loads(replace(USE, documents=(DOCUMENT,)).to_bytes())
    use["documents"][0] |= changes
    return json.dumps(use, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_everything_said_of_a_document_is_read_back() -> None:
    use = replace(USE, documents=(DOCUMENT,))

    assert statement.parse(use.to_bytes()) == use
    assert statement.parse(said()) == use


def test_what_there_is_nothing_of_is_not_said() -> None:
    plain = Document("0" * 64, "nobody", DOCUMENT.placements)

    assert set(plain.to_json()) == {"sha256", "following", "placements"}


@pytest.mark.parametrize(
    "changes",
    [
        {"codes": []},
        {"writings": []},
        {"writings": [{"text": "two\nlines", "page": 1, "x": 1, "y": 1}]},
        {"awaited": []},
        {"field": ""},
        {"field": "../1"},
        {"following": "nobody"},
        {"following": "parties-and-others"},
        {"codes": [{"text": "x", "page": 1, "x": 1, "y": 1, "side": 0}]},
        {"codes": [{"text": "two\nlines", "page": 1, "x": 1, "y": 1, "side": 9}]},
        {"awaited": [{"field": "a", "placements": [], "width": 1, "height": 1}]},
        {"more": []},
    ],
)
def test_a_document_said_otherwise_is_no_statement(changes: dict[str, Any]) -> None:
    with pytest.raises(StatementUnreadable):
        statement.parse(said(**changes))
