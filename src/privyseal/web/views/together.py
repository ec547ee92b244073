"""All documents of an approved application sealed in one act: what is left, how far it is, what became of each."""

from functools import partial
from typing import Final

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import queries
from privyseal.kernel.errors import NotFound
from privyseal.sealing.actions import seal_each
from privyseal.sealing.signing import client
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.paging import part_of
from privyseal.web.shown import together

_LOOK_AGAIN_SECONDS: Final = 2


@capability("signed-in")
@require_safe
def page(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@require_POST
def seal_all(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    queries.application_visible_to(request.user, now(), uid)
    return acted(
        request,
        Form(request.POST),  # nothing is filled in, and a second click finds what the first one did
        lambda _said: seal_each(request.user, now(), permit_uid=permit_uid, signer=client()),
        done=_("What can be sealed is sealed."),
        back=to("seal-together", uid),
        again=partial(_page, request, uid),
    )


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    view = queries.application_visible_to(request.user, now(), uid)
    if not together.is_electronic(view):
        raise NotFound(application=uid)
    shown = together.show(view)
    page = {
        "application": view.application,
        "shown": shown,
        "count": len(shown.documents),
        "part": part_of(request, shown.documents),
        "may_seal": "seal" in view.may and shown.permit is not None,
        "refusal": said,
    }
    answer = render(request, "web/seal_together.html", page, status=status)
    if shown.is_under_way and not said:
        answer.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return answer
