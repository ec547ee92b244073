"""Rubber seals taken out of the company: what is under way, one take-out with its trail, and what each person says."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.models import TakeOut
from privyseal.custody.queries import keeper_of, late_acts_of
from privyseal.custody.queries import takeout as queries
from privyseal.custody.queries.places import usual_place
from privyseal.custody.rules.takeout import Act
from privyseal.devices.positions import positions_of
from privyseal.identity.queries import companies_named
from privyseal.kernel.canonical import sha256
from privyseal.seals.actions import receive_photo
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import TakeOutListForm
from privyseal.web.forms_of_takeout import GiveForm, TakeBackForm, WhereaboutsForm
from privyseal.web.paging import page_of
from privyseal.web.shown import hands
from privyseal.web.shown import takeout as shown
from privyseal.web.shown.cabinets import cabinet_of, place_for
from privyseal.web.shown.lists import kept_lists
from privyseal.web.shown.trail import trail
from privyseal.web.waiting import WaitingForm, readable_without_network

_MOST: Final = 100


@capability("signed-in")
@require_safe
@readable_without_network
def take_outs(request: SignedIn) -> HttpResponse:
    """Show the take-outs in which the reader has a part; with ``all``, every one that they may see."""
    at, of_all = now(), "all" in request.GET
    look = TakeOutListForm(request.GET, companies=companies_named(request.user, at))
    found = look.found_in(queries.take_outs_listed(request.user, at, of_all=of_all))
    part = page_of(request, found, by="-due_at", then="-pk")
    page = {
        "page": part,
        "rows": [(one, shown.badge(one)) for one in part.rows],
        "table": look.chosen.table(
            part.rows, shown.cells(part.rows), to=lambda one: reverse("take-out", args=[one.uid])
        ),
        "of_all": of_all,
        "look": look,
        "kept": kept_lists(request, request.user, "take-outs"),
    }
    return render(request, "web/take_outs.html", page)


@capability("signed-in")
@require_safe
@readable_without_network
def take_out(request: SignedIn, uid: str) -> HttpResponse:
    return whole_page(request, uid)


@capability("signed-in")
@require_POST
def say(request: SignedIn, uid: str, act: str) -> HttpResponse:
    """Take one person's word on the way out or back, with the photograph where it takes one."""
    one = queries.take_out_visible_to(request.user, now(), uid)
    if act not in set(Act):
        raise Http404
    form = _form(Act(act), one, request)
    return _acted(request, uid, form, lambda said: _say(request, one, Act(act), form, said))


@capability("signed-in")
@require_POST
def report(request: SignedIn, uid: str) -> HttpResponse:
    queries.take_out_visible_to(request.user, now(), uid)
    form = WhereaboutsForm(request.POST)
    return _acted(
        request,
        uid,
        form,
        lambda said: actions.report_place.once(
            said["command_id"],
            request.user,
            now(),
            take_out_uid=uid,
            said=form.said(),
            done_at=said["done_at"],
        ),
    )


def _form(act: Act, one: TakeOut, request: SignedIn) -> Form:
    match act:
        case Act.GIVE:
            return GiveForm(request.POST, request.FILES, approved=one.fence)
        case Act.TAKE_BACK:
            return TakeBackForm(request.POST, request.FILES)
    return WaitingForm(request.POST)


def _say(request: SignedIn, one: TakeOut, act: Act, form: Form, said: Said) -> object:
    at, key, more = now(), said["command_id"], dict[str, Any](done_at=said["done_at"])
    if "photo" in said:
        # A picture is kept of whoever is asked for one alone; from anybody else the act refuses without it, and one
        # that is delivered again is known by its digest.
        asked = shown.doing(one, keeper_of(request.user, at, one.permit), request.user, place="")
        is_asked = asked.act is act and not asked.is_early
        data = said["photo"].read()
        more["photo_sha256"] = (
            receive_photo(request.user, at, seal_uid=one.seal.uid, data=data) if is_asked else sha256(data)
        )
    if isinstance(form, GiveForm):
        return actions.give_out.once(key, request.user, at, take_out_uid=one.uid, fence=form.fence(), **more)
    if isinstance(form, TakeBackForm):
        return actions.take_back.once(key, request.user, at, take_out_uid=one.uid, place=said["place"], **more)
    word = actions.receive if act is Act.RECEIVE else actions.bring_back
    return word.once(key, request.user, at, take_out_uid=one.uid, **more)


def _acted(request: SignedIn, uid: str, form: Form, act: Callable[[Said], object]) -> HttpResponse:
    back, again = to("take-out", uid), partial(whole_page, request, uid)
    return acted(request, form, act, done=_("It is on record."), back=back, again=again)


def whole_page(request: SignedIn, uid: str, *, said: Promise | str = "", status: int = 200) -> HttpResponse:
    at = now()
    one = queries.take_out_visible_to(request.user, at, uid)
    keeper = keeper_of(request.user, at, one.permit)
    reports = queries.reports_of(request.user, at, one)[:_MOST]
    cabinet = cabinet_of(request.user, at, one.permit)
    place = place_for(cabinet, usual_place(request.user, at, one.seal))
    page = {
        "one": one,
        "trail": trail(reports, positions_of(request.user, at, one), one.fence),
        "badge": shown.badge(one),
        "around": shown.around(one.fence),
        "lateness": shown.late_badge(one),
        "doing": shown.doing(one, keeper, request.user, place=place),
        "keeper": keeper,
        "late": hands.late(late_acts_of(request.user, at, one.permit)[:_MOST]),
        "reports": shown.said_to_be(reports),
        "permit": one.permit,
        "cabinet": cabinet,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/take_out.html", page, status=status)
