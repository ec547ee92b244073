"""Two checkpoints beside each other: whether the record was only added to between them. For everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from privyseal.identity.queries import installation
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.language.refusals import words_for
from privyseal.ledger.heads import CheckpointOfAnother, Compared, compare
from privyseal.ledger.naming import names
from privyseal.ledger.queries import latest_checkpoint
from privyseal.verification.checks import count_check
from privyseal.web.address import address_of
from privyseal.web.capabilities import capability
from privyseal.web.forms_of_receipts import HeadsForm


@capability("public")
@require_http_methods(["GET", "HEAD", "POST"])
def compare_heads(request: HttpRequest) -> HttpResponse:
    form = HeadsForm(request.POST) if request.method == "POST" else HeadsForm(latest=latest_checkpoint() or "")
    if form.is_bound:
        count_check("ledger", address_of(request), now())
    compared, refusal = None, ""
    if form.is_bound and form.is_valid():
        try:
            compared = _compared(form)
        except Refused as refused:
            refusal = words_for(refused)
    shown = {"form": form, "compared": compared, "refusal": refusal}
    return render(request, "web/heads.html", shown, status=400 if form.is_bound and not form.is_valid() else 200)


def _compared(form: HeadsForm) -> Compared:
    founded = installation()
    if founded is None:
        raise CheckpointOfAnother
    said = form.cleaned_data
    return compare(said["earlier"], said["later"], names(VerifierKey.parse(founded.log_key)))
