"""What is watched over rubber seals: what was found, and from when on each company calls it an incident."""

from dataclasses import asdict
from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.queries import alarms as queries
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.language.takeout import ALARM
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_alarms import ThresholdsForm
from privyseal.web.views.campaigns import managed

_MOST: Final = 100


@capability("signed-in")
@require_safe
def alarms(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability("signed-in")
@require_POST
def set_thresholds(request: SignedIn) -> HttpResponse:
    form = ThresholdsForm(request.POST, companies=managed(request, now()))
    return acted(
        request,
        form,
        lambda said: actions.set_thresholds.once(
            said["command_id"], request.user, now(), company_uid=said["company"], said=form.said()
        ),
        done=_("The thresholds are set."),
        back=to("alarms"),
        again=partial(_page, request, form=form),
    )


def _page(request: SignedIn, *, form: ThresholdsForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    companies = managed(request, at)
    usual = asdict(queries.thresholds_visible_to(request.user, at, companies[0].uid)) if companies else None
    page = {
        "rows": [
            (alarm, ALARM[AlarmKind(alarm.kind)]) for alarm in queries.alarms_visible_to(request.user, at)[:_MOST]
        ],
        "form": (form or ThresholdsForm(companies=companies, initial=usual)) if companies else None,
        "refusal": said,
    }
    return render(request, "web/alarms.html", page, status=status)
