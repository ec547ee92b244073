"""A certificate that its authority outside took back: the key looks itself, and keeps it."""

from dataclasses import replace
from sqlite3 import IntegrityError

import pytest

from privyseal.signer.certifying import RevokedOutside
from privyseal.signer.checks import SealSuspended, SealUnknown
from privyseal.signer.outside import CertificateRevoked, NotRevoked
from privyseal.signer.protocol import Frame
from tests.outside_ca import OutsideCa
from tests.signer.cast import CONTRACT, NOON, RESUME, SEAL, approved, to_resume, to_seal
from tests.signer.test_outside import CHANGED, Case, case

__all__ = ["case"]


def say(case: Case, evidence: bytes, *, seal: str = SEAL, version: int = 1) -> None:
    case.signer.answer(Frame(RevokedOutside(seal, version).header(), evidence))


def test_a_revoked_certificate_puts_its_seal_to_rest_and_no_approval_wakes_it(case: Case) -> None:
    certificate = case.made()

    say(case, case.ca.crl([certificate]))
    say(case, case.ca.crl([certificate]))

    with pytest.raises(SealSuspended):
        case.signer.seal(to_seal(), CONTRACT)
    with pytest.raises(CertificateRevoked):
        case.signer.resume(to_resume())
    assert len(case.database.every("SELECT 1 FROM revoked_outside")) == 1
    with pytest.raises(IntegrityError, match="revoked_outside_rests"), case.database.writing() as connection:
        connection.execute("UPDATE seal SET is_active = 1")


@pytest.mark.parametrize("of", ["answer", "list of the root"])
def test_an_answer_says_it_as_well_and_a_list_that_revokes_the_issuer(of: str, case: Case) -> None:
    certificate = case.made()

    say(case, case.ca.ocsp(certificate, is_revoked=True) if of == "answer" else case.ca.root_crl(case.ca.between))

    with pytest.raises(SealSuspended):
        case.signer.seal(to_seal(), CONTRACT)


def test_what_the_authority_did_not_say_stops_nothing(case: Case) -> None:
    certificate = case.made()
    stranger = OutsideCa(NOON)

    for evidence in (
        case.ca.crl(),
        case.ca.ocsp(certificate),
        stranger.crl([certificate]),
        case.ca.crl([certificate])[:-1] + b"\0",
        case.ca.crl([case.ca.between[0]]),
        b"",
    ):
        with pytest.raises(NotRevoked):
            say(case, evidence)
    with pytest.raises(SealUnknown):
        say(case, case.ca.crl([certificate]), version=2)

    assert case.signer.seal(to_seal(), CONTRACT).appended


def test_with_another_certificate_the_seal_is_resumed_as_approved_though_it_ends_sooner(case: Case) -> None:
    say(case, case.ca.crl([case.made(days=400)]))

    case.bring(case.ca.issue(case.asked(CHANGED), days=300))
    case.signer.make(CHANGED)

    assert case.database.one("SELECT version, is_active FROM seal") == (2, 0)
    case.signer.resume(to_resume(approved(replace(RESUME, seal_version=2))))
    assert case.database.one("SELECT version, is_active FROM seal") == (2, 1)
