"""People: found, enrolled, joining, moving and leaving."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals.queries.leaving import left_open
from privyseal.custody.queries.leaving import left_behind
from privyseal.identity import actions, queries
from privyseal.identity.models import EntryCode, Person
from privyseal.identity.rules import Power
from privyseal.keeping.queries import may_see
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import PersonListForm
from privyseal.web.organisation_forms import EnrolForm, JoinForm, LeaveForm, MoveForm
from privyseal.web.shown import people as shown
from privyseal.web.shown.lists import kept_lists
from privyseal.web.step_up import proven

_A_PAGE: Final = 50
Forms = Mapping[str, CommandForm]


@capability("signed-in")
@require_safe
def people(request: SignedIn) -> HttpResponse:
    at = now()
    form = PersonListForm(request.GET, companies=queries.companies_named(request.user, at))
    company, after = form.company_uid, request.GET.get("after", "")
    found = form.found_in(queries.people_found(request.user, at, words=form.words, company_uid=company, after=after))
    page = list(found[: _A_PAGE + 1])
    said = {
        "form": form,
        "kept": kept_lists(request, request.user, "people"),
        "people": shown.rows(page[:_A_PAGE]),
        "table": form.chosen.table(
            page[:_A_PAGE], shown.cells(page[:_A_PAGE]), to=lambda one: reverse("person", args=[one.pseudonym])
        ),
        "next": page[_A_PAGE - 1].pseudonym if len(page) > _A_PAGE else "",
        "is_first": "after" not in request.GET,
        "may_arrange": queries.powers_of(request.user, at).anywhere(Power.SECURITY),
        "may_see_keeping": may_see(request.user, at),
        "may_see_rosters": request.powers.knows_everybody,
    }
    return render(request, "web/people.html", said)


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
@proven("person.enrol")
def enrol(request: SignedIn) -> HttpResponse:
    """Create an account without any power; its owner opens it with a code."""
    form = EnrolForm(request.POST if request.method == "POST" else None)

    def act(said: Said) -> str:
        login, name = said["login"], said["name"]
        return actions.enrol_person.once(said["command_id"], request.user, now(), login=login, name=name)

    done = _("The account is created. Give its owner a code to open it with.")
    return on_page(request, "web/enrol.html", form, act, done=done, back=partial(redirect, "person"))


@capability("signed-in")
@require_safe
def person(request: SignedIn, pseudonym: str) -> HttpResponse:
    return _page(request, pseudonym)


@capability("signed-in")
@require_POST
@proven("person.join")
def join(request: SignedIn, pseudonym: str) -> HttpResponse:
    form = JoinForm(request.POST, companies=queries.companies_named(request.user, now()))
    return _acted(
        request,
        pseudonym,
        "join",
        form,
        lambda said: actions.join_company.once(
            said["command_id"],
            request.user,
            now(),
            person_pseudonym=pseudonym,
            company_uid=said["company"],
            joined_on=said["joined_on"],
        ),
        done=_("The person belongs to the company now."),
    )


@capability("signed-in")
@require_POST
@proven("person.move")
def move(request: SignedIn, pseudonym: str, company_uid: str) -> HttpResponse:
    form = MoveForm(request.POST, units=queries.units_of_company(request.user, now(), company_uid))
    return _acted(
        request,
        pseudonym,
        "",
        form,
        lambda said: actions.move_within_company.once(
            said["command_id"],
            request.user,
            now(),
            person_pseudonym=pseudonym,
            company_uid=company_uid,
            unit_uid=said["unit"] or None,
        ),
        done=_("The person is in the unit now."),
    )


@capability("signed-in")
@require_POST
def leave_company(request: SignedIn, pseudonym: str, company_uid: str) -> HttpResponse:
    return _acted(
        request,
        pseudonym,
        "",
        LeaveForm(request.POST),
        lambda said: actions.leave_company.once(
            said["command_id"],
            request.user,
            now(),
            person_pseudonym=pseudonym,
            company_uid=company_uid,
            left_on=said["left_on"],
        ),
        done=_("The person has left the company. What they leave open is listed below."),
    )


@capability("signed-in")
@require_POST
def leave_group(request: SignedIn, pseudonym: str) -> HttpResponse:
    return _acted(
        request,
        pseudonym,
        "leave",
        LeaveForm(request.POST),
        lambda said: actions.leave_group.once(
            said["command_id"], request.user, now(), person_pseudonym=pseudonym, left_on=said["left_on"]
        ),
        done=_("The person has left and can no longer sign in. What they leave open is listed below."),
    )


def _acted(
    request: SignedIn,
    pseudonym: str,
    name: str,
    form: CommandForm,
    act: Callable[[Said], object],
    *,
    done: str,
) -> HttpResponse:
    """Carry out what a form of the person's page asks for; ``name`` is where the page shows it again."""
    again = partial(_page, request, pseudonym, forms={name: form} if name else {})
    return acted(request, form, act, done=done, back=to("person", pseudonym), again=again)


@capability("signed-in")
@require_POST
def put_out(request: SignedIn, pseudonym: str) -> HttpResponse:
    """End wherever somebody is signed in: their device is lost, or somebody else may be in."""
    return _acted(
        request,
        pseudonym,
        "",
        CommandForm(request.POST),
        lambda said: actions.put_out.once(said["command_id"], request.user, now(), person_pseudonym=pseudonym),
        done=_("Nobody is signed in as this person any more, on any device."),
    )


@capability("signed-in")
@require_POST
@proven("person.come-back")
def come_back(request: SignedIn, pseudonym: str) -> HttpResponse:
    return _acted(
        request,
        pseudonym,
        "",
        CommandForm(request.POST),
        lambda said: actions.come_back.once(said["command_id"], request.user, now(), person_pseudonym=pseudonym),
        done=_("They are back. Enter where they belong, and make an entry code."),
    )


def _page(
    request: SignedIn, pseudonym: str, *, forms: Forms | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.person_visible_to(request.user, at, pseudonym)
    powers = queries.powers_of(request.user, at)
    arranges = powers.anywhere(Power.SECURITY) and found.is_active
    companies = queries.companies_named(request.user, at) if arranges else ()
    memberships = queries.memberships_visible_to(request.user, at).filter(person=found)
    page: dict[str, Any] = {
        "person": found,
        "badge": shown.badge(found),
        "memberships": [
            (
                membership,
                MoveForm(
                    units=queries.units_of_company(request.user, at, membership.company.uid),
                    auto_id=f"id_move_{membership.pk}_%s",
                ),
                LeaveForm(auto_id=f"id_leave_{membership.pk}_%s"),
            )
            for membership in memberships
        ],
        "posts": shown.posts(queries.holdings_of(request.user, at, found), at),
        "powers": shown.powers(queries.grants_of(request.user, at, found)),
        "may_arrange": arranges,
        "open": _open(request.user, found) if powers.knows_everybody or found == request.user else None,
        "may_put_out": found != request.user,
        "may_come_back": powers.anywhere(Power.SECURITY) and not found.is_active,
        "reset": queries.open_reset_of(request.user, at, pseudonym) if found != request.user else None,
        "may_ask_reset": powers.anywhere(Power.SECURITY) and queries.has_second_factor(found),
        "code_to_confirm": _code_to_confirm(request.user, pseudonym),
        "command": CommandForm(auto_id=False),
        "join": JoinForm(companies=companies),
        "leave": LeaveForm(),
        "refusal": said,
    }
    return render(request, "web/person.html", {**page, **(forms or {})}, status=status)


def _code_to_confirm(actor: Person, pseudonym: str) -> EntryCode | None:
    """Return the code that this actor could confirm: made by somebody else, for somebody else, and in need of it."""
    made = queries.open_entry_code(actor, now(), pseudonym)
    if made is None or made.is_first or made.confirmed_at or actor.pk in {made.made_by_id, made.person_id}:
        return None
    return made


def _open(actor: Person, found: Person) -> shown.Open:
    at = now()
    return shown.left_open(
        left_open(actor, at, found.pseudonym),
        left_behind(actor, at, found.pseudonym),
        queries.vacant_posts_of(actor, at, found.pseudonym),
        at,
    )
