"""Packs that are taken along: by what authority a seal was used, and what happened in a month."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import chain
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from privyseal.approvals.queries.registers import rows_of_uses
from privyseal.identity import sheets
from privyseal.language.numbers import number_in_words
from privyseal.verification import months, packs
from privyseal.verification.month_logs import Logs
from privyseal.verification.months import Month
from privyseal.verification.packs import Pack
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import PDF, attachment, written
from privyseal.web.packing import packed
from privyseal.web.shown import months as shown_months
from privyseal.web.shown import packs as shown_packs
from privyseal.web.shown import registers

_ZIP: Final = "application/zip"
_MONTH: Final = "%Y-%m"
_AT_ONCE: Final = 500


@capability("signed-in")
@require_safe
def pack(request: SignedIn, uid: str) -> HttpResponseBase:
    """Hand out all the evidence in one ZIP, with a report in each language."""
    found = _taken(request, uid)
    reports = _in_each_language(lambda: _("Evidence pack"), lambda: shown_packs.report_on(found))
    files = [*reports, *((one.path, one.parts()) for one in found.enclosed)]
    return written(packed(files, found.at), name=_name(found, "zip"), kind=_ZIP)


@capability("signed-in")
@require_safe
def report(request: SignedIn, uid: str) -> HttpResponse:
    """Hand out the report alone, in the reader's language."""
    found = _taken(request, uid)
    return attachment(shown_packs.report_on(found), name=_name(found, "pdf"), kind=PDF)


@capability("signed-in")
@require_safe
def month(request: SignedIn) -> HttpResponseBase:
    """Hand out a month of a company in one ZIP: a report in each language, the uses as a table, the record's heads."""
    at, company = now(), request.GET.get("company", "")
    first = _first_of(request.GET.get("month", ""))
    if not request.powers.reads_everything:
        months.take_month(request.user, at, company_uid=company, month=f"{first:%Y-%m}")
    found = months.gather_month(request.user, at, company, first)
    logs = Logs(request.user, at, found)
    # The report says what of the logs is in the pack, which is known once they are.
    reports = _in_each_language(lambda: _("Self-check"), lambda: shown_months.report_on(found, logs.packed))
    name = f"{found.company.name} {found.first:%Y-%m}.zip"
    return written(packed(chain(_parts(request, found), logs.files(), reports), at), name=name, kind=_ZIP)


def _parts(request: SignedIn, found: Month) -> Iterator[tuple[str, Iterator[bytes]]]:
    table = BytesIO()
    sheets.fill(table, [str(column) for column in registers.COLUMNS], _cells(request, found))
    yield "uses.xlsx", iter((table.getvalue(),))
    if found.before:
        yield "head-before.txt", iter((found.before.note.encode(),))
    if found.after:
        yield "head-after.txt", iter((found.after.note.encode(),))
    if found.growth:
        yield "growth.txt", iter((found.growth.encode(),))


def _cells(request: SignedIn, found: Month) -> Iterator[list[object]]:
    last = 0
    while entries := list(found.uses.filter(number__gt=last)[:_AT_ONCE]):
        yield from registers.use_cells(rows_of_uses(request.user, found.at, entries))
        last = entries[-1].number


def _in_each_language(called: Callable[[], str], made: Callable[[], bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    for language, _own_name in settings.LANGUAGES:
        with override(language):
            report = f"{called()}-{language}.pdf", iter((made(),))
        yield report


def _first_of(said: str) -> date:
    """Return the first day of the month that the address names, else of this one."""
    try:
        return datetime.strptime(said, _MONTH).date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return now().date().replace(day=1)


def _taken(request: SignedIn, uid: str) -> Pack:
    """Return what is handed out; that it is goes on record. What an auditor reads goes on record by itself."""
    at = now()
    if not request.powers.reads_everything:
        packs.take(request.user, at, uid=uid)
    return packs.gather(request.user, at, uid)


def _name(found: Pack, ending: str) -> str:
    called = _("Evidence pack")
    return f"{called}-{number_in_words(found.view.application)}.{ending}"
