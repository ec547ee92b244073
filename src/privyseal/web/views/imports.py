"""Tables brought in as a whole: a template to fill, a dry run that names every wrong cell, then all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Person
from privyseal.identity.rules import MOST_ROWS, OPTIONAL, PEOPLE, UNITS, CellError, Parsed, Power, Row, people, units
from privyseal.kernel.errors import Refused
from privyseal.language.labels import COLUMN, WRONG
from privyseal.language.refusals import words_for
from privyseal.web import sheets
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import attachment
from privyseal.web.organisation_forms import ConfirmImportForm, SheetForm

_INVALID: Final = 400
_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: how it is read, what it is held against, and what enters it."""

    title: Promise
    columns: Sequence[StrEnum]
    optional: frozenset[StrEnum]
    parse: Callable[[Sequence[Row]], Parsed[Any]]
    wrong: Callable[[Person, datetime, Any], list[CellError]]
    enter: Callable[[UUID, Person, datetime, Any, str], int]
    leads_to: str


@dataclass(frozen=True, slots=True)
class ErrorRow:
    row: int
    column: Promise | str
    words: Promise


KINDS: Final[Mapping[str, Kind]] = {
    "people": Kind(
        title=gettext_lazy("People"),
        columns=PEOPLE,
        optional=frozenset(OPTIONAL),
        parse=people,
        wrong=queries.wrong_people,
        enter=lambda command_id, actor, at, lines, sha256: actions.import_people.once(
            command_id, actor, at, lines=lines, table_sha256=sha256
        ),
        leads_to="people",
    ),
    "units": Kind(
        title=gettext_lazy("Units"),
        columns=UNITS,
        optional=frozenset(),
        parse=units,
        wrong=queries.wrong_units,
        enter=lambda command_id, actor, at, lines, sha256: actions.import_units.once(
            command_id, actor, at, lines=lines, table_sha256=sha256
        ),
        leads_to="organisation",
    ),
}


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: SignedIn, name: str) -> HttpResponse:
    """Read a table and say what is wrong with it, cell by cell; nothing is entered yet."""
    kind = _kind(name)
    if request.method != "POST":
        return _page(request, name, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, name, form, status=_INVALID)
    file = form.cleaned_data["file"]
    try:
        data = file.read(sheets.MOST_BYTES + 1)
        lines, errors = _tried(kind, request.user, data)
        sha256: str = "" if errors or not lines else settings.BLOBS.put(data)
    except Refused as refusal:
        return _page(request, name, form, refusal=refusal, status=status_of(refusal))
    return _page(request, name, form, lines=len(lines), errors=errors, sha256=sha256)


@capability(Power.SECURITY)
@require_POST
def confirm(request: SignedIn, name: str) -> HttpResponse:
    """Enter a table that a dry run found without fault, all of it or nothing."""
    kind, form = _kind(name), ConfirmImportForm(request.POST)
    if not form.is_valid():
        return _page(request, name, SheetForm(), status=_INVALID)
    said, at = form.cleaned_data, now()
    try:
        lines, errors = _tried(kind, request.user, settings.BLOBS.get(said["sha256"]))
        if errors:
            return _page(request, name, SheetForm(), lines=len(lines), errors=errors, status=409)
        count = kind.enter(said["command_id"], request.user, at, lines, said["sha256"])
    except Refused as refusal:
        return _page(request, name, SheetForm(), refusal=refusal, status=status_of(refusal))
    entered = ngettext("%(count)s row is entered.", "%(count)s rows are entered.", count)
    messages.success(request, entered % {"count": count})
    return redirect(kind.leads_to)


@capability(Power.SECURITY)
@require_safe
def template(_request: SignedIn, name: str) -> HttpResponse:
    headings = [sheets.Heading(column.value, str(COLUMN[column])) for column in _kind(name).columns]
    return attachment(sheets.template(headings), name=f"{_kind(name).title}.xlsx", kind=sheets.XLSX)


def _tried(kind: Kind, actor: Person, data: bytes) -> tuple[Sequence[Any], list[CellError]]:
    """Return the lines of a table and everything that is wrong with them, by their look or as things stand."""
    found = kind.parse(sheets.read(data, kind.columns, optional=kind.optional))
    errors = [*found.errors, *kind.wrong(actor, now(), found.lines)]
    return found.lines, sorted(errors, key=lambda error: error.row)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _page(
    request: SignedIn,
    name: str,
    form: SheetForm,
    *,
    lines: int = 0,
    errors: Sequence[CellError] = (),
    sha256: str = "",
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = _kind(name)
    shown = {
        "name": name,
        "title": kind.title,
        "columns": [(COLUMN[column], "" if column in kind.optional else _("needed")) for column in kind.columns],
        "form": form,
        "lines": lines,
        "errors": [
            ErrorRow(error.row, COLUMN.get(error.column, error.column), WRONG[error.wrong])
            for error in errors[:_MOST_SHOWN]
        ],
        "error_count": len(errors),
        "confirm": ConfirmImportForm(initial={"sha256": sha256}) if sha256 else None,
        "most": MOST_ROWS,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/import.html", shown, status=status)
