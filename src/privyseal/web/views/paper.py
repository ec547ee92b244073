"""Signed codes on paper: what one says to whoever scans it, and the certificates by which anybody can check it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.sealing.signing import client
from privyseal.signer.outside import pem
from privyseal.verification.paper_codes import PaperAnswer, check_text
from privyseal.web.address import address_of
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import capability
from privyseal.web.downloads import attachment
from privyseal.web.shown import verdicts

_CHAIN = "application/x-pem-file"


@capability("public")
@require_safe
def paper_code(request: HttpRequest, text: str) -> HttpResponse:
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
    shown = {"answer": answer, "use": verdicts.show_use(record) if record else None}
    return render(request, "web/paper_code.html", shown)


@capability("public")
@require_safe
def certificates(_request: HttpRequest) -> HttpResponse:
    """Hand out every certificate by which codes on paper were ever signed, and the authority above them."""
    public = client().public()
    return attachment(pem([*public.paper, public.ca]), name="privyseal-paper.pem", kind=_CHAIN)
