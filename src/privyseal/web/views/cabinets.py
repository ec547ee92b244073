"""The slot of a cabinet, opened on the keeper's telephone for a seal that is to be given out."""

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.custody import queries as custody
from privyseal.devices import actions
from privyseal.sealing.signing import client
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm


@capability("signed-in")
@require_POST
def open_cabinet(request: SignedIn, uid: str) -> HttpResponse:
    """Have the cabinet that holds the seal open its slot, once."""
    permit = custody.permit_visible_to(request.user, now(), uid)
    out = getattr(permit, "take_out", None)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.open_cabinet(
            request.user, now(), command_id=said["command_id"], permit_uid=uid, signer=client()
        ),
        done=_("The cabinet may open. Identify yourself there, and take this one seal."),
        back=to("take-out", out.uid) if out else to("by-hand", uid),
    )
