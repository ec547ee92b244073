"""Standing permits: what there is, applying for one, using one, reviewing its samples."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals.queries.filing import filings_holding_up
from privyseal.identity.models import Person
from privyseal.identity.queries import operators_visible_to, people_visible_to, units_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.standing import DOCUMENT_CLASS
from privyseal.sealing import actions, queries
from privyseal.sealing.models import Intent, StandingUse
from privyseal.sealing.signing import client
from privyseal.seals.holding import is_held_by
from privyseal.seals.models import Permit, PermitPart
from privyseal.seals.queries import usable_seals
from privyseal.seals.rules.standing import DocumentClass
from privyseal.web.answers import said_of, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import midnight
from privyseal.web.forms_of_standing import ReviewForm, StandingForm, StandingUseForm
from privyseal.web.shown.words import Badge

_INVALID: Final = 400
_MOST: Final = 100
_OPEN: Final = Badge(gettext_lazy("In force"), "approved")
_WAITS: Final = Badge(gettext_lazy("Not yet"), "pending")
_OVER: Final = Badge(gettext_lazy("Over"), "neutral")
_STOPPED: Final = Badge(gettext_lazy("Stopped"), "rejected")


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A standing permit, with what is left of it."""

    permit: Permit
    document_class: Promise
    badge: Badge
    left: int
    left_today: int


@dataclass(frozen=True, slots=True)
class UseRow:
    use: StandingUse
    sealed: Intent | None
    may_review: bool
    agrees: bool


@capability("signed-in")
@require_safe
def standing_list(request: SignedIn) -> HttpResponse:
    at = now()
    permits = list(queries.standing_visible_to(request.user, at)[:_MOST])
    today = queries.used_today(request.user, at, permits)
    shown = {
        "rows": [_row(permit, today.get(permit.pk, 0), at) for permit in permits],
        "may_apply": request.powers.anywhere(Power.USE),
    }
    return render(request, "web/standing_list.html", shown)


@capability(Power.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn) -> HttpResponse:
    at = now()
    form = _form(request, at)
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            uid = approvals.apply_for_standing.once(
                said["command_id"],
                request.user,
                at,
                seal_uid=said["seal"],
                reason=said["reason"],
                starts_at=midnight(said["starts_on"]),
                expires_at=midnight(said["ends_on"] + timedelta(days=1)),
                for_whom=approvals.ForWhom(
                    operator_pseudonyms=said["operators"], unit_uid=said["unit"], reviewer_pseudonym=said["reviewer"]
                ),
                terms=form.terms(),
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("The application is submitted."))
            return redirect("application", uid)
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    shown = {
        "form": form,
        "held_up": filings_holding_up(request.user, at),
        "refusal": said_of(refusal) if refusal else "",
    }
    return render(request, "web/apply_standing.html", shown, status=status)


@capability("signed-in")
@require_safe
def standing(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@sensitive_post_parameters("password")
@require_POST
def use(request: SignedIn, uid: str) -> HttpResponse:
    """Take a paper in and seal it."""
    at = now()
    permit = queries.standing_permit_held_by(request.user, at, uid)
    form = StandingUseForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, uid, status=_INVALID)
    file = form.cleaned_data["file"]
    try:
        digest = actions.receive_document(
            request.user,
            at,
            company_uid=permit.seal.company.uid,
            name=file.name,
            data=file.read(),
            password=form.cleaned_data["password"],
        )
        actions.seal_under_standing(request.user, at, permit_uid=uid, document_sha256=digest, signer=client())
    except Refused as refusal:
        return _page(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The paper is sealed and counted."))
    return redirect("standing", uid)


@capability("signed-in")
@require_POST
def review(request: SignedIn, uid: str, number: int) -> HttpResponse:
    queries.standing_permit_visible_to(request.user, now(), uid)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, uid, status=_INVALID)
    said = form.cleaned_data
    try:
        actions.review_sample.once(
            said["command_id"],
            request.user,
            now(),
            permit_uid=uid,
            number=number,
            is_fit=said["outcome"] == ReviewForm.FIT,
            note=said["note"],
        )
    except Refused as refusal:
        return _page(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("Your review is recorded."))
    return redirect("standing", uid)


def _page(request: SignedIn, uid: str, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    at = now()
    permit = queries.standing_permit_visible_to(request.user, at, uid)
    today = queries.used_today(request.user, at, [permit])
    parts = list(permit.parts.select_related("person").order_by("person_id"))
    row = _row(permit, today.get(permit.pk, 0), at)
    uses = list(queries.standing_uses_of(request.user, at, permit)[:_MOST])
    drawn_again = queries.draws_of(request.user, at, uses)
    is_reviewer = request.user in _in_part(parts, PermitPart.Part.WITNESS)
    shown = {
        "row": row,
        "permit": permit,
        "is_applicant": permit.applicant_id == request.user.pk,
        "holders": _in_part(parts, PermitPart.Part.HOLDER),
        "reviewers": _in_part(parts, PermitPart.Part.WITNESS),
        "uses": [
            UseRow(one, _sealed(one), is_reviewer and _is_to_review(one), drawn_again.get(one.pk, False))
            for one in uses
        ],
        "use_form": StandingUseForm() if row.badge is _OPEN and is_held_by(permit, request.user) else None,
        "review_form": ReviewForm(),
        "refusal": said_of(refusal) if refusal else "",
    }
    return render(request, "web/standing.html", shown, status=status)


def _form(request: SignedIn, at: datetime) -> StandingForm:
    seals = list(usable_seals(request.user, at))
    companies = {seal.company_id for seal in seals}
    operators = {one.pk: one for key in sorted(companies) for one in operators_visible_to(request.user, at, key)}
    people = people_visible_to(request.user, at).filter(is_active=True).exclude(pk=request.user.pk)
    data = request.POST if request.method == "POST" else None
    units = units_visible_to(request.user, at).filter(company__in=companies).select_related("company")
    return StandingForm(data, seals=seals, operators=operators.values(), units=units, people=people)


def _row(permit: Permit, today: int, at: datetime) -> StandingRow:
    badge = _OPEN
    if permit.revoked_at is not None:
        badge = _STOPPED
    elif at >= permit.expires_at or permit.used >= permit.impressions:
        badge = _OVER
    elif at < permit.starts_at:
        badge = _WAITS
    left = permit.impressions - permit.used
    return StandingRow(
        permit=permit,
        document_class=DOCUMENT_CLASS[DocumentClass(permit.terms["document_class"])],
        badge=badge,
        left=left,
        left_today=max(0, min(left, permit.terms["a_day"] - today)),
    )


def _sealed(one: StandingUse) -> Intent | None:
    return next((intent for intent in one.line.intents.all() if intent.state == Intent.State.SEALED), None)


def _is_to_review(one: StandingUse) -> bool:
    return bool(one.is_sample) and one.reviewed_at is None


def _in_part(parts: list[PermitPart], part: PermitPart.Part) -> list[Person]:
    return [one.person for one in parts if one.part == part]
