"""The working days of a year in a company: shown to whoever belongs to it, written by whoever manages there."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions
from privyseal.identity.models import Company
from privyseal.identity.queries import (
    calendar_of,
    calendar_versions,
    companies_named,
    company_visible_to,
    hours_versions,
    is_year_missing,
)
from privyseal.identity.rules import Power
from privyseal.identity.rules.working_days import NATIONAL, Calendar, YearTable, in_spans, year_needed
from privyseal.web.acting import acted
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_calendars import CalendarForm, HoursForm, initial_of
from privyseal.web.views.registers import company_asked
from privyseal.web.widgets import choice_of_company


@capability("signed-in")
@require_safe
def calendar(request: SignedIn) -> HttpResponse:
    company = company_asked(request, companies_named(request.user, now()))
    return _page(request, company, _year(request))


@capability(Power.MANAGE)
@require_POST
def write(request: SignedIn, uid: str) -> HttpResponse:
    company = company_visible_to(request.user, now(), uid)
    form = CalendarForm(request.POST)
    return acted(
        request,
        form,
        lambda said: actions.write_calendar.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=company.uid,
            year=said["year"],
            off=said["off"],
            made_up=said["made_up"],
            version=said["version"],
        ),
        done=_("The working days are saved. What is under way keeps the time it was given."),
        back=lambda _written: redirect(f"{reverse('calendar')}?company={company.uid}&year={form.cleaned_data['year']}"),
        again=partial(_page, request, company, _year(request), form=form),
    )


@capability(Power.MANAGE)
@require_POST
def write_hours(request: SignedIn, uid: str) -> HttpResponse:
    company = company_visible_to(request.user, now(), uid)
    form = HoursForm(request.POST)
    return acted(
        request,
        form,
        lambda said: actions.write_hours.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=company.uid,
            opens=said["opens"],
            closes=said["closes"],
            version=said["version"],
        ),
        done=_("The hours are saved. What is under way keeps the time it was given."),
        back=lambda _written: redirect(f"{reverse('calendar')}?company={company.uid}"),
        again=partial(_page, request, company, _year(request), hours=form),
    )


def _page(
    request: SignedIn,
    company: Company | None,
    year: int,
    *,
    form: CalendarForm | None = None,
    hours: HoursForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    this_year = localdate(at).year
    choice = choice_of_company(companies_named(request.user, at), company)
    shown: dict[str, Any] = {"company": company, "choice_of_company": choice, "year": year, "refusal": said}
    if company is not None:
        known, written = calendar_of(company.pk), list(calendar_versions(request.user, at, company.uid, year))
        may_write = request.powers.has(Power.MANAGE, company.pk)
        table = known.tables.get(year, YearTable(frozenset(), frozenset()))
        initial = {"year": year, "version": written[0].version if written else 0, **initial_of(table)}
        shown |= {
            "years": sorted({*known.tables, this_year, this_year + 1, year}, reverse=True),
            "is_known": known.knows(year),
            "is_national": year in NATIONAL and table == NATIONAL[year],
            "missing": year_needed(localdate(at)) if is_year_missing(company.pk, at) else None,
            "off": in_spans(table.off),
            "made_up": in_spans(table.made_up),
            "written": written,
            "known": known,
            "hours": (hours or _hours_form(request, company, known)) if may_write else None,
            "form": (form or CalendarForm(initial=initial)) if may_write else None,
        }
    return render(request, "web/calendar.html", shown, status=status)


def _hours_form(request: SignedIn, company: Company, known: Calendar) -> HoursForm:
    written = hours_versions(request.user, now(), company.uid).first()
    version = written.version if written else 0
    return HoursForm(initial={"version": version, "opens": known.opens, "closes": known.closes})


def _year(request: SignedIn) -> int:
    said = request.GET.get("year", "") or request.POST.get("year", "")
    is_year = said.isascii() and said.isdigit() and len(said) == 4  # noqa: PLR2004  a year
    return int(said) if is_year else year_needed(localdate(now()))
