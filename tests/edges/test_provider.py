"""Signing in by the company's own service: a real one, over HTTP, that also lies."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.identity.models import Installation, Person, ProviderLink
from privyseal.identity.provider import Provider
from privyseal.identity.rules import Means
from tests.conftest import recorded
from tests.edges.conftest import Enter, sign_in
from tests.edges.openid import CLIENT, SECRET

ROOT = Path(__file__).parents[2]
START, LINK = "/sign-in/provider/", "/mine/security/provider/start/"
Be = Callable[..., None]


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """Run the provider in a process of its own; give its address."""
    arguments = [sys.executable, "-m", "tests.edges.openid"]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def be(service: str, settings: Settings, installation: Installation) -> Be:
    """Use the provider; return how to tell it what to be."""
    settings.PROVIDER = Provider(service, CLIENT, SECRET, "统一认证")

    def tell(**said: str) -> None:
        visited(f"{service}/be?{urlencode(said)}")

    tell(subject="wang-there")
    return tell


def visited(address: str) -> str:
    """Open an address of the provider; return where it sends the browser."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("Location") or ""


def way_back(browser: Browser, start: str = START) -> str:
    """Go to the provider and return the address that it sends the browser back to, as a path."""
    sent = browser.get(start)
    assert sent.status_code == 302, sent.content
    parts = urlsplit(visited(sent.headers["Location"]))
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def linked(be: Be, wang: Person, enter: Enter) -> Person:
    browser = enter(wang)
    assert browser.get(way_back(browser, LINK)).headers["Location"] == "/mine/security/"
    return wang


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/mine/").status_code == 200


def test_whoever_linked_it_is_signed_in_by_it(linked: Person, outside: Browser) -> None:
    answer = outside.get(way_back(outside, f"{START}?next=/seals/"))

    assert answer.headers["Location"] == "/seals/"
    assert is_signed_in(outside)
    assert outside.session["proof"][0] == Means.PROVIDER
    assert recorded() == ["factor.provider-linked", "person.signed-in"]


def test_nobody_is_ever_enrolled_by_it(be: Be, outside: Browser) -> None:
    before = Person.objects.count()

    answer = outside.get(way_back(outside))

    assert answer.status_code == 403
    assert "provider-unknown-person" in answer.content.decode()
    assert not is_signed_in(outside)
    assert Person.objects.count() == before


def test_only_the_subject_is_kept(linked: Person) -> None:
    (link,) = ProviderLink.objects.values()

    assert (link["subject"], "example.com" in str(link)) == ("wang-there", False)


def test_the_question_carries_what_protects_it(be: Be, outside: Browser) -> None:
    asked = parse_qs(urlsplit(outside.get(START).headers["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == ["http://localhost:8000/sign-in/provider/back/"]


LIES = ("issuer", "audience", "azp", "expired", "nonce", "without-nonce", "unsigned", "symmetric", "key")


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_not_believed(lie: str, linked: Person, be: Be, outside: Browser) -> None:
    be(lie=lie)

    answer = outside.get(way_back(outside))

    assert answer.status_code == 403
    assert "provider-not-believed" in answer.content.decode()
    assert not is_signed_in(outside)


def test_a_provider_that_is_another_is_not_asked(be: Be, outside: Browser) -> None:
    be(lie="another-issuer")

    assert outside.get(START).status_code == 503


def test_a_provider_that_is_away_says_so(be: Be, outside: Browser, settings: Settings) -> None:
    settings.PROVIDER = Provider("http://localhost:1", CLIENT, SECRET, "统一认证")

    assert outside.get(START).status_code == 503


def test_an_answer_is_good_once_and_in_its_own_browser(linked: Person, outside: Browser) -> None:
    back = way_back(outside)
    other = Browser()
    way_back(other)

    assert other.get(back).status_code == 403
    assert outside.get(back).status_code == 302
    assert outside.get(back).status_code == 403


def test_an_answer_that_nobody_asked_for_is_refused(linked: Person, outside: Browser) -> None:
    assert outside.get("/sign-in/provider/back/?code=x&state=y").status_code == 403


def test_a_wrong_code_is_refused(linked: Person, outside: Browser) -> None:
    state = parse_qs(urlsplit(outside.get(START).headers["Location"]).query)["state"][0]

    assert outside.get(f"/sign-in/provider/back/?{urlencode({'code': 'x', 'state': state})}").status_code == 403


def test_one_subject_is_one_person(linked: Person, li: Person, enter: Enter) -> None:
    browser = enter(li)

    assert browser.get(way_back(browser, LINK)).status_code == 409
    assert ProviderLink.objects.get().person == linked


def test_linking_wants_a_fresh_proof(be: Be, wang: Person) -> None:
    browser = Browser()
    sign_in(browser, wang, ago=timedelta(hours=1))

    assert browser.get(LINK).status_code == 403
    assert browser.get("/mine/security/provider/").status_code == 403


def test_whoever_is_deactivated_is_not_let_in(linked: Person, outside: Browser) -> None:
    Person.objects.filter(pk=linked.pk).update(is_active=False)

    assert outside.get(way_back(outside)).status_code == 403


def test_unlinked_it_opens_nothing(linked: Person, enter: Enter, outside: Browser) -> None:
    enter(linked).post("/mine/security/provider/remove/")

    assert outside.get(way_back(outside)).status_code == 403
    assert recorded()[:2] == ["factor.provider-linked", "factor.provider-unlinked"]


def test_the_pages_name_it(linked: Person, enter: Enter, outside: Browser) -> None:
    assert "统一认证" in outside.get("/sign-in/").content.decode()
    assert "统一认证" in enter(linked).get("/mine/security/").content.decode()
    assert "统一认证" in enter(linked).get("/mine/security/provider/").content.decode()


@pytest.mark.parametrize("address", [START, "/sign-in/provider/back/"])
def test_where_there_is_none_there_is_no_page(address: str, outside: Browser) -> None:
    assert outside.get(address).status_code in {403, 404}
