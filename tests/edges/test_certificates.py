"""The page of a seal's certificate, which anybody opens who has its number from a file."""

import pytest
from cryptography import x509
from django.test import Client as Browser

from privyseal.seals.models import Seal
from privyseal.signer.answers import Public
from privyseal.web.shown import certificates

pytestmark = pytest.mark.documents


def test_a_stranger_reads_whose_a_certificate_is_and_downloads_it_with_its_issuer(
    official: Seal, public: Public
) -> None:
    version, stranger = official.versions.get(), Browser()
    certificate = x509.load_der_x509_certificate(bytes(version.certificate or b""))

    page = stranger.get(f"/pki/certificates/{version.serial}/").content.decode()
    chain = stranger.get(f"/pki/certificates/{version.serial}/chain.pem").content

    shown = certificates.show(bytes(version.certificate or b""), public.crl)
    assert (shown.uscc, shown.name, shown.revocation) == (official.company.uscc, official.name, None)
    assert all(said in page for said in (official.company.name, official.company.uscc, shown.fingerprint, *shown.lists))
    assert x509.load_pem_x509_certificates(chain) == [certificate, x509.load_der_x509_certificate(public.ca)]


@pytest.mark.parametrize("serial", ["1", "zz", "0" * 40])
def test_a_number_that_was_never_given_out_has_no_page(official: Seal, serial: str) -> None:
    assert Browser().get(f"/pki/certificates/{serial}/").status_code == 404
