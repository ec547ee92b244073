"""What is done to a seal itself: applied for, carried out, and vouched for by those it takes."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import POLICIES, asks
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import (
    companies_visible_to,
    custodians_visible_to,
    keepers_visible_to,
    people_visible_to,
    powers_of,
)
from privyseal.identity.rules import Power
from privyseal.language.labels import CONSEQUENCE, PURPOSE
from privyseal.sealing.signing import client
from privyseal.seals import actions, queries
from privyseal.seals.models import Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules import Role, SealKind
from privyseal.signer.statement import ADDITIONS, USES, Purpose
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture
from privyseal.web.forms import Sent
from privyseal.web.forms_of_seals import ActForm, ExistingForm, RubberForm, WordForm
from privyseal.web.step_up import proven
from privyseal.web.views.applying import units_of
from privyseal.web.views.seals import seal_page

_FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_PHOTO_SECONDS: Final = 600
# A use has its own pages; a making begins without a seal.
APPLIED_FOR_HERE: Final = tuple(
    row.purpose for row in POLICIES if row.purpose not in {*USES, *ADDITIONS, Purpose.MAKE, Purpose.UNFREEZE}
)
_USUAL_DAYS: Final = 7


@capability(Power.MANAGE)
@require_http_methods(_FORM_METHODS)
def apply_for_act(request: SignedIn, uid: str, purpose: str) -> HttpResponse:
    """Say what an act takes and what follows from it, and apply for it."""
    if purpose not in {each.value for each in APPLIED_FOR_HERE}:
        raise Http404
    at, wanted = now(), Purpose(purpose)
    seal = queries.seal_visible_to(request.user, at, uid)
    form = _act_form(request, seal, wanted)
    shown = {"seal": seal, "purpose": PURPOSE[wanted], "consequence": CONSEQUENCE[wanted]}

    def act(said: Said) -> str:
        return approvals.apply_for_act.once(
            said["command_id"],
            request.user,
            at,
            seal_uid=uid,
            purpose=wanted,
            reason=said["reason"],
            receiver_pseudonym=said.get("receiver", ""),
            witness_pseudonyms=form.witnesses(),
            terms=form.terms(seal.face),
        )

    return on_page(
        request, "web/apply_act.html", form, act, done="", back=partial(redirect, "application"), shown=shown
    )


@capability("signed-in")
@require_POST
@proven("seal.carry-out")
def carry_out(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    def act(_said: Said) -> None:
        actions.carry_out(request.user, now(), permit_uid=permit_uid, signer=client())

    return _on_seal(request, uid, Form(request.POST), act, done=_("It is done, and on record."))


@capability("signed-in")
@require_POST
def give_word(request: SignedIn, uid: str, permit_uid: str, role: str) -> HttpResponse:
    """Take one person's word on a physical act, with its photograph where it takes one."""
    at = now()
    seal = queries.seal_visible_to(request.user, at, uid)
    asked = [word for word in queries.words_asked_of(request.user, at, seal) if word.permit.uid == permit_uid]
    word = next((word for word in asked if word.role.value == role), None)
    form = WordForm(request.POST, request.FILES, act=word.act, role=word.role, proof=word.proof) if word else None

    def act(said: Said) -> None:
        photo = said.get("photo")
        digest = actions.receive_photo(request.user, at, seal_uid=uid, data=photo.read()) if photo else ""
        actions.attest(
            request.user,
            at,
            permit_uid=permit_uid,
            role=Role(role),
            photo_sha256=digest,
            counter=said.get("counter"),
            filing_number=said.get("filing_number", ""),
        )

    return _on_seal(request, uid, form or Form(request.POST), act, done=_("Your confirmation is on record."))


@capability("signed-in")
@require_POST
def see_old_rubber_end(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    """Take one person's word, with a picture, that they saw the old rubber destroyed."""
    at, photo = now(), request.FILES.get("photo")

    def act(_said: Said) -> None:
        digest = actions.receive_photo(request.user, at, seal_uid=uid, data=photo.read()) if photo else ""
        actions.see_old_rubber_end(request.user, at, permit_uid=permit_uid, photo_sha256=digest)

    return _on_seal(request, uid, Form(request.POST), act, done=_("Your confirmation is on record."))


@capability("signed-in")
@require_safe
def photo(request: SignedIn, uid: str, sha256: str) -> HttpResponse:
    """Show a picture of a seal; that somebody looks at it goes on record. What an auditor reads does by itself."""
    at = now()
    if not request.powers.reads_everything:
        actions.look_at_photo(request.user, at, seal_uid=uid, sha256=sha256)
    found = queries.photo_visible_to(request.user, at, uid, sha256)
    return picture(b"".join(settings.VAULT.parts(found.sha256)), kind=found.kind, seconds=_PHOTO_SECONDS)


@capability(Power.MANAGE)
@require_http_methods(_FORM_METHODS)
def new_rubber(request: SignedIn) -> HttpResponse:
    at, companies = now(), _companies(request)
    form = RubberForm(
        _sent(request),
        companies=companies,
        units=units_of(request, companies),
        types=queries.types_open_to(request.user, at, companies),
        keepers=_keepers(request, companies),
        witnesses=_witnesses(request),
        replaces=request.GET.get("replaces", ""),
    )

    def act(said: Said) -> str:
        asked, reason = said["company"], said["reason"]
        return approvals.apply_for_rubber.once(
            said["command_id"], request.user, at, company_uid=asked, reason=reason, wish=form.wish()
        )

    return on_page(request, "web/apply_rubber.html", form, act, done="", back=partial(redirect, "application"))


@capability(Power.MANAGE)
@require_http_methods(_FORM_METHODS)
def enter_existing(request: SignedIn) -> HttpResponse:
    at, companies = now(), _companies(request)
    units = units_of(request, companies)
    form = ExistingForm(
        _sent(request),
        companies=companies,
        units=units,
        types=queries.types_open_to(request.user, at, companies),
        keepers=_keepers(request, companies),
    )

    def act(said: Said) -> str:
        return actions.enter_existing.once(
            said["command_id"], request.user, at, company_uid=said["company"], existing=form.existing()
        )

    return on_page(request, "web/enter_seal.html", form, act, done="", back=partial(redirect, "seal"))


def _on_seal(request: SignedIn, uid: str, form: Form, act: Callable[[Said], None], *, done: str) -> HttpResponse:
    return acted(request, form, act, done=done, back=to("seal", uid), again=partial(seal_page, request, uid))


def _act_form(request: SignedIn, seal: Seal, purpose: Purpose) -> ActForm:
    usual = {
        "name": seal.name,
        "ring": "" if seal.face is None else seal.face["ring"],
        "unit": seal.unit.uid if seal.unit else "",
        "hand_in_days": _USUAL_DAYS,
    }
    return ActForm(
        _sent(request),
        policy=asks(purpose),
        is_physical=seal.kind == SealKind.PHYSICAL.value,
        units=units_of(request, [seal.company]),
        keepers=keepers_visible_to(request.user, now(), place_of(seal)),
        witnesses=_witnesses(request),
        initial=usual,
    )


def _keepers(request: SignedIn, companies: list[Company]) -> list[Person]:
    """Return those who could keep a seal of one of these companies, each once."""
    at = now()
    people = [person for company in companies for person in custodians_visible_to(request.user, at, company.pk)]
    return list(dict.fromkeys(people))


def _witnesses(request: SignedIn) -> list[Person]:
    return list(people_visible_to(request.user, now()).filter(is_active=True).exclude(pk=request.user.pk))


def _companies(request: SignedIn) -> list[Company]:
    at = now()
    managed = powers_of(request.user, at).companies(Power.MANAGE)
    return list(companies_visible_to(request.user, at).filter(pk__in=managed, verified_at__isnull=False))


def _sent(request: SignedIn) -> Sent:
    return request.POST if request.method == "POST" else None
