"""The second half of a code that two people hold, shown to the one of them who does not stamp."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from privyseal.device.codes import in_groups
from privyseal.devices import actions, queries
from privyseal.devices.models import Device
from privyseal.kernel.errors import NotFound
from privyseal.sealing.signing import client
from privyseal.web.acting import acted
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm


@capability("signed-in")
@require_POST
def half(request: SignedIn, uid: str, use: str) -> HttpResponse:
    device = queries.device_visible_to(request.user, now(), uid)
    if not device.uses.filter(uid=use).exists():
        raise NotFound(machine_use=use)
    return acted(
        request,
        CommandForm(request.POST),
        lambda _said: actions.second_half(request.user, now(), use_uid=use, signer=client()),
        done="",
        back=lambda digits: _page(request, device, half=in_groups(digits)),
        again=partial(_page, request, device),
    )


def _page(request: SignedIn, device: Device, *, half: str = "", said: str = "", status: int = 200) -> HttpResponse:
    page = {"device": device, "half": half, "refusal": said}
    return render(request, "web/code_half.html", page, status=status)
