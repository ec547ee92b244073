"""Who decides for whom: given by an approver for a time, ended by either."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.queries.delegations import delegations_visible_to
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import companies_visible_to, other_approvers
from privyseal.identity.rules import Power
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, Sent, usual_days
from privyseal.web.forms_of_delegations import DelegationForm
from privyseal.web.paging import page_of
from privyseal.web.shown import delegations as shown_delegations
from privyseal.web.step_up import proven

_MOST_NAMED: Final = 200


@capability("signed-in")
@require_safe
def delegations(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability(Power.APPROVE)
@require_POST
@proven("delegation.give")
def delegate(request: SignedIn) -> HttpResponse:
    form = _form(request, request.POST)
    return acted(
        request,
        form,
        lambda said: actions.delegate.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=said["company"],
            taker_pseudonym=said["person"],
            term=form.term(),
            scope=form.scope(),
            hours=form.hours(),
        ),
        done=_("They decide for you in that time. Their votes say so."),
        back=to("delegations"),
        again=partial(_page, request, form=form),
    )


@capability("signed-in")
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_delegation.once(said["command_id"], request.user, now(), delegation_uid=uid),
        done=_("It has ended."),
        back=to("delegations"),
        again=partial(_page, request),
    )


def _page(request: SignedIn, *, form: DelegationForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    page = page_of(request, delegations_visible_to(request.user, now()), by="pk")
    may_give = request.powers.anywhere(Power.APPROVE)
    shown = {
        "page": page,
        "rows": shown_delegations.rows(page.rows, request.user),
        "form": (form or _form(request)) if may_give else None,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/delegations.html", shown, status=status)


def _form(request: SignedIn, data: Sent = None) -> DelegationForm:
    first, last = usual_days()
    companies = _companies(request)
    return DelegationForm(
        data,
        companies=companies,
        people=_people(request, companies),
        initial={"starts_on": first, "ends_on": last},
    )


def _companies(request: SignedIn) -> list[Company]:
    companies = companies_visible_to(request.user, now())
    may_give = among("pk", request.powers.companies(Power.APPROVE))
    return list(companies.filter(may_give).only("uid", "name")[:_MOST_NAMED])


def _people(request: SignedIn, companies: list[Company]) -> list[Person]:
    """Return who may approve beside the reader, where they may: in any of the first few companies."""
    at, first = now(), companies[:3]
    found = [one for there in first for one in other_approvers(request.user, at, there.pk, most=_MOST_NAMED)]
    return list(dict.fromkeys(found))[:_MOST_NAMED]
