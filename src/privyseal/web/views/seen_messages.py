"""Each kind of message as its receiver sees it, by every way and in every language."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import get_language_info, override
from django.views.decorators.http import require_safe

from privyseal.language.samples import sample
from privyseal.notification import queries
from privyseal.notification.seen import seen
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_messages import KindForm
from privyseal.web.shown.messages import SeenRow, seen_row


@capability("signed-in")
@require_safe
def seen_messages(request: SignedIn) -> HttpResponse:
    queries.check_looks_after(request.user, now())
    form = KindForm(request.GET or None)
    kind = form.cleaned_data["kind"] if form.is_bound and form.is_valid() else KindForm.FIRST
    shown = {"form": form if form.is_bound else KindForm(initial={"kind": kind}), "languages": _in_each_language(kind)}
    return render(request, "web/messages_seen.html", shown, status=400 if form.errors else 200)


def _in_each_language(kind: str) -> list[tuple[str, str, list[SeenRow]]]:
    found = []
    for code, _ in settings.LANGUAGES:
        with override(code):
            text = sample(kind, now())
        rows = [seen_row(one) for one in seen(text, language=code, senders=settings.SENDERS)]
        found.append((code, get_language_info(code)["name_local"], rows))
    return found
