"""The charter of the installation: what it says in plain words, since when, who opens the keys; and the next one."""

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
from privyseal.approvals.queries.charters import charter_of_all, charters_visible_to, may_settle_for_all
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.identity.queries import installation
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.refusals import WORDS, words_for
from privyseal.ledger.queries import first_facts
from privyseal.sealing.signing import client
from privyseal.signer.client import SignerUnavailable
from privyseal.web import changing
from privyseal.web.acting import Said, acted
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_charters import CharterOfAllForm, wish_of
from privyseal.web.shown import charters as shown_charters
from privyseal.web.step_up import proven

_LATEST = 20
_CEREMONY = "ceremony."


@capability("signed-in")
@require_safe
def charter(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability(Power.APPROVE)
@require_POST
def propose(request: SignedIn) -> HttpResponse:
    form = CharterOfAllForm(request.POST)

    def act(said: Said) -> str:
        return actions.propose_charter_of_all.once(said["command_id"], request.user, now(), wish=wish_of(said))

    done = _("The charter is proposed. It holds once enough people have agreed, you among them.")
    again = partial(_page, request, form=form)
    return acted(request, form, act, done=done, back=lambda _uid: redirect("charter-of-all"), again=again)


@capability(Power.APPROVE)
@require_POST
@proven("charter.agree")
def agree(request: SignedIn, charter_uid: str) -> HttpResponse:
    """Take the yes here, or lead to the page on which the approver's own passkey gives it."""
    at = now()
    is_led = bool(passkeys_of(request.user, at))

    def act(said: Said) -> str:
        if is_led:
            back = reverse("charter-of-all-agreed")
            return changing.lead_to_charter(
                request.user, at, charter_uid=charter_uid, command_id=said["command_id"], back=back
            )
        actions.agree_charter.once(said["command_id"], request.user, at, charter_uid=charter_uid)
        return reverse("charter-of-all")

    done = "" if is_led else _("Your agreement to the charter is recorded.")
    return acted(request, CommandForm(request.POST), act, done=done, back=redirect, again=partial(_page, request))


@capability(Power.APPROVE)
@require_http_methods(["GET"])
@never_cache
def agreed(request: SignedIn) -> HttpResponse:
    """Count the yes to a charter that the approver's own passkey gave."""
    if not request.GET.get("code"):
        return redirect("charter-of-all")
    try:
        changing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("Your agreement to the charter is recorded."))
    return redirect("charter-of-all")


@capability(Power.APPROVE)
@require_POST
def drop(request: SignedIn, charter_uid: str) -> HttpResponse:
    def act(said: Said) -> str:
        return actions.drop_charter.once(said["command_id"], request.user, now(), charter_uid=charter_uid)

    done, again = _("The proposal is discarded. What held before goes on."), partial(_page, request)
    return acted(
        request,
        CommandForm(request.POST),
        act,
        done=done,
        back=lambda _uid: redirect("charter-of-all"),
        again=again,
    )


def _page(
    request: SignedIn, *, form: CharterOfAllForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at, founded, holds = now(), installation(), charter_of_all()
    if founded is None:
        raise NotFound
    ceremony = {fact.kind: fact for fact in first_facts(_CEREMONY)}
    try:
        signer = client().status()
    except SignerUnavailable:
        signer = None
    versions = charters_visible_to(request.user, at).filter(company=None)[:_LATEST]
    shown = {
        "founded": founded,
        "holds": shown_charters.holds(holds),
        "since": holds.said.told_at if holds.said else founded.founded_at,
        "number": holds.said.version if holds.said else 1,
        "acts": shown_charters.acts(holds.charter),
        "held": ceremony.get("ceremony.held"),
        "entrusted": ceremony.get("ceremony.entrusted"),
        "signer": signer,
        "versions": [(shown_charters.row(one), WORDS.get(one.failure, one.failure)) for one in versions],
        "may": may_settle_for_all(request.user, at),
        "knows_everybody": request.powers.knows_everybody,
        "form": form or CharterOfAllForm(),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/charter_of_all.html", shown, status=status)
