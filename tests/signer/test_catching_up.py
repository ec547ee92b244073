"""A seal made before the key knew types is brought to ask for its person's own yes, and never the other way."""

import pytest

from privyseal.signer import requests
from privyseal.signer.checks import SealUnknown
from privyseal.signer.client import Client
from privyseal.signer.database import Database
from privyseal.signer.operations import Signer
from privyseal.signer.own_yes import OwnYesMissing
from privyseal.signer.store import SealTypeKnown
from tests.signer.cast import CONTRACT, SEAL, to_seal, uid


@pytest.fixture
def untyped(sealing: Signer, database: Database) -> Signer:
    """A signer whose seal was made when its file had no types."""
    with database.writing() as connection:
        connection.execute("UPDATE seal SET type = ''")
    return sealing


def ask(signer: Signer, kind: str = "personal", *, seal: str = SEAL) -> None:
    signer.ask_own_yes(requests.AskOwnYes(seal=seal, type=kind))


def test_from_then_on_it_is_sealed_with_the_own_yes_alone(untyped: Signer, database: Database) -> None:
    ask(untyped)
    ask(untyped)

    with pytest.raises(OwnYesMissing):
        untyped.seal(to_seal(), CONTRACT)

    assert database.every("SELECT uid FROM intent") == []


def test_a_type_that_is_known_stays(sealing: Signer, untyped: Signer, database: Database) -> None:
    ask(untyped)
    with pytest.raises(SealTypeKnown):
        ask(untyped, "legal-representative")
    with pytest.raises(SealUnknown):
        ask(untyped, seal=uid("another"))

    assert database.one("SELECT type FROM seal") == ("personal",)


def test_a_seal_made_as_a_companys_is_nobodys(client: Client) -> None:
    with pytest.raises(SealTypeKnown):
        client.ask_own_yes(seal=SEAL, kind="personal")


@pytest.mark.parametrize("kind", ["official", "", "anything"])
def test_no_type_that_asks_for_less_can_be_said(kind: str) -> None:
    with pytest.raises(requests.RequestUnreadable):
        requests.parse_request({"op": "ask-own-yes", "seal": SEAL, "type": kind})
