"""Types of seal that a group adds, and sets of seals that do not share a keeper."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.language.labels import OFFICE, SEAL_TYPE
from privyseal.seals import actions, queries
from privyseal.seals.rules import KEEPERS_APART, KEEPS_NOTHING
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_types import SetForm, TypeForm
from privyseal.web.shown.types import set_row, type_row
from privyseal.web.step_up import proven

_METHODS: Final = ["GET", "HEAD", "POST"]
_MOST: Final = 200


@capability("signed-in")
@require_http_methods(_METHODS)
def types(request: SignedIn) -> HttpResponse:
    """Show the types that a group has added; whoever manages its seals adds another one here."""
    if request.method != "POST":
        return _types(request, TypeForm(companies=_managed(request)))
    form = TypeForm(request.POST, companies=_managed(request))

    def act(said: Said) -> None:
        actions.add_type.once(said["command_id"], request.user, now(), **form.said())

    done, again = _("The type is added: new seals can be of it."), partial(_types, request, form)
    return acted(request, form, act, done=done, back=to("seal-types"), again=again)


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
    if request.method != "POST":
        return _sets(request, SetForm(companies=_managed(request)))
    form = SetForm(request.POST, companies=_managed(request))

    def act(said: Said) -> None:
        key, numbers = said["command_id"], tuple(said["numbers"])
        actions.make_set.once(key, request.user, now(), company_uid=said["company"], name=said["name"], numbers=numbers)

    done, again = _("From now on no two of these seals share a keeper."), partial(_sets, request, form)
    return acted(request, form, act, done=done, back=to("keeper-sets"), again=again)


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


def _types(request: SignedIn, form: TypeForm, *, said: str = "", status: int = 200) -> HttpResponse:
    shown = {
        "rows": [type_row(found, request.powers) for found in queries.types_visible_to(request.user, now())[:_MOST]],
        "built_in": list(SEAL_TYPE.values()),
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/seal_types.html", shown, status=status)


def _sets(request: SignedIn, form: SetForm, *, said: str = "", status: int = 200) -> HttpResponse:
    found = queries.sets_visible_to(request.user, now())[:_MOST]
    shown = {
        "apart": [sorted(str(SEAL_TYPE[one]) for one in row) for row in KEEPERS_APART],
        "barred": [OFFICE[office] for office in KEEPS_NOTHING],
        "rows": [set_row(one, request.user, request.powers) for one in found],
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/keeper_sets.html", shown, status=status)


def _managed(request: SignedIn) -> list[Company]:
    companies = companies_visible_to(request.user, now())
    return list(companies.filter(pk__in=request.powers.whole_companies(Power.MANAGE)))
