"""Ask for a use of a seal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from privyseal.approvals import actions, parties, placing
from privyseal.approvals.checking import remarks_of
from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.queries.categories import categories_to_choose
from privyseal.approvals.queries.drafts import alike_so_far, drafts_visible_to
from privyseal.approvals.queries.filing import filings_holding_up
from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.remarks import RemarksNotRead
from privyseal.approvals.wishes import LineWish, WitnessesMissing
from privyseal.identity.models import Company, Unit
from privyseal.identity.queries import (
    companies_visible_to,
    company_visible_to,
    operators_visible_to,
    people_visible_to,
    powers_of,
    units_visible_to,
)
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.labels import CHANGE, bound_in_words
from privyseal.language.places import FOLLOWING_SAYS
from privyseal.language.refusals import words_of
from privyseal.pdf.placement import PageSize, Size
from privyseal.sealing.actions import bring_document, receive_document
from privyseal.sealing.arrivals import is_large, leave
from privyseal.sealing.models import Document, Intake
from privyseal.sealing.queries import document_visible_to, intake_visible_to
from privyseal.seals.models import Seal
from privyseal.seals.queries import stamps_usable_by_hand, usable_seals
from privyseal.seals.rules import SealKind
from privyseal.seals.sizes import size_of
from privyseal.signer.bound import Bound, Secret, bound_in
from privyseal.web.answers import said_of, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.copying import begin_as, begun
from privyseal.web.forms import FileForm, usual_days
from privyseal.web.forms_of_categories import usual_of
from privyseal.web.forms_of_further import BRING, LEAVE, Beside, by_hand_alone
from privyseal.web.forms_of_joint import Elsewhere
from privyseal.web.forms_of_papers import ATTACH, DETACH, AttachForm
from privyseal.web.forms_of_uses import First, UseForm
from privyseal.web.places import usual_spot
from privyseal.web.proposing import hints_on, is_taken, proposed
from privyseal.web.shown import categories as shown_categories
from privyseal.web.shown import documents, papers
from privyseal.web.views.attachments import with_brought
from privyseal.web.views.estimating import estimate_for
from privyseal.web.views.further import (
    Alike,
    further_documents,
    further_shown,
    shown_further,
    usual_lines,
    with_further,
)

_TERMS: Final = "web/apply_use_terms.html"
FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_MOST_NAMED: Final = 200
_MOST_ELSEWHERE: Final = 20
_SHOW: Final = "show"
_NOT_SENT_IN: Final = {documents.TURN, ATTACH, DETACH, BRING, LEAVE}
_LOOK_AGAIN_SECONDS: Final = 2
_WHO_WATCHES: Final = _("A rubber seal is stamped while somebody watches: choose who.")
_NOBODY_WATCHES: Final = _("No rubber seal is asked for: leave it empty.")


@capability("signed-in")
@require_safe
def apply(request: SignedIn) -> HttpResponse:
    powers = powers_of(request.user, now())
    shown = {
        "may_use": powers.anywhere(Power.USE),
        "may_manage": powers.anywhere(Power.MANAGE),
        "drafts": drafts_visible_to(request.user, now()),
        "held_up": filings_holding_up(request.user, now()),
    }
    return render(request, "web/apply.html", shown)


@capability(Power.USE)
@sensitive_post_parameters("password")
@require_http_methods(FORM_METHODS)
def use_file(request: SignedIn) -> HttpResponse:
    """First step of a use: the file is taken in, so that what is applied for is what will be sealed."""
    companies = companies_with(request, Power.USE)
    earlier = {"earlier": request.GET.get("earlier", "")}
    form = FileForm(sent(request), request.FILES, companies=companies, initial=earlier)
    if not form.is_valid():
        return _file_page(request, form, status=400 if form.is_bound else 200)
    try:
        if is_large(form.cleaned_data["file"].size) and not form.cleaned_data["password"]:
            return _with_earlier("intake", _brought(request, form), earlier=form.cleaned_data["earlier"])
        digest = receive_document(request.user, now(), **form.brought())
        begin_as(request, form.cleaned_data, digest)
    except Refused as refusal:
        return _file_page(request, form, status=status_of(refusal), refusal=form.not_taken(refusal))
    return redirect("apply-use-terms", form.cleaned_data["company"], digest)


def _with_earlier(page: str, *place: str, earlier: str) -> HttpResponse:
    """Lead on, with the earlier application that is to be copied, if any."""
    return redirect(reverse(page, args=place, query={"earlier": earlier} if earlier else None))


def _file_page(request: SignedIn, form: FileForm, *, status: int, refusal: str = "") -> HttpResponse:
    most = {"most": settings.DOCUMENT_BYTES // 1_000_000, "most_pages": settings.DOCUMENT_PAGES}
    return render(request, "web/apply_use_file.html", {"form": form, "refusal": refusal, **most}, status=status)


def _brought(request: SignedIn, form: FileForm) -> str:
    """Hand a large file to a job and return its intake."""
    said, arrival = form.cleaned_data, form.cleaned_data["file"].arrival
    return bring_document.once(
        said["command_id"],
        request.user,
        now(),
        company_uid=said["company"],
        name=said["file"].name,
        arrival=leave(arrival, copy_says=form.copy_says()),
        sha256=arrival.sha256,
        size=arrival.size,
    )


@capability(Power.USE)
@require_safe
def intake(request: SignedIn, uid: str) -> HttpResponse:
    """Say how far a large file is, looking again by itself, and go on once it is there."""
    found = intake_visible_to(request.user, now(), uid)
    if found.state == Intake.State.ACCEPTED:
        earlier = request.GET.get("earlier", "")
        return _with_earlier("apply-use-terms", found.company.uid, found.document_sha256, earlier=earlier)
    refusal = words_of(found.refusal["code"], found.refusal["facts"]) if found.refusal else ""
    answer = render(request, "web/intake.html", {"intake": found, "refusal": refusal})
    if not refusal:
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer


@capability(Power.USE)
@sensitive_post_parameters("further_password", "paper_password")
@require_http_methods(FORM_METHODS)
def use_terms(request: SignedIn, company_uid: str, sha256: str) -> HttpResponse:
    """Second step of a use: which seal, where, why, when, by whom."""
    at = now()
    company = company_visible_to(request.user, at, company_uid)
    document = document_visible_to(request.user, at, sha256)
    so_far = begun(request, company.uid, sha256)
    category, known = _category(request, company, so_far)
    if known and category is None:
        return _category_page(request, company, document, known)
    bound = bound_in(document.bound)
    seals, elsewhere = _usable(request, company), _elsewhere(request, company)
    if bound is not None:  # there is no file for a key
        seals, elsewhere = by_hand_alone(seals), replace(elsewhere, seals=by_hand_alone(elsewhere.seals))
    left = _left_place(seals, sha256)
    data, refusal = _brought_with(request, company, sha256)
    further = further_documents(request.user, at, (data or so_far).get("further", ""))
    usual = _usual_terms(request, seals, document) | usual_lines(further, seals)
    usual |= usual_of(category, is_by_hand=_is_by_hand(seals)) | (read := proposed(document, owner=company.name))
    initial = usual | left | so_far | _way_of(bound, so_far)
    form_of = partial(
        UseForm,
        seals=seals,
        operators=list(operators_visible_to(request.user, at, company.pk)),
        checkers=people_visible_to(request.user, at).filter(is_active=True).exclude(pk=request.user.pk)[:_MOST_NAMED],
        first=First(may_fill=bool(left), is_signed=document.is_signed, bound=bound),
        category=category,
        beside=Beside(elsewhere, further),
        initial=initial,
    )
    form, first = form_of(data), documents.first_page(request)
    if data and (refusal or (request.POST.keys() & _NOT_SENT_IN and not form.is_valid())):  # so nothing is wrong yet
        form = form_of(initial=initial | data.dict())
    shown = {
        "form": form,
        "company": company,
        "seals": [(seal, size_of(seal)) for seal in seals],
        "category": shown_categories.row(category) if category else None,
        **further_shown(request, further, refusal),
        "alike": (alike := Alike.of(alike_so_far(request.user, at, company.uid, sha256))),
        "held_up": filings_holding_up(request.user, at),
        "papers": papers.brought(request.user, at, (data or so_far).get("attached", "")),
        **_of_document(document, first, is_read=not form.is_bound and is_taken(read, initial)),
    }
    if refusal:
        return render(request, _TERMS, {**shown, "refusal": said_of(refusal)}, status=status_of(refusal))
    if not form.is_valid():
        return render(request, _TERMS, shown, status=400 if form.is_bound else 200)
    try:
        lines = alike.with_lines(_placed(request, form, sha256), sha256, shown=request.POST.get("alike_sha256", ""))
        if request.POST.keys() & {_SHOW, *_NOT_SENT_IN}:
            shown["further"] = shown_further(further, lines, [*seals, *elsewhere.seals])
            shown["estimate"] = estimate_for(request, form, company, category, lines, seals)
            return _show_places(request, shown, document, lines, [*seals, *elsewhere.seals])
        uid = _apply_for_use(request, form, company, lines)
    except Refused as refusal:
        if isinstance(refusal, WitnessesMissing):
            form.add_error("supervisor", _WHO_WATCHES if refusal.facts["needed"] else _NOBODY_WATCHES)
        if isinstance(refusal, RemarksNotRead):
            shown["to_read"] = _to_read(company, form, lines)
        return render(request, _TERMS, {**shown, "refusal": said_of(refusal)}, status=status_of(refusal))
    return redirect("application", uid)


def _of_document(document: Document, first: int, *, is_read: bool) -> dict[str, object]:
    """Return what the page says of the first document, and the forms by which more comes to it."""
    bound = bound_in(document.bound)
    return {
        "document": documents.show(document, first=first, hints=hints_on(document)),
        "changes": [CHANGE[change] for change in document.changes],
        "bound": bound and bound_in_words(bound),
        "is_secret": isinstance(bound, Secret),
        "follows": FOLLOWING_SAYS,
        "attach_form": AttachForm(),
        "is_read": is_read,
    }


def _placed(request: SignedIn, form: UseForm, sha256: str) -> tuple[LineWish, ...]:
    """Return the lines of all documents with every place in numbers, or refuse."""
    asked = [_asked(request, form, sha256), *form.asked_further()]
    lines = tuple(line for one in asked for line in placing.placed(request.user, now(), one))
    return tuple(replace(line, manner=Manner.TRUE_COPY) for line in lines) if form.is_true_copy() else lines


def _elsewhere(request: SignedIn, company: Company) -> Elsewhere:
    """Return the seals of other companies that go on the document as well, of either kind, and who operates there."""
    at = now()
    kinds = [
        found(request.user, at).exclude(company=company).filter(company__verified_at__isnull=False)
        for found in (usable_seals, stamps_usable_by_hand)
    ]
    named = {key: name for others in kinds for key, name in others.order_by().values_list("company", "company__name")}
    companies = sorted(named, key=lambda key: (named[key], key))
    chosen = [seal for others in kinds for seal in others.filter(company__in=companies[:_MOST_ELSEWHERE])]
    seals = sorted(chosen, key=lambda seal: (seal.company.name, seal.company_id, seal.kind, seal.pk))
    operators = {key: list(operators_visible_to(request.user, at, key)) for key in companies[:_MOST_ELSEWHERE]}
    return Elsewhere(seals, operators)


def _usable(request: SignedIn, company: Company) -> list[Seal]:
    """Return the seals that may be applied for there: those with a key, then those of rubber."""
    at = now()
    rubber = stamps_usable_by_hand(request.user, at).filter(company=company)
    return [*usable_seals(request.user, at).filter(company=company), *rubber]


def _category(
    request: SignedIn, company: Company, so_far: Mapping[str, str]
) -> tuple[CategoryVersion | None, list[CategoryVersion]]:
    """Return the category that was chosen, and all there are in the company."""
    known = categories_to_choose(request.user, now(), company.uid)
    asked = request.POST.get("category") or request.GET.get("category", so_far.get("category"))
    return next((each for each in known if each.uid == asked), None), known


def _category_page(
    request: SignedIn, company: Company, document: Document, known: Sequence[CategoryVersion]
) -> HttpResponse:
    """Ask first what the use is for: it says what else is asked."""
    rows = [shown_categories.row(each) for each in known]
    shown = {"company": company, "name": document.name, "categories": rows}
    return render(request, "web/apply_use_category.html", shown, status=400 if request.method == "POST" else 200)


def _brought_with(request: SignedIn, company: Company, sha256: str) -> tuple[QueryDict | None, Refused | None]:
    """Return what was sent, with the papers and documents that came with it taken in; or as it came, and why not."""
    if request.method != "POST":
        return None, None
    try:
        return with_further(request, company, sha256, with_brought(request, company)), None
    except Refused as refusal:
        return request.POST, refusal


def sent(request: SignedIn) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _asked(request: SignedIn, form: UseForm, sha256: str) -> placing.Asked:
    said = form.cleaned_data
    return placing.Asked(
        seal_uid=said["seal"],
        document_sha256=sha256,
        following=said["following"],
        wishes=form.wishes(),
        copies=said["copies"] or 1,
        impressions=form.times(),
        code_at=form.code_at(),
        is_code_signed=said["code_signed"],
        code=placing.code_for(request.user, said["command_id"]),
        writing_at=form.writing_at(),
        writing=said["writing"],
        parties=form.parties(),
        together=form.together(),
    )


def _show_places(
    request: SignedIn, shown: dict[str, object], document: Document, lines: Sequence[LineWish], seals: list[Seal]
) -> HttpResponse:
    """Show the pages with everything on them exactly where it would be applied for."""
    by_uid = {seal.uid: seal for seal in seals}
    own = [line for line in lines if line.document_sha256 == document.sha256]
    inked = documents.of_one_act([documents.Ink.of_wish(line, by_uid[line.seal_uid]) for line in own])
    is_turned = documents.TURN in request.POST
    first = documents.first_page(request) if is_turned or not inked[0].spots else inked[0].first_page
    shown["document"] = documents.show(document, inked, first=first, hints=hints_on(document))
    shown["is_shown"] = True
    return render(request, _TERMS, shown)


def _to_read(company: Company, form: UseForm, lines: Sequence[LineWish]) -> papers.ToRead:
    starts_at, expires_at = form.window()
    digests = [line.document_sha256 for line in lines]
    return papers.to_read(remarks_of(form.owners(company), digests, starts_at=starts_at, expires_at=expires_at))


def _apply_for_use(request: SignedIn, form: UseForm, company: Company, lines: Sequence[LineWish]) -> str:
    said, jointly = form.cleaned_data, form.jointly(company)
    starts_at, expires_at = form.window()
    ask = (
        partial(actions.apply_for_use.once, operator_pseudonyms=(said["operator"],))
        if jointly is None
        else partial(actions.apply_jointly.once, jointly=jointly)
    )
    return ask(
        said["command_id"],
        request.user,
        now(),
        company_uid=company.uid,
        reason=said["reason"],
        starts_at=starts_at,
        expires_at=expires_at,
        lines=lines,
        papers=form.papers(lines[0].document_sha256),
    )


def companies_with(request: SignedIn, power: Power) -> list[Company]:
    """Return the verified companies in which the person holds the power."""
    at = now()
    held = powers_of(request.user, at).companies(power)
    return list(companies_visible_to(request.user, at).filter(pk__in=held, verified_at__isnull=False))


def units_of(request: SignedIn, companies: Collection[Company]) -> QuerySet[Unit]:
    """Return the units to which a seal of these companies can belong."""
    return units_visible_to(request.user, now()).filter(company__in=companies).select_related("company")


def _usual_terms(request: SignedIn, seals: list[Seal], document: Document) -> dict[str, object]:
    pages = [PageSize(**page) for page in document.pages]
    starts_on, ends_on = usual_days()
    terms: dict[str, object] = {
        "seal": seals[0].uid if seals else "",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "operator": request.user.pseudonym,
    }
    spot = usual_spot(pages, size_of(seals[0]) if seals else Size(0, 0))
    return {**terms, "page": spot.page, "x": f"{spot.x / 1000:.1f}", "y": f"{spot.y / 1000:.1f}"}


def _way_of(bound: Bound | None, so_far: Mapping[str, str]) -> dict[str, object]:
    """Return where a seal stands that nobody is shown, and nowhere else: what is copied may be a file."""
    if isinstance(bound, Secret):
        return {"how": "inside"}
    return {"how": "at"} if so_far.get("how") == "inside" else {}


def _is_by_hand(seals: list[Seal]) -> bool:
    """Return whether the seal that is chosen to begin with is of rubber."""
    return bool(seals) and seals[0].kind == SealKind.PHYSICAL.value


def _left_place(seals: list[Seal], sha256: str) -> dict[str, object]:
    """Return what is usual where an earlier party left a place: exactly there, by the seal it was left for."""
    waited_for = next((seal for seal in seals if parties.is_place_left(seal, sha256)), None)
    return {"seal": waited_for.uid, "how": "left"} if waited_for else {}
