"""Machines that hold rubber seals: which there are, how one is, and what somebody near it may ask of it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals import at_machines
from privyseal.approvals.models import ApprovalPasskey
from privyseal.device import enrolment
from privyseal.device.enrolment import DeviceKind
from privyseal.devices import actions, queries
from privyseal.devices.exposure import exposure_of
from privyseal.devices.models import Device, Mounting
from privyseal.devices.mounted import seal_of
from privyseal.devices.rules import REQUESTED, Because, DeviceAct
from privyseal.identity.queries import companies_named, custodians_visible_to, units_of_company
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.machines import ASKED, BECAUSE
from privyseal.language.refusals import words_for
from privyseal.sealing.signing import client
from privyseal.web import agreeing
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import MachineListForm
from privyseal.web.forms_of_machines import ConfirmationsForm, MachineForm, MountForm, OwnerForm, UnlockForm
from privyseal.web.paging import page_of
from privyseal.web.shown import machines as shown
from privyseal.web.shown.lists import kept_lists
from privyseal.web.shown.voices import Voice, voice_of
from privyseal.web.step_up import proven
from privyseal.web.views.campaigns import managed

_MOST_SEALS: Final = 500


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def machines(request: SignedIn) -> HttpResponse:
    """Show the machines, or register one."""
    if request.method != "POST":
        return _list(request)
    form = MachineForm(request.POST, companies=managed(request, now()))
    return acted(
        request,
        form,
        lambda said: actions.register.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=said["company"],
            kind=DeviceKind(said["kind"]),
            serial=said["serial"],
            name=said["name"],
            slots=said["slots"],
            is_through_cloud=said["is_through_cloud"],
        ),
        done=_("It is registered. Make an enrolment code and type it into the machine."),
        back=lambda uid: to("machine", uid)(uid),
        again=partial(_list, request, form=form),
    )


@capability("signed-in")
@require_safe
def machine(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, queries.device_visible_to(request.user, now(), uid))


@capability("signed-in")
@require_POST
@proven("device.give-code")
def code(request: SignedIn, uid: str) -> HttpResponse:
    """Make a code and show it once: what is kept of it enrols nobody."""
    device, made = queries.device_visible_to(request.user, now(), uid), enrolment.new_code()
    secret = enrolment.secret_of(made).hex()
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.give_code.once(
            said["command_id"], request.user, now(), device_uid=device.uid, secret=secret
        ),
        done="",
        back=lambda _uid: _page(request, device, made=made),
        again=partial(_page, request, device),
    )


@capability("signed-in")
@require_POST
def act(request: SignedIn, uid: str, act: str) -> HttpResponse:
    """Ask a machine for something, or end it."""
    device = queries.device_visible_to(request.user, now(), uid)
    if act not in set(DeviceAct) - shown.OF_THEIR_OWN:
        raise NotFound(act=act)
    asked = DeviceAct(act)

    def do(said: Said) -> object:
        key, at = said["command_id"], now()
        if asked in REQUESTED:
            return actions.ask.once(key, request.user, at, device_uid=uid, act=asked)
        ended = actions.end_device.once(key, request.user, at, device_uid=uid, act=asked)
        actions.stop_at_signer(at, signer=client())
        return ended

    return acted(
        request,
        CommandForm(request.POST),
        do,
        done=str(ASKED[asked]),
        back=to("machine", uid),
        again=partial(_page, request, device),
    )


@capability("signed-in")
@require_POST
def mount(request: SignedIn, uid: str) -> HttpResponse:
    """Ask that a seal goes into a machine, or out of it."""
    at = now()
    device = queries.device_visible_to(request.user, at, uid)
    form = MountForm(request.POST, seals=queries.seals_to_mount(request.user, at, device)[:_MOST_SEALS])
    return acted(
        request,
        form,
        lambda said: actions.ask_mounting.once(
            said["command_id"], request.user, now(), device_uid=uid, slot=said["slot"], seal_uid=said["seal"]
        ),
        done=str(ASKED[DeviceAct.MOUNT]),
        back=to("machine", uid),
        again=partial(_page, request, device, form=form),
    )


@capability("signed-in")
@require_POST
@proven("device.decide-mounting")
def decide(request: SignedIn, uid: str, mounting: str, word: str) -> HttpResponse:
    """Agree to a mounting that another asked for, here or led to the page where a passkey does; or drop it."""
    at = now()
    device = queries.device_visible_to(request.user, at, uid)
    asked = device.mountings.select_related("device", "seal").filter(uid=mounting).first()
    if word not in {"agree", "drop"} or asked is None:
        raise NotFound(mounting=mounting)

    def agree(said: Said) -> HttpResponse:
        key, own = said["command_id"], _passkeys_to_mount(request, at, asked)
        if own:
            return redirect(agreeing.lead_to_mounting(request.user, own, asked, command_id=key))
        approvals.agree_to_mounting.once(key, request.user, at, mounting_uid=mounting)
        return _mounted(request, device)

    def drop(said: Said) -> HttpResponse:
        actions.decide_mounting.once(said["command_id"], request.user, at, mounting_uid=mounting, is_agreed=False)
        messages.success(request, _("Cancelled."))
        return redirect("machine", uid)

    act, again = agree if word == "agree" else drop, partial(_page, request, device)
    return acted(request, CommandForm(request.POST), act, done="", back=lambda there: there, again=again)


@capability("signed-in")
@require_http_methods(["GET"])
@never_cache
def mounting_agreed(request: SignedIn, uid: str) -> HttpResponse:
    """Count the yes to a mounting that somebody's own passkey gave."""
    return _counted(request, uid, _mounted)


@capability("signed-in")
@require_POST
def unlock(request: SignedIn, uid: str) -> HttpResponse:
    """Ask that a locked machine is unlocked."""
    device = queries.device_visible_to(request.user, now(), uid)
    return acted(
        request,
        UnlockForm(request.POST),
        lambda said: actions.ask_unlocking.once(
            said["command_id"], request.user, now(), device_uid=uid, because=Because(said["because"])
        ),
        done=str(ASKED[DeviceAct.UNLOCK]),
        back=to("machine", uid),
        again=partial(_page, request, device),
    )


@capability("signed-in")
@require_POST
@proven("device.decide-unlocking")
def decide_unlocking(request: SignedIn, uid: str, unlocking: str, word: str) -> HttpResponse:
    """Agree that a machine is unlocked, here or led to the page where a passkey does, or drop it."""
    at = now()
    device = queries.device_visible_to(request.user, at, uid)
    asked = device.unlockings.select_related("device").filter(uid=unlocking).first()
    if word not in {"agree", "drop"} or asked is None:
        raise NotFound(unlocking=unlocking)

    def agree(said: Said) -> HttpResponse:
        own = at_machines.passkeys_for(request.user, at, at_machines.to_unlock(device))
        if own:
            return redirect(agreeing.lead_to_unlocking(request.user, own, asked, command_id=said["command_id"]))
        approvals.agree_to_unlock.once(said["command_id"], request.user, at, unlocking_uid=unlocking)
        return _unlocked(request, device)

    def drop(said: Said) -> HttpResponse:
        key = said["command_id"]
        actions.decide_unlocking.once(key, request.user, at, unlocking_uid=unlocking, is_agreed=False)
        messages.success(request, _("Cancelled."))
        return redirect("machine", uid)

    act, again = agree if word == "agree" else drop, partial(_page, request, device)
    return acted(request, CommandForm(request.POST), act, done="", back=lambda there: there, again=again)


@capability("signed-in")
@require_http_methods(["GET"])
@never_cache
def unlocking_agreed(request: SignedIn, uid: str) -> HttpResponse:
    """Count the yes to an unlocking that somebody's own passkey gave."""
    return _counted(request, uid, _unlocked)


@capability("signed-in")
@require_POST
def owner(request: SignedIn, uid: str) -> HttpResponse:
    """Say whose a machine is, and who looks after it."""
    device = queries.device_visible_to(request.user, now(), uid)
    return acted(
        request,
        _owner_form(request, device, sent=True),
        lambda said: actions.place_device.once(
            said["command_id"],
            request.user,
            now(),
            device_uid=uid,
            unit_uid=said["unit"],
            keeper_uid=said["keeper"],
            group=said["group"],
        ),
        done=str(ASKED[DeviceAct.PLACE]),
        back=to("machine", uid),
        again=partial(_page, request, device),
    )


@capability("signed-in")
@require_POST
def lock_group(request: SignedIn, uid: str) -> HttpResponse:
    """Lock every machine that goes with this one."""
    device = queries.device_visible_to(request.user, now(), uid)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.lock_group.once(said["command_id"], request.user, now(), device_uid=uid),
        done=_("All machines of its group are asked to lock themselves."),
        back=to("machine", uid),
        again=partial(_page, request, device),
    )


def _owner_form(request: SignedIn, device: Device, *, sent: bool) -> OwnerForm:
    at = now()
    units = units_of_company(request.user, at, device.company.uid)[:_MOST_SEALS]
    keepers = custodians_visible_to(request.user, at, device.company_id)[:_MOST_SEALS]
    return OwnerForm(request.POST if sent else None, device=device, units=units, keepers=keepers)


def _list(request: SignedIn, *, form: MachineForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    look = MachineListForm(
        request.GET,
        companies=companies_named(request.user, at),
        groups=queries.groups_visible_to(request.user, at),
    )
    page = page_of(request, look.found_in(queries.devices_visible_to(request.user, at)), by="serial")
    companies = managed(request, at)
    filled = {
        "page": page,
        "look": look,
        "kept": kept_lists(request, request.user, "machines"),
        "rows": [shown.row(device, at) for device in page.rows],
        "table": look.chosen.table(
            page.rows, shown.cells(page.rows, at), to=lambda one: reverse("machine", args=[one.uid])
        ),
        "form": (form or MachineForm(companies=companies)) if companies else None,
        "refusal": said,
    }
    return render(request, "web/machines.html", filled, status=status)


def _unlocked(request: SignedIn, device: Device) -> HttpResponse:
    """Have the machine told what was agreed to, and go back; or say that the key did not take it."""
    actions.unlock_at_signer(now(), signer=client())
    last = device.unlockings.filter(decided_by=request.user, said__isnull=False).order_by("-pk").first()
    if last is not None and not last.is_agreed:
        messages.error(
            request, _("The key did not take it, and the machine stays locked. The record says why; ask again.")
        )
    else:
        messages.success(request, _agreed(device))
    return redirect("machine", device.uid)


def _counted(request: SignedIn, uid: str, go_on: Callable[[SignedIn, Device], HttpResponse]) -> HttpResponse:
    """Count the yes that waits at the approval page, once, and go on; or say on the machine's page why not."""
    device = queries.device_visible_to(request.user, now(), uid)
    if not request.GET.get("code"):
        return redirect("machine", uid)
    try:
        agreeing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, device, said=words_for(refusal), status=status_of(refusal))
    return go_on(request, device)


def _mounted(request: SignedIn, device: Device) -> HttpResponse:
    """Have the key order what was agreed to, and go back to the page, which says why where it did not."""
    actions.mount_at_signer(now(), signer=client())
    last = device.mountings.filter(decided_by=request.user).order_by("-decided_at", "-pk").first()
    if last is None or not last.refused:
        messages.success(request, _agreed(device))
    return redirect("machine", device.uid)


def _passkeys_to_mount(request: SignedIn, at: datetime, asked: Mounting) -> list[ApprovalPasskey]:
    """Return by which passkeys a mounting is agreed to, none where being signed in does; or why it cannot be."""
    if asked.device.ended_at is not None:
        return []
    return at_machines.passkeys_for(request.user, at, at_machines.to_mount(asked.device, seal_of(asked)))


def _voice_of_mounting(request: SignedIn, at: datetime, mounting: Mounting) -> Voice | None:
    if mounting.device.ended_at is not None:
        return None  # it is freed, and the key orders nothing
    return voice_of(request.user, at, at_machines.to_mount(mounting.device, seal_of(mounting)))


def _agreed(device: Device) -> str:
    if device.ended_at is None:
        return _("Agreed. The machine is being told.")
    return _("Agreed: the seal can be mounted in another machine as soon as the signer has stopped this one.")


def _page(
    request: SignedIn,
    device: Device,
    *,
    form: MountForm | None = None,
    made: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    seals = queries.seals_to_mount(request.user, at, device)[:_MOST_SEALS]
    ties = queries.ties_to(request.user, at, device)
    events = list(queries.latest_events(request.user, at, device))
    filled = {
        "row": shown.row(device, at),
        "made": made,
        "halves": queries.codes_of_two(request.user, at, device) if shown.may(DeviceAct.HALF, device, ties) else [],
        "health": shown.health(device),
        "events": list(shown.events(events, queries.named_in(request.user, at, events))),
        "acts": shown.acts(device, ties),
        "held": list(queries.held_in(request.user, at, device)),
        "out": queries.seals_out_of(request.user, at, device),
        "refused": shown.refused(queries.refused_mountings(request.user, at, device)),
        "mounting": (mounting := queries.open_mounting(request.user, at, device)),
        "form": (form or MountForm(seals=seals)) if shown.may_mount(device, ties) and mounting is None else None,
        "may_decide": shown.may_let_mount(device, ties),
        "mounting_voice": _voice_of_mounting(request, at, mounting) if mounting else None,
        "may_free": shown.may_free(device, ties),
        "exposure": exposure_of(device, at),
        "unlocking": (unlocking := queries.open_unlocking(request.user, at, device)),
        "because": BECAUSE[Because(unlocking.because)] if unlocking else "",
        "voice": voice_of(request.user, at, at_machines.to_unlock(device)) if unlocking else None,
        "may_let_open": device.is_locked and shown.may(DeviceAct.LET_OPEN, device, ties),
        "may_unlock": (may_unlock := device.is_locked and shown.may(DeviceAct.UNLOCK, device, ties)),
        "unlock_form": UnlockForm() if may_unlock and unlocking is None else None,
        "owner_form": _owner_form(request, device, sent=False) if shown.may(DeviceAct.PLACE, device, ties) else None,
        "confirmations": ConfirmationsForm({"confirmations": device.confirmations, "is_dual": device.is_dual})
        if shown.may(DeviceAct.CONFIRM_MORE, device, ties)
        else None,
        "may_lock_group": bool(device.group) and shown.may(DeviceAct.LOCK, device, ties),
        "may_have_code": shown.may_have_code(device, ties),
        "command": CommandForm,
        "refusal": said,
    }
    return render(request, "web/machine.html", filled, status=status)
