"""What somebody is still writing: kept on a click or by itself, and let go."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.approvals.actions import DraftTooLong, TooManyDrafts, drop_draft, keep_draft
from privyseal.identity.rules import Power
from privyseal.language.refusals import words_for
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability

BY_ITSELF: Final = "X-Draft"
"""The header of a form that is kept while its author goes on writing."""

_NOT_KEPT: Final = frozenset(
    {"csrfmiddlewaretoken", "command_id", "show", "turn", "attach", "detach", "paper_kind", "bring", "leave"}
    | {"paper_password", "further_password"}
)


@capability(Power.USE)
@require_POST
def keep(request: SignedIn, company_uid: str, sha256: str) -> HttpResponse:
    said = {name: value for name, value in request.POST.dict().items() if name not in _NOT_KEPT}
    try:
        keep_draft(request.user, now(), company_uid=company_uid, document_sha256=sha256, said=said)
    except (DraftTooLong, TooManyDrafts) as refusal:
        if BY_ITSELF in request.headers:
            return HttpResponse(status=status_of(refusal))
        messages.error(request, words_for(refusal))
        return redirect("apply-use-terms", company_uid, sha256)
    if BY_ITSELF in request.headers:
        return HttpResponse(status=204)
    messages.success(request, _("The draft is saved. You find it here, and nobody else sees it."))
    return redirect("apply")


@capability("signed-in")
@require_POST
def drop(request: SignedIn, uid: str) -> HttpResponse:
    drop_draft(request.user, now(), draft_uid=uid)
    messages.success(request, _("The draft is discarded."))
    return redirect("apply")
