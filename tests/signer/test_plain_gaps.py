"""Checks of the signer that a random sample of changes found nobody to watch."""

from pathlib import Path

import pytest

from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen, base64_text
from privyseal.signer import agreements, answers, epochs, proving
from privyseal.signer.checks import SealDestroyed
from privyseal.signer.database import Database
from privyseal.signer.device_requests import Bound, Ordered
from privyseal.signer.devices import ReceiptWrong
from privyseal.signer.epochs import Epoch
from privyseal.signer.impressions import _hold
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.proving import ApprovalBroken
from privyseal.signer.requests import parse_request
from privyseal.signer.rosters import Grounds
from privyseal.signer.store import Store
from tests.signer.cast import LI, NOON, SEAL, USE, ZHOU, approved, to_destroy
from tests.signer.conftest import Clock
from tests.signer.given import WEB_DER, use
from tests.signer.test_devices import allow, ask, enrolled
from tests.signer.test_plain_counts import PLAIN
from tests.signer.test_plain_more import MOUNT


def test_what_is_agreed_to_is_said_by_these_words() -> None:
    assert " ".join(agreements.Kind) == "confirm unlock mount"


def test_so_many_certificates_of_codes_on_paper_are_read_and_no_more() -> None:
    said: dict[str, Json] = {"ca": "", "crl": "", "log_key": "key", "origin": "origin"}

    assert len(answers.Public.parse({**said, "paper": [base64_text(b"x")] * 100}).paper) == 100
    with pytest.raises(Misshapen):
        answers.Public.parse({**said, "paper": [base64_text(b"x")] * 101})


@pytest.mark.parametrize(
    "header",
    [
        {**MOUNT.header(), "said": 7},
        {**allow().header(), "minutes": 7},
        {"op": "cosigned", "note": 7},
        {"op": "make", "seal": SEAL, "statements": [], "face": 7, "manager": LI},
    ],
)
def test_what_is_of_another_kind_is_not_read(header: dict[str, Json]) -> None:
    with pytest.raises(Refused, match="request-unreadable"):
        parse_request(header)


def test_a_place_is_read_as_it_was_said() -> None:
    placed = allow(place=None)

    assert parse_request(placed.header()) == placed
    assert isinstance(parse_request(MOUNT.header()), Ordered)


def test_a_code_that_was_never_given_has_no_receipt(founded: Signer) -> None:
    enrolled(founded)

    with pytest.raises(ReceiptWrong):
        ask(founded, Bound("D-0009", 7, "5" * 64))


def test_an_epoch_is_for_its_signers_eyes_alone(tmp_path: Path) -> None:
    epochs.write(tmp_path, Epoch(number=2))

    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


def test_a_seal_that_is_destroyed_before_the_commit_says_so_and_since_which_second(
    sealing: Signer, database: Database, keys: Keys, clock: Clock
) -> None:
    clock.at = NOON.replace(microsecond=999)
    sealing.destroy(to_destroy())

    with pytest.raises(SealDestroyed), database.writing() as connection:
        _hold(connection, PLAIN, Grounds())
    assert [one.at for one in Store(database, keys).revoked()] == [NOON]


def test_a_line_beside_a_receipt_holds_one_yes() -> None:
    two = approved(USE, by=(LI, ZHOU))
    fact = use()
    fact["data"]["votes"] = [sha256(canonical(two.to_json()))]
    (line,) = proving.split(proving.write("receipt", [(two, WEB_DER)]))[1]

    with pytest.raises(ApprovalBroken):
        proving.check(fact, [line])
