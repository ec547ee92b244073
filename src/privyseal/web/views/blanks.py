"""Numbered blanks: one that was used, and one that comes back to the keeper."""

from typing import Any

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from privyseal.custody import actions
from privyseal.custody.queries.photographs import photograph_visible_to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_hands import BlankForm
from privyseal.web.views.by_hand import act_on
from privyseal.web.waiting import WaitingForm


@capability("signed-in")
@require_POST
def report(request: SignedIn, uid: str, photograph: str) -> HttpResponse:
    """Say what a blank was used for, which this photograph shows."""

    def about(said: dict[str, Any]) -> dict[str, object]:
        shown = photograph_visible_to(request.user, now(), photograph)
        return {
            "photograph_uid": shown.uid,
            "number": said["number"],
            "words": said["words"],
            "done_at": said["done_at"],
        }

    return act_on(request, uid, BlankForm(request.POST), actions.report_blank.once, about)


@capability("signed-in")
@require_POST
def take_back(request: SignedIn, uid: str, number: int) -> HttpResponse:
    """Take a blank back that nobody used."""
    return act_on(
        request,
        uid,
        WaitingForm(request.POST),
        actions.return_blank.once,
        lambda said: {"permit_uid": uid, "number": number, "done_at": said["done_at"]},
    )
