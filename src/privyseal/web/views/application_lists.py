"""The list of applications: looked through, in columns one chooses, and taken along as the table that is shown."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.approvals import queries
from privyseal.approvals.models import Application
from privyseal.identity.again import asked_for
from privyseal.identity.models import Person
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_lists import APPLICATION_COLUMNS, ApplicationListForm
from privyseal.web.paging import A_PAGE, cut, mark_of
from privyseal.web.shown import applications
from privyseal.web.shown.lists import kept_lists
from privyseal.web.taken_along import MOST_TAKEN, list_file

_AT_ONCE: Final = 500


@capability("signed-in")
@require_safe
def application_list(request: SignedIn) -> HttpResponse:
    at, mark, form = now(), mark_of(request), ApplicationListForm(request.GET)
    page = cut(_found(request, at, form, after=mark, limit=A_PAGE + 1), mark)
    columns = form.columns
    shown = {
        "form": form,
        "kept": kept_lists(request, request.user, "applications"),
        "is_looked_for": bool(form.words or form.in_state or form.is_late),
        "page": page,
        "rows": applications.rows(page.rows, at),
        "columns": [APPLICATION_COLUMNS[name] for name in columns],
        "table": applications.in_columns(page.rows, at, columns) if columns else (),
    }
    return render(request, "web/application_list.html", shown)


@capability("signed-in")
@require_safe
def application_list_file(request: SignedIn, ending: str) -> HttpResponseBase:
    """Hand out what was looked for in the columns that are shown; where none are chosen, in all of them."""
    at, form = now(), ApplicationListForm(request.GET)
    columns = form.columns or tuple(APPLICATION_COLUMNS)

    def cells(found: Iterable[Application]) -> Iterator[list[object]]:
        return ([row.number, row.reason, *row.cells] for row in applications.in_columns(found, at, columns))

    # Of a whole, somebody may take part in the part of a company they do not belong to: that company's record says so.
    return list_file(
        request,
        ending,
        register="applications",
        name=_("Applications"),
        header=[_("Number"), _("Reason"), *(APPLICATION_COLUMNS[name] for name in columns)],
        find=partial(_all_found, request, at, form),
        company_of=lambda one: one.company,
        cells=cells,
    )


def _all_found(request: SignedIn, at: datetime, form: ApplicationListForm) -> list[Application]:
    found: list[Application] = []
    while len(found) < MOST_TAKEN:
        more = _found(request, at, form, after=found[-1].uid if found else "", limit=_AT_ONCE)
        found += more
        if len(more) < _AT_ONCE:
            break
    return found


def _found(request: SignedIn, at: datetime, form: ApplicationListForm, *, after: str, limit: int) -> list[Application]:
    keys = queries.keys_of_newest(
        request.user, at, limit=limit, after=after, state=form.in_state, words=form.words, is_late=form.is_late
    )
    return asked_for(_rows, request.user, at, keys)


def _rows(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    return applications.with_lines(queries.among_visible(actor, at, keys))
