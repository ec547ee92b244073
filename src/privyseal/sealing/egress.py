"""The one place from which sealing speaks to the outside, by HTTP: time stamps, revocation lists, OCSP answers."""

import http.client
import secrets
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.conf import settings

from privyseal.kernel.errors import Refused
from privyseal.pdf import timestamps
from privyseal.pdf.timestamps import TimestampRefused

_SECONDS: Final = 10
_MOST_BYTES: Final = 65_536
_MOST_BYTES_OF_A_LIST: Final = 10_000_000
_NONCE_BITS: Final = 63
_NOTHING: Final[Mapping[str, str]] = {}


class EvidenceUnavailable(Refused):
    """A revocation list or an OCSP answer could not be had."""

    code = "evidence-unavailable"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An authority that sends us elsewhere is not the one that was configured."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def stamper() -> Callable[[bytes], bytes] | None:
    """Return what fetches a time stamp for a SHA-256, None where this installation uses no authority."""
    return time_stamp if settings.TSA_URL and settings.SEAL_LEVEL != "b-b" else None


def time_stamp(imprint: bytes) -> bytes:
    """Return the authority's token over this SHA-256, or refuse."""
    nonce = secrets.randbits(_NONCE_BITS)
    return timestamps.token_in(_asked(timestamps.query(imprint, nonce=nonce)), imprint=imprint, nonce=nonce)


def revocation_list(address: str) -> bytes:
    """Return the list, DER, that stands at an address of the configuration, or refuse."""
    try:
        return x509.load_der_x509_crl(_fetched(_MOST_BYTES_OF_A_LIST, address)).public_bytes(Encoding.DER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EvidenceUnavailable(what="crl") from error


def ocsp_answer(query: bytes) -> bytes:
    """Return what the OCSP responder of the configuration answers, or refuse. Who signed it is for the verifier."""
    try:
        body = _fetched(_MOST_BYTES, settings.OCSP_URL, query, {"Content-Type": "application/ocsp-request"})
        if ocsp.load_der_ocsp_response(body).response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise EvidenceUnavailable(what="ocsp")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EvidenceUnavailable(what="ocsp") from error
    return body


def _asked(query: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        return _fetched(_MOST_BYTES, settings.TSA_URL, query, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TimestampRefused(status=None) from error


def _fetched(most: int, address: str, data: bytes | None = None, headers: Mapping[str, str] = _NOTHING) -> bytes:
    """Return the body of the answer, or raise what the network raises; ValueError where it is too much."""
    request = urllib.request.Request(address, data=data, headers=dict(headers))  # noqa: S310  http or https, by env.endpoint
    with _OPENER.open(request, timeout=_SECONDS) as answer:
        body: bytes = answer.read(most + 1)
    if len(body) > most:
        raise ValueError("too much")
    return body
