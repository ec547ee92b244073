"""What certificates of seals point to beside the list of revoked ones: their issuer, and who answers for one."""

import binascii
from base64 import b64decode
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.queries import installation
from privyseal.kernel.errors import NotFound, Refused
from privyseal.sealing.signing import client
from privyseal.web.capabilities import capability
from privyseal.web.downloads import attachment

_ANSWER: Final = "application/ocsp-response"
_CERTIFICATE: Final = "application/pkix-cert"
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
