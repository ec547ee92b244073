"""The group: its companies, units and posts."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import Powers
from privyseal.identity.rules import MAY_EXAMINE, Office, Power, Standing
from privyseal.language.labels import OFFICE
from privyseal.web.acting import Said, acted, to
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
    form = PlaceForm(request.POST, companies=queries.companies_named(request.user, now()))

    def act(said: Said) -> None:
        parent = said["parent"] or None
        actions.place_company.once(said["command_id"], request.user, now(), company_uid=uid, parent_uid=parent)

    done, again = (
        _("The company has its place in the group."),
        partial(show_company, request, uid, forms={"place": form}),
    )
    return acted(request, form, act, done=done, back=to("company", uid), again=again)


@capability("signed-in")
@require_POST
def open_unit(request: SignedIn, uid: str) -> HttpResponse:
    form = UnitForm(request.POST, units=queries.units_of_company(request.user, now(), uid))

    def act(said: Said) -> None:
        at, parent = now(), said["parent"] or None
        actions.open_unit.once(
            said["command_id"], request.user, at, company_uid=uid, name=said["name"], parent_uid=parent
        )

    again = partial(show_company, request, uid, forms={"unit": form})
    return acted(request, form, act, done=_("The unit is opened."), back=to("company", uid), again=again)


@capability("signed-in")
@require_POST
def open_post(request: SignedIn, uid: str) -> HttpResponse:
    form = PostForm(request.POST, units=queries.units_of_company(request.user, now(), uid))

    def act(said: Said) -> str:
        return actions.open_post.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=uid,
            name=said["name"],
            office=Office(said["office"]),
            unit_uid=said["unit"] or None,
        )

    again = partial(show_company, request, uid, forms={"post": form})
    return acted(request, form, act, done=_("The post is opened."), back=partial(redirect, "post"), again=again)


@capability("signed-in")
@require_safe
def unit(request: SignedIn, uid: str) -> HttpResponse:
    return _unit(request, uid)


@capability("signed-in")
@require_POST
def move_unit(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.unit_visible_to(request.user, now(), uid)
    form = MoveForm(request.POST, units=queries.units_of_company(request.user, now(), found.company.uid))

    def act(said: Said) -> None:
        parent = said["unit"] or None
        actions.move_unit.once(said["command_id"], request.user, now(), unit_uid=uid, parent_uid=parent)

    again = partial(_unit, request, uid, forms={"move": form})
    return acted(request, form, act, done=_("The unit is moved."), back=to("unit", uid), again=again)


@capability("signed-in")
@require_POST
def rename_unit(request: SignedIn, uid: str) -> HttpResponse:
    queries.unit_visible_to(request.user, now(), uid)
    form = RenameForm(request.POST)

    def act(said: Said) -> None:
        actions.rename_unit.once(said["command_id"], request.user, now(), unit_uid=uid, name=said["name"])

    again = partial(_unit, request, uid, forms={"rename": form})
    return acted(request, form, act, done=_("The unit has its new name."), back=to("unit", uid), again=again)


@capability("signed-in")
@require_POST
def close_unit(request: SignedIn, uid: str) -> HttpResponse:
    company_uid = queries.unit_visible_to(request.user, now(), uid).company.uid

    def act(said: Said) -> None:
        actions.close_unit.once(said["command_id"], request.user, now(), unit_uid=uid)

    done, back = _("The unit is closed."), to("company", company_uid)
    return acted(request, CommandForm(request.POST), act, done=done, back=back, again=partial(_unit, request, uid))


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

    def act(said: Said) -> None:
        starts_at, ends_at = form.term()
        actions.fill_post.once(
            said["command_id"],
            request.user,
            at,
            post_uid=uid,
            person_pseudonym=queries.person_with_login(request.user, at, said["login"]).pseudonym,
            starts_at=starts_at,
            ends_at=ends_at,
            deputy_for=said["deputy_for"] or None,
        )

    again = partial(_post, request, uid, forms={"fill": form})
    return acted(request, form, act, done=_("The post is filled."), back=to("post", uid), again=again)


@capability("signed-in")
@require_POST
def vacate_post(request: SignedIn, uid: str, holding_id: int) -> HttpResponse:
    def act(said: Said) -> None:
        actions.vacate_post.once(said["command_id"], request.user, now(), holding_id=holding_id)

    done, back = _("The post is vacated."), to("post", uid)
    return acted(request, CommandForm(request.POST), act, done=done, back=back, again=partial(_post, request, uid))


@capability("signed-in")
@require_POST
def close_post(request: SignedIn, uid: str) -> HttpResponse:
    company_uid = queries.post_visible_to(request.user, now(), uid).company.uid

    def act(said: Said) -> None:
        actions.close_post.once(said["command_id"], request.user, now(), post_uid=uid)

    done, back = _("The post is closed."), to("company", company_uid)
    return acted(request, CommandForm(request.POST), act, done=done, back=back, again=partial(_post, request, uid))


def _may_examine(actor: Person, powers: queries.Powers, found: Company) -> bool:
    is_second = actor.pk not in {found.registered_by_id, found.evidence_by_id}
    is_entitled = any(powers.has(power, None) for power in MAY_EXAMINE)
    return is_second and is_entitled and found.standing is Standing.TO_BE_EXAMINED


def show_company(
    request: SignedIn, uid: str, *, forms: Forms | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    """Show a company with what may be done about it."""
    at = now()
    found = queries.company_visible_to(request.user, at, uid)
    companies = queries.companies_visible_to(request.user, at)
    powers = queries.powers_of(request.user, at)
    may_arrange = powers.anywhere(Power.SECURITY)
    units = list(queries.units_of_company(request.user, at, uid))
    posts = queries.posts_visible_to(request.user, at).filter(company=found)
    held = queries.holdings_visible_to(request.user, at).filter(post__company=found)
    page: dict[str, Any] = {
        "company": found,
        "badge": shown.company_badge(found),
        "parent": companies.filter(children=found).first(),
        "below": shown.companies(companies.filter(parent=found)),
        "units": shown.units(units),
        "posts": shown.posts(posts[:_MOST], held[:_MOST], at),
        "may_arrange": may_arrange,
        "may_see_proofs": powers.knows_everybody,
        "may_set_phrases": found.pk in powers.whole_companies(Power.MANAGE),
        "may_examine": _may_examine(request.user, powers, found),
        "examine": ExamineForm(
            initial={
                "licence_sha256": found.licence_sha256,
                "representative_sha256": found.representative_sha256,
            }
        ),
        "proof": ProofForm(),
        **_names(request, found, powers),
        "place": _place(request, at, found) if may_arrange else None,
        "unit": UnitForm(units=units),
        "post": PostForm(units=units),
        "refusal": said,
    }
    return render(request, "web/company.html", {**page, **(forms or {})}, status=status)


def _place(request: SignedIn, at: datetime, company: Company) -> PlaceForm:
    return PlaceForm(companies=[one for one in queries.companies_named(request.user, at) if one.pk != company.pk])


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
    request: SignedIn, uid: str, *, forms: Forms | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.unit_visible_to(request.user, at, uid)
    units = queries.units_of_company(request.user, at, found.company.uid)
    posts = queries.posts_visible_to(request.user, at).filter(unit=found)
    held = queries.holdings_visible_to(request.user, at).filter(post__unit=found)
    page: dict[str, Any] = {
        "unit": found,
        "below": shown.units(units.filter(parent=found)),
        "posts": shown.posts(posts[:_MOST], held[:_MOST], at),
        "members": shown.members(queries.memberships_visible_to(request.user, at).filter(unit=found)[:_MOST]),
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "move": MoveForm(units=units.exclude(pk=found.pk)),
        "rename": RenameForm(),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/unit.html", {**page, **(forms or {})}, status=status)


def _post(
    request: SignedIn, uid: str, *, forms: Forms | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.post_visible_to(request.user, at, uid)
    held = queries.holdings_visible_to(request.user, at).filter(post=found)
    page: dict[str, Any] = {
        "post": found,
        "office": OFFICE[Office(found.office)],
        "holders": [shown.holder(holding, at) for holding in held],
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "fill": FillForm(holders=queries.holders_of_post(request.user, at, uid)),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/post.html", {**page, **(forms or {})}, status=status)
