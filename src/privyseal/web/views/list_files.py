"""Lists that leave us as files for a spreadsheet: what the page of the same name shows, for the same reader."""

from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.custody.queries.stock import stock_takes_visible_to
from privyseal.custody.queries.takeout import take_outs_listed
from privyseal.devices.queries import devices_visible_to, groups_visible_to
from privyseal.identity.queries import companies_named, people_found
from privyseal.seals.queries import incidents_visible_to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_lists import (
    F,
    IncidentListForm,
    MachineListForm,
    PersonListForm,
    StockTakeListForm,
    TakeOutListForm,
)
from privyseal.web.shown import incidents as shown_incidents
from privyseal.web.shown import machines as shown_machines
from privyseal.web.shown import people as shown_people
from privyseal.web.shown import stock as shown_stock
from privyseal.web.shown import takeout as shown_takeout
from privyseal.web.taken_along import MOST_TAKEN, list_file


@capability("signed-in")
@require_safe
def incidents(request: SignedIn, ending: str) -> HttpResponseBase:
    at, form = now(), _asked(request, IncidentListForm)
    return list_file(
        request,
        ending,
        register="incidents",
        name=_("Incidents"),
        header=form.chosen.headings,
        find=lambda: list(form.found_in(incidents_visible_to(request.user, at))[:MOST_TAKEN]),
        company_of=lambda one: one.company,
        cells=lambda found: map(form.chosen.cells, shown_incidents.cells(found, at)),
    )


@capability("signed-in")
@require_safe
def people(request: SignedIn, ending: str) -> HttpResponseBase:
    form = _asked(request, PersonListForm)
    seen = people_found(request.user, now(), words=form.words, company_uid=form.company_uid)
    return list_file(
        request,
        ending,
        register="people",
        name=_("People"),
        header=form.chosen.headings,
        find=lambda: list(form.found_in(seen)[:MOST_TAKEN]),
        company_of=lambda _person: None,  # somebody may belong to several
        cells=lambda found: map(form.chosen.cells, shown_people.cells(found)),
    )


@capability("signed-in")
@require_safe
def take_outs(request: SignedIn, ending: str) -> HttpResponseBase:
    at, form = now(), _asked(request, TakeOutListForm)
    return list_file(
        request,
        ending,
        register="take-outs",
        name=_("Rubber seals taken out"),
        header=form.chosen.headings,
        find=lambda: list(form.found_in(take_outs_listed(request.user, at, of_all="all" in request.GET))[:MOST_TAKEN]),
        company_of=lambda one: one.seal.company,
        cells=lambda found: map(form.chosen.cells, shown_takeout.cells(found)),
    )


@capability("signed-in")
@require_safe
def machines(request: SignedIn, ending: str) -> HttpResponseBase:
    at, form = now(), _machines_asked(request)
    return list_file(
        request,
        ending,
        register="machines",
        name=_("Machines"),
        header=form.chosen.headings,
        find=lambda: list(form.found_in(devices_visible_to(request.user, at))[:MOST_TAKEN]),
        company_of=lambda one: one.company,
        cells=lambda found: map(form.chosen.cells, shown_machines.cells(found, at)),
    )


@capability("signed-in")
@require_safe
def stock_takes(request: SignedIn, ending: str) -> HttpResponseBase:
    at, form = now(), _asked(request, StockTakeListForm)
    return list_file(
        request,
        ending,
        register="stock-takes",
        name=_("Stock-takes"),
        header=form.chosen.headings,
        find=lambda: list(form.found_in(stock_takes_visible_to(request.user, at))[:MOST_TAKEN]),
        company_of=lambda one: one.company,
        cells=lambda found: map(form.chosen.cells, shown_stock.take_cells(found)),
    )


def _asked(request: SignedIn, kind: type[F]) -> F:
    return kind(request.GET, companies=companies_named(request.user, now()))


def _machines_asked(request: SignedIn) -> MachineListForm:
    companies = companies_named(request.user, now())
    return MachineListForm(request.GET, companies=companies, groups=groups_visible_to(request.user, now()))
