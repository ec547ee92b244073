"""Races by the thousand: each round is set up by rows, its acts begin together, and SQL of our own judges them all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import pytest
from django.conf import settings
from django.db import connection

from privyseal.pdf.accepted import Accepted
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests import long
from tests.actions import course_rounds, custody_rounds, rounds
from tests.actions.rounds import Race, Ring
from tests.cast import people_of_two_companies
from tests.conftest import bring, found

FEW: Final = 6
MANY: Final = 10_000
CHUNK: Final = 250
RACES: Final = (*rounds.RACES, *course_rounds.RACES, *custody_rounds.RACES)


@pytest.fixture
def db(committed: str) -> None:
    """Let the cast live in a database that commits."""


@pytest.fixture
def ring(db: None, public: Public, signer: Client, accepted_contract: Accepted, noon: datetime) -> Iterator[Ring]:
    found(public, noon)
    people, company = people_of_two_companies(noon - timedelta(days=30))
    contract = bring(people["wang"], noon, company, accepted_contract)
    ring = Ring(company, people, noon, (contract, settings.BLOBS.put(b"another contract")))
    yield ring
    ring.lanes.close()
    connection.close()


def run(race: Race, ring: Ring, numbers: range) -> None:
    race.prepare(ring)
    for number in numbers:
        ring.lanes.run(race.rounds(ring, number))
    assert judged(race.broken) == []


def judged(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [str(value) for value, *_ in cursor.fetchall()]


@pytest.mark.invariant("T5", "T9", "T12", "T15", "T17", "T19", "T20", "T22", "T25", "T26", "T27", column="database")
@pytest.mark.parametrize("race", RACES, ids=lambda race: f"race-{race.name}")
def test_no_round_of_a_race_goes_wrong(race: Race, ring: Ring) -> None:
    run(race, ring, range(FEW))


@pytest.mark.long("race-{race.name}")
@pytest.mark.parametrize("race", RACES, ids=lambda race: f"race-{race.name}")
def test_no_round_of_ten_thousand_goes_wrong(race: Race, ring: Ring) -> None:
    """Each side wins some of them: otherwise nobody raced."""
    with long.Run(f"race-{race.name}", goal=MANY, unit="rounds, none went wrong") as counted:
        first = MANY - counted.left
        while counted.left:
            start = MANY - counted.left
            run(race, ring, range(start, start + CHUNK))
            counted.add(CHUNK)
    (won,) = judged(race.won)
    assert first == MANY or 0 < int(won) < MANY - first
