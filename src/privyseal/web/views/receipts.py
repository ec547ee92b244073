"""The ledger as anybody may see it: its head, who else has seen it, and whether a receipt proves what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from privyseal.custody.rules import MAKERS_WORD
from privyseal.identity.queries import installation
from privyseal.kernel import receipt
from privyseal.kernel.canonical import parse
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.language.hands import THROUGH_CLOUD
from privyseal.language.labels import ASSURANCE, SOFTWARE
from privyseal.language.refusals import WORDS, words_for
from privyseal.ledger.cosigned import standings
from privyseal.ledger.naming import continuations
from privyseal.ledger.queries import latest_checkpoint
from privyseal.sealing.signing import client
from privyseal.signer import proving
from privyseal.signer.answers import Status
from privyseal.signer.client import SignerUnavailable
from privyseal.signer.proving import Yes
from privyseal.verification.checks import count_check
from privyseal.web.address import address_of
from privyseal.web.capabilities import capability
from privyseal.web.forms_of_receipts import ReceiptForm

# Why a receipt proves nothing: what the checker in the browser says as well.
REASONS: Final = (
    "receipt-unreadable",
    "note-broken",
    "proof-broken",
    "cosignature-missing",
    "not-canonical",
    "key-unreadable",
    "approvals-differ",
    "approval-broken",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt proved."""

    index: int
    size: int
    origin: str
    cosigned: tuple[tuple[str, datetime], ...]
    fact: str
    yeses: tuple[Yes, ...] = ()
    is_makers_word: bool = False


@capability("public")
@require_http_methods(["GET", "HEAD", "POST"])
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the head of the ledger and judge a receipt; with script the browser judges it, and nothing is sent."""
    form = ReceiptForm(request.POST, request.FILES) if request.method == "POST" else ReceiptForm(initial=_usual())
    if form.is_bound:
        count_check("ledger", address_of(request), now())
    proof, refusal = None, ""
    if form.is_bound and form.is_valid():
        try:
            proof = _proved(form)
        except Refused as refused:
            refusal = words_for(refused)
    shown = {
        "form": form,
        "proof": proof,
        "yeses": [_said(yes) for yes in proof.yeses] if proof else [],
        "through_cloud": THROUGH_CLOUD,
        "assurances": list(ASSURANCE.items()),
        "software": SOFTWARE,
        "refusal": refusal,
        "checkpoint": latest_checkpoint(),
        "continuations": continuations(),
        "cosigners": standings(now()),
        "quorum": settings.QUORUM,
        "minutes": int(settings.QUORUM.within.total_seconds()) // 60,
        "reasons": _reasons(),
        "signer": _signer(),
    }
    return render(request, "web/ledger.html", shown, status=400 if form.is_bound and not form.is_valid() else 200)


@capability("public")
@require_safe
def what_it_proves(request: HttpRequest) -> HttpResponse:
    """Say in plain words what a receipt proves and what not, to whoever has to decide by one."""
    shown = {
        "keys": _usual()["log_key"].split(),
        "cosigners": settings.QUORUM.keys,
        "continuations": continuations(),
        "reasons": _reasons(),
    }
    return render(request, "web/what_it_proves.html", shown)


def _signer() -> Status | None:
    try:
        return client().status()
    except SignerUnavailable:
        return None


def _usual() -> dict[str, str]:
    founded, quorum = installation(), settings.QUORUM
    return {
        "log_key": " ".join([founded.log_key, *(one.key_before for one in continuations())]) if founded else "",
        "cosigners": "\n".join(key.text for key in quorum.keys),
        "needed": quorum.needed.value,
    }


def _proved(form: ReceiptForm) -> Proof:
    said = form.cleaned_data
    quorum = Quorum(said["cosigners"], Needed(said["needed"]))
    text, lines = proving.split(said["file"])
    found = receipt.check(text, receipt.key_for(text, said["log_key"]), quorum)
    fact = parse(found.fact)
    yeses = proving.check(fact, lines) if lines else ()
    shown = json.dumps(fact, ensure_ascii=False, indent=2)
    times = tuple((name, datetime.fromtimestamp(at, UTC)) for name, at in found.cosigned.items())
    is_makers_word = (fact.get("data") or {}).get("assurance") == MAKERS_WORD
    return Proof(found.index, found.checkpoint.size, found.checkpoint.origin, times, shown, yeses, is_makers_word)


def _said(yes: Yes) -> Mapping[str, object]:
    return {**yes.to_json(), "words": ASSURANCE[yes.assurance]}


def _reasons() -> list[tuple[str, str | Promise]]:
    return [(code, WORDS[code]) for code in REASONS]
