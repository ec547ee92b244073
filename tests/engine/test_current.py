"""What an authority says of a certificate now."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.pdf.verifying import certificates
from privyseal.pdf.verifying.current import current
from privyseal.pdf.verifying.revocation import Standing
from tests.outside_ca import OutsideCa, named

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_answer_without_an_end_takes_a_certificate_back_and_calls_none_good() -> None:
    ca = OutsideCa(NOON)
    builder = x509.CertificateSigningRequestBuilder().subject_name(named("Example"))
    request = builder.sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    own = ca.issue(request.public_bytes(Encoding.DER))
    path = tuple(one for der in (own, *ca.between, ca.root) if (one := certificates.read(der)))

    def said(*, hours: int, is_revoked: bool, at: datetime = NOON) -> Standing:
        return current(path, [ca.ocsp(own, is_revoked=is_revoked, at=at, hours=hours)], NOON).standing

    assert (said(hours=12, is_revoked=False), said(hours=0, is_revoked=False)) == (Standing.GOOD, Standing.UNKNOWN)
    assert (said(hours=12, is_revoked=True), said(hours=0, is_revoked=True)) == (Standing.REVOKED, Standing.REVOKED)
    assert said(hours=0, is_revoked=True, at=NOON + timedelta(hours=1)) is Standing.UNKNOWN
