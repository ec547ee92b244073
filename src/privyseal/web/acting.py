"""What every form that does something has in common: check it, do it, go back, or show its page again."""

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from privyseal.kernel.errors import Refused
from privyseal.web.answers import is_by_itself, said_of, status_of
from privyseal.web.waiting import WaitingForm, check_whose

Said: TypeAlias = dict[str, Any]
Result = TypeVar("Result")


class NotFilledIn(Refused):
    """A form lacks what it asks for, or says it in another shape."""

    code = "not-filled-in"


class Again(Protocol):
    """Show the page of the form once more, with what keeps it from being done."""

    def __call__(self, *, said: str, status: int) -> HttpResponse: ...


def acted(
    request: HttpRequest,
    form: Form,
    act: Callable[[Said], Result],
    *,
    done: str,
    back: Callable[[Result], HttpResponse],
    again: Again | None = None,
) -> HttpResponse:
    """Do what a form asks for, with what it says, and go back with the words of what is done, if there are any.

    A refusal is shown on the page of the form; a form without one leaves it to the page of refusals. A script
    that sends a form by itself is answered in a word.
    """
    try:
        if not form.is_valid():
            raise NotFilledIn
        if isinstance(form, WaitingForm):
            check_whose(request.user, form.cleaned_data)
        result = act(form.cleaned_data)
    except Refused as refusal:
        if again is None or is_by_itself(request):
            raise
        return again(said=said_of(refusal), status=status_of(refusal))
    if is_by_itself(request):
        return JsonResponse({"taken": True})
    if done:
        messages.success(request, done)
    return back(result)


def to(page: str, *about: object) -> Callable[[object], HttpResponse]:
    """Go back to a page, whatever came of the act."""
    return lambda _result: redirect(page, *about)


def on_page(
    request: HttpRequest,
    template: str,
    form: Form,
    act: Callable[[Said], Result],
    *,
    done: str,
    back: Callable[[Result], HttpResponse],
    shown: Said | None = None,
) -> HttpResponse:
    """Show a page that is its form, with what else it shows; when it is sent, do what it asks for as ``acted`` does."""

    def page(*, said: str = "", status: int = 200) -> HttpResponse:
        return render(request, template, {"form": form, **(shown or {}), "refusal": said}, status=status)

    return acted(request, form, act, done=done, back=back, again=page) if request.method == "POST" else page()
