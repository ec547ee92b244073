"""Who reads the tiles of the ledger."""

from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from privyseal.identity.models import Person
from privyseal.kernel.merkle import leaf_hash
from privyseal.kernel.tiles import Tile
from privyseal.ledger import book
from privyseal.ledger.models import CheckpointRow, FactRow, Leaf
from tests.edges.conftest import Enter

HASHES = reverse("ledger-tile", kwargs={"tile": Tile(0, 0, 1)})
ENTRIES = reverse("ledger-entries", kwargs={"tile": Tile(0, 0, 1)})


@pytest.fixture
def entry(sun: Person, noon: datetime) -> bytes:
    """The one fact that a checkpoint covers."""
    body = book.fact_body("test.noted", sun.pseudonym, noon, subjects={}, data={})
    fact = FactRow.objects.create(kind="test.noted", actor=sun.pseudonym, at=noon, subjects=[], body=body)
    Leaf.objects.create(index=0, fact=fact)
    CheckpointRow.objects.create(size=1, root=leaf_hash(body), note="a note\n")
    return body


def test_the_addresses_are_those_of_the_standard() -> None:
    assert (HASHES, ENTRIES) == ("/ledger/tile/0/000.p/1", "/ledger/tile/entries/000.p/1")
    assert reverse("ledger-tile", kwargs={"tile": Tile(1, 1_234_067)}) == "/ledger/tile/1/x001/x234/067"


def test_hashes_are_for_everybody_where_they_are_published(
    entry: bytes, outside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LEDGER_TILES", "public")

    answer = outside.get(HASHES)

    assert answer.content == leaf_hash(entry)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in answer.headers["Cache-Control"]
    assert outside.get("/ledger/tile/0/x000/000.p/1").status_code == 404
    assert outside.get(ENTRIES).status_code == 302, "what happened is for auditors alone"


def test_else_they_are_for_auditors(entry: bytes, outside: Browser, enter: Enter, sun: Person, zhao: Person) -> None:
    assert outside.get(HASHES).status_code == enter(zhao).get(HASHES).status_code == 404
    assert enter(zhao).get(ENTRIES).status_code == 403

    auditor = enter(sun)

    assert auditor.get(HASHES).content == leaf_hash(entry)
    answer = auditor.get(ENTRIES)
    assert answer.content == len(entry).to_bytes(2, "big") + entry
    assert answer.headers["Cache-Control"] == "no-store"
