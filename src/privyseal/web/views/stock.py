"""Stock-takes of rubber seals: opened, counted on a telephone, ended, and read as a report."""

from functools import partial
from typing import Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.models import StockTake
from privyseal.custody.queries import stock as queries
from privyseal.custody.rules.stock import Count, Step
from privyseal.identity.models import Company
from privyseal.identity.queries import companies_named
from privyseal.kernel.canonical import sha256
from privyseal.seals.actions import receive_photo
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import StockTakeListForm
from privyseal.web.forms_of_stock import CompanyForm, EndForm, SeenForm, StockTakeForm, StrangeForm, TellersForm
from privyseal.web.paging import page_of
from privyseal.web.shown import hands
from privyseal.web.shown import stock as shown
from privyseal.web.shown.lists import kept_lists
from privyseal.web.shown.registers import printed
from privyseal.web.tables import MOST_ROWS, Ending, table_file
from privyseal.web.taken_along import record_copy
from privyseal.web.waiting import WaitingForm, readable_without_network

_MOST: Final = 100
_MOST_LINES: Final = 2_000


@capability("signed-in")
@require_safe
@readable_without_network
def stock_takes(request: SignedIn) -> HttpResponse:
    return _list(request)


@capability("signed-in")
@require_POST
def open_stock_take(request: SignedIn) -> HttpResponse:
    company = _company(request, request.POST.get("company", ""))
    if company is None:
        raise Http404
    form = _form(request, company, sent=True)
    return acted(
        request,
        form,
        lambda said: actions.open_stock_take.once(
            said["command_id"], request.user, now(), company_uid=company.uid, **form.said()
        ),
        done=_("The stock-take is opened."),
        back=lambda uid: redirect("stock-take", uid),
        again=partial(_list, request, form=form, company=company),
    )


@capability("signed-in")
@require_safe
@readable_without_network
def stock_take(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@require_POST
def see(request: SignedIn, uid: str) -> HttpResponse:
    """Enter a seal that is there, with its photograph."""
    take = queries.stock_take_visible_to(request.user, now(), uid)
    form = SeenForm(request.POST, request.FILES, slots=queries.slots_of(request.user, now(), take))
    # A picture is kept of whoever counts alone; from anybody else the act refuses without it, and one that is delivered
    # again after the count is known by its digest.
    counts = Step.SEE in queries.steps_open_to(request.user, now(), take)

    def act(said: Said) -> object:
        at = now()
        seal = queries.seal_scanned(request.user, at, take, said["number"])
        data = said["photo"].read()
        digest = receive_photo(request.user, at, seal_uid=seal.uid, data=data) if counts else sha256(data)
        seen, done_at = form.seen(digest), said["done_at"]
        return actions.see_seal.once(said["command_id"], request.user, at, take_uid=uid, seen=seen, done_at=done_at)

    return acted(request, form, act, done=_("It is on record."), back=to("stock-take", uid), again=_again(request, uid))


@capability("signed-in")
@require_POST
def describe(request: SignedIn, uid: str) -> HttpResponse:
    queries.stock_take_visible_to(request.user, now(), uid)
    return acted(
        request,
        StrangeForm(request.POST),
        lambda said: actions.describe_strange.once(
            said["command_id"], request.user, now(), take_uid=uid, said=said["said"], done_at=said["done_at"]
        ),
        done=_("It is on record."),
        back=to("stock-take", uid),
        again=_again(request, uid),
    )


@capability("signed-in")
@require_POST
def step(request: SignedIn, uid: str, step: str) -> HttpResponse:
    """Pause a count, go on with it, end it or give it up."""
    take = queries.stock_take_visible_to(request.user, now(), uid)
    if step not in shown.BUTTONS:
        raise Http404
    is_end = step == Step.END
    form = EndForm(request.POST, is_watched=take.witness_id is not None) if is_end else WaitingForm(request.POST)

    def act(said: Said) -> object:
        key, at, done_at = said["command_id"], now(), said["done_at"]
        if is_end:
            seen = said.get("seen")
            return actions.end_stock_take.once(key, request.user, at, take_uid=uid, seen=seen, done_at=done_at)
        return actions.step_stock_take.once(key, request.user, at, take_uid=uid, step=Step(step), done_at=done_at)

    again = _again(request, uid)
    return acted(request, form, act, done=_("It is on record."), back=to("stock-take", uid), again=again)


@capability("signed-in")
@require_POST
def hand_on(request: SignedIn, uid: str) -> HttpResponse:
    take = queries.stock_take_visible_to(request.user, now(), uid)
    return acted(
        request,
        TellersForm(request.POST, people=queries.tellers_visible_to(request.user, now(), take.company)),
        lambda said: actions.hand_on.once(
            said["command_id"],
            request.user,
            now(),
            take_uid=uid,
            counter_pseudonym=said["counter"],
            witness_pseudonym=said["witness"],
        ),
        done=_("It is on record."),
        back=to("stock-take", uid),
        again=_again(request, uid),
    )


@capability("signed-in")
@require_safe
def file(request: SignedIn, uid: str, ending: str) -> HttpResponseBase:
    take = queries.stock_take_visible_to(request.user, now(), uid)
    if ending not in set(Ending):
        raise Http404
    lines = queries.lines_of(request.user, now(), take)[:MOST_ROWS]
    cells = list(shown.cells(lines))
    record_copy(request, take.company, register="stock-takes", form=ending, rows=len(cells))
    return table_file(_name(take), Ending(ending), [str(column) for column in shown.COLUMNS], cells)


@capability("signed-in")
@require_safe
def paper(request: SignedIn, uid: str) -> HttpResponse:
    """Show the report as it is printed and signed."""
    at = now()
    take = queries.stock_take_visible_to(request.user, at, uid)
    page = {
        "title": _name(take),
        "columns": shown.COLUMNS,
        "rows": list(printed(shown.cells(queries.lines_of(request.user, at, take)[:_MOST_LINES]))),
        "printed_at": at,
    }
    return render(request, "web/register_of_seals_print.html", page)


def _again(request: SignedIn, uid: str) -> partial[HttpResponse]:
    return partial(_page, request, uid)


def _name(take: StockTake) -> str:
    return f"{_('Stock-take')} {take.company.name} {shown.what(take)}"


def _company(request: SignedIn, uid: str) -> Company | None:
    """Return the company that is asked for, of those in which the reader may have seals counted, or the first."""
    companies = queries.companies_to_count(request.user, now())
    return next((company for company in companies if company.uid == uid), None if uid else next(iter(companies), None))


def _form(request: SignedIn, company: Company, *, sent: bool) -> StockTakeForm:
    stores, units = queries.places_to_count(request.user, now(), company)
    people = queries.tellers_visible_to(request.user, now(), company)
    return StockTakeForm(request.POST if sent else None, stores=stores, units=units, people=people)


def _list(
    request: SignedIn,
    *,
    form: StockTakeForm | None = None,
    company: Company | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    asked = company or _company(request, request.GET.get("company", ""))
    companies = queries.companies_to_count(request.user, at)
    look = StockTakeListForm(request.GET, companies=companies_named(request.user, at))
    part = page_of(
        request, look.found_in(queries.stock_takes_visible_to(request.user, at)), by="-opened_at", then="-pk"
    )
    page = {
        "page": part,
        "rows": [shown.row(take) for take in part.rows],
        "table": look.chosen.table(
            part.rows, shown.take_cells(part.rows), to=lambda one: reverse("stock-take", args=[one.uid])
        ),
        "look": look,
        "kept": kept_lists(request, request.user, "stock-takes"),
        "company": asked,
        "choose": CompanyForm(companies=companies, chosen=asked.uid) if asked and len(companies) > 1 else None,
        "form": form or (_form(request, asked, sent=False) if asked else None),
        "refusal": said,
    }
    return render(request, "web/stock_takes.html", page, status=status)


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    take = queries.stock_take_visible_to(request.user, at, uid)
    steps = queries.steps_open_to(request.user, at, take)
    seen, everything = queries.seen_of(request.user, at, take)
    people = queries.tellers_visible_to(request.user, at, take.company) if Step.HAND_ON in steps else ()
    page = {
        "take": take,
        "row": shown.row(take),
        "is_ended": take.count == Count.ENDED.value,
        "is_late": take.ended_at is None and at >= take.due_at,
        "seen": seen,
        "everything": everything,
        "lines": [shown.line(line) for line in queries.lines_of(request.user, at, take)[:_MOST_LINES]],
        "see": SeenForm(slots=queries.slots_of(request.user, at, take)) if Step.SEE in steps else None,
        "strange": StrangeForm() if Step.SEE in steps else None,
        "hand_on": TellersForm(people=people) if Step.HAND_ON in steps else None,
        "buttons": shown.buttons(steps),
        "end": EndForm(is_watched=take.witness_id is not None) if Step.END in steps else None,
        "late": hands.late(queries.late_acts_of_take(request.user, at, take)[:_MOST]),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/stock_take.html", page, status=status)
