"""What a telephone carries between a machine without a network and the gateway, by Bluetooth."""

import json
from typing import Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from privyseal.device import signed
from privyseal.device.hello import MOST_SEALED, picture
from privyseal.device.signed import Frame, FrameBroken
from privyseal.device.way import Answer
from privyseal.devices import queries
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import WORDS, words_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.waiting import readable_without_network

_MOST_FRAMES: Final = 16
_JSON: Final = "application/json"
_CARRIED: Final = frozenset((Frame.EVENTS, Frame.HELLO))


class OtherMachine(Refused):
    """What was carried is of another machine than the one whose page it was brought to."""

    code = "other-machine"


@capability("signed-in")
@require_safe
@readable_without_network
def carry(request: SignedIn, uid: str) -> HttpResponse:
    """Show the page by which a telephone carries for a machine; it is read without a network too."""
    device = queries.device_to_carry_for(request.user, now(), uid)
    is_seen = queries.devices_visible_to(request.user, now()).filter(pk=device.pk).exists()
    return render(request, "web/machine_carry.html", {"device": device, "is_seen": is_seen})


@capability("signed-in")
@require_POST
def carried(request: SignedIn, uid: str) -> HttpResponse:
    """Hand in what a machine told a telephone, as it is, and answer what the machine is told."""
    device = queries.device_to_carry_for(request.user, now(), uid)
    if request.content_type != _JSON:
        raise FrameBroken
    return _told(settings.GATEWAY.carried(_frames(request.body, serial=device.serial)))


@capability("signed-in")
@require_POST
def pictured(request: SignedIn, uid: str) -> HttpResponse:
    """Hand in a picture that a machine sealed to the gateway, as it is, and answer whether it may forget it."""
    device = queries.device_to_carry_for(request.user, now(), uid)
    frame, sealed = request.POST.get("frame", ""), request.FILES.get("picture")
    if sealed is None or (sealed.size or 0) > MOST_SEALED or signed.claimed(frame) is not Frame.PICTURE:
        raise FrameBroken
    if signed.device_in(frame) != device.serial:
        raise OtherMachine
    named = picture(signed.said_by_itself(frame, Frame.PICTURE))
    return _told(settings.GATEWAY.pictured(named.sha256, sealed.read(), frame))


def _told(answer: Answer) -> HttpResponse:
    code, frames = str(answer.said.get("code", "")), [*map(str, answer.said.get("frames", ()))]
    words = words_of(code if code in WORDS else FrameBroken.code, {}) if code else ""
    return JsonResponse({"frames": frames, "code": code, "words": words})


def _frames(body: bytes, *, serial: str) -> list[str]:
    """Return the frames that a telephone brings, if they are what this one machine told; or refuse."""
    try:
        frames = json.loads(body)["frames"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FrameBroken from error
    if not isinstance(frames, list) or not 1 <= len(frames) <= _MOST_FRAMES:
        raise FrameBroken
    for text in frames:
        if not isinstance(text, str) or signed.claimed(text) not in _CARRIED:
            raise FrameBroken
        if signed.device_in(text) != serial:
            raise OtherMachine
    return frames
