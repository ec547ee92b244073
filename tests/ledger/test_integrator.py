"""Real commits in a database of their own: index, root, checkpoint, receipt, and every way to rewrite the past."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections

from privyseal.kernel import merkle, receipt
from privyseal.kernel.errors import NotFound
from privyseal.kernel.note import VerifierKey, open_checkpoint
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.horizon import TOO_LONG, held
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.loading import Loader, Past
from privyseal.ledger.models import CheckpointRow, FactRow, Leaf
from privyseal.ledger.proofs import Break, NotYetProvable, audit, consistency_between, receipt_for
from privyseal.ledger.queries import facts_behind, latest_checkpoint, latest_facts
from privyseal.notification.reminding import remind
from privyseal.signer.client import Client
from tests.ledger.conftest import NOON
from tests.running.served import eventually

CLERK = Service("clerk")
FACTS = 16  # as many as the smallest subtree whose hash is kept has leaves


@command("test.note")
def note(actor: Service, at: datetime, *, number: int) -> None:
    book.record("test.noted", by=actor, at=at, number=number)


def _holder() -> int:
    holder = held().holder
    return holder.process if holder is not None and holder.since is not None else 0


def settle(integrator: Integrator, facts: int, *, seconds: float = 30) -> int:
    """Step until so many facts have their index: other transactions of the server, a neighbour's too, hold it up."""
    deadline, settled = time.monotonic() + seconds, 0
    while settled < facts and time.monotonic() < deadline:
        settled += integrator.step()
    return settled


def test_facts_get_a_dense_index_and_a_signed_root(integrator: Integrator, log: tuple[Client, VerifierKey]) -> None:
    for number in range(3):
        note(CLERK, NOON, number=number)
    assert facts_behind() == 3

    assert settle(integrator, 3) == 3

    assert [(fact.index, fact.data) for fact in latest_facts()] == [
        (2, {"number": 2}),
        (1, {"number": 1}),
        (0, {"number": 0}),
    ]
    assert open_checkpoint(latest_checkpoint() or "", log[1]).size == 3
    assert facts_behind() == 0


def test_a_receipt_is_checked_with_the_logs_key_alone(integrator: Integrator, log: tuple[Client, VerifierKey]) -> None:
    for number in range(5):
        note(CLERK, NOON, number=number)
        settle(integrator, 1)
    fact = FactRow.objects.order_by("pk")[2]

    checked = receipt.check(receipt_for(fact.pk), log[1])

    assert (checked.fact, checked.index, checked.checkpoint.size) == (bytes(fact.body), 2, 3)


def test_a_receipt_waits_for_its_index(integrator: Integrator) -> None:
    note(CLERK, NOON, number=1)
    fact = FactRow.objects.get()

    with pytest.raises(NotYetProvable):
        receipt_for(fact.pk)
    with pytest.raises(NotFound):
        receipt_for(fact.pk + 1)


def test_a_fact_that_commits_late_is_never_skipped(integrator: Integrator, committed: str) -> None:
    with psycopg.connect(committed) as slow:
        slow.execute(
            "INSERT INTO ledger_fact (kind, actor, at, subjects, body)"
            " VALUES ('test.late', 'service:clerk', %s, '{}', %s)",
            [NOON, book.fact_body("test.late", "service:clerk", NOON, subjects={}, data={})],
        )
        note(CLERK, NOON, number=1)
        assert integrator.step() == 0  # nothing after an open transaction is safe to number
        waiting = held()
        assert (waiting.facts, waiting.since) == (1, NOON)
        assert [waiting.is_too_long(NOON + TOO_LONG - timedelta(seconds=late)) for late in (1, 0)] == [False, True]
        eventually(lambda: _holder() == slow.info.backend_pid)  # a neighbour's is over soon
        assert [remind(NOON + TOO_LONG - timedelta(seconds=late)) for late in (1, 0)] == [0, 1]

        slow.commit()
        eventually(lambda: held().facts == 0)

        assert settle(integrator, 2) == 2
    assert [fact.kind for fact in reversed(latest_facts())] == ["test.late", "test.noted"]


def test_a_new_integrator_goes_on_where_the_last_one_stopped(
    integrator: Integrator, log: tuple[Client, VerifierKey], committed: str
) -> None:
    note(CLERK, NOON, number=1)
    settle(integrator, 1)
    note(CLERK, NOON, number=2)

    with psycopg.connect(committed) as own:
        assert settle(Integrator(own, log[0]), 1) == 1

    assert audit(log[1]).broken is None


def test_one_that_waited_goes_on_where_the_leader_stopped(log: tuple[Client, VerifierKey], committed: str) -> None:
    with psycopg.connect(committed) as other:
        waiting = Integrator(other, log[0])
        with psycopg.connect(committed) as own:
            leader = Integrator(own, log[0])
            assert leader.take_lead()
            note(CLERK, NOON, number=1)
            settle(leader, 1)
        eventually(waiting.take_lead)  # once the database has noticed that the leader is gone
        note(CLERK, NOON, number=2)

        assert settle(waiting, 1) == 1

    assert (audit(log[1]).broken, audit(log[1]).facts) == (None, 2)


def test_a_checkpoint_lost_between_signing_and_storing_is_asked_for_again(
    log: tuple[Client, VerifierKey], committed: str
) -> None:
    with psycopg.connect(committed) as own:
        first = Integrator(own, log[0])
        note(CLERK, NOON, number=1)
        settle(first, 1)
        note(CLERK, NOON, number=2)
        own.execute("CREATE RULE lose AS ON INSERT TO ledger_checkpoint DO INSTEAD NOTHING")
        own.commit()
        settle(first, 1)
        own.execute("DROP RULE lose ON ledger_checkpoint")
        own.commit()
        assert CheckpointRow.objects.count() == 1

        Integrator(own, log[0]).step()

    assert open_checkpoint(latest_checkpoint() or "", log[1]).size == 2


def test_one_integrator_leads(integrator: Integrator, log: tuple[Client, VerifierKey], committed: str) -> None:
    assert integrator.take_lead()
    with psycopg.connect(committed) as own:
        assert not Integrator(own, log[0]).take_lead()


def test_a_fact_of_an_earlier_server_is_numbered_after_a_restore(integrator: Integrator, committed: str) -> None:
    body = book.fact_body("test.old", "service:clerk", NOON, subjects={}, data={})
    with psycopg.connect(committed) as restore:
        restore.execute(
            "INSERT INTO ledger_fact (xid, kind, actor, at, subjects, body)"
            " VALUES ('4000000000', 'test.old', 'service:clerk', %s, '{}', %s)",
            [NOON, body],
        )
    note(CLERK, NOON, number=1)

    assert settle(integrator, 2) == 2


@pytest.mark.invariant("C2", column="database")
def test_later_checkpoints_are_proved_to_continue_earlier_ones(integrator: Integrator) -> None:
    for number in range(6):
        note(CLERK, NOON, number=number)
        settle(integrator, 1)

    heads = {row.size: bytes(row.root) for row in CheckpointRow.objects.order_by("size")}
    merkle.verify_consistency(2, heads[2], 6, heads[6], consistency_between(2, 6))


@pytest.mark.parametrize("table", ["ledger_fact", "ledger_leaf", "ledger_node", "ledger_checkpoint"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_empties_the_ledger(integrator: Integrator, table: str, act: str) -> None:
    for number in range(FACTS):
        note(CLERK, NOON, number=number)
    settle(integrator, FACTS)

    with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_not_even_the_owner_updates_a_fact(integrator: Integrator) -> None:
    note(CLERK, NOON, number=1)

    with pytest.raises(DatabaseError, match="only ever added to"):
        FactRow.objects.update(kind="test.forged")


THIRD = "(SELECT fact_id FROM ledger_leaf WHERE index = 3)"
FORGED = """replace(encode(body, 'escape'), 'number":3', 'number":7')::bytea"""
SWAP = (
    "CREATE TEMP TABLE two AS SELECT index, fact_id FROM ledger_leaf WHERE index IN (2, 3);"
    "DELETE FROM ledger_leaf WHERE index IN (2, 3);"
    "INSERT INTO ledger_leaf SELECT 5 - index, fact_id FROM two"
)
TAMPERING: dict[str, tuple[str, Break]] = {
    "another fact": (f"UPDATE ledger_fact SET body = {FORGED} WHERE id = {THIRD}", Break.ROOT_DIFFERS),
    "another column": (f"UPDATE ledger_fact SET kind = 'test.forged' WHERE id = {THIRD}", Break.COLUMNS_DIFFER),
    "garbage": (f"UPDATE ledger_fact SET body = 'x' WHERE id = {THIRD}", Break.NOT_CANONICAL),
    "a leaf gone": ("DELETE FROM ledger_leaf WHERE index = 3", Break.GAP),
    "the tail gone": ("DELETE FROM ledger_leaf WHERE index >= 6", Break.SHORTER_THAN_CHECKPOINT),
    "two swapped": (SWAP, Break.ROOT_DIFFERS),
    "a node bent": ("UPDATE ledger_node SET hash = sha256('x') WHERE level = 4", Break.NODE_DIFFERS),
    "another root": ("UPDATE ledger_checkpoint SET root = sha256('x')", Break.ROOT_DIFFERS),
    "another note": ("UPDATE ledger_checkpoint SET note = replace(note, '16', '17')", Break.NOTE_BROKEN),
}


@pytest.mark.invariant("C3", column="database")
@pytest.mark.parametrize("how", TAMPERING)
def test_a_rewritten_past_is_found(
    how: str, integrator: Integrator, log: tuple[Client, VerifierKey], as_vandal: Callable[[str], None]
) -> None:
    for number in range(FACTS):
        note(CLERK, NOON, number=number)
    settle(integrator, FACTS)
    assert audit(log[1]).broken is None
    statement, found = TAMPERING[how]

    as_vandal(statement)

    assert audit(log[1]).broken is found


@pytest.fixture
def as_vandal(committed: str) -> Callable[[str], None]:
    """Run SQL as somebody who owns the tables and took their guards off first."""

    def vandalise(statement: str) -> None:
        tables = ("ledger_fact", "ledger_leaf", "ledger_node", "ledger_checkpoint")
        with psycopg.connect(committed) as owner:
            for table in tables:
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(statement)
        connections["default"].close()

    assert settings.DATABASES["default"]["NAME"]
    return vandalise


def test_an_empty_ledger_holds(committed: str, log: tuple[Client, VerifierKey]) -> None:
    found = audit(log[1])

    assert (found.broken, found.facts, Leaf.objects.count()) == (None, 0, 0)


def test_a_past_that_is_loaded_has_its_places_in_the_tree(log: tuple[Client, VerifierKey], committed: str) -> None:
    client, key = log
    with psycopg.connect(committed) as own:
        integrator = Integrator(own, client)
        with own.transaction():
            loader = Loader(own, integrator)
            loader.load(Past("seal.made", "somebody", NOON, {"seal": f"seal {number}"}) for number in range(3))
            loader.keep_counting()
        integrator.step()

    found = audit(key)
    assert (found.broken, found.facts, found.checkpoints) == (None, 3, 1)
