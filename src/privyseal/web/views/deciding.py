"""Decide several applications on one page, where the policy of each lets it: each yes or no is one of its own.

What was ticked in a list is ticked here as well, beside all that it asks for: a list says too little for a yes.
"""

from functools import partial
from typing import Final
from uuid import uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from privyseal.approvals import actions, queries
from privyseal.approvals.queries.deciding import decided_together
from privyseal.approvals.queries.numbers import numbers_called
from privyseal.approvals.queries.phrases import phrases_offered
from privyseal.approvals.rules import Step
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.numbers import number_said
from privyseal.language.refusals import words_for
from privyseal.web.acting import Said, acted
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import TogetherForm
from privyseal.web.shown import applications
from privyseal.web.step_up import proven

_METHODS: Final = ["GET", "HEAD", "POST"]
_MOST: Final = 10


@capability(Power.APPROVE)
@require_http_methods(_METHODS)
@proven("application.vote")
def decide_together(request: SignedIn) -> HttpResponse:
    """Show what can be decided here, each with all it asks for; count a yes or a no to each that is ticked."""
    if request.method != "POST":
        return _page(request, TogetherForm(offered=()))
    form = TogetherForm(request.POST, offered=request.POST.getlist("chosen")[:_MOST])
    return acted(
        request,
        form,
        lambda said: _decide(request, said),
        done="",
        back=lambda _said: redirect("decide-together"),
        again=partial(_page, request, form),
    )


def _decide(request: SignedIn, said: Said) -> None:
    """Decide on each by itself: one that is refused keeps nothing else from being decided."""
    done = 0
    for one in said["chosen"]:
        uid, _colon, shown = one.partition(":")
        try:
            actions.vote.once(
                uuid5(said["command_id"], uid),
                request.user,
                now(),
                application_uid=uid,
                step=Step(said["step"]),
                shown_sha256=shown,
                comment=said["reason"] if said["step"] == Step.REJECT.value else "",
                is_together=True,
            )
        except Refused as refusal:
            messages.error(
                request, _("%(number)s: %(why)s") % {"number": _called(request, uid), "why": words_for(refusal)}
            )
        else:
            done += 1
    if done:
        told = ngettext("%(number)s application is decided.", "%(number)s applications are decided.", done)
        messages.success(request, told % {"number": done})


def _called(request: SignedIn, uid: str) -> str:
    """Return what an application is called, for whoever may see it; nothing new of any other."""
    number = numbers_called(request.user, now(), uids=[uid]).get(uid)
    return number_said(number) if number else uid


def _page(request: SignedIn, form: TogetherForm, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    only = request.GET.getlist("of")[:_MOST]
    found = decided_together(request.user, at, most=_MOST, only=only)
    views = [queries.application_visible_to(request.user, at, one.uid) for one in found]
    missing = next((str(why) for field in ("chosen", "reason") for why in form.errors.get(field, ())), "")
    shown = {"rows": [applications.show(view) for view in views], "form": form, "refusal": missing or said}
    shown["ticked"] = {one.partition(":")[0] for one in form["chosen"].value() or ()} if form.is_bound else set(only)
    shown["phrases"] = phrases_offered(request.user, at, {view.application.company_id for view in views})
    return render(request, "web/decide_together.html", shown, status=status)
