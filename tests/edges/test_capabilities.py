"""Who may open what: said at every view, kept before it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import URLPattern, reverse

from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.tiles import Tile
from privyseal.ledger.queries import latest_facts
from privyseal.web.capabilities import DeclaredCapability, UndeclaredCapability
from privyseal.web.urls import urlpatterns as pages
from tests.conftest import recorded
from tests.edges.access import table
from tests.edges.conftest import Enter

SAMPLES: dict[str, object] = {
    "uid": "0" * 32,
    "sha256": "0" * 64,
    "int": 1,
    "str": "tokens.css",
    "slug": "witness",
    "tile": Tile(0, 0),
}


def address_of(page: URLPattern) -> str:
    converters = page.pattern.converters
    return reverse(page.name, kwargs={name: _sample(converter) for name, converter in converters.items()})


def _sample(converter: object) -> object:
    kinds = {
        "UidConverter": "uid",
        "DigestConverter": "sha256",
        "IntConverter": "int",
        "StringConverter": "str",
        "PathConverter": "str",
        "SlugConverter": "slug",
        "TileConverter": "tile",
        "BundleConverter": "tile",
    }
    return SAMPLES[kinds[type(converter).__name__]]


def needing(*needed: str) -> list[URLPattern]:
    return [page for page in pages if page.callback.capability in needed]  # type: ignore[attr-defined]  # declared on the view


CLOSED = [page for page in pages if page not in needing("public")]


@pytest.mark.parametrize("page", CLOSED, ids=lambda page: page.name)
def test_a_closed_page_asks_who_is_there_and_comes_back(page: URLPattern, outside: Browser) -> None:
    answer = outside.get(address_of(page))

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address_of(page)}")


def test_what_was_sent_signed_out_is_not_done_and_leads_home(outside: Browser) -> None:
    answer = outside.post("/sign-out/")

    assert answer.headers["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize("page", needing(*Power), ids=lambda page: page.name)
def test_a_page_that_needs_a_power_is_refused_and_recorded(page: URLPattern, stranger: Person, enter: Enter) -> None:
    answer = enter(stranger).get(address_of(page))

    assert answer.status_code == 403
    assert "您没有办理此事的权限" in answer.content.decode()
    assert recorded() == ["page.open.refused"]
    assert latest_facts()[0].data["code"] == "not-entitled"


# The table of access says which methods a route has; here the views are held to it.
METHODS = {name: {row.method for row in table()[1] if row.route == name} for name in {row.route for row in table()[1]}}
ONLY_SENT = {name for name, methods in METHODS.items() if "GET" not in methods}
BOTH = {name for name, methods in METHODS.items() if len(methods) > 1}


@pytest.mark.parametrize(
    "page", [page for page in needing("public", "signed-in") if page.name in ONLY_SENT], ids=lambda page: page.name
)
def test_what_changes_something_is_never_a_link(page: URLPattern, wang: Person, enter: Enter) -> None:
    assert enter(wang).get(address_of(page)).status_code == 405


ONLY_SHOWN = [page for page in needing("public", "signed-in") if page.name not in {*ONLY_SENT, *BOTH}]


@pytest.mark.parametrize("page", ONLY_SHOWN, ids=lambda page: page.name)
def test_what_only_shows_something_takes_nothing(page: URLPattern, wang: Person, enter: Enter) -> None:
    assert enter(wang).post(address_of(page)).status_code == 405


def undeclared(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to whom?")


def test_a_view_that_says_nothing_is_not_opened() -> None:
    guard = DeclaredCapability(undeclared)

    with pytest.raises(UndeclaredCapability, match="undeclared"):
        guard.process_view(RequestFactory().get("/"), undeclared, [], {})
