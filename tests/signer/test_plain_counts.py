"""What is counted at the key, at the edge where one more is one too many; and what certificates say of themselves."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from privyseal.signer import authority
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import one_case
from privyseal.signer.claims import Claim, Reach
from privyseal.signer.database import Database
from privyseal.signer.device_checks import TicketOutsideWindow, may_open
from privyseal.signer.device_requests import Revoked
from privyseal.signer.impressions import Impressions, ImpressionsSpent, Judged
from privyseal.signer.keys import Keys, SignerSealed
from privyseal.signer.operations import Signer
from privyseal.signer.rosters import Grounds
from tests.signer.cast import CONTRACT, INVOICE, MAKING, NOON, SEAL, USE, document, to_seal, uid
from tests.signer.test_checks import PINNED
from tests.signer.test_devices import BY_HAND, allow, ask, to_enrol
from tests.signer.test_devices import SEAL as RUBBER

PLAIN: Final = Claim(
    application=USE.application,
    seal=SEAL,
    seal_version=1,
    document=document(CONTRACT),
    impressions=2,
    most_of_application=3,
    most_of_document=4,
)


def test_what_is_set_aside_keeps_to_the_application_and_to_the_document(database: Database) -> None:
    counts, other = Impressions(database), replace(PLAIN, document=document(INVOICE))
    with counts.holding(uid("first"), uid("second")):
        counts.reserve(uid("first"), PLAIN, at=NOON)

        with pytest.raises(ImpressionsSpent):
            counts.reserve(uid("second"), other, at=NOON)
        counts.reserve(uid("second"), replace(other, impressions=1), at=NOON)


def test_what_is_set_aside_keeps_to_the_document_where_that_is_less(database: Database) -> None:
    counts, narrow = Impressions(database), replace(PLAIN, most_of_application=9, most_of_document=3)
    with counts.holding(uid("first"), uid("second")):
        counts.reserve(uid("first"), narrow, at=NOON)

        with pytest.raises(ImpressionsSpent):
            counts.reserve(uid("second"), narrow, at=NOON)
        counts.reserve(uid("second"), replace(narrow, document=document(INVOICE)), at=NOON)


def test_what_became_too_much_meanwhile_is_refused_in_the_commit_and_nothing_of_it_is_kept(
    sealing: Signer, database: Database
) -> None:
    counts, first = Impressions(database), uid("first")
    made = Judged(intent=first, request_sha256="5" * 64, sealed=Sealed(b"", "5" * 64, NOON), grounds=Grounds())
    with counts.holding(first):
        counts.reserve(first, PLAIN, at=NOON)
        with database.writing() as connection:
            connection.execute("INSERT INTO counter VALUES (?, ?, 2, 3)", (USE.application, SEAL))

        refused = counts.spend(made)

    assert {intent: type(no) for intent, no in refused.items()} == {first: ImpressionsSpent}
    assert database.every("SELECT used FROM counter") == [(2,)]
    assert database.every("SELECT uid FROM intent") == []


def test_a_locked_signer_seals_nothing_and_takes_no_device(sealing: Signer, keys: Keys) -> None:
    keys.lock()

    with pytest.raises(SignerSealed):
        sealing.seal(to_seal(), CONTRACT)
    with pytest.raises(SignerSealed):
        ask(sealing, to_enrol())
    with pytest.raises(SignerSealed):
        ask(sealing, Revoked())
    with pytest.raises(SignerSealed):
        keys.confirm(("PS1",))


def test_what_was_added_opens_a_device_more_often() -> None:
    case = one_case(allow().approved, purposes={USE.purpose})
    opening = may_open(
        case, allow(), seals=frozenset({RUBBER}), seal=None, pinned=PINNED, reach=Reach(impressions=2), at=NOON
    )

    assert (opening.impressions, opening.most) == (3, BY_HAND.impressions + 2)


@pytest.mark.parametrize(("opens", "closes", "at"), [(0, 0, -1), (0, 30, 30), (-61, 30, 0), (0, 61, 0)])
def test_a_device_opens_within_what_was_approved_and_not_over_yet(opens: int, closes: int, at: int) -> None:
    case = one_case(allow().approved, purposes={USE.purpose})
    asked = allow(opens_at=NOON + timedelta(minutes=opens), closes_at=NOON + timedelta(minutes=closes))

    with pytest.raises(TicketOutsideWindow):
        may_open(
            case,
            asked,
            seals=frozenset({RUBBER}),
            seal=None,
            pinned=PINNED,
            reach=Reach(),
            at=NOON + timedelta(minutes=at),
        )


def test_certificates_say_what_they_are_for_and_that_it_must_be_known() -> None:
    ca = authority.new_authority(is_demo=True, at=NOON)
    seal = authority.new_seal(
        MAKING, authority_key=ca.key, authority=ca.certificate, pki_url="https://seals.example/pki", at=NOON
    )
    must_be_known = {"basicConstraints", "keyUsage"}

    assert [_critical(one.certificate) for one in (ca, seal)] == [must_be_known, must_be_known]
    assert [_uses(one.certificate) for one in (ca, seal)] == [
        {"key_cert_sign", "crl_sign"},
        {"digital_signature", "content_commitment"},
    ]


def _critical(der: bytes) -> set[str]:
    names = {ExtensionOID.BASIC_CONSTRAINTS: "basicConstraints", ExtensionOID.KEY_USAGE: "keyUsage"}
    return {names.get(one.oid, "?") for one in x509.load_der_x509_certificate(der).extensions if one.critical}


def _uses(der: bytes) -> set[str]:
    usage = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.KeyUsage).value
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
    )
    return {name for name in every.split() if getattr(usage, name)}
