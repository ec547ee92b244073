"""A demo installation as large as wanted, filled from the shell."""

import json
from collections.abc import Iterator
from typing import Final

import psycopg
import pytest

from privyseal.config.postgres import Cluster
from tests import prepared
from tests.pdfs import one_page
from tests.running.shell import Shell, shell_of_its_own

pytestmark = pytest.mark.running

APPLICATIONS: Final = 600
# The large group has 2,000,000 and 5 GB: 50 bytes more for each are 100 MB. What there is none of is to take nothing.
MOST_BYTES: Final = 1_520
MOST_BYTES_OF_INDEXES: Final = 1_290  # but for the page of 8 KB that each begins with, whatever it holds
_GROWING: Final = """
    SELECT relname, (SELECT sum(pg_relation_size(indexrelid) - 8192)::bigint FROM pg_index WHERE indrelid = kept.oid)
    FROM pg_class AS kept
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples >= %s AND relname <> 'auth_permission'
    ORDER BY relname
"""
# A row begins at a multiple of eight bytes, and four say where.
_ROWS: Final = "SELECT sum((pg_column_size(kept.*) + 7) / 8 * 8 + 4) FROM {} AS kept"


@pytest.fixture(scope="module")
def seeded() -> Iterator[Shell]:
    with shell_of_its_own() as shell:
        prepared.place(shell.folder / "data")
        done = shell.run("seed", "--size", "small")
        assert done.returncode == 0, done.stderr
        assert f"{APPLICATIONS} of {APPLICATIONS} applications (100 %)." in done.stderr
        yield shell


def test_the_ledger_of_a_seeded_group_verifies_like_any_other(seeded: Shell) -> None:
    told = seeded.run("ledger", "verify", "--json")

    found = json.loads(told.stdout)
    assert (told.returncode, found["waiting"]) == (0, 0)
    assert found["facts"] > APPLICATIONS


def test_a_group_is_seeded_once(seeded: Shell) -> None:
    again = seeded.run("seed", "--size", "small")

    sentence = "privyseal: This data folder already holds a group. Choose an empty one. [already-seeded]"
    assert (again.returncode, again.stderr.splitlines()[-1]) == (1, sentence)


def test_an_application_takes_no_more_room_than_a_large_group_has(seeded: Shell) -> None:
    with Cluster(seeded.folder / "data") as cluster, psycopg.connect(cluster.url()) as connection:
        growing = connection.execute(_GROWING, [APPLICATIONS // 2]).fetchall()
        # The demo's own are among them, each with its permit, votes and facts.
        (count,) = connection.execute("SELECT count(*) FROM application").fetchone() or (0,)
        indexes = {table: size // count for table, size in growing}
        rows = {
            table: int((connection.execute(_ROWS.format(table)).fetchone() or (0,))[0]) // count for table, _ in growing
        }

    assert {"application", "ledger_fact", "permit", "use_entry"} <= rows.keys()
    assert sum(rows.values()) <= MOST_BYTES, str(rows)
    assert sum(indexes.values()) <= MOST_BYTES_OF_INDEXES, str(indexes)


def test_a_seeded_group_goes_on_by_the_rules(seeded: Shell) -> None:
    """Numbers, places in the tree and keys come after those that were copied."""
    code, _ = seeded.demo("after.pdf", one_page())

    assert code == 0
