"""When there is no page, a form is too old, or something breaks; and the style around all of it."""

import gzip

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser

from privyseal.identity.models import Person
from tests.edges.conftest import Enter


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "找不到"), ("en", "Not found")])
def test_a_wrong_address_is_said_in_the_readers_language(language: str, words: str, outside: Browser) -> None:
    outside.post("/language/", {"language": language})

    answer = outside.get("/nowhere/")

    assert answer.status_code == 404
    assert words in answer.content.decode()


def test_an_id_of_the_wrong_form_is_no_address(wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    assert browser.get("/applications/12/").status_code == 404
    assert browser.get("/seals/?after=%00").status_code == 404
    assert browser.post("/applications/together/", {"chosen": "\0"}).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "页面打开太久了"), ("en", "open too long")])
def test_a_form_from_elsewhere_is_not_accepted(language: str, words: str, wang: Person, outside: Browser) -> None:
    outside.post("/language/", {"language": language})
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(wang)
    strict.cookies = outside.cookies | strict.cookies  # type: ignore[assignment]  # one jar from two

    answer = strict.post("/sign-out/")

    assert answer.status_code == 403
    assert words in answer.content.decode()


def test_something_broken_is_said_in_both_languages_and_nothing_more(
    wang: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("privyseal.web.views.home.samples_to_review", break_down)
    browser = enter(wang)
    browser.raise_request_exception = False

    answer = browser.get("/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出错了" in page
    assert "Something broke" in page
    assert "secret detail" not in page


def test_what_django_itself_forbids_is_said_in_the_same_words(
    wang: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionDenied

    monkeypatch.setattr("privyseal.web.views.home.samples_to_review", forbid)

    answer = enter(wang).get("/")

    assert answer.status_code == 403
    assert "您没有办理此事的权限" in answer.content.decode()


def test_styles_and_scripts_are_served_and_kept_by_their_content(outside: Browser) -> None:
    style = outside.get("/static/web/tokens.css")
    script = outside.get("/static/web/busy.js")
    again = outside.get("/static/web/tokens.css", headers={"If-None-Match": style.headers["ETag"]})

    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in script.headers
    assert outside.get("/static/web/offline.js").headers["Service-Worker-Allowed"] == "/"
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_sent_packed_is_the_same_and_known_by_another_mark(outside: Browser) -> None:
    plain = outside.get("/static/web/tokens.css")
    packed = outside.get("/static/web/tokens.css", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    ("address", "sent_as"), [("/sign-in/", "gzip"), ("/sign-in/?next=/seals/", None), ("/status/?q=1", None)]
)
def test_a_page_is_packed_unless_its_address_brings_words_of_others(
    address: str, sent_as: str | None, outside: Browser
) -> None:
    answer = outside.get(address, headers={"Accept-Encoding": "gzip"})

    assert answer.headers.get("Content-Encoding") == sent_as
    assert (b"<!doctype html>" in answer.content) is (sent_as is None)


@pytest.mark.parametrize("name", ["nothing.css", "..%2f..%2fsettings.py", "__init__.py"])
def test_nothing_else_is_served_beside_them(name: str, outside: Browser) -> None:
    assert outside.get(f"/static/web/{name}").status_code == 404


def test_every_page_forbids_scripts_that_are_not_ours(outside: Browser) -> None:
    policy = outside.get("/sign-in/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
