"""The authorities that sealing asks, by HTTP: for time stamps, revocation lists, OCSP answers."""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.ocsp import OCSPRequestBuilder
from django.conf import settings

from privyseal.egress import MOST_BYTES, AnswerLost, Egress, HostNotReached
from privyseal.kernel.errors import Refused
from privyseal.pdf import timestamps
from privyseal.pdf.timestamps import TimestampRefused

_MOST_BYTES_OF_A_LIST: Final = 10_000_000
_NONCE_BITS: Final = 63
_NOTHING: Final[Mapping[str, str]] = {}


class EvidenceUnavailable(Refused):
    """A revocation list or an OCSP answer could not be had."""

    code = "evidence-unavailable"


def stamper() -> Callable[[bytes], bytes] | None:
    """Return what fetches a time stamp for a SHA-256, None where this installation uses no authority."""
    return time_stamp if settings.TSA_URL and settings.SEAL_LEVEL != "b-b" else None


def time_stamp(imprint: bytes) -> bytes:
    """Return the authority's token over this SHA-256, or refuse."""
    nonce = secrets.randbits(_NONCE_BITS)
    return timestamps.token_in(_asked(timestamps.query(imprint, nonce=nonce)), imprint=imprint, nonce=nonce)


def revocation_list(address: str, *, by: Egress | None = None) -> bytes:
    """Return the list, DER, that stands at an address, or refuse. Who signed it is for the verifier."""
    try:
        found = _fetched(address, most_bytes=_MOST_BYTES_OF_A_LIST, by=by)
        return x509.load_der_x509_crl(found).public_bytes(Encoding.DER)
    except (HostNotReached, AnswerLost, ValueError) as error:
        raise EvidenceUnavailable(what="crl") from error


def ocsp_question(certificate: bytes, issuer: bytes) -> bytes:
    one, above = (x509.load_der_x509_certificate(der) for der in (certificate, issuer))
    # RFC 6960 names certificates by SHA-1, which protects nothing here; many responders know no other name.
    builder = OCSPRequestBuilder().add_certificate(one, above, SHA1())  # noqa: S303  a name, not a protection
    return builder.build().public_bytes(Encoding.DER)


def ocsp_answer(query: bytes, address: str, *, by: Egress | None = None) -> bytes:
    """Return what an OCSP responder answers, or refuse. Who signed it is for the verifier."""
    try:
        body = _fetched(address, query, {"Content-Type": "application/ocsp-request"}, by=by)
        if ocsp.load_der_ocsp_response(body).response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise EvidenceUnavailable(what="ocsp")
    except (HostNotReached, AnswerLost, ValueError) as error:
        raise EvidenceUnavailable(what="ocsp") from error
    return body


def _asked(query: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        return _fetched(settings.TSA_URL, query, headers)
    except (HostNotReached, AnswerLost) as error:
        raise TimestampRefused(status=None) from error


def _fetched(
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = _NOTHING,
    *,
    most_bytes: int = MOST_BYTES,
    by: Egress | None = None,
) -> bytes:
    """Return what is answered, or raise what the network says; AnswerLost where it is no answer to this."""
    way: Egress = by or settings.EGRESS
    answer = way.ask(address, body, headers, most_bytes=most_bytes)
    if not answer.is_ok:
        raise AnswerLost(status=answer.status)
    return answer.body
