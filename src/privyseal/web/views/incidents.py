"""What went wrong: reported, frozen, handled and ended; and what the public is told."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.custody import actions as custody
from privyseal.custody.queries.losses import seals_one_may_miss
from privyseal.identity.models import Company
from privyseal.identity.queries import companies_named, companies_visible_to, people_visible_to, powers_of
from privyseal.identity.rules import Power
from privyseal.language.labels import ENDING, INCIDENT_KIND, REPORT_CONSEQUENCE, TOLD
from privyseal.language.notices import texts_of
from privyseal.sealing.signing import client
from privyseal.seals import actions, queries
from privyseal.seals.rules import Act
from privyseal.seals.rules.incidents import Ending, IncidentKind
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, ReasonForm
from privyseal.web.forms_of_incidents import (
    CoCustodianForm,
    EndingForm,
    FreezeForm,
    OpinionForm,
    OwnerForm,
    RaiseForm,
    ReportForm,
)
from privyseal.web.forms_of_lists import IncidentListForm
from privyseal.web.paging import page_of
from privyseal.web.shown.incidents import cells, incident_rows
from privyseal.web.shown.lists import kept_lists
from privyseal.web.step_up import proven
from privyseal.web.views.seals import seal_page

_FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_A_PAGE: Final = 50


@capability("signed-in")
@require_safe
def incident_list(request: SignedIn) -> HttpResponse:
    at = now()
    form = IncidentListForm(request.GET, companies=companies_named(request.user, at))
    page = page_of(request, form.found_in(queries.incidents_visible_to(request.user, at)), by="-pk")
    powers = powers_of(request.user, at)
    shown = {
        "incidents": incident_rows(page.rows, at),
        "table": form.chosen.table(page.rows, cells(page.rows, at), to=lambda one: reverse("incident", args=[one.uid])),
        "page": page,
        "form": form,
        "kept": kept_lists(request, request.user, "incidents"),
        "is_looked_for": form.is_looked_for,
        "may_freeze": powers.anywhere(Power.MANAGE) or powers.anywhere(Power.AUDIT),
    }
    return render(request, "web/incident_list.html", shown)


@capability("signed-in")
@require_safe
def incident(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@require_http_methods(_FORM_METHODS)
def report(request: SignedIn, uid: str) -> HttpResponse:
    """Say that a seal is out of hand: what follows is said first, and happens at once."""
    at = now()
    seal = queries.seal_visible_to(request.user, at, uid)
    form = ReportForm(request.POST if request.method == "POST" else None)

    def act(said: Said) -> str:
        return custody.report(request.user, at, seal_uid=uid, act=Act(said["act"]), said=form.said(), signer=client())

    done, back = (
        _("It is on record. The seal cannot be used, and its permits are ended."),
        partial(redirect, "incident"),
    )
    return on_page(
        request,
        "web/report.html",
        form,
        act,
        done=done,
        back=back,
        shown={"seal": seal, "consequence": REPORT_CONSEQUENCE},
    )


@capability("signed-in")
@require_http_methods(_FORM_METHODS)
def lost(request: SignedIn) -> HttpResponse:
    """Report a seal lost in two taps: this page, and the button beside the seal. The rest is said later."""
    at = now()
    shown = {"seals": seals_one_may_miss(request.user, at, most=_A_PAGE)}
    uid = request.POST.get("seal", "")

    def act(_said: Said) -> str:
        said = actions.Report(account=_("Reported missing from the first page."))
        return custody.report(request.user, at, seal_uid=uid, act=Act.LOSE, said=said, signer=client())

    done, back = (
        _("It is on record. The seal cannot be used, and its permits are ended."),
        partial(redirect, "incident"),
    )
    return on_page(request, "web/lost.html", Form(request.POST), act, done=done, back=back, shown=shown)


@capability("signed-in")
@require_http_methods(_FORM_METHODS)
def raise_incident(request: SignedIn, uid: str) -> HttpResponse:
    """Say that something about a seal is not as it should be; the seal goes on."""
    at = now()
    seal = queries.seal_visible_to(request.user, at, uid)
    form = RaiseForm(request.POST if request.method == "POST" else None)

    def act(said: Said) -> str:
        return actions.raise_incident.once(said["command_id"], request.user, at, seal_uid=uid, said=form.said())

    done, back = _("It is on record."), partial(redirect, "incident")
    return on_page(request, "web/raise_incident.html", form, act, done=done, back=back, shown={"seal": seal})


@capability("signed-in")
@require_POST
def reassign(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.incident_visible_to(request.user, now(), uid)
    form = OwnerForm(request.POST, people=queries.owners_visible_to(request.user, now(), found))
    return _acted(
        request,
        uid,
        form,
        lambda said: actions.reassign_incident.once(
            said["command_id"], request.user, now(), incident_uid=uid, person_pseudonym=said["person"]
        ),
    )


@capability("signed-in")
@require_http_methods(_FORM_METHODS)
def freeze(request: SignedIn) -> HttpResponse:
    """Freeze a group, or try it out."""
    at = now()
    form = FreezeForm(request.POST if request.method == "POST" else None, companies=_companies(request))

    def act(said: Said) -> str:
        company, reason, is_drill = said["company"], said["reason"], said["is_drill"]
        return actions.freeze(request.user, at, company_uid=company, reason=reason, is_drill=is_drill, signer=client())

    return on_page(request, "web/freeze.html", form, act, done="", back=partial(redirect, "incident"))


@capability("signed-in")
@require_POST
def opine(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        uid,
        OpinionForm(request.POST),
        lambda said: actions.give_opinion.once(
            said["command_id"], request.user, now(), incident_uid=uid, opinion=said["opinion"]
        ),
    )


@capability("signed-in")
@require_POST
def propose_end(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> str:
        at = now()
        seal, photo = queries.incident_visible_to(request.user, at, uid).seal, said["photo"]
        digest = ""
        if photo and seal:
            digest = actions.receive_photo(request.user, at, seal_uid=seal.uid, data=photo.read())
        return actions.propose_end.once(
            said["command_id"],
            request.user,
            at,
            incident_uid=uid,
            outcome=Ending(said["outcome"]),
            evidence=said["evidence"],
            photo_sha256=digest,
        )

    return _acted(request, uid, EndingForm(request.POST, request.FILES), act)


@capability("signed-in")
@require_POST
@proven("incident.end")
def end(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        uid,
        CommandForm(request.POST),
        lambda said: actions.end_incident.once(said["command_id"], request.user, now(), incident_uid=uid),
    )


@capability("signed-in")
@require_POST
@proven("incident.consent")
def consent(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        uid,
        CommandForm(request.POST),
        lambda said: actions.give_consent.once(said["command_id"], request.user, now(), incident_uid=uid),
    )


@capability(Power.MANAGE)
@require_POST
def apply_to_unfreeze(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> str:
        key, reason = said["command_id"], said["reason"]
        return approvals.apply_to_unfreeze.once(key, request.user, now(), incident_uid=uid, reason=reason)

    back, again = partial(redirect, "application"), partial(_page, request, uid)
    return acted(request, ReasonForm(request.POST), act, done="", back=back, again=again)


@capability(Power.MANAGE)
@require_POST
def unfreeze(request: SignedIn, uid: str) -> HttpResponse:
    """Carry out what two approved: every seal of the freeze comes back."""

    def act(_said: Said) -> None:
        actions.unfreeze(request.user, now(), incident_uid=uid, signer=client())

    done, again = _("The seals can be used again."), partial(_page, request, uid)
    return acted(request, Form(request.POST), act, done=done, back=to("incident", uid), again=again)


@capability(Power.MANAGE)
@require_POST
def name_co_custodian(request: SignedIn, uid: str) -> HttpResponse:
    form = CoCustodianForm(request.POST, people=people_visible_to(request.user, now()).filter(is_active=True))

    def act(said: Said) -> None:
        key, person = said["command_id"], said["person"]
        actions.name_co_custodian.once(key, request.user, now(), seal_uid=uid, person_pseudonym=person)

    return acted(request, form, act, done="", back=to("seal", uid), again=partial(seal_page, request, uid))


@capability("signed-in")
@require_POST
@proven("seal.leave-co-custody")
def leave_co_custody(request: SignedIn, uid: str) -> HttpResponse:
    def act(_said: Said) -> None:
        actions.leave_co_custody(request.user, now(), seal_uid=uid)

    again = partial(seal_page, request, uid)
    return acted(request, Form(request.POST), act, done="", back=to("seals"), again=again)


def _missing(request: SignedIn, template: str, form: Form, act: Callable[[Said], str], *, shown: Said) -> HttpResponse:
    done = _("It is on record. The seal cannot be used, and its permits are ended.")
    return on_page(request, template, form, act, done=done, back=partial(redirect, "incident"), shown=shown)


def _acted(request: SignedIn, uid: str, form: CommandForm, act: Callable[[Said], str]) -> HttpResponse:
    back, again = to("incident", uid), partial(_page, request, uid)
    return acted(request, form, act, done=_("It is on record."), back=back, again=again)


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    found = queries.incident_visible_to(request.user, at, uid)
    kind, frozen = IncidentKind(found.kind), queries.frozen_seals(request.user, at, found)
    shown = {
        "incident": found,
        "kind": INCIDENT_KIND[kind],
        "outcome": ENDING[Ending(found.outcome)] if found.outcome else "",
        "is_late": found.ended_at is None and at >= found.due_at,
        "told": [(told.name, TOLD[told.why]) for told in queries.told_people(request.user, at, found)],
        "texts": texts_of(found, settings.PUBLIC_URL),
        "frozen": frozen[:_A_PAGE],
        "frozen_count": len(frozen),
        "may": queries.steps_open_to(request.user, at, found),
        "consents": queries.consents_of(request.user, at, found),
        "command": CommandForm(),
        "opinion": OpinionForm(initial={"opinion": found.opinion}),
        "end": EndingForm(kind=kind),
        "owner": OwnerForm(people=queries.owners_visible_to(request.user, at, found)),
        "reason": ReasonForm(),
        "refusal": said,
    }
    return render(request, "web/incident.html", shown, status=status)


def _companies(request: SignedIn) -> list[Company]:
    at = now()
    powers = powers_of(request.user, at)
    companies = companies_visible_to(request.user, at)
    return list(companies if powers.reads_everything else companies.filter(pk__in=powers.companies(Power.MANAGE)))
