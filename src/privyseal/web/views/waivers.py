"""Waivers of what is owed to the file: asked for on the page of the papers, decided by whoever may approve the use."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.numbers import numbers_by_uid
from privyseal.approvals.queries import filing as queries
from privyseal.language.numbers import number_said
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_filing import WaiverForm
from privyseal.web.shown.registers import number_of
from privyseal.web.views.filing import filing_page

_MOST: Final = 100


@capability("signed-in")
@require_safe
def to_decide(request: SignedIn) -> HttpResponse:
    """Show the waivers that wait for the reader, the one that waits longest first."""
    return _page(request)


@capability("signed-in")
@require_POST
def ask(request: SignedIn, entry_id: int) -> HttpResponse:
    form = WaiverForm(request.POST)
    return acted(
        request,
        form,
        lambda said: actions.ask_to_waive_filing.once(
            said["command_id"], request.user, now(), entry_id=entry_id, reason=said["reason"]
        ),
        done=_("It is asked. Until somebody agrees, the papers are owed as before."),
        back=to("filing", entry_id),
        again=partial(filing_page, request, entry_id, waiver=form),
    )


@capability("signed-in")
@require_POST
def agree(request: SignedIn, entry_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.waive_filing.once(said["command_id"], request.user, now(), entry_id=entry_id),
        done=_("The papers need not be filed."),
        back=to("filing-waivers"),
        again=partial(_page, request),
    )


@capability("signed-in")
@require_POST
def decline(request: SignedIn, entry_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.keep_owed.once(said["command_id"], request.user, now(), entry_id=entry_id),
        done=_("The papers are owed as before."),
        back=to("filing-waivers"),
        again=partial(_page, request),
    )


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    found = list(queries.waivers_to_decide(request.user, now())[: _MOST + 1])
    numbers = numbers_by_uid([one.entry.line.permit.application_uid for one in found])
    page = {
        "rows": [
            (
                one,
                number_of(one.entry.book.year, one.entry.number),
                number_said(numbers[one.entry.line.permit.application_uid]),
            )
            for one in found[:_MOST]
        ],
        "is_cut": len(found) > _MOST,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/filing_waivers.html", page, status=status)
