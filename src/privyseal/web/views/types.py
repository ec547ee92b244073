"""Types of seal that a group adds, and sets of seals that do not share a keeper."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.labels import OFFICE, SEAL_TYPE
from privyseal.language.refusals import words_for
from privyseal.seals import actions, queries
from privyseal.seals.rules import KEEPERS_APART, KEEPS_NOTHING
from privyseal.web.acting import acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_types import SetForm, TypeForm
from privyseal.web.shown.types import set_row, type_row
from privyseal.web.step_up import proven

_METHODS: Final = ["GET", "HEAD", "POST"]
_INVALID: Final = 400
_MOST: Final = 200


@capability("signed-in")
@require_http_methods(_METHODS)
def types(request: SignedIn) -> HttpResponse:
    """Show the types that a group has added; whoever manages its seals adds another one here."""
    form = TypeForm(request.POST if request.method == "POST" else None, companies=_managed(request))
    refusal: Refused | None = None
    if form.is_valid():
        try:
            actions.add_type.once(form.cleaned_data["command_id"], request.user, now(), **form.said())
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("The type is there: new seals can be of it."))
            return redirect("seal-types")
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return _types(request, form, refusal=refusal, status=status)


@capability("signed-in")
@require_POST
def retire(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.retire_type.once(said["command_id"], request.user, now(), type_uid=uid),
        done=_("No further seal can be of this type. Those that are stay what they are."),
        back=to("seal-types"),
    )


@capability("signed-in")
@require_http_methods(_METHODS)
def sets(request: SignedIn) -> HttpResponse:
    """Show the sets whose seals do not share a keeper; a manager names another one here."""
    form = SetForm(request.POST if request.method == "POST" else None, companies=_managed(request))
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        wish = {"company_uid": said["company"], "name": said["name"], "numbers": tuple(said["numbers"])}
        try:
            actions.make_set.once(said["command_id"], request.user, now(), **wish)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("From now on no two of these seals share a keeper."))
            return redirect("keeper-sets")
    shown = {
        "apart": [sorted(str(SEAL_TYPE[one]) for one in row) for row in KEEPERS_APART],
        "barred": [OFFICE[office] for office in KEEPS_NOTHING],
        "rows": [
            set_row(found, request.user, request.powers)
            for found in queries.sets_visible_to(request.user, now())[:_MOST]
        ],
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return render(request, "web/keeper_sets.html", shown, status=status)


@capability("signed-in")
@require_POST
def propose_end(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.propose_set_end.once(said["command_id"], request.user, now(), set_uid=uid),
        done=_("The end is proposed. Somebody who approves there has to agree."),
        back=to("keeper-sets"),
    )


@capability("signed-in")
@require_POST
@proven("keeper-set.end")
def end(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_set.once(said["command_id"], request.user, now(), set_uid=uid),
        done=_("The set has ended."),
        back=to("keeper-sets"),
    )


def _types(request: SignedIn, form: TypeForm, *, refusal: Refused | None, status: int) -> HttpResponse:
    shown = {
        "rows": [type_row(found, request.powers) for found in queries.types_visible_to(request.user, now())[:_MOST]],
        "built_in": list(SEAL_TYPE.values()),
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/seal_types.html", shown, status=status)


def _managed(request: SignedIn) -> list[Company]:
    companies = companies_visible_to(request.user, now())
    return list(companies.filter(pk__in=request.powers.whole_companies(Power.MANAGE)))
