"""Photographs that are owed: by the reader, or by anybody whose uses they see; asked to be waived, and waived."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.queries.photographs import Debt, debts_visible_to
from privyseal.identity.rules import Power
from privyseal.seals.places import place_of
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, ReasonForm

_MOST: Final = 100


@capability("signed-in")
@require_safe
def owed(request: SignedIn) -> HttpResponse:
    """Show what the reader owes; with ``all``, what anybody owes whose uses they see."""
    return _page(request)


@capability("signed-in")
@require_POST
def ask_waiver(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        ReasonForm(request.POST),
        lambda said: actions.ask_waiver.once(
            said["command_id"], request.user, now(), use_uid=uid, reason=said["reason"]
        ),
    )


@capability("signed-in")
@require_POST
def agree_to_waiver(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.agree_to_waiver.once(said["command_id"], request.user, now(), use_uid=uid),
    )


def _acted(request: SignedIn, form: Form, act: Callable[[Said], object]) -> HttpResponse:
    back, again = to("photographs-owed"), partial(_page, request)
    return acted(request, form, act, done=_("It is on record."), back=back, again=again)


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    of_all = "all" in request.GET
    debts = debts_visible_to(request.user, now(), of=None if of_all else request.user)
    page = {
        "rows": [(debt, _may_agree(request, debt)) for debt in debts[:_MOST]],
        "is_cut": len(debts) > _MOST,
        "of_all": of_all,
        "reason_form": ReasonForm(),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/photographs_owed.html", page, status=status)


def _may_agree(request: SignedIn, debt: Debt) -> bool:
    is_theirs = debt.use.operator_id == request.user.pk or debt.waiver is None
    is_asker = debt.waiver is not None and debt.waiver.asked_by_id == request.user.pk
    return not is_theirs and not is_asker and request.powers.over(Power.MANAGE, place_of(debt.use.permit.seal))
