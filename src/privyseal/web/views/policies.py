"""Approval policies: drafted row by row by whoever manages, put into force by whoever grants powers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions
from privyseal.approvals.models import Policy
from privyseal.approvals.queries import policies as queries
from privyseal.approvals.queries.outside import systems_deciding_for
from privyseal.approvals.rules.policies import Flaw, Row
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.stages import rows_of
from privyseal.identity.models import Company
from privyseal.identity.queries import approvers_visible_to, companies_visible_to, posts_visible_to, units_of_company
from privyseal.identity.rules import Power
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.language.refusals import words_for
from privyseal.seals.queries import types_open_to
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_policies import IN_FORCE, DraftForm, NameForm, RowForm, ShownForm, initial_of
from privyseal.web.paging import page_of
from privyseal.web.shown import policies as shown_policies
from privyseal.web.step_up import proven

_METHODS: Final = ["GET", "HEAD", "POST"]
_INVALID: Final = 400
_MOST_NAMED: Final = 200
_MOST_CHANGED: Final = 50
_REPLAYED: Final = (30, 90, 365)


@capability("signed-in")
@require_http_methods(_METHODS)
def policies(request: SignedIn) -> HttpResponse:
    """Show the policies one has to do with; whoever manages begins a draft here."""
    at = now()
    form = DraftForm(request.POST if request.method == "POST" else None, companies=_managed(request))
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            uid = _begin(request, said["command_id"], company_uid=said["company"], start=said["start"])
        except Refused as refused:
            refusal = refused
        else:
            return redirect("policy", uid)
    page = page_of(request, queries.policies_visible_to(request.user, at), by="-pk")
    shown = {
        "page": page,
        "rows": [(policy, shown_policies.badge(policy)) for policy in page.rows],
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return render(request, "web/policies.html", shown, status=status)


@capability("signed-in")
@require_safe
def policy(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability(Power.MANAGE)
@require_POST
def name(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request, uid, NameForm(request.POST), lambda found, said: _write(request, found, said, rows_of(found))
    )


@capability(Power.MANAGE)
@require_http_methods(_METHODS)
def new_row(request: SignedIn, uid: str) -> HttpResponse:
    """Add a row above the last one, which usually takes all that is left."""
    return _row_page(request, uid, None)


@capability(Power.MANAGE)
@require_http_methods(_METHODS)
def change_row(request: SignedIn, uid: str, number: int) -> HttpResponse:
    return _row_page(request, uid, number)


@capability(Power.MANAGE)
@require_POST
def move_row(request: SignedIn, uid: str, number: int) -> HttpResponse:
    """Put a row one place higher."""

    def moved(rows: list[Row]) -> list[Row]:
        rows[number - 2], rows[number - 1] = rows[number - 1], rows[number - 2]
        return rows

    return _rearranged(request, uid, number, moved, first=2)


@capability(Power.MANAGE)
@require_POST
def remove_row(request: SignedIn, uid: str, number: int) -> HttpResponse:
    return _rearranged(request, uid, number, lambda rows: rows[: number - 1] + rows[number:])


@capability(Power.SECURITY)
@require_POST
@proven("policy.confirm")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    def act(found: Policy, said: Said) -> None:
        key, digest = said["command_id"], said["rows_sha256"]
        actions.confirm_policy.once(key, request.user, now(), policy_uid=found.uid, rows_sha256=digest)

    done = _("The policy is in force. What runs already keeps the stages it has.")
    return _acted(request, uid, ShownForm(request.POST), act, done)


@capability(Power.MANAGE)
@require_POST
def discard(request: SignedIn, uid: str) -> HttpResponse:
    def act(found: Policy, said: Said) -> None:
        actions.discard_policy.once(said["command_id"], request.user, now(), policy_uid=found.uid)

    return _acted(request, uid, CommandForm(request.POST), act, _("The draft is discarded."))


def _begin(request: SignedIn, key: UUID, *, company_uid: str, start: str) -> str:
    at, rows = now(), PRESETS[Preset.SMALL_FIRM]
    draft = queries.draft_visible_to(request.user, at, company_uid)
    if draft is not None:
        messages.info(request, _("The company has a draft already: it is this one."))
        return draft.uid
    if start == IN_FORCE:
        rows = queries.rows_to_start_from(request.user, at, company_uid) or rows
    else:
        rows = PRESETS[Preset(start)]
    named = _("Approval policy of %(day)s") % {"day": at.date().isoformat()}
    return actions.write_policy.once(
        key,
        request.user,
        at,
        company_uid=company_uid,
        name=named,
        rows=rows,
        is_small_firm=start == Preset.SMALL_FIRM.value,
    )


def _write(request: SignedIn, found: Policy, said: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Write the draft with these rows, under the name that was sent or the one it has."""
    actions.write_policy.once(
        said["command_id"],
        request.user,
        now(),
        company_uid=found.company.uid,
        name=said.get("name", found.name),
        rows=rows,
        is_for_group=said.get("is_for_group", found.is_for_group),
        rows_sha256=said["rows_sha256"],
    )


def _rearranged(
    request: SignedIn, uid: str, number: int, change: Callable[[list[Row]], list[Row]], *, first: int = 1
) -> HttpResponse:
    def act(found: Policy, said: Said) -> None:
        rows = list(rows_of(found))
        if not first <= number <= len(rows):
            raise OutOfTurn(policy=found.uid)
        _write(request, found, said, change(rows))

    return _acted(request, uid, ShownForm(request.POST), act)


def _acted(
    request: SignedIn, uid: str, form: Form, act: Callable[[Policy, Said], None], done: str = ""
) -> HttpResponse:
    found = queries.policy_visible_to(request.user, now(), uid)
    back, again = to("policy", uid), partial(_page, request, uid)
    return acted(request, form, lambda said: act(found, said), done=done, back=back, again=again)


def _row_page(request: SignedIn, uid: str, number: int | None) -> HttpResponse:
    at = now()
    found = queries.policy_visible_to(request.user, at, uid)
    rows = list(rows_of(found))
    if number is not None and not 1 <= number <= len(rows):
        return redirect("policy", uid)
    initial = {"rows_sha256": found.rows_sha256} | (initial_of(rows[number - 1]) if number else {})
    form = RowForm(
        request.POST if request.method == "POST" else None,
        own=types_open_to(request.user, at, [found.company]),
        units=units_of_company(request.user, at, found.company.uid)[:_MOST_NAMED],
        categories=shown_policies.names_of_categories(found.company_id, rows),
        posts=posts_visible_to(request.user, at).filter(company=found.company)[:_MOST_NAMED],
        people=approvers_visible_to(request.user, at, found.company_id)[:_MOST_NAMED],
        systems=systems_deciding_for(request.user, at, found.company_id),
        initial=initial,
    )
    shown = {"form": form, "policy": found, "number": number, "refusal": ""}
    if not form.is_valid():
        return render(request, "web/policy_row.html", shown, status=_INVALID if form.is_bound else 200)
    place = slice(number - 1, number) if number else slice(max(len(rows) - 1, 0), max(len(rows) - 1, 0))
    rows[place] = [form.row()]
    try:
        _write(request, found, form.cleaned_data, rows)
    except Refused as refusal:
        shown["refusal"] = words_for(refusal)
        return render(request, "web/policy_row.html", shown, status=status_of(refusal))
    return redirect("policy", uid)


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at, asked = now(), request.GET.get("days", "")
    found = queries.policy_visible_to(request.user, at, uid)
    table, findings = rows_of(found), queries.findings_on(request.user, at, found)
    names = shown_policies.names_in([], table)
    is_draft = found.confirmed_at is None and found.ended_at is None
    days = int(asked) if asked in {str(days) for days in _REPLAYED} else None
    replay = queries.replay(request.user, at, found, days=days) if days else None
    digest = {"rows_sha256": found.rows_sha256}
    shown = {
        "policy": found,
        "badge": shown_policies.badge(found),
        "rows": shown_policies.rows(table, findings, names),
        "findings": shown_policies.of_the_whole(findings, names),
        "unfilled": len({finding.row for finding in findings if finding.flaw is Flaw.UNFILLED}),
        "is_fit": not any(finding.forbids for finding in findings),
        "may_write": is_draft and request.powers.has(Power.MANAGE, found.company_id),
        "may_confirm": is_draft and request.powers.has(Power.SECURITY, None),
        "shown_form": ShownForm(initial=digest),
        "name_form": NameForm(initial=digest | {"name": found.name, "is_for_group": found.is_for_group}),
        "command": CommandForm(),
        "spans": _REPLAYED,
        "days": days,
        "replay": replay,
        "changed": shown_policies.changed(replay.changed[:_MOST_CHANGED]) if replay else [],
        "refusal": said,
    }
    return render(request, "web/policy.html", shown, status=status)


def _managed(request: SignedIn) -> list[Company]:
    companies = companies_visible_to(request.user, now())
    return list(companies.filter(pk__in=request.powers.whole_companies(Power.MANAGE), verified_at__isnull=False))
