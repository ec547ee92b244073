"""A company on its way to being known: registered, proved, examined."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Renaming
from privyseal.identity.rules import EvidenceNotReadable, Power, Proof
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.labels import PROOF
from privyseal.language.refusals import words_for
from privyseal.web.answers import refused, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.kept import handed_out, stored
from privyseal.web.organisation_forms import CompanyForm, ExamineForm, ExamineNameForm, NewNameForm, ProofForm
from privyseal.web.step_up import proven
from privyseal.web.views import organisation

_INVALID: Final = 400


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedIn) -> HttpResponse:
    is_sent = request.method == "POST"
    form = CompanyForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            uid = actions.register_company.once(
                said["command_id"],
                request.user,
                now(),
                name=said["name"],
                name_en=said["name_en"],
                uscc=said["uscc"],
                legal_representative=said["legal_representative"],
                licence_sha256=stored(said["licence"]),
                representative_sha256=stored(said["representative"]),
            )
        except Refused as refused_for:
            refusal = refused_for
        else:
            messages.success(request, _("The company is entered. A second person examines its proofs."))
            return redirect("company", uid)
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    shown = {"form": form, "refusal": words_for(refusal) if refusal else ""}
    return render(request, "web/company_register.html", shown, status=status)


@capability(Power.SECURITY)
@require_POST
def bring(request: SignedIn, uid: str) -> HttpResponse:
    """Bring one proof, in place of the one before."""
    queries.company_visible_to(request.user, now(), uid)
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, EvidenceNotReadable())
    said = form.cleaned_data
    try:
        actions.bring_evidence.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=uid,
            proof=Proof(said["proof"]),
            sha256=stored(said["file"]),
        )
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("The proof is there. A second person examines it."))
    return redirect("company", uid)


@capability("signed-in")
@require_POST
@proven("company.verify")
def examine(request: SignedIn, uid: str) -> HttpResponse:
    """Verify or reject the company by the proofs that the page showed."""
    queries.company_visible_to(request.user, now(), uid)
    form = ExamineForm(request.POST)
    if not form.is_valid():
        return redirect("company", uid)
    said = form.cleaned_data
    shown = {name: said[name] for name in ("licence_sha256", "representative_sha256")}
    try:
        if said["decision"] == ExamineForm.VERIFY:
            actions.verify_company.once(said["command_id"], request.user, now(), company_uid=uid, **shown)
            messages.success(request, _("The company is verified and can own seals."))
        else:
            actions.reject_company.once(
                said["command_id"], request.user, now(), company_uid=uid, reason=said["reason"], **shown
            )
            messages.success(request, _("The company is rejected. Better proofs can be brought."))
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("company", uid)


@capability("signed-in")
@require_safe
def proof(request: SignedIn, uid: str, name: str) -> HttpResponse:
    """Hand out a proof to those who examine it."""
    at = now()
    found = queries.company_visible_to(request.user, at, uid)
    if not queries.powers_of(request.user, at).knows_everybody or name not in set(Proof):
        raise NotFound(company=uid)
    digest = {Proof.LICENCE: found.licence_sha256, Proof.REPRESENTATIVE: found.representative_sha256}[Proof(name)]
    return handed_out(digest, f"{found.name} {PROOF[Proof(name)]}")


@capability(Power.SECURITY)
@require_POST
def rename(request: SignedIn, uid: str) -> HttpResponse:
    """Ask that the company bears another name, with its new licence."""
    queries.company_visible_to(request.user, now(), uid)
    form = NewNameForm(request.POST, request.FILES)
    if not form.is_valid():
        return organisation.show_company(request, uid, forms={"new_name": form}, status=_INVALID)
    said = form.cleaned_data
    try:
        new = actions.NewName(
            name=said["name"],
            name_en=said["name_en"],
            licence_sha256=stored(said["licence"]),
            changed_on=said["changed_on"],
            old_seals_until=said["old_seals_until"],
        )
        actions.ask_renaming.once(said["command_id"], request.user, now(), company_uid=uid, new=new)
    except Refused as refusal:
        shown = {"new_name": form}
        return organisation.show_company(request, uid, forms=shown, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The new name is entered. A second person examines its licence."))
    return redirect("company", uid)


@capability("signed-in")
@require_POST
@proven("company.confirm-renaming")
def examine_name(request: SignedIn, uid: str, renaming: str) -> HttpResponse:
    """Confirm or reject a new name by the licence that the page showed."""
    found = _renaming(request, uid, renaming)
    form = ExamineNameForm(request.POST)
    if not form.is_valid():
        return organisation.show_company(request, uid, status=_INVALID)
    said = form.cleaned_data
    shown = {"renaming_uid": found.uid, "licence_sha256": said["licence_sha256"]}
    try:
        if said["decision"] == ExamineNameForm.CONFIRM:
            actions.confirm_renaming.once(said["command_id"], request.user, now(), **shown)
            messages.success(request, _("The company has its new name. Its seals are to be changed."))
        else:
            actions.reject_renaming.once(said["command_id"], request.user, now(), reason=said["reason"], **shown)
            messages.success(request, _("The new name is rejected."))
    except Refused as refusal:
        return organisation.show_company(request, uid, refusal=refusal, status=status_of(refusal))
    return redirect("company", uid)


@capability("signed-in")
@require_safe
def new_licence(request: SignedIn, uid: str, renaming: str) -> HttpResponse:
    """Hand out the licence of a new name to those who examine it."""
    if not queries.powers_of(request.user, now()).knows_everybody:
        raise NotFound(company=uid)
    found = _renaming(request, uid, renaming)
    return handed_out(found.licence_sha256, f"{found.name} {PROOF[Proof.LICENCE]}")


def _renaming(request: SignedIn, uid: str, renaming: str) -> Renaming:
    company = queries.company_visible_to(request.user, now(), uid)
    found = queries.renamings_of(request.user, now(), company).filter(uid=renaming).first()
    if found is None:
        raise NotFound(company=uid)
    return found
