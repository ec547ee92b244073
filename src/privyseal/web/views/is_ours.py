"""Is this our stamp? A photograph of any paper, and whether a use was approved for it; nothing of it is kept."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from privyseal.custody.queries.stamps import approved_uses_of
from privyseal.custody.rules.photographs import MOST_BYTES, kind_of
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_hands import PaperForm


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def is_ours(request: SignedIn) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if not form.is_bound or not form.is_valid():
        return render(request, "web/is_ours.html", {"form": form}, status=400 if form.is_bound else 200)
    photo = form.cleaned_data["photo"].read(MOST_BYTES + 1)
    try:
        kind_of(photo)
        uses = approved_uses_of(request.user, now(), photo)
    except Refused as refusal:
        shown = {"form": PaperForm(), "refusal": words_for(refusal)}
        return advised(render(request, "web/is_ours.html", shown, status=status_of(refusal)), refusal)
    return render(request, "web/is_ours.html", {"form": PaperForm(), "is_answered": True, "uses": uses})
