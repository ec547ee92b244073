"""A log of a test's own, in a database that really commits."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from privyseal.kernel.note import VerifierKey
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.loading import Loader, Past
from privyseal.signer.client import Client
from tests.signers import founded

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
FACTS = 600


@pytest.fixture
def log(committed: str) -> Iterator[tuple[Client, VerifierKey]]:
    """A signer and its log of this test's own."""
    with founded() as (client, public):
        yield client, VerifierKey.parse(public.log_key)


@pytest.fixture
def integrator(committed: str, log: tuple[Client, VerifierKey]) -> Iterator[Integrator]:
    with psycopg.connect(committed) as own:
        yield Integrator(own, log[0])


@pytest.fixture
def loaded(log: tuple[Client, VerifierKey], committed: str) -> VerifierKey:
    """So many facts, all under a checkpoint; the key that signed it."""
    with psycopg.connect(committed) as own:
        integrator = Integrator(own, log[0])
        with own.transaction():
            loader = Loader(own, integrator)
            loader.load(Past("seal.made", "somebody", NOON, {"seal": f"seal {number}"}) for number in range(FACTS))
            loader.keep_counting()
        integrator.step()
    return log[1]
