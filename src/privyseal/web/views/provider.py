"""Signing in by the company's own sign-in service, and linking it to oneself."""

from dataclasses import asdict
from typing import Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions, provider
from privyseal.identity.models import Person
from privyseal.identity.provider import Provider, ProviderNotBelieved, Question
from privyseal.identity.rules import Means
from privyseal.kernel.errors import Refused
from privyseal.web import entering
from privyseal.web.address import address_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.limits import check_address, count_failed_address
from privyseal.web.step_up import proven

_ASKED: Final = "provider_asked"
_ANSWER_SECONDS: Final = 600


@capability("public")
@require_safe
def provider_sign_in(request: HttpRequest) -> HttpResponse:
    return _ask(request, links=False)


@capability("signed-in")
@require_safe
@proven("factor.link-provider")
def link_provider(request: SignedIn) -> HttpResponse:
    """Say what linking means; the way to the service is a link, since a form may lead only to ourselves."""
    return render(request, "web/link_provider.html", {"provider": _provider()})


@capability("signed-in")
@require_safe
@proven("factor.link-provider")
def link_provider_start(request: SignedIn) -> HttpResponse:
    return _ask(request, links=True)


@capability("signed-in")
@require_POST
@proven("factor.unlink-provider")
def unlink_provider(request: SignedIn) -> HttpResponse:
    actions.unlink_provider(request.user, now())
    messages.success(request, _("Removed: it no longer signs anybody in."))
    return redirect("security")


@capability("public")
@require_safe
def provider_back(request: HttpRequest) -> HttpResponse:
    """Take the service's answer: for signing in, or for the link that this person asked for."""
    address, at = address_of(request), now()
    check_address(address, at)
    try:
        subject, links, to = _answered(request)
        if not links:
            person = actions.person_behind_subject_of(_provider().issuer, subject)
            return entering.begin(request, person, at, means=Means.PROVIDER, to=to)
    except Refused:
        count_failed_address(address, at)
        raise
    return _link(cast("SignedIn", request), subject)


@proven("factor.link-provider")
def _link(request: SignedIn, subject: str) -> HttpResponse:
    actions.link_provider(request.user, now(), issuer=_provider().issuer, subject=subject)
    messages.success(request, _("Linked: it signs you in from now on."))
    return redirect("security")


def _ask(request: HttpRequest, *, links: bool) -> HttpResponse:
    question, found = Question.new(), _provider()
    address = provider.address_to_ask(found, question, back=_back())
    request.session[_ASKED] = [asdict(question), int(now().timestamp()), links, entering.next_page(request)]
    return redirect(address)


def _answered(request: HttpRequest) -> tuple[str, bool, str]:
    """Return the subject, whether it is to be linked, and where to go on; each question is answered once."""
    question, asked_at, links, to = request.session.pop(_ASKED, (None, 0, False, ""))
    if question is None or now().timestamp() - asked_at > _ANSWER_SECONDS:
        raise ProviderNotBelieved
    if links and not isinstance(request.user, Person):
        raise ProviderNotBelieved
    subject = provider.subject_of(
        _provider(),
        Question(**question),
        code=request.GET.get("code", ""),
        state=request.GET.get("state", ""),
        back=_back(),
    )
    return subject, links, to


def _provider() -> Provider:
    found: Provider | None = settings.PROVIDER
    if found is None:
        raise Http404
    return found


def _back() -> str:
    return f"{settings.PUBLIC_URL}{reverse('provider-back')}"
