"""The register of seals: looked through, saved as a table, printed."""

from typing import Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_named
from privyseal.ledger.queries import latest_checkpoint
from privyseal.seals import queries
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.shown import seal_register as shown
from privyseal.web.shown.registers import printed
from privyseal.web.tables import Ending, long_table_file
from privyseal.web.taken_along import record_copy
from privyseal.web.views.registers import company_asked
from privyseal.web.widgets import choice_of_company

_A_PAGE: Final = 50
_MOST_PRINTED: Final = 2_000
_LONGEST_NUMBER: Final = 9


@capability("signed-in")
@require_safe
def seals(request: SignedIn) -> HttpResponse:
    """Show a company's seals in the order of their places; ``after`` is the place to go on from."""
    at = now()
    companies = companies_named(request.user, at)
    company = company_asked(request, companies)
    if company is None:
        return render(request, "web/register_of_seals.html", {"rows": []})
    found = queries.seals_in_book(request.user, at, company)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER:
        found = found.filter(place__gt=int(after))
    seals = list(found[: _A_PAGE + 1])
    page = {
        "company": company,
        "choice_of_company": choice_of_company(companies, company),
        "rows": shown.seals(queries.lines_of_seals(request.user, at, seals[:_A_PAGE])),
        "more": seals[_A_PAGE - 1].place if len(seals) > _A_PAGE else None,
        "is_first": "after" not in request.GET,
    }
    return render(request, "web/register_of_seals.html", page)


@capability("signed-in")
@require_safe
def seals_file(request: SignedIn, ending: str) -> HttpResponseBase:
    if ending not in set(Ending):
        raise Http404
    company = _asked(request)
    seals = list(queries.seals_in_book(request.user, now(), company))
    record_copy(request, company, register="seals", form=ending, rows=len(seals))
    cells = shown.cells(queries.lines_of_seals(request.user, now(), seals))
    return long_table_file(_name(company), Ending(ending), [str(column) for column in shown.COLUMNS], cells)


@capability("signed-in")
@require_safe
def seals_print(request: SignedIn) -> HttpResponse:
    at, company = now(), _asked(request)
    seals = list(queries.seals_in_book(request.user, at, company)[:_MOST_PRINTED])
    record_copy(request, company, register="seals", form="paper", rows=len(seals))
    checkpoint = (latest_checkpoint() or "").splitlines()
    page = {
        "title": _name(company),
        "columns": shown.COLUMNS,
        "rows": list(printed(shown.cells(queries.lines_of_seals(request.user, at, seals)))),
        "size": checkpoint[1] if checkpoint else "",
        "root": checkpoint[2] if checkpoint else "",
        "printed_at": at,
    }
    return render(request, "web/register_of_seals_print.html", page)


def _asked(request: SignedIn) -> Company:
    company = company_asked(request, companies_named(request.user, now()))
    if company is None:
        raise Http404
    return company


def _name(company: Company) -> str:
    return f"{_('Register of seals')} {company.name}"
