"""That the signer is sealed, or open again, is on record once, for those who are told of it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel.canonical import utc_text
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.ledger.keyholder import watch_quorum, watch_signer
from privyseal.ledger.queries import latest_facts
from privyseal.signer import anew
from privyseal.signer.client import Client
from tests.signer.test_cosigned import KEYS
from tests.signers import founded, inside

pytestmark = pytest.mark.usefixtures("db")


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


def test_a_clock_that_was_set_by_leave_is_on_record_once_each_time(noon: datetime, tmp_path: Path) -> None:
    key, address = Ed25519PrivateKey.generate().public_key().public_bytes_raw(), "http://localhost:8000"
    with inside(tmp_path) as signer:
        signer.found(public_url=address, origin="localhost:8000/ledger", web_key=key, is_demo=True)
        watch_signer(noon, signer=signer)
    for _ in range(2):
        with anew.reopened(tmp_path, shares=[], key_file=tmp_path / "signer.key") as opened:
            opened.set_clock(noon)
        with inside(tmp_path) as signer:
            for _ in range(2):
                watch_signer(noon, signer=signer)

    facts = [fact.data for fact in reversed(latest_facts()) if fact.kind == "signer.clock-set"]
    assert [(fact["number"], fact["went_on"], fact["custodians"]) for fact in facts] == [
        (number, utc_text(noon), 0) for number in (1, 2)
    ]


def test_each_change_of_the_cosignatures_that_are_asked_for_is_on_record_once(signer: Client, noon: datetime) -> None:
    shares = signer.entrust(needed=2, shares=3)
    signer.confirm(shares)
    watch_quorum(noon, signer=signer)
    for asked in (Quorum(KEYS, Needed.ALL), Quorum(KEYS, Needed.ANY)):  # both between two looks
        signer.pin_cosigners(asked, by=shares[:2])
    watch_quorum(noon, signer=signer)
    signer.pin_cosigners(Quorum(), by=shares[1:])
    for _ in range(2):
        watch_quorum(noon, signer=signer)
    watch_quorum(noon, signer=Client(Path("/nowhere")))

    facts = [fact.data for fact in reversed(latest_facts()) if fact.kind == "signer.quorum-set"]
    said = [(fact["version"], fact["needed"], len(fact["cosigners"]), fact["is_less"]) for fact in facts]
    assert said == [(1, "all", 2, False), (2, "any", 2, True), (3, "none", 0, True)]
