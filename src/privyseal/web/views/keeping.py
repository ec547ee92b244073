"""What must not go, and who is to be found no more: held, lifted, asked for and decided."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.numbers import numbers_by_uid
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.numbers import Number
from privyseal.identity.rules import Power
from privyseal.keeping import actions, queries
from privyseal.keeping.barring import is_stopped
from privyseal.keeping.models import Blotting, Clearance, Erasure, Hold
from privyseal.keeping.rules import Decision, Held
from privyseal.keeping.terms import Paper
from privyseal.kernel.errors import NotEntitled
from privyseal.language.categories import RETENTION
from privyseal.language.labels import HELD, PAPER
from privyseal.language.numbers import number_said
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_keeping import (
    ClearanceDecisionForm,
    ClearanceForm,
    DecisionForm,
    ErasureForm,
    HoldForm,
    LiftingForm,
)
from privyseal.web.step_up import proven

_MOST: Final = 100


@capability("signed-in")
@require_safe
def keeping(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability("signed-in")
@require_POST
def hold(request: SignedIn) -> HttpResponse:
    """Place a hold on what the form names, by number or login."""

    def place(said: Said) -> object:
        at, about = now(), Held(said["about"])
        _check_may_see(request)
        uid = queries.called(request.user, at, about, said["which"], company_uid=said["company"])
        return actions.place_hold.once(
            said["command_id"],
            request.user,
            at,
            about=about,
            uid=uid,
            company_uid=said["company"],
            reason=said["reason"],
        )

    companies = queries.companies_to_hold_in(request.user, now())
    return _acted(request, HoldForm(request.POST, companies=companies), place)


@capability("signed-in")
@require_POST
def ask_lifting(request: SignedIn, uid: str) -> HttpResponse:
    queries.hold_visible_to(request.user, now(), uid)
    return _acted(
        request,
        LiftingForm(request.POST),
        lambda said: actions.ask_lifting.once(
            said["command_id"], request.user, now(), hold_uid=uid, reason=said["reason"]
        ),
    )


@capability("signed-in")
@require_POST
@proven("hold.lift")
def lift(request: SignedIn, uid: str) -> HttpResponse:
    queries.hold_visible_to(request.user, now(), uid)
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.lift_hold.once(said["command_id"], request.user, now(), hold_uid=uid),
    )


@capability(Power.MANAGE)
@require_POST
def ask_clearance(request: SignedIn) -> HttpResponse:
    """Ask that what is over in a company is deleted."""
    return _acted(
        request,
        ClearanceForm(request.POST, companies=queries.companies_to_clear(request.user, now())),
        lambda said: actions.ask_clearance.once(
            said["command_id"], request.user, now(), company_uid=said["company"], reason=said["reason"]
        ),
    )


@capability(Power.AUDIT)
@require_POST
@proven("clearance.decide")
def decide_clearance(request: SignedIn, uid: str) -> HttpResponse:
    queries.clearance_visible_to(request.user, now(), uid)
    return _acted(
        request,
        ClearanceDecisionForm(request.POST),
        lambda said: actions.decide_clearance.once(
            said["command_id"],
            request.user,
            now(),
            clearance_uid=uid,
            decision=Decision(said["decision"]),
            list_sha256=said["list_sha256"],
        ),
    )


@capability(Power.SECURITY)
@require_POST
def ask_erasure(request: SignedIn) -> HttpResponse:
    return _acted(
        request,
        ErasureForm(request.POST),
        lambda said: actions.ask_erasure.once(
            said["command_id"],
            request.user,
            now(),
            person_pseudonym=queries.called(request.user, now(), Held.PERSON, said["login"], company_uid=""),
            reason=said["reason"],
        ),
    )


@capability(Power.AUDIT)
@require_POST
@proven("erasure.decide")
def decide_erasure(request: SignedIn, uid: str) -> HttpResponse:
    queries.erasure_visible_to(request.user, now(), uid)
    return _acted(
        request,
        DecisionForm(request.POST),
        lambda said: actions.decide_erasure.once(
            said["command_id"], request.user, now(), erasure_uid=uid, decision=Decision(said["decision"])
        ),
    )


def _acted(request: SignedIn, form: Form, act: Callable[[Said], object]) -> HttpResponse:
    back, again = to("keeping"), partial(_page, request)
    return acted(request, form, act, done=_("It is on record."), back=back, again=again)


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    _check_may_see(request)
    may_hold = queries.may_hold_anywhere(request.user, at)
    page = {
        "holds": _holds(request, queries.holds_visible_to(request.user, at)[:_MOST]),
        "erasures": [_erasure(request, row) for row in queries.erasures_visible_to(request.user, at)[:_MOST]],
        "clearances": [_clearance(request, row) for row in queries.clearances_visible_to(request.user, at)[:_MOST]],
        "clearance_form": _clearance_form(request),
        "hold_form": HoldForm(companies=queries.companies_to_hold_in(request.user, at)) if may_hold else None,
        "lifting_form": LiftingForm(),
        "erasure_form": ErasureForm() if request.powers.has(Power.SECURITY, None) else None,
        "sees_erasures": request.powers.knows_everybody,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/keeping.html", page, status=status)


def _check_may_see(request: SignedIn) -> None:
    if not queries.may_see(request.user, now()):
        raise NotEntitled(power=Power.AUDIT.value)


def _holds(request: SignedIn, found: Iterable[Hold]) -> list[dict[str, object]]:
    holds = list(found)
    numbers = numbers_by_uid([hold.application_uid for hold in holds if hold.application_uid])
    return [_hold(request, hold) | {"application": _called(hold, numbers)} for hold in holds]


def _called(hold: Hold, numbers: Mapping[str, Number]) -> str:
    return number_said(numbers[hold.application_uid]) if hold.application_uid else ""


def _hold(request: SignedIn, hold: Hold) -> dict[str, object]:
    """Return a hold with what it is about, and whether the reader may say that it ends."""
    about = Held.PERSON if hold.person else Held.SEAL if hold.seal else Held.COMPANY
    about = Held.APPLICATION if hold.application_uid else about
    is_asked = hold.lift_asked_at is not None and hold.lifted_at is None
    return {
        "hold": hold,
        "about": HELD[about],
        "may_ask": hold.lift_asked_at is None and _may_hold(request, hold),
        "may_lift": is_asked and hold.lift_asked_by_id != request.user.pk and _may_lift(request, hold),
    }


def _clearance_form(request: SignedIn) -> ClearanceForm | None:
    companies = queries.companies_to_clear(request.user, now())
    return ClearanceForm(companies=companies) if companies else None


def _clearance(request: SignedIn, clearance: Clearance) -> dict[str, object]:
    """Return a list with what stands on it, and whether the reader may decide it."""
    papers = list(clearance.papers.order_by("ended_on", "pk"))
    may_decide = not clearance.decision and request.powers.has(Power.AUDIT, None)
    return {
        "clearance": clearance,
        "papers": [(paper, PAPER[Paper(paper.paper)], RETENTION[Retention(paper.retention)]) for paper in papers],
        "deleted": sum(paper.deleted_at is not None for paper in papers),
        "may_decide": may_decide and clearance.asked_by_id != request.user.pk,
        "is_agreed": clearance.decision == Decision.AGREED.value,
    }


def _may_hold(request: SignedIn, hold: Hold) -> bool:
    try:
        queries.check_may_hold(request.user, now(), hold.company_id)
    except NotEntitled:
        return False
    return True


def _may_lift(request: SignedIn, hold: Hold) -> bool:
    return request.powers.knows_everybody or _may_hold(request, hold)


def _erasure(request: SignedIn, erasure: Erasure) -> dict[str, object]:
    may_decide = not erasure.decision and request.powers.has(Power.AUDIT, None)
    is_theirs = request.user.pk in {erasure.asked_by_id, erasure.person_id}
    blotting: Blotting | None = getattr(erasure, "blotting", None)
    return {
        "erasure": erasure,
        "may_decide": may_decide and not is_theirs,
        "is_done": erasure.decision == Decision.AGREED.value,
        "blotting": blotting,
        "is_stopped": blotting is not None and blotting.finished_at is None and is_stopped(erasure.person),
        "left": (blotting.left if blotting else erasure.left) or 0,
    }
