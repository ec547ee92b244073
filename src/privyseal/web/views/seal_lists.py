"""The list of seals: looked through by words or first letters, in columns one chooses, and taken along as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.identity.queries import companies_named
from privyseal.identity.rules import Power
from privyseal.language.types import type_of
from privyseal.seals import queries
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealState
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_lists import SEAL_COLUMNS, SealListForm
from privyseal.web.paging import Page, page_of
from privyseal.web.shown import seal_register
from privyseal.web.shown.lists import kept_lists
from privyseal.web.shown.words import Badge, seal_badge
from privyseal.web.taken_along import list_file

_MOST_TAKEN: Final = 20_000


@dataclass(frozen=True, slots=True)
class SealRow:
    url: str
    face_url: str
    name: str
    number: str
    type: Promise | str
    company: str
    former: str
    unit: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class InColumns:
    """One seal by the columns that were chosen."""

    url: str
    name: str
    number: str
    cells: tuple[object, ...]


@capability("signed-in")
@require_safe
def seal_list(request: SignedIn) -> HttpResponse:
    at = now()
    form = _form(request, at)
    found = queries.seals_found(request.user, at, form.looked_for).select_related("created_by")
    page = page_of(request, found, by="number")
    columns = form.columns
    shown = {
        "page": page,
        "form": form,
        "kept": kept_lists(request, request.user, "seals"),
        "is_looked_for": form.looked_for != queries.LookedFor(),
        "columns": [SEAL_COLUMNS[name] for name in columns],
        "table": _in_columns(request, at, page, columns) if columns else (),
        "seals": () if columns else _rows(request, at, page),
        "may_manage": request.powers.anywhere(Power.MANAGE),
    }
    return render(request, "web/seal_list.html", shown)


@capability("signed-in")
@require_safe
def seal_list_file(request: SignedIn, ending: str) -> HttpResponseBase:
    """Hand out everything that was looked for, whatever columns are shown."""
    at = now()
    found = queries.seals_found(request.user, at, _form(request, at).looked_for).select_related("created_by")

    def cells(seals: Sequence[Seal]) -> Iterator[list[object]]:
        lines = queries.lines_of_seals(request.user, at, seals)
        return ([line.seal.company.name, *row] for line, row in zip(lines, seal_register.cells(lines), strict=True))

    return list_file(
        request,
        ending,
        register="seals",
        name=_("Seals"),
        header=[_("Company"), *seal_register.COLUMNS],
        find=lambda: list(found[:_MOST_TAKEN]),
        company_of=lambda seal: seal.company,
        cells=cells,
    )


def _form(request: SignedIn, at: datetime) -> SealListForm:
    return SealListForm(request.GET, companies=companies_named(request.user, at))


def _rows(request: SignedIn, at: datetime, page: Page[Seal]) -> list[SealRow]:
    names = queries.former_names_of(request.user, at, page.rows)
    return [_row(seal, names.get(seal.pk, "")) for seal in page.rows]


def _row(found: Seal, former: str) -> SealRow:
    """Return a seal with the earlier name of its company that it bears, if it bears one."""
    return SealRow(
        url=reverse("seal", args=[found.uid]),
        face_url=reverse("seal-face", args=[found.uid]) if found.face else "",
        name=found.name,
        number=found.number,
        type=type_of(found),
        company=found.company.name,
        former=former,
        unit=found.unit.name if found.unit else "",
        badge=seal_badge(SealState(found.state)),
    )


def _in_columns(request: SignedIn, at: datetime, page: Page[Seal], columns: tuple[str, ...]) -> list[InColumns]:
    lines = queries.lines_of_seals(request.user, at, page.rows)
    return [
        InColumns(row.url, row.name, row.number, tuple(_cell(row, line.seal, column) for column in columns))
        for row, line in zip(seal_register.seals(lines), lines, strict=True)
    ]


def _cell(row: seal_register.SealShown, seal: Seal, column: str) -> object:
    match column:
        case "company":
            return seal.company.name
        case "state":
            return row.badge.words
        case "since":
            return seal_register.day(row.since)
        case "ends":
            return row.ends_on
        case "filing":
            return row.filing_number
    return getattr(row, column)
