"""That the signer is sealed, or open again, is on record once, for those who are told of it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from privyseal.ledger.keyholder import watch_signer
from privyseal.ledger.queries import latest_facts
from privyseal.signer.client import Client
from tests.signers import founded

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer() -> Iterator[Client]:
    with founded() as (client, _):
        yield client


def test_a_signer_that_is_sealed_and_opened_is_told_of_once_each(signer: Client, noon: datetime) -> None:
    shares = signer.entrust(needed=2, shares=3)
    signer.confirm(shares)
    watch_signer(noon, signer=signer)
    signer.lock()
    watch_signer(noon, signer=signer)
    signer.open(shares[0])
    watch_signer(noon, signer=signer)
    signer.open(shares[1])
    watch_signer(noon, signer=signer)
    watch_signer(noon, signer=signer)
    watch_signer(noon, signer=Client(Path("/nowhere")))  # one that is away says neither

    told = [(fact.kind, fact.data["missing"]) for fact in reversed(latest_facts())]
    assert told == [("signer.sealed", 2), ("signer.opened", 0)]
