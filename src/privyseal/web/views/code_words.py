"""The two words of whoever asks for codes at machines: the usual one, and that which says that they are made to."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from privyseal.devices import actions
from privyseal.devices.codes_of_two import has_words
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_machine_uses import CodeWordsForm
from privyseal.web.step_up import proven


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def code_words(request: SignedIn) -> HttpResponse:
    """Show whether somebody has words for codes, or set them."""
    return _set(request) if request.method == "POST" else _page(request)


@proven("machine.set-words")
def _set(request: SignedIn) -> HttpResponse:
    return acted(
        request,
        CodeWordsForm(request.POST),
        lambda said: actions.set_words.once(
            said["command_id"], request.user, now(), password=(said["usual"], said["forced"])
        ),
        done=_("Noted."),
        back=to("code-words"),
        again=partial(_page, request),
    )


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    page = {"form": CodeWordsForm(), "has_words": has_words(request.user), "refusal": said}
    return render(request, "web/code_words.html", page, status=status)
