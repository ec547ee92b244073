"""Rosters: what each says, what waits to come onto one, and why somebody's yes is not counted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.queries import rosters as queries
from privyseal.approvals.rules.rosters import MOST_AT_ONCE
from privyseal.identity import queries as identity
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.language.refusals import words_for
from privyseal.web import changing
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, SearchForm
from privyseal.web.forms_of_charters import SeatsForm
from privyseal.web.paging import page_of
from privyseal.web.shown import rosters as shown_rosters
from privyseal.web.step_up import proven

_FOUND = 10


@capability("signed-in")
@require_safe
def rosters(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability("signed-in")
@require_safe
def of_company(request: SignedIn, uid: str) -> HttpResponse:
    """Show everybody who may approve in a company, and whether their yes counts at the key."""
    _check_reads(request)
    company = identity.companies_visible_to(request.user, now()).filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    shown = {
        "company": company,
        "rows": [shown_rosters.row(one) for one in queries.approvers_in(request.user, now(), company)],
    }
    return render(request, "web/roster.html", shown)


@capability(Power.SECURITY)
@require_POST
def put(request: SignedIn) -> HttpResponse:
    """Put what was ticked onto one list, for two of security to say yes to."""
    form = SeatsForm(request.POST)

    def act(said: Said) -> str:
        return actions.list_seats.once(said["command_id"], request.user, now(), seats=tuple(said["seats"]))

    done = _(
        "They are on one list now. They come onto their rosters once two security administrators have agreed to it."
    )
    return _acted(request, form, act, done)


@capability(Power.SECURITY)
@require_POST
@proven("passkey.agree-seats")
def agree(request: SignedIn, uid: str) -> HttpResponse:
    """Take the yes here, or lead to the page on which security's own passkey gives it."""
    at = now()
    is_led = changing.has_voice(request.user, at)

    def act(said: Said) -> str:
        if is_led:
            return changing.lead_to_seats(request.user, at, list_uid=uid, command_id=said["command_id"])
        actions.agree_seats.once(said["command_id"], request.user, at, list_uid=uid)
        return reverse("rosters")

    done = "" if is_led else _("Your agreement to the list is recorded.")
    return acted(
        request,
        CommandForm(request.POST),
        act,
        done=done,
        back=redirect,
        again=lambda *, said, status: _page(request, said=said, status=status),
    )


@capability(Power.SECURITY)
@require_http_methods(["GET"])
@never_cache
def agreed(request: SignedIn) -> HttpResponse:
    """Count the yes to a list that security's own passkey gave."""
    if not request.GET.get("code"):
        return redirect("rosters")
    try:
        changing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("Your agreement to the list is recorded."))
    return redirect("rosters")


@capability(Power.SECURITY)
@require_POST
def drop(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> str:
        return actions.drop_seats.once(said["command_id"], request.user, now(), list_uid=uid)

    return _acted(request, CommandForm(request.POST), act, _("The list is discarded. Who was on it waits again."))


def _acted(request: SignedIn, form: CommandForm, act: shown_rosters.Act, done: str) -> HttpResponse:
    def again(*, said: str, status: int) -> HttpResponse:
        return _page(request, said=said, status=status)

    return acted(request, form, act, done=done, back=to("rosters"), again=again)


def _check_reads(request: SignedIn) -> None:
    if not request.powers.knows_everybody:
        raise NotEntitled(power=Power.SECURITY.value)


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    _check_reads(request)
    at, search = now(), SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    found = list(identity.people_found(request.user, at, words=words)[:_FOUND]) if words else []
    companies = page_of(request, queries.companies_visible_to(request.user, at), by="name")
    waiting = list(queries.waiting_visible_to(request.user, at)[: MOST_AT_ONCE + 1])
    seated = queries.seated_in(request.user, at, [one.pk for one in companies.rows])
    failed, open_lists = queries.failed_visible_to(request.user, at), queries.lists_visible_to(request.user, at)
    shown = {
        "words": words,
        "found": [shown_rosters.row(one) for one in queries.of_people(request.user, at, found)],
        "nowhere": [one for one in found if not identity.powers_of(one, at).anywhere(Power.APPROVE)],
        "shared": queries.sizes(request.user, at),
        "companies": shown_rosters.companies(companies.rows, seated),
        "page": companies,
        "waiting": waiting[:MOST_AT_ONCE],
        "is_more": len(waiting) > MOST_AT_ONCE,
        "lists": [shown_rosters.open_list(one, request.user) for one in open_lists[:_FOUND]],
        "failed": shown_rosters.failed(failed) if failed else None,
        "may": request.powers.has(Power.SECURITY, None),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/rosters.html", shown, status=status)
