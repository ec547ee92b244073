"""What the key demands of a yes: shown beside a seal, proposed by an approver, agreed to by others."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.queries.charters import charters_visible_to, holds_for
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import WORDS, words_for
from privyseal.seals.queries import seal_visible_to
from privyseal.web import changing
from privyseal.web.acting import Said, acted
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_charters import COMPANY, CharterForm, wish_of
from privyseal.web.shown import charters as shown_charters
from privyseal.web.step_up import proven

_LATEST = 20


@capability("signed-in")
@require_safe
def charter(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability(Power.APPROVE)
@require_POST
def propose(request: SignedIn, uid: str) -> HttpResponse:
    form = CharterForm(request.POST)

    def act(said: Said) -> str:
        return actions.propose_charter.once(
            said["command_id"],
            request.user,
            now(),
            seal_uid=uid,
            is_for_company=said["whose"] == COMPANY,
            wish=wish_of(said),
        )

    done = _("The charter is proposed. It holds once enough people have agreed, you among them.")
    again = partial(_page, request, uid, form=form)
    return acted(request, form, act, done=done, back=lambda _uid: redirect("charter", uid), again=again)


@capability(Power.APPROVE)
@require_POST
@proven("charter.agree")
def agree(request: SignedIn, uid: str, charter_uid: str) -> HttpResponse:
    """Take the yes here, or lead to the page on which the approver's own passkey gives it."""
    at = now()
    is_led = bool(passkeys_of(request.user, at))

    def act(said: Said) -> str:
        if is_led:
            back = reverse("charter-agreed", args=[uid])
            return changing.lead_to_charter(
                request.user, at, charter_uid=charter_uid, command_id=said["command_id"], back=back
            )
        actions.agree_charter.once(said["command_id"], request.user, at, charter_uid=charter_uid)
        return reverse("charter", args=[uid])

    done = "" if is_led else _("Your agreement to the charter is recorded.")
    return acted(request, CommandForm(request.POST), act, done=done, back=redirect, again=partial(_page, request, uid))


@capability(Power.APPROVE)
@require_http_methods(["GET"])
@never_cache
def agreed(request: SignedIn, uid: str) -> HttpResponse:
    """Count the yes to a charter that the approver's own passkey gave."""
    seal_visible_to(request.user, now(), uid)
    if not request.GET.get("code"):
        return redirect("charter", uid)
    try:
        changing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, uid, said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("Your agreement to the charter is recorded."))
    return redirect("charter", uid)


@capability(Power.APPROVE)
@require_POST
def drop(request: SignedIn, uid: str, charter_uid: str) -> HttpResponse:
    def act(said: Said) -> str:
        return actions.drop_charter.once(said["command_id"], request.user, now(), charter_uid=charter_uid)

    done = _("The proposal is discarded. What held before goes on.")
    again = partial(_page, request, uid)
    return acted(
        request, CommandForm(request.POST), act, done=done, back=lambda _uid: redirect("charter", uid), again=again
    )


def _page(
    request: SignedIn, uid: str, *, form: CharterForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    seal = seal_visible_to(request.user, at, uid)
    every = charters_visible_to(request.user, at).filter(company=seal.company_id)
    own = [one for one in every[:_LATEST] if one.seal_id in {None, seal.pk}]
    shown = {
        "seal": seal,
        "holds": shown_charters.holds(holds_for([seal])[seal.uid]),
        "versions": [(shown_charters.row(one), WORDS.get(one.failure, one.failure)) for one in own],
        "may": request.powers.has(Power.APPROVE, seal.company_id),
        "form": form or CharterForm(),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/charter.html", shown, status=status)
