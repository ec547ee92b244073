"""A refusal, translated back: its status and its words."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for

CONFLICT: Final = 409
# A code that is not listed is a conflict with how things stand.
STATUS: Final[Mapping[str, int]] = {
    "not-found": 404,
    "not-entitled": 403,
    "takes-no-part": 403,
    "not-the-holder": 403,
    "not-the-keeper": 403,
    "duties-not-separate": 403,
    "asked-has-another-part": 403,
    "representation-not-apart": 403,
    "self-grant": 403,
    "self-confirmation": 403,
    "self-appointment": 403,
    "erasure-not-own": 403,
    "sessions-own": 403,
    "keeping-same-person": 403,
    "paper-deleted": 410,
    "entry-code-wrong": 403,
    "entry-code-unconfirmed": 403,
    "wrong-password": 403,
    "file-too-large": 413,
    "hook-unsigned": 403,
    "sent-by-another": 403,
    "answer-unreadable": 400,
    "not-filled-in": 400,
    "too-many-checks": 429,
    "too-many-looks": 429,
    "too-many-passwords": 429,
    "too-many-codes": 429,
    "too-many-sign-ins": 429,
    "locked-out": 429,
    "wrong-code": 403,
    "receipt-wrong": 403,
    "address-code-wrong": 403,
    "provider-not-believed": 403,
    "provider-unknown-person": 403,
    "provider-unavailable": 503,
    "factor-not-ours": 403,
    "passkey-not-accepted": 403,
    "proof-too-old": 403,
    "second-factor-missing": 403,
    "signer-unavailable": 503,
    "signer-sealed": 503,
    "signer-is-another": 503,
    "signer-replaced": 503,
    "listener-is-stranger": 503,
    "clock-runs-backwards": 503,
    "cosigners-stale": 503,
    "token-unavailable": 503,
    "approval-page-unavailable": 503,
    "approval-page-full": 503,
    "gateway-away": 503,
    "frame-broken": 400,
    "approval-code-unknown": 404,
    "approval-code-expired": 410,
    "approval-code-used": 410,
    "ledger-unwritable": 503,
    "storage-full": 503,
    "vault-key-missing": 503,
    "busy": 503,
}
# The header of a form that a script sends by itself: it is answered in a word, not with a page.
BY_ITSELF: Final = "X-By-Itself"
# After how many seconds it is worth trying again.
RETRY_AFTER: Final[Mapping[str, int]] = {
    "busy": 5,
    "too-many-checks": 60,
    "too-many-looks": 60,
    "too-many-passwords": 900,
    "too-many-codes": 900,
}


# Where somebody finds what keeps them from it, by code.
LEADS_TO: Final[Mapping[str, tuple[str, Promise]]] = {
    "photographs-owed": ("photographs-owed", _("Photographs owed")),
}


def said_of(refusal: Refused) -> str:
    """Return the words of a refusal, with the way to what keeps somebody from it where there is one."""
    words = words_for(refusal)
    if refusal.code not in LEADS_TO:
        return words
    page, name = LEADS_TO[refusal.code]
    return format_html('{} <a href="{}">{}</a>', words, reverse(page), name)


def status_of(refusal: Refused) -> int:
    return STATUS.get(refusal.code, CONFLICT)


def advised(answer: HttpResponse, refusal: Refused) -> HttpResponse:
    """Return the answer, which says when to try again where that is known."""
    if seconds := RETRY_AFTER.get(refusal.code):
        answer.headers["Retry-After"] = str(seconds)
    return answer


def is_by_itself(request: HttpRequest) -> bool:
    return BY_ITSELF in request.headers


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Answer with a page that says what was refused and what to do; a script is answered with the words alone."""
    if is_by_itself(request):
        brief = {"taken": False, "code": refusal.code, "words": words_for(refusal)}
        return advised(JsonResponse(brief, status=status_of(refusal)), refusal)
    request.is_refused = True  # type: ignore[attr-defined]  # read by the frame
    said = {"words": words_for(refusal), "code": refusal.code}
    return advised(render(request, "web/refused.html", said, status=status_of(refusal)), refusal)
