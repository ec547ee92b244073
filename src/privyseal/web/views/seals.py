"""The register of seals, and what its managers do with them."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals.queries.charters import holds_for
from privyseal.custody.queries.losses import may_miss
from privyseal.devices.exposure import exposure_with
from privyseal.devices.queries import refused_mounting_of
from privyseal.identity.models import Person
from privyseal.identity.queries import earlier_names_of, people_visible_to, powers_of
from privyseal.identity.rules import Power
from privyseal.language.labels import PURPOSE, SEAL_KIND
from privyseal.language.notices import entry_notice
from privyseal.language.refusals import words_of
from privyseal.language.types import type_of
from privyseal.pdf.face import Face, outline, svg
from privyseal.sealing.queries import standing_on
from privyseal.sealing.signing import client
from privyseal.seals import actions, queries
from privyseal.seals.models import OutsideCertificate, Seal, SealVersion
from privyseal.seals.places import place_of
from privyseal.seals.rules import OUT_OF_HAND, Act, Proof, Role, SealKind, SealState, SealType, is_possible, may_alone
from privyseal.seals.rules.persons import bears_a_name
from privyseal.seals.sizes import size_of
from privyseal.signer.statement import Purpose
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture
from privyseal.web.forms import ReasonForm
from privyseal.web.forms_of_certificates import CertificateForm
from privyseal.web.forms_of_incidents import CoCustodianForm
from privyseal.web.forms_of_seals import WordForm
from privyseal.web.shown import charters
from privyseal.web.shown.acts import act_shown, may_report, possible_acts, word_shown
from privyseal.web.shown.revoked import show_after_revocation
from privyseal.web.shown.seal_use import in_use
from privyseal.web.shown.sheets import ACT_SHEET
from privyseal.web.shown.words import seal_badge

_FACE_SECONDS: Final = 300
_LATEST: Final = 20
_MAY_BE_REPLACED: Final = OUT_OF_HAND | {SealState.VOID}


@capability("signed-in")
@require_safe
def seal(request: SignedIn, uid: str) -> HttpResponse:
    return seal_page(request, uid)


@capability("signed-in")
@require_safe
def face(request: SignedIn, uid: str) -> HttpResponse:
    found = queries.seal_visible_to(request.user, now(), uid)
    drawn = outline(size_of(found), title=found.name) if found.face is None else svg(Face.from_json(found.face))
    return picture(drawn.encode(), kind="image/svg+xml", seconds=_FACE_SECONDS)


@capability("signed-in")
@require_POST
def suspend(request: SignedIn, uid: str) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act(said: Said) -> None:
        actions.suspend(request.user, now(), seal_uid=uid, reason=said["reason"], signer=client())

    done = _("The seal is suspended: nobody can use it now.")
    return acted(request, form, act, done=done, back=to("seal", uid), again=partial(seal_page, request, uid, form=form))


@capability("signed-in")
@require_POST
def apply_to_resume(request: SignedIn, uid: str) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act(said: Said) -> str:
        reason = said["reason"]
        return approvals.apply_to_resume.once(said["command_id"], request.user, now(), seal_uid=uid, reason=reason)

    back, again = partial(redirect, "application"), partial(seal_page, request, uid, form=form)
    return acted(request, form, act, done="", back=back, again=again)


def seal_page(
    request: SignedIn,
    uid: str,
    *,
    form: ReasonForm | None = None,
    certificate: CertificateForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a seal as it stands now, and what this person may do with it."""
    at = now()
    found = queries.seal_visible_to(request.user, at, uid)
    state, kind = SealState(found.state), SealKind(found.kind)
    permits = queries.permits_of_seal(request.user, at, found, most=_LATEST)
    custodies = queries.custodies_of_seal(request.user, at, found, most=_LATEST)
    manages = _holds(request.user, found, frozenset({Power.MANAGE}))
    versions = queries.versions_of(request.user, at, found)
    shown = {
        "seal": found,
        "type": type_of(found),
        "former": queries.former_names_of(request.user, at, [found]).get(found.pk, ""),
        "earlier_names": earlier_names_of([found.company_id])[found.company_id],
        "kind": SEAL_KIND[kind],
        "badge": seal_badge(state),
        "versions": versions,
        "after_revocation": show_after_revocation(request.user, at, found, versions),
        "permits": [
            (permit, PURPOSE[Purpose(permit.purpose)], Purpose(permit.purpose) in ACT_SHEET) for permit in permits
        ],
        "acts": [act_shown(permit) for permit in queries.open_acts_for(request.user, at, found)],
        "words": [word_shown(word) for word in queries.words_asked_of(request.user, at, found)],
        "custodies": custodies,
        "in_use": in_use(request.user, at, found, permits, sees_all=manages or request.powers.reads_everything),
        "old_rubber": queries.old_rubber_asked_of(request.user, at, found) if _has_old_rubber(versions) else None,
        "end_form": WordForm(act=Act.DESTROY, role=Role.WITNESS, proof=Proof.PHOTO),
        "holds": charters.holds(holds_for([found])[found.uid]) if kind is SealKind.ELECTRONIC else None,
        "held": (held := exposure_with(found, at) if kind is SealKind.PHYSICAL else None),
        "not_mounted": (
            refused := refused_mounting_of(request.user, at, found) if kind is SealKind.PHYSICAL and not held else None
        ),
        "why_not_mounted": words_of(refused.refused or "", {}) if refused else "",
        "keeper": next((custody for custody in custodies if custody.until is None), None),
        "may_suspend": state is SealState.ACTIVE and _holds(request.user, found, may_alone(Act.SUSPEND)),
        "may_ask_back": is_possible(state, Act.RESUME, kind=kind) and manages,
        "possible": possible_acts(state, kind) if manages else [],
        "may_report": may_report(state, kind) and may_miss(request.user, at, found),
        "may_replace": manages and state in _MAY_BE_REPLACED and _is_unreplaced(request.user, at, found),
        "incident": queries.open_loss_of(request.user, at, found),
        "sharing": queries.sharing_of(request.user, at, found),
        "manages": manages,
        "standing": standing_on(request.user, at, found, most=_LATEST),
        "bears_a_name": bears_a_name(SealType(found.type)),
        "co_custodian": CoCustodianForm(people=_colleagues(request.user, at) if manages else []),
        "notices": entry_notice(found, settings.PUBLIC_URL) if manages and state is SealState.ACTIVE else [],
        "awaited": _awaited(request.user, at, found) if manages and kind is SealKind.ELECTRONIC else None,
        "certificate": certificate or CertificateForm(),
        "form": form or ReasonForm(),
        "refusal": said,
    }
    return render(request, "web/seal.html", shown, status=status)


def _colleagues(reader: Person, at: datetime) -> QuerySet[Person]:
    return people_visible_to(reader, at).only("pseudonym", "name")


def _has_old_rubber(versions: Iterable[SealVersion]) -> bool:
    return any(version.hand_in_by and not version.destroyed_at for version in versions)


def _awaited(reader: Person, at: datetime, found: Seal) -> OutsideCertificate | None:
    return queries.awaited_certificates(reader, at, found).first()


def _is_unreplaced(reader: Person, at: datetime, found: Seal) -> bool:
    return found in queries.unreplaced_losses(reader, at, found.company, found.type)


def _holds(person: Person, found: Seal, wanted: frozenset[Power]) -> bool:
    powers, place = powers_of(person, now()), place_of(found)
    return any(powers.over(power, place) or powers.has(power, None) for power in wanted)
