"""The slot of a cabinet, opened on the keeper's telephone for a seal that is to be given out."""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.custody import queries as custody
from privyseal.device.codes import in_groups
from privyseal.devices import actions
from privyseal.identity.models import Person
from privyseal.sealing.signing import client
from privyseal.seals.models import Permit
from privyseal.web.acting import Again, Said, acted
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_machine_uses import OpenCabinetForm, ReceiptForm
from privyseal.web.shown.cabinets import cabinet_of
from privyseal.web.views import by_hand, takeout


@capability("signed-in")
@require_POST
def open_cabinet(request: SignedIn, uid: str) -> HttpResponse:
    """Have the cabinet that holds the seal open its slot, once; a code is shown, a ticket is fetched."""
    at = now()
    permit = custody.permit_visible_to(request.user, at, uid)
    return acted(
        request,
        OpenCabinetForm(request.POST),
        lambda said: actions.open_cabinet(
            request.user,
            at,
            command_id=said["command_id"],
            permit_uid=uid,
            minutes=said["minutes"],
            word=said["word"],
            signer=client(),
        )[1],
        done="",
        back=partial(_shown, request, permit, at),
        again=_again(request, permit),
    )


@capability("signed-in")
@require_POST
def code(request: SignedIn, uid: str) -> HttpResponse:
    """Show the code again: by it the seal goes back as well."""
    at = now()
    permit = custody.permit_visible_to(request.user, at, uid)
    return acted(
        request,
        CommandForm(request.POST),
        lambda _said: actions.cabinet_digits(request.user, at, permit_uid=uid, signer=client()),
        done="",
        back=partial(_shown, request, permit, at),
        again=_again(request, permit),
    )


@capability("signed-in")
@require_POST
def receipt(request: SignedIn, uid: str) -> HttpResponse:
    """Close a code by the twelve digits that the cabinet shows once the seal is back."""
    permit = custody.permit_visible_to(request.user, now(), uid)

    def read(said: Said) -> str:
        digits = "".join(said["receipt"].split())
        return actions.read_cabinet_receipt(request.user, now(), permit_uid=uid, digits=digits, signer=client())

    return acted(
        request,
        ReceiptForm(request.POST),
        read,
        done=_("The receipt is right, and the code is closed."),
        back=lambda _uid: redirect(*_page_of(permit)),
        again=_again(request, permit),
    )


def _shown(request: SignedIn, permit: Permit, at: datetime, digits: str) -> HttpResponse:
    """Show a code, or go back to the page by which the seal is given out."""
    if not digits:
        messages.success(request, _("The cabinet may open. Identify yourself there, and take this one seal."))
        return redirect(*_page_of(permit))
    reader: Person = request.user
    page, uid = _page_of(permit)
    shown = {"permit": permit, "cabinet": cabinet_of(reader, at, permit), "digits": in_groups(digits)}
    return render(request, "web/cabinet_code.html", shown | {"page": page, "page_uid": uid})


def _again(request: SignedIn, permit: Permit) -> Again:
    """Show the page by which the seal is given out once more, with what keeps the cabinet shut."""
    page, uid = _page_of(permit)
    return partial(takeout.whole_page if page == "take-out" else by_hand.whole_page, request, uid)


def _page_of(permit: Permit) -> tuple[str, str]:
    out = getattr(permit, "take_out", None)
    return ("take-out", out.uid) if out else ("by-hand", permit.uid)
