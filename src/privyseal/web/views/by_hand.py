"""Rubber seals by hand: what waits, one permit with everything about it, its slip, and what each person says."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.queries import uids_of_own
from privyseal.approvals.queries.registers import names_of_documents
from privyseal.custody import actions, queries
from privyseal.custody.executor import EXECUTORS
from privyseal.custody.models import HandUse
from privyseal.custody.queries.blanks import blanks_of
from privyseal.custody.queries.places import usual_place
from privyseal.custody.rules import Ending, Hand, How
from privyseal.devices import actions as machines
from privyseal.devices.queries import machine_for, machine_with
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.seals.models import Permit, PermitPart
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_hands import (
    ConfirmForm,
    CountedForm,
    EndForm,
    MadeForm,
    PutBackForm,
    ReleaseForm,
    ReserveForm,
)
from privyseal.web.paging import part_of
from privyseal.web.shown import hands
from privyseal.web.shown.cabinets import cabinet_of, place_for
from privyseal.web.waiting import readable_without_network

_About: TypeAlias = Callable[[dict[str, Any]], dict[str, object]]

_BY_HAND: Final = EXECUTORS[How.BY_HAND]
_MOST: Final = 100


@capability("signed-in")
@require_safe
@readable_without_network
def at_hand(request: SignedIn) -> HttpResponse:
    """Show what waits for the reader's hand; with ``all``, the last permits that they may see, a page at a time."""
    at, of_all = now(), "all" in request.GET
    if of_all:
        part = part_of(request, _all(request.user, at))
        permits = queries.permits_among(request.user, at, part.rows)
    else:  # what waits is on one page: it is kept for where there is no network
        permits, part = list(queries.permits_at_hand(request.user, at)[:_MOST]), None
    rows = [(one, hands.badge(one, list(one.hand_uses.all()), at)) for one in hands.with_uses(permits)]
    return render(request, "web/by_hand_list.html", {"rows": rows, "of_all": of_all, "part": part})


def _all(reader: Person, at: datetime) -> list[int]:
    applied = uids_of_own(reader, at, limit=_MOST)
    return queries.last_keys_visible_to(reader, at, applied=applied, most=_MOST)


@capability("signed-in")
@require_safe
@readable_without_network
def by_hand(request: SignedIn, uid: str) -> HttpResponse:
    return whole_page(request, uid)


@capability("signed-in")
@require_safe
@readable_without_network
def slip(request: SignedIn, uid: str) -> HttpResponse:
    """Show who may stamp what, how often and until when, with a code that leads to the page, to be printed small."""
    at = now()
    permit = queries.permit_visible_to(request.user, at, uid)
    page = {
        **_said(request, permit, queries.counts_of(request.user, at, permit), []),
        "keeper": queries.keeper_of(request.user, at, permit),
        "code_url": reverse("sheet-code", args=["by-hand", uid]),
        "signatures": (_("Operator"), _("Keeper"), _("Supervisor")),
        "printed_at": at,
    }
    return render(request, "web/by_hand_slip.html", page)


@capability("signed-in")
@require_POST
def begin(request: SignedIn, uid: str) -> HttpResponse:
    return act_on(request, uid, CommandForm(request.POST), machines.begin_by_hand.once, lambda _: {"permit_uid": uid})


@capability("signed-in")
@require_POST
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        ConfirmForm(request.POST),
        machines.confirm_by_hand.once,
        lambda said: {"use_uid": _use(request, uid, said), "hand": Hand(said["hand"]), "done_at": said["done_at"]},
    )


@capability("signed-in")
@require_POST
def reserve(request: SignedIn, uid: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        ReserveForm(request.POST),
        _BY_HAND.reserve.once,
        lambda said: {"use_uid": _last(request, uid).uid, "line_id": said["line"], "impressions": said["impressions"]},
    )


@capability("signed-in")
@require_POST
def made(request: SignedIn, uid: str, turn: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        MadeForm(request.POST),
        _BY_HAND.fire.once,
        lambda said: {"turn_uid": _turn(request, uid, turn), "made": said["made"], "done_at": said["done_at"]},
    )


@capability("signed-in")
@require_POST
def counted(request: SignedIn, uid: str, turn: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        CountedForm(request.POST),
        _BY_HAND.commit.once,
        lambda said: {
            "turn_uid": _turn(request, uid, turn),
            "counted": said["counted"],
            "reason": said["reason"],
            "done_at": said["done_at"],
        },
    )


@capability("signed-in")
@require_POST
def release(request: SignedIn, uid: str, turn: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        ReleaseForm(request.POST),
        _BY_HAND.release.once,
        lambda said: {"turn_uid": _turn(request, uid, turn), "reason": said["reason"], "done_at": said["done_at"]},
    )


@capability("signed-in")
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        EndForm(request.POST),
        actions.end_use.once,
        lambda said: {
            "use_uid": _use(request, uid, said),
            "ending": Ending(said["ending"]),
            "reason": said["reason"],
            "done_at": said["done_at"],
        },
    )


@capability("signed-in")
@require_POST
def put_back(request: SignedIn, uid: str) -> HttpResponse:
    return act_on(
        request,
        uid,
        PutBackForm(request.POST),
        actions.put_back.once,
        lambda said: {"use_uid": _use(request, uid, said), "place": said["place"], "done_at": said["done_at"]},
    )


def act_on(request: SignedIn, uid: str, form: Form, act: Callable[..., object], about: _About) -> HttpResponse:
    """Do one thing about a seal that is out, with what the form says it is about, and show how things stand then."""
    queries.permit_visible_to(request.user, now(), uid)
    return acted(
        request,
        form,
        lambda said: act(said["command_id"], request.user, now(), **about(said)),
        done=_("It is on record."),
        back=to("by-hand", uid),
        again=partial(whole_page, request, uid),
    )


def whole_page(request: SignedIn, uid: str, *, said: Promise | str = "", status: int = 200) -> HttpResponse:
    at = now()
    permit = queries.permit_visible_to(request.user, at, uid)
    uses = list(queries.uses_of(request.user, at, permit)[:_MOST])
    keeper = queries.keeper_of(request.user, at, permit)
    counts, cabinet = queries.counts_of(request.user, at, permit), cabinet_of(request.user, at, permit)
    place = place_for(cabinet, usual_place(request.user, at, permit.seal))
    page = {
        **_said(request, permit, counts, uses),
        "keeper": keeper,
        "badge": hands.badge(permit, uses, at),
        "uses": [hands.use(one, request.user, keeper) for one in uses],
        "doing": hands.doing(permit, uses, keeper, request.user, at, place=place),
        "late": hands.late(queries.late_acts_of(request.user, at, permit)[:_MOST]),
        "left": sum(one.left for one in counts),
        "blanks": hands.blanks(blanks_of(request.user, at, permit), keeper, request.user, at),
        "machine": machine_for(request.user, at, permit),
        "in_machine": machine_with(request.user, at, permit),
        "cabinet": cabinet,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/by_hand.html", page, status=status)


def _said(
    request: SignedIn, permit: Permit, counts: Sequence[queries.LineCount], uses: Sequence[HandUse]
) -> dict[str, object]:
    """Return what the permit says: who, what, how often, until when."""
    parts = list(permit.parts.select_related("person").order_by("person_id"))
    return {
        "permit": permit,
        "operators": [one.person for one in parts if one.part == PermitPart.Part.HOLDER],
        "supervisors": [one.person for one in parts if one.part == PermitPart.Part.WITNESS],
        "approvers": [one.person for one in parts if one.part == PermitPart.Part.APPROVER],
        "lines": hands.lines(counts, names_of_documents(request.user, now(), permit), uses, request.user),
    }


def _last(request: SignedIn, uid: str) -> HandUse:
    permit = queries.permit_visible_to(request.user, now(), uid)
    last = queries.uses_of(request.user, now(), permit).first()
    if last is None:
        raise OutOfTurn(permit=uid)
    return last


def _use(request: SignedIn, uid: str, said: dict[str, Any]) -> str:
    """Return the use that the form was about, which is not the last one where it comes late."""
    permit = queries.permit_visible_to(request.user, now(), uid)
    found = queries.uses_of(request.user, now(), permit).filter(uid=said["use"]).first()
    if found is None:
        raise NotFound(hand_use=said["use"])
    return found.uid


def _turn(request: SignedIn, uid: str, turn: str) -> str:
    permit = queries.permit_visible_to(request.user, now(), uid)
    return queries.turn_of(request.user, now(), permit, turn).uid
