"""A use at a machine on the operator's telephone: open it, see what it counts and photographs, finish."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.queries.registers import names_of_documents
from privyseal.custody import queries as custody
from privyseal.device.codes import HALF, in_groups
from privyseal.devices import actions, queries
from privyseal.devices.confirming import approved_at_machine, is_unreviewed
from privyseal.sealing.signing import client
from privyseal.seals.models import Permit
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_machine_uses import OpenMachineForm, ReceiptForm
from privyseal.web.shown import machine_uses as shown
from privyseal.web.shown.labels import drawn

_MOST: Final = 50


@capability("signed-in")
@require_safe
def machine_use(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, custody.permit_visible_to(request.user, now(), uid))


@capability("signed-in")
@require_POST
def open_machine(request: SignedIn, uid: str) -> HttpResponse:
    """Let the machine that holds the seal stamp what is left of a line; a code is shown, a ticket is fetched."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    return acted(
        request,
        OpenMachineForm(request.POST),
        lambda said: actions.open_machine(
            request.user,
            now(),
            command_id=said["command_id"],
            permit_uid=uid,
            line_id=said["line"],
            minutes=said["minutes"],
            is_emergency=said["is_emergency"],
            word=said["word"],
            signer=client(),
        ),
        done="",
        back=lambda opened: _page(request, permit, digits=opened[1]) if opened[1] else to("machine-use", uid)(opened),
        again=partial(_page, request, permit),
    )


@capability("signed-in")
@require_POST
def code(request: SignedIn, uid: str, use: str) -> HttpResponse:
    """Show the code again to whoever is to type it."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    found = queries.use_by_machine(request.user, now(), permit, use)
    return acted(
        request,
        CommandForm(request.POST),
        lambda _said: actions.digits_of(request.user, now(), use_uid=found.uid, signer=client()),
        done="",
        back=lambda digits: _page(request, permit, digits=digits),
        again=partial(_page, request, permit),
    )


@capability("signed-in")
@require_POST
def qr(request: SignedIn, uid: str, use: str) -> HttpResponse:
    """Show the ticket as a QR code to whoever holds it before the machine's camera."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    found = queries.use_by_machine(request.user, now(), permit, use)
    return acted(
        request,
        CommandForm(request.POST),
        lambda _said: actions.show_ticket(request.user, now(), use_uid=found.uid),
        done="",
        back=lambda ticket: _page(request, permit, ticket=ticket),
        again=partial(_page, request, permit),
    )


@capability("signed-in")
@require_POST
def finish(request: SignedIn, uid: str, use: str) -> HttpResponse:
    """Say that no more is stamped: the machine is told, and what is left goes back."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    found = queries.use_by_machine(request.user, now(), permit, use)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.finish.once(said["command_id"], request.user, now(), use_uid=found.uid),
        done=_("The machine is being told. What is left goes back once it confirms that nothing opens it."),
        back=to("machine-use", uid),
        again=partial(_page, request, permit),
    )


@capability("signed-in")
@require_POST
def receipt(request: SignedIn, uid: str, use: str) -> HttpResponse:
    """Close a code by the twelve digits that the machine shows."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    found = queries.use_by_machine(request.user, now(), permit, use)

    def read(said: Said) -> str:
        digits = "".join(said["receipt"].split())
        return actions.read_receipt(request.user, now(), use_uid=found.uid, digits=digits, signer=client())

    return acted(
        request,
        ReceiptForm(request.POST),
        read,
        done=_("The receipt is right, and the code is closed."),
        back=to("machine-use", uid),
        again=partial(_page, request, permit),
    )


def _page(
    request: SignedIn, permit: Permit, *, digits: str = "", ticket: str = "", said: str = "", status: int = 200
) -> HttpResponse:
    at, reader = now(), request.user
    machine = queries.machine_for(reader, at, permit)
    uses = list(queries.uses_by_machine(reader, at, permit)[:_MOST])
    counts, names = custody.counts_of(reader, at, permit), names_of_documents(reader, at, permit)
    waits = is_unreviewed(machine, permit.seal_id)
    is_approved = bool((approved := approved_at_machine(permit)) and approved.emergency_impressions)
    page = {
        "permit": permit,
        "machine": machine,
        "sees_machine": bool(
            machine and machine.is_locked and queries.devices_visible_to(reader, at).filter(pk=machine.pk).exists()
        ),
        "may_emergency": is_approved and not waits,
        "waits_for_review": is_approved and waits,
        "digits": in_groups(digits),
        "is_half": len(digits) == HALF,
        "ticket": drawn(ticket) if ticket else None,
        "lines": shown.lines(permit, machine, counts, names, uses, reader, at),
        "uses": [shown.use(one, reader, at) for one in uses],
        "command": CommandForm,
        "refusal": said,
    }
    return render(request, "web/machine_use.html", page, status=status)
