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
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Person
from privyseal.identity.rules import MOST_ROWS, OPTIONAL, PEOPLE, UNITS, CellError, Parsed, Power, Row, people, units
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.language.labels import COLUMN, SEAL_COLUMN, SEAL_TYPE, WRONG
from privyseal.language.refusals import words_for
from privyseal.seals import queries as seals
from privyseal.seals.actions import import_seals
from privyseal.seals.rules import SEALS, SEALS_OPTIONAL, SealType
from privyseal.seals.rules import seals as seals_in
from privyseal.web import sheets
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import attachment
from privyseal.web.organisation_forms import ConfirmImportForm, SheetForm
from privyseal.web.step_up import proven

_INVALID: Final = 400
_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: how it is read, what it is held against, and what enters it."""

    title: Promise
    power: Power
    columns: Sequence[StrEnum]
    words: Mapping[str, Promise]
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
        power=Power.SECURITY,
        columns=PEOPLE,
        words=COLUMN,
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
        power=Power.SECURITY,
        columns=UNITS,
        words=COLUMN,
        optional=frozenset(),
        parse=units,
        wrong=queries.wrong_units,
        enter=lambda command_id, actor, at, lines, sha256: actions.import_units.once(
            command_id, actor, at, lines=lines, table_sha256=sha256
        ),
        leads_to="organisation",
    ),
    "seals": Kind(
        title=gettext_lazy("Seals"),
        power=Power.MANAGE,
        columns=SEALS,
        words=SEAL_COLUMN,
        optional=frozenset(SEALS_OPTIONAL),
        parse=lambda rows: seals_in(rows, _types()),
        wrong=seals.wrong_seals,
        enter=lambda command_id, actor, at, lines, sha256: import_seals.once(
            command_id, actor, at, lines=lines, table_sha256=sha256
        ),
        leads_to="seals",
    ),
}


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: SignedIn, name: str) -> HttpResponse:
    """Read a table and say what is wrong with it, cell by cell; nothing is entered yet."""
    kind = _kind(request, name)
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


@capability("signed-in")
@require_POST
@proven("person.import")
def confirm(request: SignedIn, name: str) -> HttpResponse:
    """Enter a table that a dry run found without fault, all of it or nothing."""
    kind, form = _kind(request, name), ConfirmImportForm(request.POST)
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


@capability("signed-in")
@require_safe
def template(request: SignedIn, name: str) -> HttpResponse:
    kind = _kind(request, name)
    headings = [sheets.Heading(column.value, str(kind.words[column])) for column in kind.columns]
    return attachment(sheets.template(headings), name=f"{kind.title}.xlsx", kind=sheets.XLSX)


def _tried(kind: Kind, actor: Person, data: bytes) -> tuple[Sequence[Any], list[CellError]]:
    """Return the lines of a table and everything that is wrong with them, by their look or as things stand."""
    found = kind.parse(sheets.read(data, kind.columns, optional=kind.optional))
    errors = [*found.errors, *kind.wrong(actor, now(), found.lines)]
    return found.lines, sorted(errors, key=lambda error: error.row)


def _kind(request: SignedIn, name: str) -> Kind:
    """Return the kind of table, for whoever may enter it."""
    if name not in KINDS:
        raise Http404
    kind = KINDS[name]
    if not request.powers.anywhere(kind.power):
        raise NotEntitled(power=kind.power.value)
    return kind


def _types() -> dict[str, SealType]:
    """Return every word by which a type of seal may be called: its code, and its name in either language."""
    words = {kind.value: kind for kind in SealType}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words.update({str(SEAL_TYPE[kind]): kind for kind in SealType})
    return words


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
    kind = _kind(request, name)
    shown = {
        "name": name,
        "title": kind.title,
        "columns": [(kind.words[column], "" if column in kind.optional else _("needed")) for column in kind.columns],
        "form": form,
        "lines": lines,
        "errors": [
            ErrorRow(error.row, kind.words.get(error.column, error.column), WRONG[error.wrong])
            for error in errors[:_MOST_SHOWN]
        ],
        "error_count": len(errors),
        "confirm": ConfirmImportForm(initial={"sha256": sha256}) if sha256 else None,
        "most": MOST_ROWS,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/import.html", shown, status=status)
