"""Seals whose certificates come from an authority outside: asked for, brought, refused, given up, used."""

from datetime import datetime

import pytest
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.pdf.judgement import Verdict
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.actions.acting import finish_act
from privyseal.seals.actions.awaiting import note_brought
from privyseal.seals.models import OutsideCertificate, Permit, Seal, SealVersion
from privyseal.seals.queries.certificates import chain_above
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.denials import PermitDenied
from privyseal.signer.outside import CertificateAwaited, CertificateForAnotherKey, pem
from privyseal.verification.checks import check_file
from tests.conftest import FACE, apply, permit_of, recorded, say_yes
from tests.outside_ca import OutsideCa


@pytest.fixture
def awaited(company: Company, zhao: Person, li: Person, noon: datetime, signer: Client, public: Public) -> Permit:
    """The making of the party's seal, which waits for its certificate."""
    application = approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="成立党委", name="党委", type=SealType.PARTY, face=FACE
    )
    say_yes(li, noon, application)
    permit = permit_of(application)
    with pytest.raises(CertificateAwaited):
        seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    return permit


def issued(ca: OutsideCa) -> bytes:
    return ca.issue(bytes(OutsideCertificate.objects.get().request))


def bring(by: Person, at: datetime, permit: Permit, certificate: bytes, ca: OutsideCa, signer: Client) -> str:
    return seals.bring_certificate(
        by, at, permit_uid=permit.uid, certificate=certificate, between=ca.between, signer=signer
    )


def of_certificates() -> list[str]:
    return [kind.removeprefix("seal.") for kind in recorded() if kind.startswith(("seal.certificate", "seal.active"))]


def test_a_seal_made_with_a_certificate_from_outside_is_checked_under_that_root(
    awaited: Permit, zhao: Person, li: Person, wang: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
    contract: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bring(zhao, noon, awaited, issued(outside_ca), outside_ca, signer)

    assert of_certificates() == ["certificate-asked", "certificate-brought", "active"]
    seal, version = Seal.objects.get(pk=awaited.seal_id), SealVersion.objects.get()
    assert (seal.state, seal.signer_state) == ("active", "active")
    assert chain_above(version) == pem([*outside_ca.between, outside_ca.root])
    with pytest.raises(OutOfTurn):
        bring(zhao, noon, awaited, bytes(version.certificate or b""), outside_ca, signer)
    use = apply(wang, noon, seal, contract)
    say_yes(li, noon, use)
    sealing.seal_document(wang, noon, permit_uid=permit_of(use).uid, document_sha256=contract, signer=signer)
    data = settings.BLOBS.get(Intent.objects.get().result_sha256)
    assert check_file(data, address="192.0.2.1", at=noon).judgement.verdict is not Verdict.VALID
    monkeypatch.setattr(settings, "OUTSIDE_ROOTS", (outside_ca.root,))
    assert check_file(data, address="192.0.2.1", at=noon).judgement.verdict is Verdict.VALID


def test_what_the_signer_does_not_take_is_on_record_and_goes_on_waiting(
    awaited: Permit, zhao: Person, wang: Person, noon: datetime, signer: Client, outside_ca: OutsideCa
) -> None:
    with pytest.raises(NotEntitled):
        bring(wang, noon, awaited, issued(outside_ca), outside_ca, signer)
    with pytest.raises(CertificateForAnotherKey):
        bring(zhao, noon, awaited, outside_ca.between[0], outside_ca, signer)

    assert of_certificates() == ["certificate-asked", "certificate-brought", "certificate-refused"]
    assert seals.acts_under_way() == []
    assert seals.finish_open_acts(noon, signer=signer) == 0
    with pytest.raises(CertificateAwaited):  # nobody made it by saying so again
        finish_act(zhao, noon, permit_uid=awaited.uid, signer=signer)
    bring(zhao, noon, awaited, issued(outside_ca), outside_ca, signer)
    assert SealVersion.objects.count() == 1


def test_a_making_that_a_crash_left_with_its_certificate_is_finished_by_the_sweep(
    awaited: Permit, zhao: Person, noon: datetime, signer: Client, outside_ca: OutsideCa
) -> None:
    note_brought(zhao, noon, permit_uid=awaited.uid, certificate_sha256="0" * 64)
    signer.certify(seal=awaited.seal.uid, certificate=issued(outside_ca), between=outside_ca.between)

    assert seals.finish_open_acts(noon, signer=signer) == 1
    assert OutsideCertificate.objects.get().version == SealVersion.objects.get()


def test_a_making_that_is_given_up_ends_and_its_key_takes_no_certificate_any_more(
    awaited: Permit, zhao: Person, wang: Person, noon: datetime, signer: Client, outside_ca: OutsideCa
) -> None:
    certificate = issued(outside_ca)
    with pytest.raises(NotEntitled):
        seals.give_up_certificate(wang, noon, permit_uid=awaited.uid, signer=signer)

    seals.give_up_certificate(zhao, noon, permit_uid=awaited.uid, signer=signer)

    assert recorded()[-2:] == ["seal.certificate-given-up", "seal.make.failed"]
    with pytest.raises(OutOfTurn):
        bring(zhao, noon, awaited, certificate, outside_ca, signer)
    with pytest.raises(OutOfTurn):
        seals.give_up_certificate(zhao, noon, permit_uid=awaited.uid, signer=signer)
    with pytest.raises(PermitDenied):
        finish_act(zhao, noon, permit_uid=awaited.uid, signer=signer)
