"""Seals that bear a name: whose, the mandates they gave, and their own yes to one use."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.identity.models import Person
from privyseal.identity.queries import people_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
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
from privyseal.web.answers import refused, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, midnight
from privyseal.web.forms_of_own_yes import ConsentForm, MandateForm, NamePersonForm, PersonShownForm
from privyseal.web.kept import handed_out, stored
from privyseal.web.step_up import proven

_INVALID: Final = 400
_MOST: Final = 100


@capability("signed-in")
@require_safe
def own_yes(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability(Power.MANAGE)
@require_POST
def name_person(request: SignedIn, uid: str) -> HttpResponse:
    form = NamePersonForm(request.POST)
    if not form.is_valid():
        return _page(request, uid, forms={"name_form": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        person = _person(request, said["login"])
        actions.name_person.once(
            said["command_id"], request.user, now(), seal_uid=uid, person_pseudonym=person.pseudonym
        )
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("Somebody who approves there has to agree."))
    return redirect("own-yes", uid)


@capability(Power.APPROVE)
@require_POST
@proven("seal.confirm-person")
def confirm_person(request: SignedIn, uid: str) -> HttpResponse:
    form = PersonShownForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.confirm_person.once(
                said["command_id"], request.user, now(), seal_uid=uid, person_pseudonym=said["person"]
            )
        except Refused as refusal:
            return refused(request, refusal)
        messages.success(request, _("From now on the seal is used with their own yes alone."))
    return redirect("own-yes", uid)


@capability("signed-in")
@require_POST
def give_mandate(request: SignedIn, uid: str) -> HttpResponse:
    at = now()
    named_seal_visible_to(request.user, at, uid)
    form = MandateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, uid, forms={"mandate_form": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        wish = approvals.MandateWish(
            purpose=said["purpose"],
            paper_sha256=stored(said["paper"]),
            starts_at=at,
            ends_at=midnight(said["ends_on"] + timedelta(days=1)),
            limits=Limits(said["most_uses"], said["most_amount"]),
        )
        approvals.give_mandate.once(said["command_id"], request.user, at, seal_uid=uid, wish=wish)
    except Refused as refusal:
        return _page(request, uid, forms={"mandate_form": form}, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The mandate is given. You can revoke it here at any time."))
    return redirect("own-yes", uid)


@capability("signed-in")
@require_POST
def revoke_mandate(request: SignedIn, uid: str) -> HttpResponse:
    mandate = mandate_visible_to(request.user, now(), uid)

    def act(key: UUID) -> object:
        return actions.revoke(request.user, now(), command_id=key, mandate_uid=uid, signer=client())

    return _act(request, act, _("The mandate is revoked, and what rested on it is refused."), mandate.seal.uid)


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
    form = ConsentForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            approvals.consent.once(
                said["command_id"], request.user, now(), application_uid=uid, shown_sha256=said["shown_sha256"]
            )
        except Refused as refusal:
            return refused(request, refusal)
        messages.success(request, _("Your own yes is recorded."))
    return redirect("application", uid)


@capability("signed-in")
@require_POST
def take_consent_back(request: SignedIn, uid: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if form.is_valid():
        key = form.cleaned_data["command_id"]
        try:
            approvals.take_back(request.user, now(), command_id=key, application_uid=uid, signer=client())
        except Refused as refusal:
            return refused(request, refusal)
        messages.success(request, _("Your yes is taken back: the seal that bears your name is not used for this."))
    return redirect("application", uid)


def _page(
    request: SignedIn,
    uid: str,
    *,
    forms: dict[str, CommandForm] | None = None,
    refusal: Refused | None = None,
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
        "mandates": list(mandates_of(request.user, at, seal)[:_MOST]),
        "now": at,
        "is_own": is_own,
        "mandate_form": MandateForm() if is_own else None,
        "name_form": NamePersonForm() if _may_name(request, seal, named) else None,
        "confirm_form": PersonShownForm(initial={"person": named.person.pseudonym})
        if named and _may_confirm(request, seal, named)
        else None,
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
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


def _act(request: SignedIn, act: Callable[[UUID], object], done: str, seal_uid: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if form.is_valid():
        try:
            act(form.cleaned_data["command_id"])
        except Refused as refusal:
            return refused(request, refusal)
        messages.success(request, done)
    return redirect("own-yes", seal_uid)
