"""What somebody says often, and what a company offers: kept in lines, one tap each below a comment."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from privyseal.approvals.actions.phrases import keep_phrases, set_phrases
from privyseal.approvals.queries.phrases import own_phrases, phrases_of
from privyseal.approvals.rules.phrases import LONGEST, MOST_OF_COMPANY, MOST_OWN
from privyseal.identity.models import Company
from privyseal.kernel.errors import NotFound
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_course import PhrasesForm
from privyseal.web.views.campaigns import managed

_METHODS: Final = ["GET", "HEAD", "POST"]
_MOST_NAMED: Final = 20


@capability("signed-in")
@require_http_methods(_METHODS)
def phrases(request: SignedIn) -> HttpResponse:
    """Show one's own phrases, or keep others in their place."""
    if request.method != "POST":
        return _own(request)
    form = PhrasesForm(request.POST)
    return acted(
        request,
        form,
        lambda said: keep_phrases.once(said["command_id"], request.user, now(), lines=said["lines"]),
        done=_("Your phrases are saved. Nobody else sees them."),
        back=to("phrases"),
        again=partial(_own, request, form=form),
    )


@capability("signed-in")
@require_http_methods(_METHODS)
def company_phrases(request: SignedIn, uid: str) -> HttpResponse:
    """Show the phrases of a company that one manages as a whole, or set others in their place."""
    company = next((one for one in managed(request, now()) if one.uid == uid), None)
    if company is None:
        raise NotFound(company=uid)
    if request.method != "POST":
        return _of_company(request, company)
    form = PhrasesForm(request.POST)
    return acted(
        request,
        form,
        lambda said: set_phrases.once(said["command_id"], request.user, now(), company_uid=uid, lines=said["lines"]),
        done=_("Everybody who decides on applications of this company is offered them."),
        back=to("company-phrases", uid),
        again=partial(_of_company, request, company, form=form),
    )


def _own(request: SignedIn, *, form: PhrasesForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    shown = {
        "form": form or PhrasesForm(initial={"lines": "\n".join(own_phrases(request.user, at))}),
        "companies": managed(request, at)[:_MOST_NAMED],
        "most": MOST_OWN,
    }
    return _page(request, shown, said=said, status=status)


def _of_company(
    request: SignedIn, company: Company, *, form: PhrasesForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    known = phrases_of(request.user, now(), company)
    shown = {
        "form": form or PhrasesForm(initial={"lines": "\n".join(known)}),
        "company": company,
        "most": MOST_OF_COMPANY,
    }
    return _page(request, shown, said=said, status=status)


def _page(request: SignedIn, shown: dict[str, object], *, said: str, status: int) -> HttpResponse:
    return render(request, "web/phrases.html", {**shown, "longest": LONGEST, "refusal": said}, status=status)
