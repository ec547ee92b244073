"""A log of a test's own, in a database that really commits."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from privyseal.kernel.note import VerifierKey
from privyseal.ledger.integrator import Integrator
from privyseal.signer.client import Client
from tests.signers import founded

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def log(committed: str) -> Iterator[tuple[Client, VerifierKey]]:
    """A signer and its log of this test's own."""
    with founded() as (client, public):
        yield client, VerifierKey.parse(public.log_key)


@pytest.fixture
def integrator(committed: str, log: tuple[Client, VerifierKey]) -> Iterator[Integrator]:
    with psycopg.connect(committed) as own:
        yield Integrator(own, log[0])
