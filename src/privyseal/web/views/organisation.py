"""The group: its companies, units and posts."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import Powers
from privyseal.identity.rules import MAY_EXAMINE, Office, Power, Standing
from privyseal.kernel.errors import Refused
from privyseal.language.labels import OFFICE
from privyseal.language.refusals import words_for
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.organisation_forms import (
    ExamineForm,
    ExamineNameForm,
    FillForm,
    MoveForm,
    NewNameForm,
    PlaceForm,
    PostForm,
    ProofForm,
    RenameForm,
    UnitForm,
)
from privyseal.web.shown import organisation as shown
from privyseal.web.step_up import proven

_INVALID: Final = 400
_MOST: Final = 200
_LONGEST_SEARCH: Final = 64
Forms = Mapping[str, CommandForm]


@capability("signed-in")
@require_safe
def organisation(request: SignedIn) -> HttpResponse:
    at, words = now(), request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
    found = queries.companies_found(request.user, at, words) if words else None
    said = {
        "words": words,
        "found": found[:_MOST] if found is not None else None,
        "companies": shown.companies(queries.companies_visible_to(request.user, at)),
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
    }
    return render(request, "web/organisation.html", said)


@capability("signed-in")
@require_safe
def company(request: SignedIn, uid: str) -> HttpResponse:
    return show_company(request, uid)


@capability("signed-in")
@require_POST
def place_company(request: SignedIn, uid: str) -> HttpResponse:
    form = PlaceForm(request.POST, companies=queries.companies_visible_to(request.user, now()))
    if not form.is_valid():
        return show_company(request, uid, forms={"place": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.place_company.once(
            said["command_id"], request.user, now(), company_uid=uid, parent_uid=said["parent"] or None
        )
    except Refused as refusal:
        return show_company(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The company has its place in the group."))
    return redirect("company", uid)


@capability("signed-in")
@require_POST
def open_unit(request: SignedIn, uid: str) -> HttpResponse:
    form = UnitForm(request.POST, units=queries.units_of_company(request.user, now(), uid))
    if not form.is_valid():
        return show_company(request, uid, forms={"unit": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.open_unit.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=uid,
            name=said["name"],
            parent_uid=said["parent"] or None,
        )
    except Refused as refusal:
        return show_company(request, uid, forms={"unit": form}, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The unit is opened."))
    return redirect("company", uid)


@capability("signed-in")
@require_POST
def open_post(request: SignedIn, uid: str) -> HttpResponse:
    form = PostForm(request.POST, units=queries.units_of_company(request.user, now(), uid))
    if not form.is_valid():
        return show_company(request, uid, forms={"post": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        post_uid = actions.open_post.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=uid,
            name=said["name"],
            office=Office(said["office"]),
            unit_uid=said["unit"] or None,
        )
    except Refused as refusal:
        return show_company(request, uid, forms={"post": form}, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The post is opened."))
    return redirect("post", post_uid)


@capability("signed-in")
@require_safe
def unit(request: SignedIn, uid: str) -> HttpResponse:
    return _unit(request, uid)


@capability("signed-in")
@require_POST
def move_unit(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.unit_visible_to(request.user, now(), uid)
    form = MoveForm(request.POST, units=queries.units_of_company(request.user, now(), found.company.uid))
    if not form.is_valid():
        return _unit(request, uid, forms={"move": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.move_unit.once(said["command_id"], request.user, now(), unit_uid=uid, parent_uid=said["unit"] or None)
    except Refused as refusal:
        return _unit(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The unit is moved."))
    return redirect("unit", uid)


@capability("signed-in")
@require_POST
def rename_unit(request: SignedIn, uid: str) -> HttpResponse:
    queries.unit_visible_to(request.user, now(), uid)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _unit(request, uid, forms={"rename": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.rename_unit.once(said["command_id"], request.user, now(), unit_uid=uid, name=said["name"])
    except Refused as refusal:
        return _unit(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The unit has its new name."))
    return redirect("unit", uid)


@capability("signed-in")
@require_POST
def close_unit(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.unit_visible_to(request.user, now(), uid)
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _unit(request, uid, status=_INVALID)
    try:
        actions.close_unit.once(form.cleaned_data["command_id"], request.user, now(), unit_uid=uid)
    except Refused as refusal:
        return _unit(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The unit is closed."))
    return redirect("company", found.company.uid)


@capability("signed-in")
@require_safe
def post(request: SignedIn, uid: str) -> HttpResponse:
    return _post(request, uid)


@capability("signed-in")
@require_POST
@proven("post.fill")
def fill_post(request: SignedIn, uid: str) -> HttpResponse:
    at = now()
    form = FillForm(request.POST, holders=queries.holders_of_post(request.user, at, uid))
    if not form.is_valid():
        return _post(request, uid, forms={"fill": form}, status=_INVALID)
    said = form.cleaned_data
    starts_at, ends_at = form.term()
    try:
        person = queries.person_with_login(request.user, at, said["login"])
        actions.fill_post.once(
            said["command_id"],
            request.user,
            at,
            post_uid=uid,
            person_pseudonym=person.pseudonym,
            starts_at=starts_at,
            ends_at=ends_at,
            deputy_for=said["deputy_for"] or None,
        )
    except Refused as refusal:
        return _post(request, uid, forms={"fill": form}, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The post is filled."))
    return redirect("post", uid)


@capability("signed-in")
@require_POST
def vacate_post(request: SignedIn, uid: str, holding_id: int) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _post(request, uid, status=_INVALID)
    try:
        actions.vacate_post.once(form.cleaned_data["command_id"], request.user, now(), holding_id=holding_id)
    except Refused as refusal:
        return _post(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The post is vacated."))
    return redirect("post", uid)


@capability("signed-in")
@require_POST
def close_post(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.post_visible_to(request.user, now(), uid)
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _post(request, uid, status=_INVALID)
    try:
        actions.close_post.once(form.cleaned_data["command_id"], request.user, now(), post_uid=uid)
    except Refused as refusal:
        return _post(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The post is closed."))
    return redirect("company", found.company.uid)


def _may_examine(actor: Person, powers: queries.Powers, found: Company) -> bool:
    is_second = actor.pk not in {found.registered_by_id, found.evidence_by_id}
    is_entitled = any(powers.has(power, None) for power in MAY_EXAMINE)
    return is_second and is_entitled and found.standing is Standing.TO_BE_EXAMINED


def show_company(
    request: SignedIn, uid: str, *, forms: Forms | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """Show a company with what may be done about it."""
    at = now()
    found = queries.company_visible_to(request.user, at, uid)
    companies = queries.companies_visible_to(request.user, at)
    powers = queries.powers_of(request.user, at)
    units = list(queries.units_of_company(request.user, at, uid))
    posts = queries.posts_visible_to(request.user, at).filter(company=found)
    held = queries.holdings_visible_to(request.user, at).filter(post__company=found)
    said: dict[str, Any] = {
        "company": found,
        "badge": shown.company_badge(found),
        "parent": companies.filter(children=found).first(),
        "below": shown.companies(companies.filter(parent=found)),
        "units": shown.units(units),
        "posts": shown.posts(posts[:_MOST], held[:_MOST], at),
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "may_see_proofs": powers.knows_everybody,
        "may_examine": _may_examine(request.user, powers, found),
        "examine": ExamineForm(
            initial={
                "licence_sha256": found.licence_sha256,
                "representative_sha256": found.representative_sha256,
            }
        ),
        "proof": ProofForm(),
        **_names(request, found, powers),
        "place": PlaceForm(companies=companies.exclude(pk=found.pk)),
        "unit": UnitForm(units=units),
        "post": PostForm(units=units),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/company.html", {**said, **(forms or {})}, status=status)


def _names(request: SignedIn, company: Company, powers: Powers) -> dict[str, Any]:
    """Return the names that a company had, the one that waits, and what may be done about it."""
    renamings = list(queries.renamings_of(request.user, now(), company)[:_MOST])
    waiting = next((one for one in renamings if not one.confirmed_at and not one.rejected_at), None)
    may_examine = waiting is not None and waiting.asked_by_id != request.user.pk
    digest, usual = waiting.licence_sha256 if waiting else "", NewNameForm(initial={"name_en": company.name_en})
    return {
        "former_names": [one for one in renamings if one.confirmed_at],
        "waiting_name": waiting,
        "new_name": usual if company.verified_at and waiting is None else None,
        "may_examine_name": may_examine and any(powers.has(power, None) for power in MAY_EXAMINE),
        "examine_name": ExamineNameForm(initial={"licence_sha256": digest}),
    }


def _unit(
    request: SignedIn, uid: str, *, forms: Forms | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.unit_visible_to(request.user, at, uid)
    units = queries.units_of_company(request.user, at, found.company.uid)
    posts = queries.posts_visible_to(request.user, at).filter(unit=found)
    held = queries.holdings_visible_to(request.user, at).filter(post__unit=found)
    said: dict[str, Any] = {
        "unit": found,
        "below": shown.units(units.filter(parent=found)),
        "posts": shown.posts(posts[:_MOST], held[:_MOST], at),
        "members": shown.members(queries.memberships_visible_to(request.user, at).filter(unit=found)[:_MOST]),
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "move": MoveForm(units=units.exclude(pk=found.pk)),
        "rename": RenameForm(),
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/unit.html", {**said, **(forms or {})}, status=status)


def _post(
    request: SignedIn, uid: str, *, forms: Forms | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.post_visible_to(request.user, at, uid)
    held = queries.holdings_visible_to(request.user, at).filter(post=found)
    said: dict[str, Any] = {
        "post": found,
        "office": OFFICE[Office(found.office)],
        "holders": [shown.holder(holding, at) for holding in held],
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "fill": FillForm(holders=queries.holders_of_post(request.user, at, uid)),
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/post.html", {**said, **(forms or {})}, status=status)
