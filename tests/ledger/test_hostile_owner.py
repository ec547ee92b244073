"""Whoever owns ledger and database, with the log's key or without: what they do to any row, somebody finds.

Found is what ``verify`` says is broken, what a cosigner refuses, or what the holder of an old head can show.
"""

import random
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from pytest_django import Settings

from privyseal.cosigner import home
from privyseal.cosigner.answering import Cosigner
from privyseal.kernel import merkle, note
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.merkle import ProofBroken
from privyseal.kernel.note import Checkpoint, VerifierKey
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.ledger import book
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.loading import Loader, Past
from privyseal.ledger.models import CheckpointRow, CosignatureRow
from privyseal.ledger.proofs import audit
from privyseal.signer.client import Client
from tests.ledger.conftest import NOON
from tests.logs import Log, asked
from tests.long import written_down

Facts = list[bytes]
COSIGNER: Final = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
TABLES: Final = ("ledger_fact", "ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_cosignature")
# How many facts, at how many of them something is done, and at how many of them a database or a cosigner is asked.
MANY: Final = 10_000
SIZES: Final = [
    (200, 60, 3),
    pytest.param(MANY, 150, 25, marks=pytest.mark.long("hostile-owner", "hostile-owner-with-key-{how}")),
]
THERE: Final = "(SELECT fact_id FROM ledger_leaf WHERE index = %(at)s)"
BODY: Final = "(SELECT body FROM ledger_fact WHERE id = (SELECT fact_id FROM ledger_leaf WHERE index = %(other)s))"
# Every capital becomes the next: one note in eight has no A that could become another letter alone.
LETTERS: Final = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'BCDEFGHIJKLMNOPQRSTUVWXYZA'"
# Without the log's key: rows, one or two of them, at any place; ``other`` is a neighbour.
ROWS: Final = {
    "a fact's bytes": f"UPDATE ledger_fact SET body = {BODY} WHERE id = {THERE}",
    "a fact's kind": f"UPDATE ledger_fact SET kind = 'x' WHERE id = {THERE}",
    "a fact's actor": f"UPDATE ledger_fact SET actor = 'x' WHERE id = {THERE}",
    "a fact's time": f"UPDATE ledger_fact SET at = at + interval '1 second' WHERE id = {THERE}",
    "a fact's subjects": f"UPDATE ledger_fact SET subjects = '{{1}}' WHERE id = {THERE}",
    "a leaf gone": "DELETE FROM ledger_leaf WHERE index = %(at)s",
    "two leaves swapped": (
        "CREATE TEMP TABLE two AS SELECT index, fact_id FROM ledger_leaf WHERE index IN (%(at)s, %(other)s);"
        "DELETE FROM ledger_leaf WHERE index IN (%(at)s, %(other)s);"
        "INSERT INTO ledger_leaf SELECT %(at)s + %(other)s - index, fact_id FROM two; DROP TABLE two"
    ),
    "a leaf put between": (
        "CREATE TEMP TABLE after AS SELECT index, fact_id FROM ledger_leaf WHERE index >= %(at)s;"
        "DELETE FROM ledger_leaf WHERE index >= %(at)s; INSERT INTO ledger_leaf SELECT index + 1, fact_id FROM after;"
        "INSERT INTO ledger_fact (kind, actor, at, subjects, body)"
        " SELECT kind, actor, at, subjects, body FROM ledger_fact WHERE id = (SELECT min(fact_id) FROM after);"
        "INSERT INTO ledger_leaf SELECT %(at)s, max(id) FROM ledger_fact; DROP TABLE after"
    ),
    "the tail cut": "DELETE FROM ledger_leaf WHERE index >= %(at)s",
    "a node": "UPDATE ledger_node SET hash = sha256('x') WHERE level = 4 AND position = %(at)s / 16",
    "a root": "UPDATE ledger_checkpoint SET root = sha256('x')",
    "a note": f"UPDATE ledger_checkpoint SET note = translate(note, {LETTERS})",
    "a cosignature": f"UPDATE ledger_cosignature SET line = translate(line, {LETTERS})",
    "a cosignature's time": "UPDATE ledger_cosignature SET seconds = seconds + 1",
}


@pytest.fixture
def ledger(committed: str, log: tuple[Client, VerifierKey], settings: Settings) -> Callable[[int], VerifierKey]:
    """Return what fills the ledger with so many facts under one head, which a cosigner has signed."""

    def fill(size: int) -> VerifierKey:
        with psycopg.connect(committed) as own:
            integrator = Integrator(own, log[0])
            with own.transaction():
                loader = Loader(own, integrator)
                loader.load(Past("seal.made", "somebody", NOON, {"seal": f"seal {number}"}) for number in range(size))
                loader.keep_counting()
            integrator.step()
        text = CheckpointRow.objects.get().note.split("\n\n")[0] + "\n"
        key = cosigner_key("audit.example", COSIGNER)
        settings.QUORUM = Quorum((key,), Needed.NONE)
        line = cosign(text, key.name, COSIGNER, seconds=1_795_665_600)
        CosignatureRow.objects.create(size=size, cosigner=key.name, seconds=1_795_665_600, line=line)
        return log[1]

    return fill


@pytest.mark.invariant("C3", column="database")
@pytest.mark.parametrize(("size", "_every", "tried"), SIZES)
def test_without_the_key_verify_finds_whatever_is_done_to_any_row(
    size: int, _every: int, tried: int, ledger: Callable[[int], VerifierKey]
) -> None:
    key = ledger(size)
    assert (audit(key).broken, audit(key).facts) == (None, size)

    missed = [
        (what, at)
        # The last nodes may not be complete; and a copy of the last fact before itself is one more behind the head.
        for at in _places((size - 1) // 16 * 16, tried)
        for what, statement in ROWS.items()
        if not _is_found(statement, at, key)
    ]

    assert missed == []
    assert audit(key).broken is None
    if size == MANY:
        written_down("hostile-owner", f"{len(ROWS)} changes at {tried} places of {MANY:,} facts, each found by verify")


def _is_found(statement: str, at: int, key: VerifierKey) -> bool:
    """Tell whether verify finds what the owner did, with every guard of the tables taken off; then undo it."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for part in (statement % {"at": at, "other": at - 1 if at else 1}).split(";"):
            cursor.execute(part)
        found = audit(key).broken is not None
        transaction.set_rollback(True)
    return found


def _fact(number: int) -> bytes:
    return book.fact_body("test.noted", "service:clerk", NOON, subjects={}, data={"number": number})


def _swapped(facts: Facts, at: int) -> Facts:
    changed, other = list(facts), at - 1 if at else 1
    changed[at], changed[other] = changed[other], changed[at]
    return changed


# With the log's key everything is made anew, and the ledger agrees with itself: others have seen the one before.
ANEW: Final[dict[str, Callable[[Facts, int], Facts]]] = {
    "altered": lambda facts, at: [*facts[:at], _fact(-1), *facts[at + 1 :]],
    "deleted": lambda facts, at: [*facts[:at], *facts[at + 1 :]],
    "swapped": _swapped,
    "inserted": lambda facts, at: [*facts[:at], _fact(-1), *facts[at:]],
    "cut": lambda facts, at: facts[:at],
}


@pytest.mark.invariant("C2", column="rule")
@pytest.mark.parametrize(("size", "every", "tried"), SIZES)
@pytest.mark.parametrize("how", ANEW)
def test_with_the_key_whoever_saw_the_old_log_finds_the_new_one(
    how: str, size: int, every: int, tried: int, tmp_path: Path
) -> None:
    honest = Log([_fact(number) for number in range(size)])
    later = [_fact(size + number) for number in range(5)]
    asks = frozenset(_places(size, tried))
    assert not _shown_by_a_holder(honest, Log([*honest.facts, *later]))

    missed = []
    for at in sorted({*_places(size, every), *asks}):
        for grown in ([], later):
            forged = Log([*ANEW[how](honest.facts, at), *grown])
            is_found = _shown_by_a_holder(honest, forged)
            if at in asks:
                is_found = is_found and _refused_by_a_cosigner(tmp_path / f"{at}-{len(grown)}", honest, forged)
            if not is_found:
                missed.append((at, len(grown)))

    assert missed == []
    if size == MANY:
        written_down(
            f"hostile-owner-with-key-{how}", f"{every} places of {MANY:,} facts, each found by who saw them before"
        )


def _shown_by_a_holder(honest: Log, forged: Log) -> bool:
    """Tell whether whoever kept an old head can show that the new one does not extend it, whatever the proof."""
    old, new = (Checkpoint.parse(note.open_note(log.head(len(log.facts)), log.key)) for log in (honest, forged))
    if new.size < old.size:
        return True
    try:
        merkle.verify_consistency(old.size, old.root, new.size, new.root, forged.proof(old.size, new.size))
    except ProofBroken:
        return True
    return False


def _refused_by_a_cosigner(folder: Path, honest: Log, forged: Log) -> bool:
    """Tell whether a cosigner that has seen the honest log signs nothing of the forged one, from whatever size."""
    home.make(folder, "audit.example/cosigner")
    cosigner = Cosigner(home.Home(folder), honest.key, lambda: 1_795_665_600)
    size, new = len(honest.facts), len(forged.facts)
    assert cosigner.add_checkpoint(asked(honest, 0, size)).status == HTTPStatus.OK
    offers = [asked(forged, old, new) for old in sorted({0, min(size, new), new})]
    return all(cosigner.add_checkpoint(offer).status != HTTPStatus.OK for offer in offers)


def test_two_views_get_one_cosigner_each_and_never_both(tmp_path: Path) -> None:
    one, other = (Log([_fact(number) for number in range(40)] + [_fact(last)]) for last in (40, 41))
    home.make(tmp_path / "one", "audit.example/cosigner")
    cosigner = Cosigner(home.Home(tmp_path / "one"), one.key, lambda: 1_795_665_600)

    assert cosigner.add_checkpoint(asked(one, 0, 41)).status == HTTPStatus.OK
    assert cosigner.add_checkpoint(asked(other, 0, 41)).status == HTTPStatus.CONFLICT
    assert cosigner.add_checkpoint(asked(other, 41, 41)).status == HTTPStatus.CONFLICT


def _places(size: int, most: int) -> list[int]:
    """Return every place, or so many at random with both ends among them."""
    if size <= most:
        return list(range(size))
    return sorted({0, 1, size - 1, *random.Random(size).sample(range(size), most)})  # noqa: S311  the same cases in every run
