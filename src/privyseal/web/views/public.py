"""What a stranger may see: whether a file is genuine, and what they need to judge it without us."""

from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from privyseal.identity.models import Installation
from privyseal.identity.queries import installation
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.refusals import words_for
from privyseal.ledger.naming import continuations
from privyseal.ledger.queries import latest_checkpoint
from privyseal.pdf import foreign
from privyseal.sealing.signing import client
from privyseal.verification.checks import check_file, record_asked
from privyseal.verification.paper_codes import check_photo
from privyseal.verification.printed import receipt_of_code, use_of_code
from privyseal.web.address import address_of
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import capability
from privyseal.web.downloads import TEXT, attachment, plain
from privyseal.web.forms import VerifyForm
from privyseal.web.shown import verdicts
from privyseal.web.views import paper

_START: Final = 16
_PEM: Final = "application/x-pem-file"
_CRL: Final = "application/pkix-crl"


@capability("public")
@csp_update({"img-src": ["data:"]})
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Judge a file that anybody brings; nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    if not form.is_bound or not form.is_valid():
        return render(request, "web/verify.html", {"form": form}, status=400 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    try:
        if foreign.is_picture(begin := file.read(_START)):
            return paper.page(request, check_photo(begin + file.read(), address=address_of(request), at=now()))
        file.seek(0)
        answer = check_file(file.read(), address=address_of(request), at=now())
    except Refused as refusal:
        shown = {"form": VerifyForm(), "refusal": words_for(refusal)}
        return advised(render(request, "web/verify.html", shown, status=status_of(refusal)), refusal)
    shown = {"form": VerifyForm(), "name": file.name, "answer": verdicts.show(answer)}
    return render(request, "web/verify.html", shown)


@capability("public")
@require_safe
def verify_digest(request: HttpRequest, sha256: str) -> HttpResponse:
    """Say whether a file of this digest was sealed here: whoever asks so keeps the file to themselves."""
    record = record_asked(sha256, address=address_of(request), at=now())
    return render(request, "web/known.html", {"use": verdicts.show_use(record) if record else None, "sha256": sha256})


@capability("public")
@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """Tell whoever reads the code on a paper what our record says of its sealing."""
    found = use_of_code(code, address=address_of(request), at=now())
    use = verdicts.show_use(found.record) if found.record else None
    return render(request, "web/printed.html", {"code": code, "use": use, "sha256": found.result_sha256})


@capability("public")
@require_safe
def printed_receipt(_request: HttpRequest, code: str) -> HttpResponse:
    return attachment(receipt_of_code(code).encode(), name=f"privyseal-receipt-{code[:12]}.txt", kind=TEXT)


@capability("public")
@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    note = latest_checkpoint()
    if note is None:
        raise NotFound
    return plain(note)


@capability("public")
@require_safe
def log_key(_request: HttpRequest) -> HttpResponse:
    keys = [_founded().log_key, *(one.key_before for one in continuations())]
    return plain("".join(f"{key}\n" for key in keys))


@capability("public")
@require_safe
def authority(_request: HttpRequest) -> HttpResponse:
    certificate = load_der_x509_certificate(bytes(_founded().authority))
    return attachment(certificate.public_bytes(Encoding.PEM), name="privyseal-ca.pem", kind=_PEM)


@capability("public")
@require_safe
def revocations(_request: HttpRequest) -> HttpResponse:
    return attachment(client().public().crl, name="privyseal-ca.crl", kind=_CRL)


def _founded() -> Installation:
    found = installation()
    if found is None:
        raise NotFound
    return found
