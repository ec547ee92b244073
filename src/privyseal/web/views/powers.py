"""Who may do what: the list, and what security and those who confirm do to it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Grant
from privyseal.identity.rules import GrantState, Power
from privyseal.language.findings import GRANT_STATE
from privyseal.seals import queries as seals
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_powers import GrantForm, MappingForm
from privyseal.web.shown import powers as shown_powers
from privyseal.web.step_up import proven
from privyseal.web.tables import MOST_ROWS, Ending, csv_file
from privyseal.web.taken_along import record_copy

_A_PAGE: Final = 50
_LONGEST: Final = 19
_LONGEST_WORDS: Final = 100
Row = TypeVar("Row", bound=Model)


@capability("signed-in")
@require_safe
def power_list(request: SignedIn) -> HttpResponse:
    """Show who may do what, newest first; security and auditor see everybody's, others their own."""
    at = now()
    found = list(_asked_for(request, at)[: _A_PAGE + 1])
    rows = shown_powers.rows(found[:_A_PAGE], at, may=_may(request))
    shown = {
        "rows": rows,
        "has_steps": any(row.may_confirm or row.may_end for row in rows),
        "older": rows[-1].id if len(found) > _A_PAGE else None,
        "state": request.GET.get("state", ""),
        "states": list(GRANT_STATE.items()),
        "asked": request.GET,
        "sees_all": request.powers.knows_everybody,
        "may_grant": request.powers.has(Power.SECURITY, None),
        "ending": shown_powers.rows(queries.grants_ending_soon(request.user, at)[:_A_PAGE], at, may=frozenset()),
        "command": CommandForm(),
    }
    return render(request, "web/powers.html", shown)


@capability("signed-in")
@require_safe
def power_file(request: SignedIn) -> HttpResponse:
    at = now()
    rows = shown_powers.rows(_asked_for(request, at)[:MOST_ROWS], at, may=frozenset())
    header = (
        _("Person"),
        _("Login"),
        _("Power"),
        pgettext("a power", "Where"),
        _("State"),
        _("From"),
        _("Until"),
        _("Granted by"),
        _("Confirmed by"),
    )
    cells = (
        (
            row.person,
            row.login,
            row.power,
            row.where,
            row.badge.words,
            _day(row.starts_at),
            _day(row.ends_at),
            row.granted_by,
            row.confirmed_by,
        )
        for row in rows
    )
    record_copy(request, None, register="powers", form=Ending.CSV, rows=len(rows))
    return csv_file("powers.csv", header, cells)


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
@proven("power.grant")
def grant(request: SignedIn) -> HttpResponse:
    at = now()
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        companies=queries.companies_visible_to(request.user, at),
        units=queries.units_visible_to(request.user, at).select_related("company"),
        initial={"login": request.GET.get("login", "")},
    )

    def act(_said: Said) -> None:
        _give(request, form, one=actions.grant_power.once)

    done = _("The power is granted. It comes into force when a second person confirms it.")
    return on_page(request, "web/power_grant.html", form, act, done=done, back=to("powers"))


@capability("signed-in")
@require_POST
@proven("power.confirm")
def confirm(request: SignedIn, grant_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.confirm_grant.once(said["command_id"], request.user, now(), grant_id=grant_id),
        done=_("The power is confirmed."),
        back=to("powers"),
    )


@capability("signed-in")
@require_POST
@proven("power.confirm")
def confirm_batch(request: SignedIn, batch: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.confirm_batch.once(said["command_id"], request.user, now(), batch=batch),
        done=_("The powers are confirmed."),
        back=to("powers"),
    )


@capability("signed-in")
@require_POST
def end(request: SignedIn, grant_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_grant.once(said["command_id"], request.user, now(), grant_id=grant_id),
        done=_("The power has ended."),
        back=to("powers"),
    )


@capability("signed-in")
@require_safe
def mapping_list(request: SignedIn) -> HttpResponse:
    """Show which posts and units bring which powers; ``before`` is the mapping to go on from."""
    found = list(_before(request, queries.mappings_visible_to(request.user, now()))[: _A_PAGE + 1])
    rows = shown_powers.mapping_rows(found[:_A_PAGE])
    shown = {
        "rows": rows,
        "older": rows[-1].id if len(found) > _A_PAGE else None,
        "may_map": request.powers.has(Power.SECURITY, None),
        "command": CommandForm(),
    }
    return render(request, "web/mappings.html", shown)


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
@proven("power.grant")
def map_power(request: SignedIn) -> HttpResponse:
    at = now()
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        companies=queries.companies_visible_to(request.user, at),
        units=list(queries.units_visible_to(request.user, at).select_related("company")),
        posts=queries.posts_visible_to(request.user, at),
        initial={"source": request.GET.get("source", ""), "company": request.GET.get("company", "")},
    )

    def act(said: Said) -> None:
        _map(request, said, at)

    done = _("The power is mapped. It comes into force when a second person confirms it.")
    return on_page(request, "web/map_power.html", form, act, done=done, back=to("mappings"))


@capability("signed-in")
@require_POST
@proven("power.confirm")
def confirm_mapping(request: SignedIn, mapping_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.confirm_mapping.once(said["command_id"], request.user, now(), mapping_id=mapping_id),
        done=_("The mapping is confirmed."),
        back=to("mappings"),
    )


@capability("signed-in")
@require_POST
def end_mapping(request: SignedIn, mapping_id: int) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_mapping.once(said["command_id"], request.user, now(), mapping_id=mapping_id),
        done=_("The mapping has ended, and every power it gave."),
        back=to("mappings"),
    )


def _map(request: SignedIn, said: Mapping[str, Any], at: datetime) -> None:
    kind, _space, uid = said["source"].partition(" ")
    narrowed = actions.Narrowed(unit_uid=said["only_unit"] or None, seal_uid=_seal(request, said, at))
    where = {"power": Power(said["power"]), "company_uid": said["company"], "narrowed": narrowed}
    if kind == "post":
        actions.map_post.once(said["command_id"], request.user, at, post_uid=uid, **where)
    else:
        actions.map_unit.once(said["command_id"], request.user, at, unit_uid=uid, **where)


def _give(request: SignedIn, form: GrantForm, *, one: Callable[..., int]) -> None:
    said, at = form.cleaned_data, now()
    starts_at, ends_at = form.term(at)
    person = queries.grantee_with_login(request.user, at, said["login"])
    if said["whole_group"]:
        actions.grant_in_group.once(
            said["command_id"],
            request.user,
            at,
            person_pseudonym=person.pseudonym,
            power=Power(said["power"]),
            company_uid=said["company"],
            starts_at=starts_at,
            ends_at=ends_at,
        )
        return
    one(
        said["command_id"],
        request.user,
        at,
        person_pseudonym=person.pseudonym,
        power=Power(said["power"]),
        company_uid=said["company"] or None,
        narrowed=actions.Narrowed(unit_uid=said["unit"] or None, seal_uid=_seal(request, said, at)),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _seal(request: SignedIn, said: Mapping[str, Any], at: datetime) -> str | None:
    """Return the seal that the form names by its number, which is one of the company that it names, or none."""
    number, company = said["seal"].strip().upper(), said["company"]
    return seals.seal_to_narrow_to(request.user, at, number, company_uid=company).uid if number else None


def _asked_for(request: SignedIn, at: datetime) -> QuerySet[Grant]:
    """Return the grants that the address asks for, by state, person, company and place to go on from."""
    asked = request.GET
    grants = queries.all_grants_visible_to(request.user, at)
    if asked.get("state") in set(GrantState):
        grants = queries.grants_in_state(request.user, at, GrantState(asked["state"]))
    if q := asked.get("q", "").strip()[:_LONGEST_WORDS]:
        grants = grants.filter(
            Q(person__name__icontains=q) | Q(person__login__iexact=q) | Q(company__name__icontains=q)
        )
    if person := asked.get("person"):
        grants = grants.filter(person__pseudonym=person)
    if company := asked.get("company"):
        grants = grants.filter(company__uid=company)
    return _before(request, grants)


def _before(request: SignedIn, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows after the one that the address names to go on from."""
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < _LONGEST
    return rows.filter(pk__lt=int(before)) if is_number else rows


def _may(request: SignedIn) -> frozenset[str]:
    """Return the steps that this person's office lets them take at all: the buttons of the page."""
    may = {"end"} if request.powers.has(Power.SECURITY, None) else set[str]()
    return frozenset(may | ({"confirm"} if request.powers.knows_everybody else set()))


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "Y-m-d H:i") if moment else ""
