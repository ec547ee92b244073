"""Sign in, sign out, language."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.identity.models import Installation, Person
from tests.conftest import recorded
from tests.edges.conftest import Enter

PASSWORD = "a long enough password"


@pytest.fixture
def wang_knows(wang: Person) -> Person:
    wang.set_password(PASSWORD)
    wang.save(update_fields=["password"])
    return wang


def test_the_right_password_opens_and_is_recorded(wang_knows: Person, outside: Browser) -> None:
    answer = outside.post("/sign-in/", {"login": "wang", "password": PASSWORD, "next": "/seals/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/seals/")
    assert outside.get("/").status_code == 200
    assert recorded() == ["person.signed-in"]


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong password"), ("nobody", PASSWORD)])
def test_wrong_login_and_wrong_password_get_the_same_answer(
    login: str, password: str, wang_knows: Person, outside: Browser
) -> None:
    answer = outside.post("/sign-in/", {"login": login, "password": password})

    assert answer.status_code == 403
    assert "登录名或密码不对" in answer.content.decode()
    assert password not in answer.content.decode()
    assert "_auth_user_id" not in outside.session
    assert recorded() == []


def test_an_empty_form_asks_again(outside: Browser) -> None:
    answer = outside.post("/sign-in/", {"login": "", "password": ""})

    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"login", "password"})


def test_too_many_wrong_passwords_wait_even_for_the_right_one(
    wang_knows: Person, outside: Browser, settings: Settings
) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    for _ in range(2):
        assert outside.post("/sign-in/", {"login": "wang", "password": "wrong"}).status_code == 403

    same_login = outside.post("/sign-in/", {"login": "wang", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    same_address = outside.post("/sign-in/", {"login": "li", "password": PASSWORD})

    assert (same_login.status_code, same_address.status_code) == (429, 429)
    assert "密码错误次数过多" in same_login.content.decode()


def test_behind_a_proxy_the_address_it_saw_counts(wang_knows: Person, outside: Browser, settings: Settings) -> None:
    settings.SIGN_INS_PER_MINUTE, settings.TRUSTED_PROXIES = 1, 1
    wrong = {"login": "nobody", "password": "wrong"}
    outside.post("/sign-in/", wrong, headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.1"})

    seen_again = {"login": "wang", "password": PASSWORD}
    forged = outside.post("/sign-in/", seen_again, headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.1"})
    another = outside.post("/sign-in/", seen_again, headers={"X-Forwarded-For": "192.0.2.2"})

    assert (forged.status_code, another.status_code) == (429, 302)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(elsewhere: str, wang_knows: Person, outside: Browser) -> None:
    answer = outside.post("/sign-in/", {"login": "wang", "password": PASSWORD, "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_somebody_who_left_cannot_sign_in(wang_knows: Person, outside: Browser) -> None:
    Person.objects.filter(pk=wang_knows.pk).update(is_active=False)

    assert outside.post("/sign-in/", {"login": "wang", "password": PASSWORD}).status_code == 403


def test_on_a_demo_the_cast_enters_with_one_click(wang: Person, outside: Browser) -> None:
    page = outside.get("/sign-in/").content.decode()
    answer = outside.post("/sign-in/demo/", {"login": "wang"})

    assert 'value="wang"' in page
    assert "演示环境" in page
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert recorded() == ["person.signed-in"]


def test_anywhere_else_there_is_no_cast(wang: Person, installation: Installation, outside: Browser) -> None:
    Installation.objects.update(is_demo=False)

    page = outside.get("/sign-in/").content.decode()

    assert 'value="wang"' not in page
    assert "演示环境" not in page
    assert outside.post("/sign-in/demo/", {"login": "wang"}).status_code == 404


def test_before_the_founding_the_page_says_so(db: None) -> None:
    assert "privyseal init" in Browser().get("/sign-in/").content.decode()


def test_signing_out_is_recorded(wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    assert browser.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert browser.get("/").headers["Location"] == "/sign-in/?next=/"
    assert recorded() == ["person.signed-out"]


def test_a_language_is_kept_with_the_person_and_in_the_browser(wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    answer = browser.post("/language/", {"language": "en", "next": "/seals/"})

    wang.refresh_from_db()
    assert (answer.headers["Location"], wang.language) == ("/seals/", "en")
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en">' in browser.get("/").content.decode()
    assert recorded() == ["person.language-set"]


def test_a_person_is_greeted_in_their_language(wang: Person, outside: Browser) -> None:
    Person.objects.filter(pk=wang.pk).update(language="en")

    outside.post("/sign-in/demo/", {"login": "wang"})

    assert '<html lang="en">' in outside.get("/").content.decode()


def test_signed_out_the_browser_keeps_the_language(outside: Browser) -> None:
    outside.post("/language/", {"language": "en"})

    assert '<html lang="en">' in outside.get("/sign-in/").content.decode()
    assert recorded() == []


def test_an_unknown_language_changes_nothing(wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    browser.post("/language/", {"language": "xx"})

    wang.refresh_from_db()
    assert (wang.language, recorded()) == ("", [])
    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies


def test_mine_shows_who_i_am(wang: Person, enter: Enter) -> None:
    page = enter(wang).get("/mine/").content.decode()

    assert "王用" in page
    assert wang.pseudonym in page
