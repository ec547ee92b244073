"""The key counts the uses of a mandate itself: one an application, in the commit of its first seal."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.signer import checks
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import SealRecord
from privyseal.signer.claims import Claim
from privyseal.signer.database import Database, open_durably
from privyseal.signer.impressions import Impressions, Judged
from privyseal.signer.mandates import MandateUsedUp
from privyseal.signer.own_yes import RestsOn
from privyseal.signer.rosters import Grounds
from privyseal.signer.terms import MAX_IMPRESSIONS
from tests.signer.cast import CONTRACT, INVOICE, NOON, SEAL, WANG, approved, document, may_seal, to_seal, uid
from tests.signer.test_own_yes import GIVEN, MANDATE, ON_MANDATE
from tests.signer.test_standing import PINNED, RECORD

ONCE: Final = RestsOn(MANDATE, 1)
NAMED: Final = replace(RECORD, type="personal")


def claimed(name: str, data: bytes = CONTRACT, *, rests_on: RestsOn | None = ONCE) -> Claim:
    return Claim(
        application=uid(name),
        seal=SEAL,
        seal_version=1,
        document=document(data),
        impressions=1,
        most_of_application=2,
        most_of_document=1,
        rests_on=rests_on,
    )


def seal(counted: Impressions, intent: str, claim: Claim) -> None:
    with counted.holding(intent):
        counted.reserve(intent, claim, at=NOON)
        sealed = Sealed(appended=b"x", sealed_sha256=sha256(intent.encode()), sealed_at=NOON)
        counted.spend(Judged(intent=intent, request_sha256=intent, sealed=sealed, grounds=Grounds()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A signer's file that knows the seal."""
    path = tmp_path / "signer.sqlite"
    connection = open_durably(path)
    connection.executescript(
        "BEGIN; PRAGMA defer_foreign_keys = ON;"
        f"INSERT INTO seal_version VALUES ('{SEAL}', 1, 'x', x'00', x'01', x'02', 'a', 'b', NULL, x'');"
        f"INSERT INTO seal VALUES ('{SEAL}', 1, 1, 'm', 'personal', '', NULL); COMMIT;"
    )
    connection.close()
    return path


@pytest.fixture
def store(file: Path) -> Iterator[Database]:
    database = Database(open_durably(file))
    yield database
    database.close()


def used(database: Database) -> int:
    row = database.one("SELECT count(*) FROM mandate_use")
    return 0 if row is None else int(row[0])


@pytest.mark.parametrize(("uses", "counted"), [(9, RestsOn(MANDATE, 9)), (MAX_IMPRESSIONS, None)])
def test_a_claim_says_which_mandate_counts_it(uses: int, counted: RestsOn | None) -> None:
    record: SealRecord = NAMED
    given = approved(replace(GIVEN, impressions=uses), by=(WANG,))
    request = to_seal(approved(ON_MANDATE), given)
    case = checks.one_case(request.approved, purposes={ON_MANDATE.purpose})

    claim = may_seal(case, request, sha256(CONTRACT), seal=record, pinned=PINNED, at=NOON)

    assert claim.rests_on == counted


@pytest.mark.invariant("T19", column="rule")
def test_one_use_more_than_a_mandate_was_given_for_is_refused_and_counts_nothing(store: Database) -> None:
    counted = Impressions(store)
    seal(counted, "one", claimed("application 7"))

    with pytest.raises(MandateUsedUp):
        seal(counted, "two", claimed("application 8"))
    seal(counted, "three", claimed("application 9", rests_on=None))

    assert (used(store), store.one("SELECT count(*) FROM intent")) == (1, (2,))


def test_an_application_uses_its_mandate_once_however_many_documents_it_seals(store: Database) -> None:
    counted = Impressions(store)

    for intent, data in (("one", CONTRACT), ("two", INVOICE)):
        seal(counted, intent, claimed("application 7", data))

    assert used(store) == 1


def test_the_count_is_there_after_a_restart(file: Path) -> None:
    first = Database(open_durably(file))
    seal(Impressions(first), "one", claimed("application 7"))
    first.close()

    again = Database(open_durably(file))

    with pytest.raises(MandateUsedUp):
        seal(Impressions(again), "two", claimed("application 8"))
    again.close()


def test_two_at_once_do_not_share_the_last_use(store: Database) -> None:
    counted = Impressions(store)
    with counted.holding("one"):
        counted.reserve("one", claimed("application 7"), at=NOON)

        with pytest.raises(MandateUsedUp):
            seal(counted, "two", claimed("application 8"))
    seal(counted, "two", claimed("application 8"))

    assert used(store) == 1


@pytest.mark.invariant("T19", column="database")
@pytest.mark.parametrize(
    ("forgery", "name"),
    [
        ("INSERT INTO mandate_use VALUES ('m', 'b', 2, 1)", "mandate_used_within_its_count"),
        ("INSERT INTO mandate_use VALUES ('m', 'b', 1, 2)", "UNIQUE"),
        ("UPDATE mandate_use SET most_uses = 9", "mandate_use_stays"),
        ("DELETE FROM mandate_use", "mandate_use_is_kept"),
    ],
)
def test_the_file_keeps_the_count_of_a_mandate(store: Database, forgery: str, name: str) -> None:
    with store.writing() as connection:
        connection.execute("INSERT INTO mandate_use VALUES ('m', 'a', 1, 1)")

    with pytest.raises(sqlite3.IntegrityError, match=name), store.writing() as connection:
        connection.execute(forgery)
