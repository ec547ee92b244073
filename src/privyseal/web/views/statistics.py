"""How often seals are used, and which nobody uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.queries.books import years_of
from privyseal.approvals.queries.lateness import Kept, lateness
from privyseal.approvals.queries.statistics import MOST_USES, Counted, statistics_of_book, statistics_of_group
from privyseal.identity.models import Company
from privyseal.identity.queries import NamedCompany, companies_named
from privyseal.kernel.errors import Refused
from privyseal.language.labels import SEAL_TYPE
from privyseal.language.refusals import words_for
from privyseal.seals import actions, queries
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealType
from privyseal.verification.months import may_check
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_registers import IdleForm
from privyseal.web.paging import page_of
from privyseal.web.shown import charts
from privyseal.web.tables import Ending, long_table_file, table_file
from privyseal.web.taken_along import record_copies, record_copy
from privyseal.web.views.campaigns import managed
from privyseal.web.views.registers import company_asked
from privyseal.web.widgets import choice_of_company

_INVALID: Final = 400
_MOST_SHOWN: Final = 50
_DAY: Final = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statistics the address asks for: of one company, or of all that the reader manages or audits."""

    companies: Sequence[NamedCompany]
    company: Company | None
    year: int
    this_year: int

    @classmethod
    def of(cls, request: SignedIn) -> "Asked":
        at = now()
        companies, this_year = companies_named(request.user, at), localdate(at).year
        of_group = request.GET.get("company") == "" or (
            request.powers.reads_everything and "company" not in request.GET
        )
        company = None if of_group else company_asked(request, companies)
        return cls(companies, company, _year(request, this_year), this_year)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is counted: by month, and under each heading by name."""

    months: Sequence[int]
    parts: Sequence[tuple[str, Sequence[tuple[str | Promise, Counted]]]]
    is_cut: bool = False


@capability("signed-in")
@require_safe
def statistics(request: SignedIn) -> HttpResponse:
    """Count the uses of a year: in one company, or, where none is named, in all that the reader manages or audits."""
    asked = Asked.of(request)
    counted = _counted(request, asked)
    late = _late(request, asked)
    page: dict[str, Any] = {
        "asked": asked,
        "choice_of_company": choice_of_company(asked.companies, asked.company, ("", _("All"))),
        "may_check": asked.company is not None and may_check(request.user, now(), asked.company),
        "this_month": f"{localdate():%Y-%m}",
        "late": [(title, rows[:_MOST_SHOWN]) for title, rows in late],
        "years": _years(request, asked.company, asked.this_year),
        "chart": charts.months(counted.months),
        "parts": [(title, rows[:_MOST_SHOWN], len(rows) > _MOST_SHOWN) for title, rows in counted.parts],
        "is_empty": not any(counted.months) and not late,
        "is_cut": counted.is_cut,
        "most": MOST_USES,
    }
    return render(request, "web/statistics.html", page)


@capability("signed-in")
@require_safe
def statistics_file(request: SignedIn, ending: str) -> HttpResponse:
    """Hand out everything that is counted, by month and under each heading."""
    if ending not in set(Ending):
        raise Http404
    asked = Asked.of(request)
    counted = _counted(request, asked)
    name = " ".join([_("Statistics of uses"), *([asked.company.name] if asked.company else []), str(asked.year)])
    months = [
        [_("By month"), f"{asked.year}-{month:02d}", uses, "", "", "", ""]
        for month, uses in enumerate(counted.months, 1)
    ]
    rows = [
        [title, str(name), row.uses, row.impressions, row.spoiled, row.blanks.stamped, row.blanks.out]
        for title, part in counted.parts
        for name, row in part
    ]
    late = [
        [title, str(name), "", "", "", "", "", row.begun, row.late]
        for title, part in _late(request, asked)
        for name, row in part
    ]
    header = [
        _("Counted"),
        pgettext("a thing", "Name"),
        _("Uses"),
        _("Impressions"),
        _("Spoiled"),
        _("Numbered blanks"),
        _("Blanks not accounted for"),
        _("Stages with a deadline"),
        _("Late"),
    ]
    every = [*months, *rows, *late]
    record_copy(request, asked.company, register="statistics", form=ending, rows=len(every))
    return table_file(name, Ending(ending), header, every)


def _late(request: SignedIn, asked: Asked) -> list[tuple[str, list[tuple[str, Kept]]]]:
    """Return what was late in one company, under each heading by name; nothing where no stage had a deadline."""
    if asked.company is None:
        return []
    counted = lateness(request.user, now(), asked.company, asked.year)
    if not counted.stages:
        return []
    stages = [(_("Stage %(number)s") % {"number": row.name}, row) for row in counted.stages]
    return [
        (_("Late by stage"), stages),
        (_("Late by unit"), [(row.name or _("Without a unit"), row) for row in counted.units]),
        (_("Late by category"), [(row.name or _("Without a category"), row) for row in counted.categories]),
    ]


def _counted(request: SignedIn, asked: Asked) -> Parts:
    at = now()
    if asked.company is None:
        counted = statistics_of_group(request.user, at, asked.year)
        return Parts(
            counted.months,
            (
                (_("By company"), [(row.name, row) for row in counted.companies]),
                (_("By type of seal"), [(SEAL_TYPE[SealType(row.name)], row) for row in counted.types]),
            ),
        )
    of_book = statistics_of_book(request.user, at, asked.company, asked.year)
    return Parts(
        of_book.months,
        (
            (_("By seal"), [(row.name, row) for row in of_book.seals]),
            (_("By unit"), [(row.name or _("Without a unit"), row) for row in of_book.units]),
            (_("By category"), [(row.name or _("Without a category"), row) for row in of_book.categories]),
        ),
        is_cut=of_book.is_cut,
    )


@capability("signed-in")
@require_safe
def idle(request: SignedIn) -> HttpResponse:
    return _idle(request)


@capability("signed-in")
@require_safe
def idle_file(request: SignedIn, ending: str) -> HttpResponseBase:
    if ending not in set(Ending):
        raise Http404
    header = [_("Seal number"), pgettext("a thing", "Name"), _("Company"), _("Last used"), _("Entered")]
    seals = queries.idle_seals(request.user, now()).order_by("number")
    record_copies(request, (seal.company for seal in seals), register="idle-seals", form=ending)
    return long_table_file(_("Idle seals"), Ending(ending), header, map(_cells, seals))


@capability("signed-in")
@require_POST
def set_idle_days(request: SignedIn) -> HttpResponse:
    form = IdleForm(request.POST, companies=_managed(request))
    if not form.is_valid():
        return _idle(request, form=form, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.set_idle_days.once(
            said["command_id"], request.user, now(), company_uid=said["company"], days=said["days"]
        )
    except Refused as refusal:
        return _idle(request, form=form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The number of days is set."))
    return redirect("idle-seals")


def _idle(
    request: SignedIn, *, form: IdleForm | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    companies = _managed(request)
    page = page_of(request, queries.idle_seals(request.user, at), by="number")
    shown = {
        "page": page,
        "rows": [(reverse("seal", args=[seal.uid]), seal) for seal in page.rows],
        "form": (form or IdleForm(companies=companies)) if companies else None,
        "usual": queries.USUAL_IDLE_DAYS,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/idle_seals.html", shown, status=status)


def _cells(seal: Seal) -> list[object]:
    last = getattr(seal, "last_used_at", None)
    used = localtime(last).strftime(_DAY) if last else _("never")
    return [seal.number, seal.name, seal.company.name, used, localtime(seal.created_at).strftime(_DAY)]


def _managed(request: SignedIn) -> list[Company]:
    return managed(request, now())


def _years(request: SignedIn, company: Company | None, this_year: int) -> list[int]:
    known = years_of(request.user, now(), company) if company else range(this_year - 4, this_year)
    return sorted({this_year, *known}, reverse=True)


def _year(request: SignedIn, this_year: int) -> int:
    said = request.GET.get("year", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) == 4 else this_year  # noqa: PLR2004  a year
