"""What certificates of seals point to beside the list of revoked ones: their issuer, and who answers for one."""

import binascii
from base64 import b64decode
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.queries import installation
from privyseal.kernel.canonical import canonical
from privyseal.kernel.errors import NotFound, Refused
from privyseal.sealing.signing import client
from privyseal.seals.queries.certificates import certificate_of, chain_above
from privyseal.signer.outside import pem
from privyseal.verification.machines import authority_published
from privyseal.web.capabilities import capability
from privyseal.web.downloads import JSON, attachment, shared
from privyseal.web.published import DEVICES, signed
from privyseal.web.shown import certificates

_ANSWER: Final = "application/ocsp-response"
_CERTIFICATE: Final = "application/pkix-cert"
_CHAIN: Final = "application/x-pem-file"
_CRL: Final = "application/pkix-crl"
_MOST_BYTES: Final = 2_000
_FRESH: Final = "max-age=60, public, no-transform, must-revalidate"
"""How long an answer may be kept on its way: a revocation is known here at once, and everywhere within a minute."""
_MALFORMED, _LATER = (bytes.fromhex(f"30030a010{status}") for status in (1, 3))  # RFC 6960 section 4.2.1


@capability("public")
@require_safe
def issuer(_request: HttpRequest) -> HttpResponse:
    found = installation()
    if found is None:
        raise NotFound
    return attachment(bytes(found.authority), name="privyseal-ca.cer", kind=_CERTIFICATE)


@capability("public")
@require_safe
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    """Say whose a seal's certificate is, and whether it was revoked, to whoever has its number from a file.

    What another authority revoked is for that one to say.
    """
    version = certificate_of(serial)
    shown = certificates.show(bytes(version.certificate or b""), client().public().crl)
    is_outside = chain_above(version) != b""
    return render(request, "web/certificate.html", {"shown": shown, "is_outside": is_outside, "version": version})


@capability("public")
@require_safe
def chain(_request: HttpRequest, serial: str) -> HttpResponse:
    """Hand out a seal's certificate and those above it, up to the root of its authority."""
    version, found = certificate_of(serial), installation()
    above = chain_above(version) or (pem([bytes(found.authority)]) if found else b"")
    return attachment(pem([bytes(version.certificate or b"")]) + above, name=f"{serial}.pem", kind=_CHAIN)


@capability("public")
@require_safe
def device_authority(request: HttpRequest) -> HttpResponse:
    """Hand out the authority above all machines, by which a stranger judges what one of them signed."""
    return shared(request, client().device_authority(), kind=_CERTIFICATE)


@capability("public")
@require_safe
def device_revocations(request: HttpRequest) -> HttpResponse:
    """Hand out the authority's own list of the machines' certificates that count no more before their time is over."""
    return shared(request, client().revoked_devices(), kind=_CRL)


@capability("public")
@require_safe
def device_manifest(request: HttpRequest) -> HttpResponse:
    """Hand out, signed, the authority above all machines and which of them have ended, for good: as a log is judged."""
    return signed(request, canonical(authority_published(client()).to_json()), kind=JSON, tag=DEVICES)


@csrf_exempt
@capability("public")
@require_POST
def ocsp(request: HttpRequest) -> HttpResponse:
    """Answer a question that is sent; it changes nothing, and anybody may ask."""
    return _answered(request.read(_MOST_BYTES + 1))


@capability("public")
@require_safe
def ocsp_asked(_request: HttpRequest, question: str) -> HttpResponse:
    """Answer a question that stands in the address, as RFC 5019 has it, so that the answer can be kept on its way."""
    try:
        answer = _answered(b64decode(question, validate=True))
    except binascii.Error:
        return HttpResponse(_MALFORMED, content_type=_ANSWER)
    answer.headers["Cache-Control"] = _FRESH
    return answer


def _answered(question: bytes) -> HttpResponse:
    """Return what the signer says; one that cannot be asked now is to be asked later, in the protocol's own words."""
    if len(question) > _MOST_BYTES:
        return HttpResponse(_MALFORMED, content_type=_ANSWER)
    try:
        said = client().ocsp(question)
    except Refused:
        said = _LATER
    return HttpResponse(said, content_type=_ANSWER, headers={"Cache-Control": "no-store"})
