"""A company on its way to being known: registered, proved, examined."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.models import Renaming
from privyseal.identity.rules import Power, Proof
from privyseal.kernel.errors import NotFound
from privyseal.language.labels import PROOF
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.kept import handed_out, stored
from privyseal.web.organisation_forms import CompanyForm, ExamineForm, ExamineNameForm, NewNameForm, ProofForm
from privyseal.web.step_up import proven
from privyseal.web.views import organisation


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedIn) -> HttpResponse:
    is_sent = request.method == "POST"
    form = CompanyForm(request.POST if is_sent else None, request.FILES if is_sent else None)

    def act(said: Said) -> str:
        return actions.register_company.once(
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

    done, back = _("The company is entered. A second person examines its proofs."), partial(redirect, "company")
    return on_page(request, "web/company_register.html", form, act, done=done, back=back)


@capability(Power.SECURITY)
@require_POST
def bring(request: SignedIn, uid: str) -> HttpResponse:
    """Bring one proof, in place of the one before."""
    queries.company_visible_to(request.user, now(), uid)
    form = ProofForm(request.POST, request.FILES)

    def act(said: Said) -> None:
        proof, sha256 = Proof(said["proof"]), stored(said["file"])
        actions.bring_evidence.once(
            said["command_id"], request.user, now(), company_uid=uid, proof=proof, sha256=sha256
        )

    done = _("The proof is there. A second person examines it.")
    again = partial(organisation.show_company, request, uid, forms={"proof": form})
    return acted(request, form, act, done=done, back=to("company", uid), again=again)


@capability("signed-in")
@require_POST
@proven("company.verify")
def examine(request: SignedIn, uid: str) -> HttpResponse:
    """Verify or reject the company by the proofs that the page showed."""
    queries.company_visible_to(request.user, now(), uid)
    form = ExamineForm(request.POST)
    verifies = request.POST.get("decision") == ExamineForm.VERIFY

    def act(said: Said) -> None:
        at, shown = now(), {name: said[name] for name in ("licence_sha256", "representative_sha256")}
        if verifies:
            actions.verify_company.once(said["command_id"], request.user, at, company_uid=uid, **shown)
        else:
            reason = said["reason"]
            actions.reject_company.once(said["command_id"], request.user, at, company_uid=uid, reason=reason, **shown)

    verified = _("The company is verified and can own seals.")
    done = verified if verifies else _("The company is rejected. Better proofs can be uploaded.")
    again = partial(organisation.show_company, request, uid)  # with the proofs as they are by now
    return acted(request, form, act, done=done, back=to("company", uid), again=again)


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

    def act(said: Said) -> None:
        new = actions.NewName(
            name=said["name"],
            name_en=said["name_en"],
            licence_sha256=stored(said["licence"]),
            changed_on=said["changed_on"],
            old_seals_until=said["old_seals_until"],
        )
        actions.ask_renaming.once(said["command_id"], request.user, now(), company_uid=uid, new=new)

    done = _("The new name is entered. A second person examines its licence.")
    again = partial(organisation.show_company, request, uid, forms={"new_name": form})
    return acted(request, form, act, done=done, back=to("company", uid), again=again)


@capability("signed-in")
@require_POST
@proven("company.confirm-renaming")
def examine_name(request: SignedIn, uid: str, renaming: str) -> HttpResponse:
    """Confirm or reject a new name by the licence that the page showed."""
    found = _renaming(request, uid, renaming)
    form = ExamineNameForm(request.POST)
    confirms = request.POST.get("decision") == ExamineNameForm.CONFIRM

    def act(said: Said) -> None:
        at, shown = now(), {"renaming_uid": found.uid, "licence_sha256": said["licence_sha256"]}
        if confirms:
            actions.confirm_renaming.once(said["command_id"], request.user, at, **shown)
        else:
            actions.reject_renaming.once(said["command_id"], request.user, at, reason=said["reason"], **shown)

    confirmed = _("The company has its new name. Its seals are to be changed.")
    done = confirmed if confirms else _("The new name is rejected.")
    again = partial(organisation.show_company, request, uid)  # with the proofs as they are by now
    return acted(request, form, act, done=done, back=to("company", uid), again=again)


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
