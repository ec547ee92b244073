"""Categories of business: drafted by whoever manages, put into force and ended by whoever grants powers."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.approvals import actions
from privyseal.approvals.queries import categories as queries
from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.seals.queries import types_open_to
from privyseal.web.acting import Said, acted
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_categories import BeginForm, CategoryForm, ShownForm, initial_of
from privyseal.web.paging import page_of
from privyseal.web.shown import categories as shown_categories
from privyseal.web.step_up import proven

_METHODS: Final = ["GET", "HEAD", "POST"]
_INVALID: Final = 400


@capability("signed-in")
@require_http_methods(_METHODS)
def categories(request: SignedIn) -> HttpResponse:
    """Show the categories one has to do with; whoever manages begins one here."""
    form = BeginForm(request.POST if request.method == "POST" else None, companies=_managed(request))
    refusal: Refused | None = None
    if form.is_valid():
        said, (code, category) = form.cleaned_data, form.begun()
        try:
            uid = actions.write_category.once(
                said["command_id"], request.user, now(), company_uid=said["company"], code=code, category=category
            )
        except Refused as refused:
            refusal = refused
        else:
            return redirect("category", uid)
    page = page_of(request, queries.categories_visible_to(request.user, now()), by="-pk")
    shown = {
        "page": page,
        "rows": [shown_categories.row(version) for version in page.rows],
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return render(request, "web/categories.html", shown, status=status)


@capability("signed-in")
@require_http_methods(_METHODS)
def category(request: SignedIn, uid: str) -> HttpResponse:
    """Show a category; whoever manages writes its draft here."""
    if request.method != "POST":
        return _page(request, uid)
    found = queries.category_visible_to(request.user, now(), uid)
    form = CategoryForm(request.POST, own=types_open_to(request.user, now(), [found.company]))

    def write(said: Said) -> str:
        return actions.write_category.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=found.company.uid,
            code=found.code,
            category=form.category(),
            is_for_group=said["is_for_group"],
            says_sha256=said["says_sha256"] if found.is_draft else "",
        )

    again = partial(_page, request, uid, form=form)
    return acted(request, form, write, done=_("The category is saved."), back=_to_category, again=again)


@capability(Power.SECURITY)
@require_POST
@proven("category.confirm")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        ShownForm(request.POST),
        lambda said: actions.confirm_category.once(
            said["command_id"], request.user, now(), category_uid=uid, says_sha256=said["says_sha256"]
        ),
        done=_("The category is in force. What was applied for keeps the version it has."),
        back=_to_category,
        again=partial(_page, request, uid),
    )


@capability(Power.MANAGE)
@require_POST
def discard(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.discard_category.once(said["command_id"], request.user, now(), category_uid=uid),
        done=_("The draft is discarded."),
        back=_to_category,
        again=partial(_page, request, uid),
    )


@capability(Power.SECURITY)
@require_POST
@proven("category.end")
def end(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_category.once(said["command_id"], request.user, now(), category_uid=uid),
        done=_("The category is ended. Nothing more can be applied for under it."),
        back=_to_category,
        again=partial(_page, request, uid),
    )


def _to_category(uid: str) -> HttpResponse:
    """Go to the version that is there now: what was in force and is changed has a draft."""
    return redirect("category", uid)


def _page(
    request: SignedIn, uid: str, *, said: str = "", form: CategoryForm | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.category_visible_to(request.user, at, uid)
    is_running = found.confirmed_at is not None and found.ended_at is None
    may_write = (found.is_draft or is_running) and request.powers.has(Power.MANAGE, found.company_id)
    may_secure = request.powers.has(Power.SECURITY, None)
    if form is None:
        form = CategoryForm(own=types_open_to(request.user, at, [found.company]), initial=initial_of(found))
    shown = {
        "shown": shown_categories.row(found),
        "category": found,
        "facts": list(shown_categories.facts(found)),
        "decided": shown_categories.decided(found),
        "form": form if may_write else None,
        "may_discard": found.is_draft and may_write,
        "may_confirm": found.is_draft and may_secure,
        "may_end": is_running and may_secure,
        "shown_form": ShownForm(initial={"says_sha256": found.says_sha256}),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/category.html", shown, status=status)


def _managed(request: SignedIn) -> list[Company]:
    companies = companies_visible_to(request.user, now())
    return list(companies.filter(pk__in=request.powers.whole_companies(Power.MANAGE), verified_at__isnull=False))
