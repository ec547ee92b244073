"""First step of a use where there is no file: paper that is photographed, or an envelope that stays closed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.web.answers import said_of, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.copying import begin_as
from privyseal.web.forms_of_bindings import PaperForm, SecretForm
from privyseal.web.views.applying import FORM_METHODS, companies_with, sent
from privyseal.web.views.taking_in import take_paper, take_secret

_PAGE: Final = "web/apply_use_bound.html"


@capability(Power.USE)
@require_http_methods(FORM_METHODS)
def paper(request: SignedIn) -> HttpResponse:
    return _step(request, PaperForm, take_paper)


@capability(Power.USE)
@require_http_methods(FORM_METHODS)
def secret(request: SignedIn) -> HttpResponse:
    return _step(request, SecretForm, take_secret)


def _step(
    request: SignedIn,
    form_of: type[PaperForm] | type[SecretForm],
    take_in: Callable[[SignedIn, str, Mapping[str, Any]], str],
) -> HttpResponse:
    earlier = {"earlier": request.GET.get("earlier", "")}
    companies = companies_with(request, Power.USE)
    form = form_of(sent(request), request.FILES, companies=companies, initial=earlier)
    page: dict[str, object] = {"form": form, "is_paper": form_of is PaperForm}
    if not form.is_valid():
        return render(request, _PAGE, page, status=400 if form.is_bound else 200)
    said = form.cleaned_data
    try:
        digest = take_in(request, said["company"], said)
        begin_as(request, said, digest)
    except Refused as refusal:
        return render(request, _PAGE, page | {"refusal": said_of(refusal)}, status=status_of(refusal))
    return redirect("apply-use-terms", said["company"], digest)
