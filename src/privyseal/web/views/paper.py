"""Signed codes on paper: what one says to whoever scans it, and the certificates by which anybody can check it."""

from base64 import b64encode, urlsafe_b64encode
from decimal import Decimal

from cryptography.x509 import load_der_x509_certificate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.kernel import paper_code, paper_keys
from privyseal.kernel.canonical import Json, canonical, sha256, utc_text
from privyseal.kernel.errors import Refused
from privyseal.language.amounts import money_said
from privyseal.language.refusals import words_for
from privyseal.sealing.signing import client
from privyseal.signer.outside import pem
from privyseal.verification.paper_codes import PaperAnswer, check_text
from privyseal.web.address import address_of
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import capability
from privyseal.web.downloads import JSON, attachment
from privyseal.web.published import PAPER, signed
from privyseal.web.shown import verdicts

_CHAIN = "application/x-pem-file"


@capability("public")
@require_safe
def code_on_paper(request: HttpRequest, text: str) -> HttpResponse:
    """Judge a signed code that a camera has read, and tell what our record says of its use."""
    try:
        answer = check_text(text, address=address_of(request), at=now())
    except Refused as refusal:
        shown = {"refusal": words_for(refusal), "answer": None}
        return advised(render(request, "web/paper_code.html", shown, status=status_of(refusal)), refusal)
    return page(request, answer)


def page(request: HttpRequest, answer: PaperAnswer) -> HttpResponse:
    """Show what a code proves, however it came."""
    record = answer.use.record if answer.use else None
    stated = answer.said.amount
    shown = {
        "answer": answer,
        "amount": money_said(Decimal(stated)) if stated else "",
        "use": verdicts.show_use(record) if record else None,
    }
    return render(request, "web/paper_code.html", shown)


@capability("public")
@require_safe
def certificates(_request: HttpRequest) -> HttpResponse:
    """Hand out every certificate by which codes on paper were ever signed, and the authority above them."""
    public = client().public()
    return attachment(pem([*public.paper, public.ca]), name="privyseal-paper.pem", kind=_CHAIN)


@capability("public")
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Hand out, signed, what a program needs to judge codes on paper by itself: the layout, the keys, their days."""
    public = client().public()
    keys = [published_key(one, public.ca) for one in public.paper]
    authority = {"certificate": b64encode(public.ca).decode(), "sha256": sha256(public.ca)}
    said: dict[str, Json] = {
        "layout": paper_code.LAYOUT,
        "manifest": paper_code.MANIFEST,
        "authority": authority,
        "keys": keys,
    }
    return signed(request, canonical(said), kind=JSON, tag=PAPER)


def published_key(der: bytes, authority: bytes) -> Json:
    """Return a key as a JSON Web Key (RFC 7517), named as codes name it, with the days on which it may have signed."""
    certificate = load_der_x509_certificate(der)
    point = paper_keys.key_of(certificate, authority).public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode() for one in (point.x, point.y))
    return {
        "alg": "ES256",
        "crv": "P-256",
        "kid": paper_code.reference(authority=authority, certificate=der),
        "kty": "EC",
        "not_after": utc_text(certificate.not_valid_after_utc),
        "not_before": utc_text(certificate.not_valid_before_utc),
        "use": "sig",
        "x": x,
        "x5c": [b64encode(der).decode()],
        "y": y,
    }
