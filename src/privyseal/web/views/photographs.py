"""Photographs of stamped pages: taken with a telephone, shown small, and one by one as they were sent."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.actions import Taken
from privyseal.custody.queries.photographs import photograph_visible_to, turn_visible_to
from privyseal.custody.rules.photographs import MOST_BYTES
from privyseal.identity.models import Person
from privyseal.keeping.ended import check_is_kept
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture, stored
from privyseal.web.forms_of_hands import PhotographForm, SpoilForm
from privyseal.web.views.by_hand import act_on
from privyseal.web.waiting import WaitingForm

_JPEG: Final = "image/jpeg"
_KEPT_SECONDS: Final = 3600


@capability("signed-in")
@require_POST
def photograph(request: SignedIn, uid: str, turn: str) -> HttpResponse:
    """Take the picture of a stamped page."""

    def about(said: dict[str, Any]) -> dict[str, object]:
        taken = Taken(
            data=said["photo"].read(MOST_BYTES + 1),
            impressions=said["impressions"],
            place=said["place"],
            taken_at=said["taken_at"],
            done_at=said["done_at"],
            sample=said["sample"],
            spoiled=said["spoiled"] or 0,
            reason=said["why"],
        )
        return {"turn_uid": turn_visible_to(request.user, now(), turn).uid, "taken": taken}

    def act(key: UUID, actor: Person, at: datetime, **said: Any) -> str:  # noqa: ANN401  a command's arguments
        return actions.photograph(actor, at, command_id=key, **said)

    return act_on(request, uid, PhotographForm(request.POST, request.FILES), act, about)


@capability("signed-in")
@require_POST
def spoil(request: SignedIn, uid: str, photograph: str) -> HttpResponse:
    """Call impressions on a photographed page spoiled."""

    def about(said: dict[str, Any]) -> dict[str, object]:
        shown = photograph_visible_to(request.user, now(), photograph)
        return {
            "photograph_uid": shown.uid,
            "impressions": said["impressions"],
            "reason": said["reason"],
            "done_at": said["done_at"],
        }

    return act_on(request, uid, SpoilForm(request.POST), actions.spoil.once, about)


@capability("signed-in")
@require_POST
def take_in(request: SignedIn, uid: str, photograph: str) -> HttpResponse:
    """Take a spoiled page in."""

    def about(said: dict[str, Any]) -> dict[str, object]:
        shown = photograph_visible_to(request.user, now(), photograph)
        return {"photograph_uid": shown.uid, "done_at": said["done_at"]}

    return act_on(request, uid, WaitingForm(request.POST), actions.take_in.once, about)


@capability("signed-in")
@require_safe
def original(request: SignedIn, uid: str) -> HttpResponseBase:
    """Hand out a stamped page as it was photographed; that somebody looks at it goes on record.

    What an auditor reads goes on record by itself.
    """
    at = now()
    if not request.powers.reads_everything:
        actions.look_at_photograph(request.user, at, uid=uid)
    found = photograph_visible_to(request.user, at, uid)
    check_is_kept(found.sha256)
    name = f"{found.at:%Y-%m-%d}-{found.sha256[:12]}.{found.kind.rpartition('/')[2]}"
    return stored(settings.VAULT, found.sha256, name=name, kind=found.kind)


@capability("signed-in")
@require_safe
def small(request: SignedIn, uid: str) -> HttpResponse:
    found = photograph_visible_to(request.user, now(), uid)
    check_is_kept(found.sha256)
    data = b"".join(settings.VAULT.parts(found.small_sha256))
    return picture(data, kind=_JPEG, seconds=_KEPT_SECONDS)
