"""Applications: find one, read it whole, decide, withdraw."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions, queries
from privyseal.approvals.models import Application, Line
from privyseal.approvals.queries.additions import additions_of, may_add
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.approvals.queries.phrases import phrases_offered
from privyseal.approvals.queries.policies import policy_of
from privyseal.approvals.rules import Step
from privyseal.identity.again import asked_for
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.ledger.queries import Fact
from privyseal.sealing.actions import seal_document as seal
from privyseal.sealing.queries import visible_to as documents_visible_to
from privyseal.sealing.signing import client
from privyseal.seals.actions import end
from privyseal.web.acting import Again, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.context import MOST_COUNTED
from privyseal.web.copying import is_copied
from privyseal.web.forms import CommandForm, ReasonForm, VoteForm
from privyseal.web.forms_of_joint import WithdrawForm
from privyseal.web.forms_of_own_yes import ConsentForm
from privyseal.web.paging import part_of
from privyseal.web.shown import applications, documents, facts, together
from privyseal.web.step_up import proven

_SAYS_YES: Final = frozenset({"approve", "consent"})
_DECIDED: Final = "decided"
_LATEST: Final = 100


@capability("signed-in")
@require_safe
def application(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@require_POST
@proven("application.vote")
def vote(request: SignedIn, uid: str) -> HttpResponse:
    form = VoteForm(request.POST)
    return acted(
        request,
        form,
        lambda said: actions.vote.once(
            said["command_id"],
            request.user,
            now(),
            application_uid=uid,
            step=Step(said["step"]),
            shown_sha256=said["shown_sha256"],
            comment=said["comment"],
        ),
        done="",
        back=lambda _state: _decided(request, uid),
        again=page_again(request, uid, comment=form.data.get("comment", "")),
    )


def _decided(request: SignedIn, uid: str) -> HttpResponse:
    """Go back to what was decided, from where the next one that waits is a tap away."""
    messages.success(request, _("Your decision is recorded."))
    return redirect(f"{reverse('application', args=[uid])}?{_DECIDED}")


def _ahead(request: SignedIn, at: datetime, uid: str) -> Application | None:
    """Return what waits next for whoever has just decided; what waits is asked for once for the whole page."""
    if _DECIDED not in request.GET:
        return None
    waiting = queries.waiting_for(request.user, at, most=2, counted=MOST_COUNTED + 1)
    request.waiting = waiting.count
    return next((one for one in waiting.oldest if one.uid != uid), None)


@capability("signed-in")
@require_POST
def withdraw(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        WithdrawForm(request.POST),
        lambda said: actions.withdraw.once(
            said["command_id"], request.user, now(), application_uid=uid, of_all=said["of_all"]
        ),
        done=_("The application is withdrawn."),
        back=to("application", uid),
        again=partial(_page, request, uid),
    )


@capability("signed-in")
@require_POST
def seal_document(request: SignedIn, uid: str, permit_uid: str, sha256: str) -> HttpResponse:
    try:
        seal(request.user, now(), permit_uid=permit_uid, document_sha256=sha256, signer=client())
    except Refused as refusal:
        return _page(request, uid, said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("The document is sealed."))
    return redirect("application", uid)


@capability("signed-in")
@require_POST
def end_permit(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    queries.application_visible_to(request.user, now(), uid)
    return acted(
        request,
        ReasonForm(request.POST),
        lambda said: end(
            request.user,
            now(),
            command_id=said["command_id"],
            permit_uid=permit_uid,
            reason=said["reason"],
            signer=client(),
        ),
        done=_("The permit has ended."),
        back=to("application", uid),
        again=partial(_page, request, uid),
    )


def _asks_passkey(view: queries.ApplicationView) -> bool:
    seals = {line.seal.pk: line.seal for line in view.lines}
    asked = charters_at_the_key(view.application.purpose, list(seals.values())) if view.may & _SAYS_YES else {}
    return any(one.asks_passkey for one in asked.values())


def page_again(request: SignedIn, uid: str, *, comment: str = "") -> Again:
    """Return what shows the application once more, with what somebody has written meanwhile."""
    return partial(_page, request, uid, comment=comment)


def _page(request: SignedIn, uid: str, *, said: str = "", comment: str = "", status: int = 200) -> HttpResponse:
    """Show the application as it stands now: whoever was refused decides anew on what is shown now."""
    at = now()
    view = queries.application_visible_to(request.user, at, uid)
    digests = [line.document_sha256 for line in applications.lines_said(view) if line.document_sha256]
    course = facts.latest_course("application", uid, most=_LATEST)
    shown = {
        "shown": applications.show(view),
        "policy": policy_of(request.user, at, view.application),
        "application": view.application,
        "may": view.may,
        "is_together": together.is_together(view),
        "asks_passkey": _asks_passkey(view),
        "has_passkey": bool(view.may & _SAYS_YES) and bool(passkeys_of(request.user, at)),
        "added": applications.rows(asked_for(_added, request.user, at, view.application.pk), at),
        "may_add": may_add(request.user, at, view),
        "may_copy": is_copied(view) and view.application.company_id in request.powers.companies(Power.USE),
        "documents": _documents(request, view, digests, first=documents.first_page(request)),
        "course": course,
        "facts": _facts(request, at, view, course.facts),
        "verify_url": f"{settings.PUBLIC_URL}{reverse('verify')}",
        "form": VoteForm(initial={"shown_sha256": view.shown_sha256, "comment": comment}),
        "reason_form": ReasonForm(),
        "still_open": [one for one in view.permits if one.revoked_at is None and one.used < one.impressions],
        "consent_form": ConsentForm(initial={"shown_sha256": view.shown_sha256}),
        "command": CommandForm(),
        "phrases": phrases_offered(request.user, at, [view.application.company_id]) if "approve" in view.may else [],
        "refusal": said,
        "ahead": _ahead(request, at, uid),
    }
    return render(request, "web/application.html", shown, status=status)


def _added(actor: Person, at: datetime, application: int) -> QuerySet[Application]:
    return applications.with_lines(additions_of(actor, at, application))


def _facts(
    request: SignedIn, at: datetime, view: queries.ApplicationView, found: Sequence[Fact]
) -> list[facts.FactRow]:
    """Return what is on record: an auditor reads every name, everybody else those of who takes part."""
    named = facts.names_for_auditor(request.user, at, found) if request.powers.reads_everything else {}
    return facts.rows(found, named | applications.called(view))


@capability("signed-in")
@require_safe
def documents_of(request: SignedIn, uid: str) -> HttpResponse:
    """Show the documents of an application, a few at a time, each with what stands on it."""
    view = queries.application_visible_to(request.user, now(), uid)
    part = part_of(request, list(dict.fromkeys(line.document_sha256 for line in view.lines if line.document_sha256)))
    shown = {
        "application": view.application,
        "count": len({line.document_sha256 for line in view.lines}),
        "part": part,
        "documents": _documents(request, view, part.rows, first=documents.first_page(request)),
    }
    return render(request, "web/application_documents.html", shown)


def _documents(
    request: SignedIn, view: queries.ApplicationView, digests: Sequence[str], *, first: int
) -> list[documents.Shown]:
    """Return the pages of these documents, as far as the reader may see them."""
    found = documents_visible_to(request.user, now()).filter(sha256__in=digests)
    by_digest = {document.sha256: document for document in found}
    return [
        documents.show(by_digest[digest], _inked(view.lines, digest), first=first)
        for digest in dict.fromkeys(digests)
        if digest in by_digest
    ]


def _inked(lines: Sequence[Line], digest: str) -> list[documents.Ink]:
    return documents.of_one_act([documents.Ink.of_line(line) for line in lines if line.document_sha256 == digest])
