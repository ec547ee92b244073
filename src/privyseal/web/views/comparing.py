"""Say that a copy agrees with its original, on the page of its application."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.approvals.actions import compare_copy
from privyseal.kernel.errors import Refused
from privyseal.web.answers import refused
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_own_yes import CompareForm


@capability("signed-in")
@require_POST
def compare(request: SignedIn, uid: str) -> HttpResponse:
    form = CompareForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            compare_copy.once(
                said["command_id"],
                request.user,
                now(),
                application_uid=uid,
                shown_sha256=said["shown_sha256"],
                positions=said["line"],
            )
        except Refused as refusal:
            return refused(request, refusal)
        messages.success(request, _("It is recorded that you compared the copy with its original."))
    return redirect("application", uid)
