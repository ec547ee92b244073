"""The calendar of take-outs: a month in which everybody sees who has which seal outside, as far as they may see it."""

from typing import Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from privyseal.custody.queries.takeout import take_outs_between
from privyseal.identity.queries import calendar_of, companies_named
from privyseal.identity.rules.working_days import NATIONAL, YEARS, Calendar
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_lists import TakeOutMonthForm
from privyseal.web.shown import takeout_months as shown

_MOST: Final = 500


@capability("signed-in")
@require_safe
def month(request: SignedIn) -> HttpResponse:
    at = now()
    first = shown.first_of(request.GET.get("month", ""), localdate(at))
    days = shown.grid_of(first)
    companies = companies_named(request.user, at)
    look = TakeOutMonthForm(request.GET, companies=companies)
    found = list(look.found_in(take_outs_between(request.user, at, *shown.moments_of(days)))[: _MOST + 1])
    # Of several companies each may have its own days off: the country's stand there until one is chosen.
    asked = [one for one in companies if one.uid == look.company_uid] or (companies if len(companies) == 1 else [])
    calendar = calendar_of(asked[0].pk) if asked else Calendar(NATIONAL)
    in_days = shown.month_of(first, found[:_MOST], at, calendar)
    page = {
        "first": first,
        "days": in_days,
        "before": _link(request.GET, shown.month_before(first).strftime("%Y-%m")) if first.year in YEARS else "",
        "after": _link(request.GET, shown.next_month(first).strftime("%Y-%m")),
        "this_month": _link(request.GET, "") if first != localdate(at).replace(day=1) else "",
        "is_empty": not any(one.away for one in in_days if one.is_of_month),
        "most": _MOST if len(found) > _MOST else 0,
        "look": look,
        "company": asked[0] if asked else None,
    }
    return render(request, "web/take_out_calendar.html", page)


def _link(asked: QueryDict, month: str) -> str:
    kept = asked.copy()
    kept.pop("month", None)
    if month:
        kept["month"] = month
    return f"?{kept.urlencode()}"
