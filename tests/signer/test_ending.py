"""The end of a seal at its key: approved by two, final, and seen by everybody who asks for the list."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer import requests
from privyseal.signer.answers import Made
from privyseal.signer.checks import ApprovalsMissing, PurposeDiffers, SealDestroyed, SealVersionDiffers
from privyseal.signer.database import Database
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Purpose
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    DESTROY,
    LI,
    MAKE,
    RESUME,
    SEAL,
    USE,
    WANG,
    ZHAO,
    ZHOU,
    approved,
    to_destroy,
    to_make,
    to_resume,
    to_seal,
    uid,
)


def revoked(signer: Signer) -> dict[str, x509.ReasonFlags]:
    """Return the serial numbers on the list, with their reasons."""
    crl = x509.load_der_x509_crl(signer.public().crl)
    return {
        f"{entry.serial_number:x}": entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        for entry in crl
    }


def keys(database: Database) -> list[bytes]:
    return [row[0] for row in database.every("SELECT key FROM seal_version ORDER BY version")]


@pytest.fixture
def made(sealing: Signer) -> Made:
    return sealing.make(to_make())


def test_a_destroyed_seal_has_no_key_and_its_certificate_is_revoked(
    sealing: Signer, made: Made, database: Database, tmp_path: Path
) -> None:
    (key,) = keys(database)
    assert revoked(sealing) == {}

    sealing.destroy(to_destroy())

    assert keys(database) == [b""]
    assert revoked(sealing) == {made.serial: x509.ReasonFlags.cessation_of_operation}
    assert not [path for path in tmp_path.iterdir() if key in path.read_bytes()]


def test_the_same_destruction_twice_is_one(sealing: Signer) -> None:
    sealing.destroy(to_destroy())
    sealing.destroy(to_destroy())

    with pytest.raises(SealDestroyed):
        sealing.destroy(to_destroy(approved(replace(DESTROY, application=uid("another")), by=(LI, ZHOU))))


def test_nothing_is_done_with_a_destroyed_seal(sealing: Signer) -> None:
    sealing.destroy(to_destroy())
    sealing.suspend(requests.Suspend(seal=SEAL))

    for ask in (
        lambda: sealing.seal(to_seal(), CONTRACT),
        lambda: sealing.resume(to_resume()),
        lambda: sealing.make(to_make(approved(CHANGE))),
        lambda: sealing.make(to_make(approved(replace(MAKE, application=uid("again"), seal_version=2)))),
    ):
        with pytest.raises(SealDestroyed):
            ask()


@pytest.mark.parametrize(
    ("statement", "by", "refusal"),
    [
        (DESTROY, (LI,), ApprovalsMissing),
        (DESTROY, (LI, LI), ApprovalsMissing),
        (DESTROY, (LI, WANG), DutiesNotSeparate),
        (DESTROY, (LI, ZHAO), DutiesNotSeparate),
        (replace(DESTROY, seal_version=2), (LI, ZHOU), SealVersionDiffers),
        (RESUME, (LI, ZHOU), PurposeDiffers),
        (USE, (LI, ZHOU), PurposeDiffers),
    ],
)
def test_a_key_is_not_destroyed_but_by_two_who_may(
    statement: object, by: tuple[str, ...], refusal: type[SignerRefused], sealing: Signer, database: Database
) -> None:
    with pytest.raises(refusal):
        sealing.destroy(to_destroy(approved(statement, by=by)))  # type: ignore[arg-type]  # a statement

    assert keys(database) != [b""]
    assert revoked(sealing) == {}


def test_a_seal_declared_void_ends_at_its_key_as_well(sealing: Signer, made: Made) -> None:
    sealing.destroy(to_destroy(approved(replace(DESTROY, purpose=Purpose.INVALIDATE), by=(LI, ZHOU))))

    assert list(revoked(sealing)) == [made.serial]


@pytest.mark.parametrize("purpose", [Purpose.CHANGE, Purpose.EXTEND])
def test_a_new_version_ends_the_one_before_it(
    purpose: Purpose, sealing: Signer, made: Made, database: Database
) -> None:
    statement = replace(CHANGE, purpose=purpose)
    second = sealing.make(to_make(approved(statement)))

    first_key, second_key = keys(database)
    assert (first_key, bool(second_key)) == (b"", True)
    assert revoked(sealing) == {made.serial: x509.ReasonFlags.superseded}
    assert sealing.make(to_make(approved(statement))) == second


def test_the_list_changes_in_the_moment_something_is_added(sealing: Signer) -> None:
    before = x509.load_der_x509_crl(sealing.public().crl)

    sealing.destroy(to_destroy())

    after = x509.load_der_x509_crl(sealing.public().crl)
    numbers = [crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for crl in (before, after)]
    assert numbers[0] < numbers[1]
