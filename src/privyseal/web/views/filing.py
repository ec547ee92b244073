"""Papers owed to the file: what one owes, filing them, sending a year's to the archive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.filing import papers_of
from privyseal.approvals.queries import filing as queries
from privyseal.approvals.queries import registers
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import Papers
from privyseal.identity.rules import Power
from privyseal.keeping.ended import check_is_kept
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.categories import RETENTION
from privyseal.language.filing import WHICH
from privyseal.language.refusals import words_for
from privyseal.seals.models import Filing
from privyseal.seals.places import place_of
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import stored
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_filing import ConfirmForm, FilingForm, ReturnForm, TransferForm, WaiverForm
from privyseal.web.shown import filing as cells
from privyseal.web.shown import registers as shown
from privyseal.web.shown.keeping import kept
from privyseal.web.tables import Ending, table_file
from privyseal.web.taken_along import record_copy
from privyseal.web.views.campaigns import managed

_INVALID: Final = 400
_AT_ONCE: Final = 1_000
_MOST_SAVED: Final = 10_000
_MOST: Final = 100
_SCAN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which papers the address asks for: one's own, or everybody's that one sees."""

    which: queries.Which
    is_of_all: bool

    @classmethod
    def of(cls, request: SignedIn) -> "Asked":
        said = request.GET.get("which", "")
        known = {which.value for which in queries.Which}
        return cls(queries.Which(said) if said in known else queries.Which.OWED, "all" in request.GET)

    def filings(self, request: SignedIn, at: datetime) -> QuerySet[Filing]:
        by = None if self.is_of_all else request.user
        return queries.filings_owed(request.user, at, by=by, which=self.which)


@capability("signed-in")
@require_safe
def owed(request: SignedIn) -> HttpResponse:
    """Show what the reader owes to the file; with ``all``, what anybody owes whose uses they see."""
    at, asked = now(), Asked.of(request)
    found = list(asked.filings(request, at)[: _MOST + 1])
    rows = registers.rows_of_uses(request.user, at, [filing.entry for filing in found[:_MOST]])
    uses = {use.key: use for use in shown.uses(rows)}
    page = {
        "rows": [(filing, uses[filing.pk]) for filing in found[:_MOST] if filing.pk in uses],
        "is_cut": len(found) > _MOST,
        "asked": asked,
        "choices": [(which, WHICH[which], which is asked.which) for which in queries.Which],
        "today": localdate(at),
        "may_rule": bool(managed(request, at)),
        "may_waive": request.powers.anywhere(Power.APPROVE),
    }
    return render(request, "web/filings.html", page)


@capability("signed-in")
@require_safe
def owed_file(request: SignedIn, ending: str) -> HttpResponseBase:
    """Hand out the papers that are looked for, what is due first, up to as many as a table holds."""
    if ending not in set(Ending):
        raise Http404
    at, asked = now(), Asked.of(request)
    filings = list(asked.filings(request, at)[:_MOST_SAVED])
    for company in {each.entry.book.company for each in filings}:
        rows = sum(each.entry.book.company == company for each in filings)
        record_copy(request, company, register="filing", form=ending, rows=rows)
    name = f"{_('Papers to file')} {localdate(at)}"
    return table_file(name, Ending(ending), [str(column) for column in cells.COLUMNS], _cells(request, filings))


@capability("signed-in")
@require_safe
def transfer_file(request: SignedIn, uid: str, ending: str) -> HttpResponseBase:
    """Hand out the list of what went to the archive together."""
    if ending not in set(Ending):
        raise Http404
    at = now()
    found = queries.transfer_visible_to(request.user, at, uid)
    filings = list(queries.filings_visible_to(request.user, at).filter(transfer=found).order_by("entry__number"))
    record_copy(request, found.book.company, register="filing", form=ending, rows=len(filings))
    name = f"{_('Transfer to the archive')} {found.book.company.name} {found.book.year}"
    return table_file(name, Ending(ending), [str(column) for column in cells.COLUMNS], _cells(request, filings))


@capability("signed-in")
@require_safe
def filing(request: SignedIn, entry_id: int) -> HttpResponse:
    return filing_page(request, entry_id)


@capability("signed-in")
@require_POST
def file_papers(request: SignedIn, entry_id: int) -> HttpResponse:
    form = FilingForm(request.POST, request.FILES)
    if not form.is_valid():
        return filing_page(request, entry_id, form=form, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.file_papers(
            request.user,
            now(),
            entry_id=entry_id,
            archive_number=said["archive_number"],
            scan=said["scan"].read(actions.MOST_SCAN_BYTES + 1),
            is_copy_back=said["is_copy_back"],
        )
    except Refused as refusal:
        return filing_page(request, entry_id, form=form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The papers are filed."))
    return redirect("filing", entry_id)


@capability("signed-in")
@require_safe
def scan(request: SignedIn, entry_id: int) -> HttpResponseBase:
    found = queries.filing_visible_to(request.user, now(), entry_id)
    if not found.scan_sha256:
        raise NotFound(entry=entry_id)
    check_is_kept(found.scan_sha256)
    return stored(settings.VAULT, found.scan_sha256, name=f"{found.archive_number}.scan", kind=_SCAN)


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def transfers(request: SignedIn) -> HttpResponse:
    """Show what went to the archive; a manager sends what is filed of a year."""
    at = now()
    form = TransferForm(request.POST if request.method == "POST" else None, companies=managed(request, at))
    if not form.is_valid():
        return _transfers(request, form, status=_INVALID if form.is_bound else 200)
    said = form.cleaned_data
    try:
        uid = actions.transfer_filed.once(
            said["command_id"],
            request.user,
            at,
            company_uid=said["company"],
            year=said["year"],
            archive=said["archive"],
        )
    except Refused as refusal:
        return _transfers(request, form, refusal=refusal, status=status_of(refusal))
    return redirect("filing-transfer", uid)


@capability("signed-in")
@require_safe
def transfer(request: SignedIn, uid: str) -> HttpResponse:
    """Show one transfer as a list to print and sign."""
    at = now()
    found = queries.transfer_visible_to(request.user, at, uid)
    filings = list(queries.filings_visible_to(request.user, at).filter(transfer=found).order_by("entry__number"))
    rows = registers.rows_of_uses(request.user, at, [each.entry for each in filings])
    uses = {use.key: use for use in shown.uses(rows)}
    page = {
        "transfer": found,
        "rows": [(each, uses[each.pk], RETENTION[Retention(each.retention)]) for each in filings if each.pk in uses],
        "lines": (gettext_lazy("Handed over by"), gettext_lazy("Received by")),
        "printed_at": at,
    }
    return render(request, "web/filing_transfer.html", page)


def _cells(request: SignedIn, filings: Sequence[Filing]) -> Iterator[list[object]]:
    at = now()
    for first in range(0, len(filings), _AT_ONCE):
        some = filings[first : first + _AT_ONCE]
        uses = shown.uses(registers.rows_of_uses(request.user, at, [each.entry for each in some]))
        yield from cells.filing_cells(some, {use.key: use for use in uses}, localdate(at))


def filing_page(
    request: SignedIn,
    entry_id: int,
    *,
    form: FilingForm | None = None,
    waiver: WaiverForm | None = None,
    wrong: ReturnForm | None = None,
    refusal: Refused | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the papers of one use with what the reader may do about them."""
    at = now()
    found = queries.filing_visible_to(request.user, at, entry_id)
    (use,) = shown.uses(registers.rows_of_uses(request.user, at, [found.entry]))
    manages = request.powers.over(Power.MANAGE, place_of(found.entry.seal))
    papers, is_mine = papers_of(found), found.owed_by_id == request.user.pk
    is_owed, is_theirs = papers in {Papers.OWED, Papers.WAIVER_ASKED}, is_mine or manages
    may_confirm = papers is Papers.FILED and manages and request.user.pk not in {found.owed_by_id, found.filed_by_id}
    page = {
        "filing": found,
        "kept_for": RETENTION[Retention(found.retention)],
        "kept": kept(found.retention, found.filed_at) if found.filed_at else None,
        "use": use,
        "is_late": is_owed and found.due_on < localdate(at),
        "form": (form or FilingForm()) if is_owed and is_theirs else None,
        "waiver": (waiver or WaiverForm()) if papers is Papers.OWED and is_theirs else None,
        "command": CommandForm(),
        "may_say_back": not found.is_copy_back and (is_owed or papers is Papers.FILED) and is_theirs,
        "may_chase": is_owed and manages and not is_mine,
        "confirm": ConfirmForm(initial={"scan_sha256": found.scan_sha256}) if may_confirm else None,
        "wrong": (wrong or ReturnForm()) if may_confirm else None,
        "refusal": words_for(refusal) if refusal else said,
    }
    return render(request, "web/filing.html", page, status=status)


def _transfers(
    request: SignedIn, form: TransferForm, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    page = {
        "transfers": queries.transfers_visible_to(request.user, at)[:_MOST],
        "form": form if managed(request, at) else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/filing_transfers.html", page, status=status)
