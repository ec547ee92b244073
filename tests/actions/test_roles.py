"""What the database lets each role do, whatever the application may try."""

import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from privyseal.config import grants
from privyseal.config.postgres_roles import password

WEB, INTEGRATOR, AUDIT = "privyseal_web", "privyseal_integrator", "privyseal_audit"
FACT = "INSERT INTO ledger_fact (kind, actor, at, subjects, body) VALUES ('x', 'x', now(), '{}', 'x')"


@pytest.fixture
def granted(committed: str) -> str:
    with connection.cursor() as cursor:
        grants.apply(cursor)
        grants.apply(cursor)
    return committed


@pytest.fixture
def as_role(granted: str) -> "Roles":
    return Roles(granted)


class Roles:
    def __init__(self, url: str) -> None:
        self._url = url

    def may(self, role: str, statement: str) -> bool:
        secret = password(Path(os.environ["PRIVYSEAL_TEST_CLUSTER"]), role)
        url = self._url.replace("privyseal@", f"{role}:{secret}@")
        with psycopg.connect(url) as own:
            try:
                own.execute(sql.SQL(statement))
            except psycopg.errors.InsufficientPrivilege:
                return False
            own.rollback()
        return True


# One database for all of them: each statement is undone.
PAST = (
    "UPDATE ledger_fact SET kind = 'x'",
    "DELETE FROM ledger_fact",
    "TRUNCATE ledger_fact",
    "INSERT INTO ledger_fact (xid, kind, actor, at, subjects, body) VALUES ('1', 'x', 'x', now(), '{}', 'x')",
    "INSERT INTO ledger_leaf VALUES (0, 1)",
    "INSERT INTO ledger_node VALUES (4, 0, sha256('x'))",
    "INSERT INTO ledger_checkpoint (size, root, note) VALUES (1, sha256('x'), 'x')",
    "INSERT INTO ledger_cosignature VALUES (1, 'x', 1, 'x')",
    "INSERT INTO ledger_cosigner (name) VALUES ('x')",
    "UPDATE ledger_cosigner SET seconds = 1",
    "ALTER TABLE ledger_fact DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "SELECT pg_read_file('/etc/passwd')",
    "UPDATE ledger_head_stamp SET size = 1",
    "DELETE FROM ledger_head_stamp",
    "SET ROLE privyseal_integrator",
)


def test_the_web_role_cannot_touch_the_past_or_the_tree(as_role: Roles) -> None:
    assert [statement for statement in PAST if as_role.may(WEB, statement)] == []


def test_the_web_role_adds_facts_and_works_with_the_rest(as_role: Roles) -> None:
    assert as_role.may(WEB, FACT)
    assert as_role.may(WEB, "SELECT * FROM ledger_checkpoint")
    assert as_role.may(WEB, "UPDATE application SET reason = reason")


def test_the_integrator_writes_the_tree_and_nothing_else(as_role: Roles) -> None:
    assert as_role.may(INTEGRATOR, "INSERT INTO ledger_node VALUES (4, 0, sha256('x'))")
    for statement in (FACT, "UPDATE ledger_node SET level = 1", "SELECT * FROM person", "SELECT * FROM seal"):
        assert not as_role.may(INTEGRATOR, statement)


@pytest.mark.invariant("T2", column="database")
def test_the_audit_role_reads_and_writes_nothing(as_role: Roles) -> None:
    for statement in ("SELECT * FROM ledger_fact", "SELECT name FROM person", "SELECT * FROM power_grant"):
        assert as_role.may(AUDIT, statement)
    for statement in (FACT, "SELECT password FROM person", "SELECT * FROM session", "DELETE FROM permit"):
        assert not as_role.may(AUDIT, statement)
