"""Forms whose sending may wait until the telephone that they were filled in on has a network."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http.response import HttpResponseBase

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.web.capabilities import SignedIn
from privyseal.web.forms import CommandForm, MomentField

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
KEPT_BY: Final = "X-Kept-By"


class SentByAnother(Refused):
    """What one person did on a telephone is not sent as another's."""

    code = "sent-by-another"


class WaitingForm(CommandForm):
    """A form that may wait for a network; a telephone adds when it was filled in, and by whom."""

    done_at = MomentField(required=False, widget=forms.HiddenInput)
    said_by = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)


def readable_without_network(view: View) -> View:
    """Let the telephone of whoever opens the page keep it; whoever reads everything does so on record, each time."""

    @wraps(view)
    def opened(request: SignedIn, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not request.powers.reads_everything:
            response.headers[KEPT_BY] = request.user.pseudonym
        return response

    return cast("View", opened)


def check_whose(sender: Person | AnonymousUser, said: Mapping[str, Any]) -> None:
    """Return if the form was filled in by whoever sends it, as far as it says by whom; else refuse."""
    known = sender.pseudonym if isinstance(sender, Person) else ""
    if said["said_by"] not in {"", known}:
        raise SentByAnother
