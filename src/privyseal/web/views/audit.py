"""The auditor's desk: what administrators did comes first, then what a scan finds, then what waits."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.queries import denials
from privyseal.identity import queries
from privyseal.identity.actions import comment
from privyseal.identity.rules import Power
from privyseal.ledger.queries import fact_with_id, latest_facts
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_powers import CommentForm
from privyseal.web.shown import facts, findings
from privyseal.web.tables import csv_file

_LATEST: Final = 20
_INVALID: Final = 400


@capability(Power.AUDIT)
@require_safe
def desk(request: SignedIn) -> HttpResponse:
    at = now()
    administrators = list(queries.administrators_visible_to(request.user, at))
    acts = latest_facts(actors=[person.pseudonym for person in administrators], limit=_LATEST)
    # Only counted: with all that their own pages show of them, to plan it takes longer than to look.
    grants = queries.grants_to_confirm(request.user, at).values_list("pk", flat=True)[:_LATEST]
    mappings = queries.mappings_visible_to(request.user, at).values_list("confirmed_at", flat=True)[:_LATEST]
    shown = {
        "acts": facts.rows_for_auditor(request.user, at, acts),
        "administrators": administrators,
        "to_confirm": len(grants),
        "mappings": list(mappings).count(None),
        "found": findings.counted(denials.scan(at)),
        "comments": queries.comments_visible_to(request.user, at)[:_LATEST],
    }
    return render(request, "web/desk.html", shown)


@capability(Power.AUDIT)
@require_safe
def scan(request: SignedIn) -> HttpResponse:
    shown = findings.groups(denials.scan(now()))
    return render(request, "web/scan.html", {"groups": shown, "clear": findings.clear(shown)})


@capability(Power.AUDIT)
@require_safe
def scan_file(_request: SignedIn) -> HttpResponse:
    header = (_("Finding"), _("Severity"), _("Person"), _("Company"), _("Power"), _("What to do"))
    return csv_file("scan.csv", header, findings.table(denials.scan(now())))


@capability(Power.AUDIT)
@require_safe
def fact(request: SignedIn, fact_id: int) -> HttpResponse:
    return _fact_page(request, fact_id, CommentForm())


@capability(Power.AUDIT)
@require_POST
def comment_on(request: SignedIn, fact_id: int) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _fact_page(request, fact_id, form, status=_INVALID)
    said: dict[str, Any] = form.cleaned_data
    comment.once(said["command_id"], request.user, now(), fact_id=fact_id, text=said["text"])
    messages.success(request, _("Your comment is saved."))
    return redirect("fact", fact_id)


def _fact_page(request: SignedIn, fact_id: int, form: CommentForm, *, status: int = 200) -> HttpResponse:
    found = fact_with_id(fact_id)
    if found is None:
        raise Http404
    comments = queries.comments_visible_to(request.user, now()).filter(fact_id=fact_id)
    (row,) = facts.rows_for_auditor(request.user, now(), [found])
    shown = {"fact": row, "form": form, "comments": comments}
    return render(request, "web/fact.html", shown, status=status)
