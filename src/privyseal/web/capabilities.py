"""Every view says who may open it; one that does not is refused. What may be done to an object is for the domain."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.timezone import now

from privyseal.identity.models import Person
from privyseal.identity.names import without_turning
from privyseal.identity.queries import Powers, powers_of, powers_remembered
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.ledger.refusals import record_refusal
from privyseal.web import auditing
from privyseal.web.answers import refused

Capability: TypeAlias = Literal["public", "signed-in"] | Power
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_READING: Final = frozenset({"GET", "HEAD"})
OPEN_PAGE: Final = "page.open"


class UndeclaredCapability(RuntimeError):
    """A bug: a view that does not say who may open it."""


class SignedIn(HttpRequest):
    """A request that passed ``signed-in`` or a power."""

    user: Person
    powers: Powers
    waiting: int


def capability(needed: Capability) -> Callable[[View], View]:
    """Say who may open the view: everybody, whoever is signed in, or whoever holds the power anywhere.

    What an auditor only reads is read under the database's audit role, and put on record.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            powers: Powers | None = getattr(request, "powers", None)
            if needed == "public" or powers is None or not powers.reads_everything or request.method not in _READING:
                return view(request, *args, **kwargs)
            page, person = _name_of(request), cast("Person", request.user)
            return auditing.read(person, now(), page=page, parts=kwargs, view=lambda: view(request, *args, **kwargs))

        opened.capability = needed  # type: ignore[attr-defined]  # the middleware and the guard test read it off the view
        return cast("View", opened)

    return declare


class DeclaredCapability:
    """Let a request through to its view, or answer in words: also for a refusal that the view let fly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in _READING:
            return _kept_by_nobody(request, self._get_response(request))
        with powers_remembered():
            return _kept_by_nobody(request, self._get_response(request))

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        # What is no form, of programs, is read by its view alone.
        is_form = not getattr(view, "csrf_exempt", False)
        if _says_nul(request.GET) or (is_form and _says_nul(request.POST)):
            raise Http404  # no text has it, no row is called so, and the database says so by an error
        if is_form:
            _turn_nothing(request)
        needed: Capability | None = getattr(view, "capability", None)
        if needed is None:
            raise UndeclaredCapability(f"{view.__module__}.{getattr(view, '__name__', view)}")
        if needed == "public":
            return None
        if not isinstance(request.user, Person):
            return redirect_to_login(_where_to_return(request))
        at = now()
        request.powers = powers_of(request.user, at)  # type: ignore[attr-defined]  # asked once a request: SignedIn has it
        return _denied(request, request.user, at, needed)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, Refused) else None


def _denied(request: HttpRequest, person: Person, at: datetime, needed: Capability) -> HttpResponse | None:
    powers: Powers = request.powers  # type: ignore[attr-defined]  # set by process_view
    if not isinstance(needed, Power) or powers.anywhere(needed):
        return None
    refusal = NotEntitled(power=needed.value)
    record_refusal(OPEN_PAGE, refusal, by=person, at=at)
    return refused(request, refusal)


def _kept_by_nobody(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Have no browser keep what it shows to somebody signed in: whoever has it next comes back to nothing."""
    if request.session.accessed and SESSION_KEY in request.session and not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _says_nul(sent: QueryDict) -> bool:
    return any("\0" in said for _, every in sent.lists() for said in every)


def _turn_nothing(request: HttpRequest) -> None:
    """Take from a form what would have the words behind its own, such as an amount, shown the other way round."""
    said = {name: [without_turning(each) for each in every] for name, every in request.POST.lists()}
    if said != dict(request.POST.lists()):
        plain = request.POST.copy()
        for name, every in said.items():
            plain.setlist(name, every)
        request.POST = plain  # type: ignore[assignment]  # a form that can be written to is one


def _name_of(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _where_to_return(request: HttpRequest) -> str:
    return request.get_full_path() if request.method == "GET" else resolve_url("home")
