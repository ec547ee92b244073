"""The register of uses: looked through, saved as a table, printed, remarked on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.queries import registers as queries
from privyseal.approvals.queries.books import Wanted, page_of_book, uses_in_book, years_of
from privyseal.approvals.queries.registers import UseRow
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import NamedCompany, companies_named, units_named
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.hands import THROUGH_CLOUD
from privyseal.language.refusals import words_for
from privyseal.ledger.queries import latest_checkpoint
from privyseal.seals.models import UseEntry
from privyseal.seals.places import place_of
from privyseal.seals.queries.outside import knows_revocations
from privyseal.seals.queries.register import seals_named
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_registers import BookForm, RemarkForm
from privyseal.web.shown import registers as shown
from privyseal.web.shown.lists import kept_lists
from privyseal.web.tables import Ending, long_table_file
from privyseal.web.taken_along import record_copy

_INVALID: Final = 400
_A_PAGE: Final = 25
_AT_ONCE: Final = 1_000
_MOST_PRINTED: Final = 2_000
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Book:
    """The book that the address asks for, with what is looked for in it."""

    company: Company
    year: int
    form: BookForm
    wanted: Wanted

    def entries(self, reader: Person, at: datetime) -> QuerySet[UseEntry]:
        return uses_in_book(reader, at, self.company, self.year, self.wanted)


@capability("signed-in")
@require_safe
def uses(request: SignedIn) -> HttpResponse:
    """Show a book, the last use first; ``before`` is the number to go on from."""
    at = now()
    book = _book(request, at)
    if book is None:
        return render(request, "web/register_of_uses.html", {"rows": []})
    asked = (book.company, book.year, book.wanted)
    found = page_of_book(request.user, at, *asked, before=_before(request), most=_A_PAGE + 1)
    rows = queries.rows_of_uses(request.user, at, found[:_A_PAGE])
    page = {
        "book": book,
        "form": book.form,
        "kept": kept_lists(request, request.user, "register-of-uses"),
        "rows": shown.uses(rows),
        "older": found[_A_PAGE - 1].number if len(found) > _A_PAGE else None,
        "is_newest": "before" not in request.GET,
        "asked": _asked(request),
    }
    return render(request, "web/register_of_uses.html", page)


@capability("signed-in")
@require_safe
def use(request: SignedIn, entry_id: int) -> HttpResponse:
    return _use_page(request, entry_id)


@capability("signed-in")
@require_POST
def remark(request: SignedIn, entry_id: int) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _use_page(request, entry_id, form=form, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.remark_on_use.once(
            said["command_id"],
            request.user,
            now(),
            entry_id=entry_id,
            text=said["text"],
            is_correction=said["is_correction"],
        )
    except Refused as refusal:
        return _use_page(request, entry_id, form=form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The remark is saved."))
    return redirect("register-use", entry_id)


@capability("signed-in")
@require_safe
def uses_file(request: SignedIn, ending: str) -> HttpResponseBase:
    """Hand out everything that was looked for, in the order of its numbers."""
    if ending not in set(Ending):
        raise Http404
    book = _asked_book(request)
    entries = book.entries(request.user, now())
    record_copy(request, book.company, register="uses", form=ending, rows=entries.order_by().count())
    cells = (cell for rows in _in_order(request, entries) for cell in shown.use_cells(rows))
    return long_table_file(_name(book), Ending(ending), [str(column) for column in shown.COLUMNS], cells)


@capability("signed-in")
@require_safe
def uses_print(request: SignedIn) -> HttpResponse:
    """Show everything that was looked for as sheets to print, with what proves them."""
    at = now()
    book = _asked_book(request)
    found = list(book.entries(request.user, at).order_by("number")[: _MOST_PRINTED + 1])
    entries = found[:_MOST_PRINTED]
    record_copy(request, book.company, register="uses", form="paper", rows=len(entries))
    checkpoint = (latest_checkpoint() or "").splitlines()
    page = {
        "book": book,
        "title": _name(book),
        "rows": shown.uses(queries.rows_of_uses(request.user, at, entries)),
        "is_cut": len(found) > _MOST_PRINTED,
        "most": _MOST_PRINTED,
        "first": queries.ledger_index_of(request.user, at, entries[0]) if entries else None,
        "last": queries.ledger_index_of(request.user, at, entries[-1]) if entries else None,
        "size": checkpoint[1] if checkpoint else "",
        "root": checkpoint[2] if checkpoint else "",
        "printed_at": at,
    }
    return render(request, "web/register_print.html", page)


def _use_page(
    request: SignedIn,
    entry_id: int,
    *,
    form: RemarkForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show one use with its remarks, and let those who may add one."""
    at = now()
    entry = queries.use_visible_to(request.user, at, entry_id)
    (row,) = shown.uses(queries.rows_of_uses(request.user, at, [entry]))
    may = entry.operator_id == request.user.pk or request.powers.over(Power.MANAGE, place_of(entry.seal))
    page = {
        "entry": entry,
        "row": row,
        "through_cloud": THROUGH_CLOUD,
        "form": (form or RemarkForm()) if may else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/register_use.html", page, status=status)


def company_asked(request: SignedIn, companies: Sequence[NamedCompany]) -> Company | None:
    """Return the company that the address names, else one that the reader manages or belongs to."""
    managed = request.powers.companies(Power.MANAGE)
    usual = next((company for company in companies if company.pk in managed), companies[0] if companies else None)
    found = next((each for each in companies if each.uid == request.GET.get("company")), usual)
    return found and Company.from_db("default", ["id", "uid", "name"], found)


def _book(request: SignedIn, at: datetime) -> Book | None:
    """Return the book that is asked for, else this year's of a company that the reader manages or belongs to."""
    companies = companies_named(request.user, at)  # hundreds, in a field to choose from
    company = company_asked(request, companies)
    if company is None:
        return None
    this_year = localdate(at).year
    years = sorted({this_year, *years_of(request.user, at, company)}, reverse=True)
    said = request.GET.get("year", "")
    year = next((each for each in years if str(each) == said), this_year)
    asked = QueryDict(mutable=True)
    for name in BookForm.base_fields:
        asked[name] = request.GET.get(name, "")
    asked["company"], asked["year"] = company.uid, str(year)
    seals = seals_named(request.user, at, company)
    units = units_named(request.user, at, company)
    knows = knows_revocations(company.pk)
    form = BookForm(asked, companies=companies, years=years, seals=seals, units=units, knows_revocations=knows)
    wanted = form.wanted if form.is_valid() else Wanted()
    return Book(company, year, form, wanted)


def _asked_book(request: SignedIn) -> Book:
    book = _book(request, now())
    if book is None:
        raise Http404
    return book


def _in_order(request: SignedIn, found: QuerySet[UseEntry]) -> Iterator[list[UseRow]]:
    """Yield the rows from the first number on, some at a time."""
    last = 0
    while entries := list(found.order_by("number").filter(number__gt=last)[:_AT_ONCE]):
        yield queries.rows_of_uses(request.user, now(), entries)
        last = entries[-1].number


def _before(request: SignedIn) -> int | None:
    asked = request.GET.get("before", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER
    return int(asked) if is_number else None


def _name(book: Book) -> str:
    return f"{_('Register of uses')} {book.company.name} {book.year}"


def _asked(request: SignedIn) -> str:
    """Return what was looked for as the end of an address, without the place in the list."""
    asked = request.GET.copy()
    asked.pop("before", None)
    return asked.urlencode()
