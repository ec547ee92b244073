"""What becomes of filed papers: a copy comes back, an archivist confirms or returns them, a manager chases them."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.approvals import actions
from privyseal.approvals.queries import filing as queries
from privyseal.approvals.rules.categories import Retention
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_filing import ConfirmForm, FilingRuleForm, ReturnForm
from privyseal.web.shown import filing as shown
from privyseal.web.views.campaigns import managed
from privyseal.web.views.filing import filing_page

_INVALID: Final = 400


@capability("signed-in")
@require_POST
def copy_back(request: SignedIn, entry_id: int) -> HttpResponse:
    return _acted(
        request,
        entry_id,
        CommandForm(request.POST),
        lambda said: actions.say_copy_is_back.once(said["command_id"], request.user, now(), entry_id=entry_id),
        _("The counterparty’s copy is back."),
    )


@capability("signed-in")
@require_POST
def confirm(request: SignedIn, entry_id: int) -> HttpResponse:
    return _acted(
        request,
        entry_id,
        ConfirmForm(request.POST),
        lambda said: actions.confirm_filing.once(
            said["command_id"], request.user, now(), entry_id=entry_id, scan_sha256=said["scan_sha256"]
        ),
        _("The papers are confirmed."),
    )


@capability("signed-in")
@require_POST
def give_back(request: SignedIn, entry_id: int) -> HttpResponse:
    return _acted(
        request,
        entry_id,
        ReturnForm(request.POST),
        lambda said: actions.return_filing.once(
            said["command_id"], request.user, now(), entry_id=entry_id, reason=said["reason"]
        ),
        _("The papers are owed again."),
    )


@capability("signed-in")
@require_POST
def chase(request: SignedIn, entry_id: int) -> HttpResponse:
    return _acted(
        request,
        entry_id,
        CommandForm(request.POST),
        lambda said: actions.chase_papers.once(said["command_id"], request.user, now(), entry_id=entry_id),
        _("Whoever owes the papers is told."),
    )


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


def _acted(request: SignedIn, entry_id: int, form: Form, act: Callable[[Said], int], done: str) -> HttpResponse:
    again = partial(filing_page, request, entry_id, wrong=form if isinstance(form, ReturnForm) else None)
    return acted(request, form, act, done=done, back=to("filing", entry_id), again=again)
