"""Lost second factors: asked for by one, agreed to by another, and stopped by their owner."""

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.identity import actions
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.step_up import proven


@capability("signed-in")
@require_POST
@proven("factor.ask-reset")
def ask(request: SignedIn, pseudonym: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.ask_factor_reset.once(said["command_id"], request.user, now(), person_pseudonym=pseudonym),
        done=_("Asked for. A second person has to agree; the owner is told and can stop it."),
        back=to("home"),
    )


@capability("signed-in")
@require_POST
@proven("factor.confirm-reset")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.confirm_factor_reset.once(said["command_id"], request.user, now(), reset_uid=uid),
        done=_("The second factors are removed. Their owner signs in and enrols new ones."),
        back=to("home"),
    )


@capability("signed-in")
@require_POST
def stop(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.stop_factor_reset.once(said["command_id"], request.user, now(), reset_uid=uid),
        done=_("Stopped: the second factors stay as they are."),
        back=to("home"),
    )
