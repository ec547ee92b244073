"""An application on its way: what can be done besides saying yes or no."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals import actions, queries
from privyseal.approvals.queries import ApplicationView
from privyseal.approvals.queries.phrases import phrases_offered
from privyseal.identity.models import Person
from privyseal.identity.queries import other_approvers, other_people
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, Sent
from privyseal.web.forms_of_course import MOST_NAMED, AskForm, CommentForm, ForwardForm, ReaderForm, ReturnForm
from privyseal.web.shown import applications


@capability("signed-in")
@require_safe
def course(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, _seen(request, uid))


@capability("signed-in")
@require_POST
def send_back(request: SignedIn, uid: str) -> HttpResponse:
    view = _seen(request, uid)
    form = _return_form(view, request.POST)

    def act(said: Said) -> None:
        actions.send_back.once(
            said["command_id"],
            request.user,
            now(),
            application_uid=uid,
            to_stage=said["stage"],
            shown_sha256=said["shown_sha256"],
            reason=said["reason"],
        )

    return _acted(request, uid, form, act, _("It is back at the earlier stage, which has to approve again."))


@capability("signed-in")
@require_POST
def ask_further(request: SignedIn, uid: str) -> HttpResponse:
    view = _seen(request, uid)
    form = _ask_form(view, _others(request, view), request.POST)

    def act(said: Said) -> None:
        actions.ask_further.once(
            said["command_id"],
            request.user,
            now(),
            application_uid=uid,
            person_pseudonym=said["person"],
            turn=said["turn"],
            shown_sha256=said["shown_sha256"],
            reason=said["reason"],
        )

    return _acted(request, uid, form, act, _("One more approver is asked."))


@capability("signed-in")
@require_POST
def forward(request: SignedIn, uid: str) -> HttpResponse:
    view = _seen(request, uid)
    form = _forward_form(view, _others(request, view), request.POST)

    def act(said: Said) -> None:
        actions.forward.once(
            said["command_id"],
            request.user,
            now(),
            application_uid=uid,
            person_pseudonym=said["person"],
            shown_sha256=said["shown_sha256"],
            reason=said["reason"],
        )

    return _acted(request, uid, form, act, _("They decide in your place from now on."))


@capability("signed-in")
@require_POST
def comment(request: SignedIn, uid: str) -> HttpResponse:
    _seen(request, uid)
    form = CommentForm(request.POST)

    def act(said: Said) -> None:
        actions.comment.once(said["command_id"], request.user, now(), application_uid=uid, text=said["text"])

    return _acted(request, uid, form, act, _("Everybody who takes part sees your comment."))


@capability("signed-in")
@require_POST
def urge(request: SignedIn, uid: str) -> HttpResponse:
    _seen(request, uid)
    form = CommandForm(request.POST)

    def act(said: Said) -> None:
        actions.urge.once(said["command_id"], request.user, now(), application_uid=uid)

    return _acted(request, uid, form, act, _("Those who still must decide are reminded."))


@capability("signed-in")
@require_POST
def give_to_read(request: SignedIn, uid: str) -> HttpResponse:
    _seen(request, uid)
    form = _reader_form(request, request.POST)

    def act(said: Said) -> None:
        actions.give_to_read.once(
            said["command_id"], request.user, now(), application_uid=uid, person_pseudonym=said["person"]
        )

    return _acted(request, uid, form, act, _("They can read it now, and hear of its end."))


def _acted(request: SignedIn, uid: str, form: Form, act: Callable[[Said], None], done: str) -> HttpResponse:
    def again(*, said: str, status: int) -> HttpResponse:
        return _page(request, _seen(request, uid), said=said, status=status)

    return acted(request, form, act, done=done, back=to("application", uid), again=again)


def _seen(request: SignedIn, uid: str) -> ApplicationView:
    return queries.application_visible_to(request.user, now(), uid)


def _page(request: SignedIn, view: ApplicationView, *, said: str = "", status: int = 200) -> HttpResponse:
    may = view.may
    others = _others(request, view) if "ask" in may else []
    shown = {
        "application": view.application,
        "purpose": applications.purpose_of(view.application),
        "may": may,
        "return_form": _return_form(view) if "return" in may else None,
        "ask_form": _ask_form(view, others) if "ask" in may else None,
        "forward_form": _forward_form(view, others) if "ask" in may else None,
        "reader_form": _reader_form(request) if "copy" in may else None,
        "comment_form": CommentForm() if "comment" in may else None,
        "command": CommandForm(),
        "phrases": phrases_offered(request.user, now(), [view.application.company_id]),
        "refusal": said,
    }
    return render(request, "web/application_course.html", shown, status=status)


def _return_form(view: ApplicationView, data: Sent = None) -> ReturnForm:
    stages = applications.stages_before(view.application)
    return ReturnForm(data, stages=stages, shown_sha256=view.shown_sha256)


def _others(request: SignedIn, view: ApplicationView) -> list[Person]:
    return other_approvers(request.user, now(), view.application.company_id, most=MOST_NAMED)


def _ask_form(view: ApplicationView, people: list[Person], data: Sent = None) -> AskForm:
    return AskForm(data, people=people, shown_sha256=view.shown_sha256)


def _forward_form(view: ApplicationView, people: list[Person], data: Sent = None) -> ForwardForm:
    return ForwardForm(data, people=people, shown_sha256=view.shown_sha256)


def _reader_form(request: SignedIn, data: Sent = None) -> ReaderForm:
    return ReaderForm(data, people=other_people(request.user, now(), most=MOST_NAMED))
