"""Seals that bear a name: whose, the mandates they gave, and their own yes to one use."""

from datetime import timedelta
from functools import partial
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.request import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.identity.models import Person
from privyseal.identity.queries import people_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.amounts import money_said
from privyseal.language.refusals import words_for
from privyseal.sealing.signing import client
from privyseal.seals import actions
from privyseal.seals.models import Seal, SealPerson
from privyseal.seals.owners import person_of
from privyseal.seals.places import place_of
from privyseal.seals.queries.persons import (
    mandate_visible_to,
    mandates_of,
    named_seal_visible_to,
)
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import Limits
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.statement import Purpose
from privyseal.web import consenting
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, midnight
from privyseal.web.forms_of_own_yes import ConsentForm, MandateForm, NamePersonForm, PersonShownForm
from privyseal.web.kept import handed_out, stored
from privyseal.web.step_up import proven

_MOST: Final = 100


@capability("signed-in")
@require_safe
def own_yes(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability(Power.MANAGE)
@require_POST
def name_person(request: SignedIn, uid: str) -> HttpResponse:
    form = NamePersonForm(request.POST)
    return acted(
        request,
        form,
        lambda said: actions.name_person.once(
            said["command_id"],
            request.user,
            now(),
            seal_uid=uid,
            person_pseudonym=_person(request, said["login"]).pseudonym,
        ),
        done=_("Somebody who approves there has to agree."),
        back=to("own-yes", uid),
        again=partial(_page, request, uid, forms={"name_form": form}),
    )


@capability(Power.APPROVE)
@require_POST
@proven("seal.confirm-person")
def confirm_person(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        PersonShownForm(request.POST),
        lambda said: actions.confirm_person.once(
            said["command_id"], request.user, now(), seal_uid=uid, person_pseudonym=said["person"]
        ),
        done=_("From now on the seal is used only with their consent."),
        back=to("own-yes", uid),
    )


@capability("signed-in")
@require_POST
def give_mandate(request: SignedIn, uid: str) -> HttpResponse:
    at = now()
    named_seal_visible_to(request.user, at, uid)
    form = MandateForm(request.POST, request.FILES)
    is_led = request.POST.get("by") == PASSKEY

    def act(said: Said) -> str:
        wish = approvals.MandateWish(
            purpose=said["purpose"],
            paper_sha256=stored(said["paper"]),
            starts_at=at,
            ends_at=midnight(said["ends_on"] + timedelta(days=1)),
            limits=Limits(said["most_uses"], said["most_amount"]),
        )
        command_id = said["command_id"]
        if is_led:
            return consenting.lead_to_mandate(request.user, at, seal_uid=uid, wish=wish, command_id=command_id)
        approvals.give_mandate.once(command_id, request.user, at, seal_uid=uid, wish=wish)
        return reverse("own-yes", args=[uid])

    done = "" if is_led else _("The mandate is given. You can revoke it here at any time.")
    again = partial(_page, request, uid, forms={"mandate_form": form})
    return acted(request, form, act, done=done, back=redirect, again=again)


@capability("signed-in")
@require_POST
def revoke_mandate(request: SignedIn, uid: str) -> HttpResponse:
    mandate = mandate_visible_to(request.user, now(), uid)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.revoke(
            request.user, now(), command_id=said["command_id"], mandate_uid=uid, signer=client()
        ),
        done=_("The mandate is revoked, and what rested on it is refused."),
        back=to("own-yes", mandate.seal.uid),
    )


@capability("signed-in")
@require_safe
def mandate_paper(request: SignedIn, uid: str) -> HttpResponse:
    """Hand out the signed paper of a mandate."""
    mandate = mandate_visible_to(request.user, now(), uid)
    return handed_out(mandate.paper_sha256, f"{mandate.seal.name} {_('Mandate')}")


@capability("signed-in")
@require_POST
@proven("application.consent")
def consent(request: SignedIn, uid: str) -> HttpResponse:
    """Take the own yes here, or lead to the page on which the person's own passkey gives it."""
    is_led = request.POST.get("by") == PASSKEY

    def act(said: Said) -> str:
        about = {"application_uid": uid, "shown_sha256": said["shown_sha256"]}
        if is_led:
            return consenting.lead(request.user, now(), **about, command_id=said["command_id"])
        approvals.consent.once(said["command_id"], request.user, now(), **about)
        return reverse("application", args=[uid])

    done = "" if is_led else _("Your consent is recorded.")
    return acted(request, ConsentForm(request.POST), act, done=done, back=redirect)


@capability("public")
@require_GET
@never_cache
def own_yes_back(request: HttpRequest) -> HttpResponse:
    """Count the own yes that a passkey gave; whoever brings it back need not be signed in here."""
    if not request.GET.get("code"):
        return redirect("home")
    try:
        person, note = consenting.count(request.GET["code"], now())
    except Refused as refusal:
        said = {"words": words_for(refusal), "code": refusal.code, "address": reverse("home")}
        return render(request, "web/approved.html", said, status=status_of(refusal))
    if request.user != person:
        return render(request, "web/approved.html", {"address": note.address})
    messages.success(request, _("Your consent is recorded."))
    return redirect(note.address)


@capability("signed-in")
@require_POST
def take_consent_back(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: approvals.take_back(
            request.user, now(), command_id=said["command_id"], application_uid=uid, signer=client()
        ),
        done=_("Your consent is withdrawn: the seal that bears your name is not used for this."),
        back=to("application", uid),
    )


def _page(
    request: SignedIn,
    uid: str,
    *,
    forms: dict[str, CommandForm] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    seal = named_seal_visible_to(request.user, at, uid)
    person, named = person_of(seal, at), SealPerson.objects.select_related("person").filter(seal=seal).first()
    is_own = person == request.user
    shown = {
        "seal": seal,
        "person": person,
        "named": named if named and named.confirmed_at is None else None,
        "is_personal": seal.type == SealType.PERSONAL.value,
        "mandates": [(one, money_said(one.most_amount)) for one in mandates_of(request.user, at, seal)[:_MOST]],
        "now": at,
        "is_own": is_own,
        "mandate_form": MandateForm() if is_own else None,
        "has_passkey": is_own and bool(passkeys_of(request.user, at)),
        "asks_passkey": any(one.asks_passkey for one in charters_at_the_key(Purpose.USE, [seal]).values()),
        "name_form": NamePersonForm() if _may_name(request, seal, named) else None,
        "confirm_form": PersonShownForm(initial={"person": named.person.pseudonym})
        if named and _may_confirm(request, seal, named)
        else None,
        "command": CommandForm(),
        "refusal": said,
        **(forms or {}),
    }
    return render(request, "web/own_yes.html", shown, status=status)


def _may_name(request: SignedIn, seal: Seal, named: SealPerson | None) -> bool:
    is_open = named is None or named.confirmed_at is None
    return is_open and seal.type == SealType.PERSONAL.value and request.powers.over(Power.MANAGE, place_of(seal))


def _may_confirm(request: SignedIn, seal: Seal, named: SealPerson) -> bool:
    is_another = request.user.pk not in {named.named_by_id, named.person_id}
    return named.confirmed_at is None and is_another and request.powers.over(Power.APPROVE, place_of(seal))


def _person(request: SignedIn, login: str) -> Person:
    person = people_visible_to(request.user, now()).filter(login=login, is_active=True).first()
    if person is None:
        raise NotFound(login=login)
    return person
