"""First step of a use where there is no file: paper that is photographed, or an envelope that stays closed."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.sealing.actions import receive_paper, receive_secret
from privyseal.web.answers import said_of, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_bindings import PaperForm, SecretForm
from privyseal.web.views.applying import FORM_METHODS, begin_as, companies_with, sent

_PAGE: Final = "web/apply_use_bound.html"


@capability(Power.USE)
@require_http_methods(FORM_METHODS)
def paper(request: SignedIn) -> HttpResponse:
    def take_in(said: dict[str, Any]) -> str:
        taken = [each.read() for each in said["photographs"]]
        return receive_paper(
            request.user,
            now(),
            company_uid=said["company"],
            title=said["title"],
            pages=said["pages"],
            photographs=taken,
        )

    return _step(request, PaperForm, take_in)


@capability(Power.USE)
@require_http_methods(FORM_METHODS)
def secret(request: SignedIn) -> HttpResponse:
    def take_in(said: dict[str, Any]) -> str:
        pages = ngettext("%(count)s page", "%(count)s pages", said["pages"]) % {"count": said["pages"]}
        lines = [_("Closed envelope %(number)s") % {"number": said["envelope"]}, pages, _("Its content is not shown.")]
        return receive_secret(
            request.user,
            now(),
            company_uid=said["company"],
            title=said["title"],
            envelope=said["envelope"],
            pages=said["pages"],
            lines=lines,
        )

    return _step(request, SecretForm, take_in)


def _step(
    request: SignedIn, form_of: type[PaperForm] | type[SecretForm], take_in: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    earlier = {"earlier": request.GET.get("earlier", "")}
    companies = companies_with(request, Power.USE)
    form = form_of(sent(request), request.FILES, companies=companies, initial=earlier)
    page: dict[str, object] = {"form": form, "is_paper": form_of is PaperForm}
    if not form.is_valid():
        return render(request, _PAGE, page, status=400 if form.is_bound else 200)
    said = form.cleaned_data
    try:
        digest = take_in(said)
        begin_as(request, said, digest)
    except Refused as refusal:
        return render(request, _PAGE, page | {"refusal": said_of(refusal)}, status=status_of(refusal))
    return redirect("apply-use-terms", said["company"], digest)
