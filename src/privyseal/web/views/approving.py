"""Saying yes with a passkey: to the approval page, and back from it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.request import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import approving
from privyseal.web.acting import acted
from privyseal.web.answers import status_of
from privyseal.web.approving import Note
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import VoteForm
from privyseal.web.views.applications import page_again


@capability("signed-in")
@require_POST
def approve(request: SignedIn, uid: str) -> HttpResponse:
    """Lead to the page that shows what is approved and asks for the passkey."""
    form = VoteForm(request.POST)
    return acted(
        request,
        form,
        lambda said: approving.lead(
            request.user,
            now(),
            Note(
                person=request.user.pseudonym,
                application=uid,
                shown_sha256=said["shown_sha256"],
                command_id=str(said["command_id"]),
                comment=said["comment"],
            ),
        ),
        done="",
        back=redirect,
        again=page_again(request, uid, comment=form.data.get("comment", "")),
    )


@capability("public")
@require_GET
@never_cache
def back(request: HttpRequest, uid: str) -> HttpResponse:
    """Count the yes that a passkey gave; whoever brings it back need not be signed in here."""
    if not request.GET.get("code"):
        return redirect("application", uid)
    address = reverse("application", args=[uid])
    try:
        person = approving.count(request.GET["code"], now(), application_uid=uid)
    except Refused as refusal:
        said = {"words": words_for(refusal), "code": refusal.code, "address": address}
        return render(request, "web/approved.html", said, status=status_of(refusal))
    if request.user != person:
        return render(request, "web/approved.html", {"address": address})
    messages.success(request, _("Your decision is recorded."))
    return redirect("application", uid)
