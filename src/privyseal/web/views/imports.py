"""Tables brought in as a whole: a template to fill, a reading that names every wrong cell, then all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries, sheets
from privyseal.identity.models import TableImport
from privyseal.identity.rules import Import
from privyseal.identity.tables import Table
from privyseal.identity.tasks import PEOPLE_TABLE, POSTS_TABLE, UNITS_TABLE
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.language.labels import OFFICE, SEAL_TYPE
from privyseal.language.refusals import words_for
from privyseal.language.tables import COLUMN, SEAL_COLUMN, TABLE
from privyseal.language.types import name_of_type
from privyseal.seals import queries as seals
from privyseal.seals.models import OwnType
from privyseal.seals.tasks import HOLDINGS_TABLE, SEALS_TABLE
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import attachment
from privyseal.web.forms import CommandForm
from privyseal.web.organisation_forms import SheetForm
from privyseal.web.shown import imports as shown
from privyseal.web.step_up import proven

_INVALID: Final = 400
_LOOK_AGAIN_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table with its words; ``names`` is what a cell may call a thing that has a code."""

    table: Table
    words: Mapping[str, Promise]
    names: Mapping[Any, Promise]
    leads_to: str


KINDS: Final[Mapping[str, Kind]] = {
    "people": Kind(PEOPLE_TABLE, COLUMN, {}, "people"),
    "units": Kind(UNITS_TABLE, COLUMN, {}, "organisation"),
    "posts": Kind(POSTS_TABLE, COLUMN, OFFICE, "organisation"),
    "holdings": Kind(HOLDINGS_TABLE, COLUMN, {}, "organisation"),
    "seals": Kind(SEALS_TABLE, SEAL_COLUMN, SEAL_TYPE, "seals"),
}


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: SignedIn, name: str) -> HttpResponse:
    """Take a table in and have it read; nothing is entered yet."""
    kind = _kind(request, name)
    if request.method != "POST":
        return _page(request, name, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, name, form, status=_INVALID)
    said = form.cleaned_data
    try:
        data = said["file"].read(sheets.MOST_BYTES + 1)
        sheets.check_container(data)
        uid = actions.bring_table.once(
            said["command_id"],
            request.user,
            now(),
            table=kind.table,
            sha256=settings.BLOBS.put(data),
            called=_called(request, kind),
        )
    except Refused as refusal:
        return _page(request, name, form, refusal=refusal, status=status_of(refusal))
    return redirect("import-progress", name, uid)


@capability("signed-in")
@require_safe
def progress(request: SignedIn, name: str, uid: str) -> HttpResponse:
    """Say how far a table has come, and look again by itself while something is under way."""
    kind = _known(name)
    found = queries.import_visible_to(request.user, now(), uid)
    if found.table != name:
        raise Http404
    return _progress(request, kind, found)


@capability("signed-in")
@require_POST
@proven("table.enter")
def enter(request: SignedIn, name: str, uid: str) -> HttpResponse:
    """Have a table entered in which nothing was wrong, all of it or nothing."""
    kind, form = _kind(request, name), CommandForm(request.POST)
    found = queries.import_visible_to(request.user, now(), uid)
    if not form.is_valid():
        return _progress(request, kind, found, status=_INVALID)
    try:
        command_id = form.cleaned_data["command_id"]
        actions.enter_table.once(command_id, request.user, now(), table=kind.table, import_uid=uid)
    except Refused as refusal:
        return _progress(request, kind, found, refusal=refusal, status=status_of(refusal))
    return redirect("import-progress", name, uid)


@capability("signed-in")
@require_POST
def again(request: SignedIn, name: str, uid: str) -> HttpResponse:
    """Have the same table read anew, where the work on it ended without a result."""
    kind, form = _kind(request, name), CommandForm(request.POST)
    found = queries.import_visible_to(request.user, now(), uid)
    if not form.is_valid() or not _has_died(request, found):
        return _progress(request, kind, found, status=_INVALID)
    anew = actions.bring_table.once(
        form.cleaned_data["command_id"],
        request.user,
        now(),
        table=kind.table,
        sha256=found.sha256,
        called=found.called,
    )
    return redirect("import-progress", name, anew)


@capability("signed-in")
@require_safe
def template(request: SignedIn, name: str) -> HttpResponse:
    kind = _kind(request, name)
    headings = [sheets.Heading(column.value, str(kind.words[column])) for column in kind.table.columns]
    return attachment(sheets.template(headings), name=f"{TABLE[name]}.xlsx", kind=sheets.XLSX)


def _known(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _kind(request: SignedIn, name: str) -> Kind:
    """Return the kind of table, for whoever may enter it."""
    kind = _known(name)
    if not request.powers.anywhere(kind.table.power):
        raise NotEntitled(power=kind.table.power.value)
    return kind


def _called(request: SignedIn, kind: Kind) -> dict[str, str]:
    """Return every word by which a thing may be called: its code, and its name in either language.

    A type of seal that a group has added has no code: its company says which it is.
    """
    words = {code: code for code in map(str, kind.names)}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words.update({str(name): str(code) for code, name in kind.names.items()})
    added = (name for own in _added(request, kind) for name in (own.name_zh, own.name_en))
    return {**dict.fromkeys(added, ""), **words}


def _added(request: SignedIn, kind: Kind) -> list[OwnType]:
    """Return the types of seal that groups have added."""
    is_of_seals = kind.table is SEALS_TABLE
    return list(seals.types_visible_to(request.user, now()).filter(retired_at=None)) if is_of_seals else []


def _has_died(request: SignedIn, found: TableImport) -> bool:
    said = found.refusal or {}
    is_kept = found.let_go_at is None
    return is_kept and said.get("code") == actions.TableWorkDied.code and found.brought_by_id == request.user.pk


def _progress(
    request: SignedIn, kind: Kind, found: TableImport, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    state = Import(found.state)
    page = {
        "name": found.table,
        "title": TABLE[found.table],
        "import": shown.of(found, kind.words),
        "confirm": CommandForm() if state is Import.FINE and found.brought_by_id == request.user.pk else None,
        "again": CommandForm() if _has_died(request, found) else None,
        "leads_to": kind.leads_to,
        "refusal": words_for(refusal) if refusal else "",
    }
    answer = render(request, "web/import_progress.html", page, status=status)
    if state.is_under_way:
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer


def _page(
    request: SignedIn, name: str, form: SheetForm, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    kind = _kind(request, name)
    table = kind.table
    page = {
        "name": name,
        "title": TABLE[name],
        "columns": [
            (kind.words[column], "" if column in table.optional else _("required")) for column in table.columns
        ],
        "names": [*sorted(map(str, kind.names.values())), *map(name_of_type, _added(request, kind))],
        "form": form,
        "most": table.most,
        "brought": shown.rows(queries.imports_visible_to(request.user, now()).filter(table=name)),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/import.html", page, status=status)
