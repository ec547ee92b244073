"""What becomes of filed papers: a copy comes back, an archivist confirms or returns them, a manager chases them."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.approvals import actions
from privyseal.approvals.queries import filing as queries
from privyseal.approvals.rules.categories import Retention
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_filing import ConfirmForm, FilingRuleForm, ReturnForm
from privyseal.web.shown import filing as shown
from privyseal.web.views.campaigns import managed
from privyseal.web.views.filing import filing_page

_INVALID: Final = 400
_NOT_FILLED_IN: Final = gettext_lazy("The form was not filled in as it should be. Check it and send it again.")


@capability("signed-in")
@require_POST
def copy_back(request: SignedIn, entry_id: int) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return filing_page(request, entry_id, said=str(_NOT_FILLED_IN), status=_INVALID)
    key = form.cleaned_data["command_id"]

    def act() -> int:
        return actions.say_copy_is_back.once(key, request.user, now(), entry_id=entry_id)

    return _act(request, entry_id, act, _("The counterparty's copy is back."))


@capability("signed-in")
@require_POST
def confirm(request: SignedIn, entry_id: int) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return filing_page(request, entry_id, said=str(_NOT_FILLED_IN), status=_INVALID)
    key, scan = form.cleaned_data["command_id"], form.cleaned_data["scan_sha256"]

    def act() -> int:
        return actions.confirm_filing.once(key, request.user, now(), entry_id=entry_id, scan_sha256=scan)

    return _act(request, entry_id, act, _("The papers are confirmed."))


@capability("signed-in")
@require_POST
def give_back(request: SignedIn, entry_id: int) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return filing_page(request, entry_id, wrong=form, status=_INVALID)
    key, reason = form.cleaned_data["command_id"], form.cleaned_data["reason"]

    def act() -> int:
        return actions.return_filing.once(key, request.user, now(), entry_id=entry_id, reason=reason)

    return _act(request, entry_id, act, _("The papers are owed again."))


@capability("signed-in")
@require_POST
def chase(request: SignedIn, entry_id: int) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return filing_page(request, entry_id, said=str(_NOT_FILLED_IN), status=_INVALID)
    key = form.cleaned_data["command_id"]

    def act() -> int:
        return actions.chase_papers.once(key, request.user, now(), entry_id=entry_id)

    return _act(request, entry_id, act, _("Whoever owes the papers is told."))


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: SignedIn) -> HttpResponse:
    """Show what companies have their people owe where no category says; whoever manages one sets it."""
    at = now()
    companies = managed(request, at)
    form = FilingRuleForm(request.POST if request.method == "POST" else None, companies=companies)
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_filing_rule.once(
                said["command_id"],
                request.user,
                at,
                company_uid=said["company"],
                days=said["days"],
                retention=Retention(said["retention"]),
                is_blocking=said["is_blocking"],
                needs_copy_back=said["needs_copy_back"],
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("The rule is set. What is owed by now stays as it is."))
            return redirect("filing-rules")
    page = {
        "rows": [shown.rule_row(rule) for rule in queries.filing_rules_visible_to(request.user, at)],
        "form": form if companies else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return render(request, "web/filing_rules.html", page, status=status)


def _act(request: SignedIn, entry_id: int, act: Callable[[], int], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        return filing_page(request, entry_id, refusal=refusal, status=status_of(refusal))
    messages.success(request, done)
    return redirect("filing", entry_id)
