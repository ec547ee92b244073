"""Lists that somebody keeps under a name, for each list of the product."""

from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.identity.actions.lists import drop_list, keep_list
from privyseal.identity.asked import written
from privyseal.web.acting import acted
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import KeepListForm

PLACES: Final = (
    "seals",
    "applications",
    "people",
    "register-of-uses",
    "incidents",
    "take-outs",
    "machines",
    "stock-takes",
)
# Where in the list somebody was is not what they looked for.
_NOT_KEPT: Final = frozenset({"after", "before"})


@capability("signed-in")
@require_POST
def keep(request: SignedIn) -> HttpResponse:
    return acted(
        request,
        KeepListForm(request.POST, places=PLACES),
        lambda said: _kept(request, said["command_id"], said["place"], said["name"], said["asked"]),
        done=_("The list is saved. You find it above, and nobody else sees it."),
        back=redirect,
    )


@capability("signed-in")
@require_POST
def drop(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: drop_list.once(said["command_id"], request.user, now(), list_uid=uid),
        done=_("The saved list is removed."),
        back=redirect,
    )


def _kept(request: SignedIn, command_id: UUID, place: str, name: str, asked: str) -> str:
    """Keep what was asked without the place in the list, and return where the list is."""
    wanted = [pair for pair in parse_qsl(asked, keep_blank_values=True) if pair[0] not in _NOT_KEPT]
    keep_list.once(command_id, request.user, now(), place=place, name=name, asked=written(wanted))
    return place
