"""Passkeys at the pages, answered by a key in software that can also lie."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.identity.models import Person
from privyseal.identity.queries import findings_of_powers
from privyseal.identity.rules import Found, Means
from tests.conftest import new_person, recorded
from tests.edges.conftest import Enter, sign_in
from tests.edges.softkey import PRESENT, SoftKey

ENROL = "/mine/security/passkey/"


def enrol(browser: Browser, key: SoftKey, *, name: str = "手机") -> int:
    answer = key.create(browser.post(f"{ENROL}options/").json())
    return browser.post(ENROL, {"name": name, "proof_credential": answer}).status_code


@pytest.fixture
def key(wang: Person, enter: Enter) -> SoftKey:
    """wang's passkey."""
    held = SoftKey()
    assert enrol(enter(wang), held) == 302
    return held


def by_passkey(browser: Browser, key: SoftKey, **more: str) -> int:
    answer = key.get(browser.post("/sign-in/passkey/options/").json())
    return browser.post("/sign-in/passkey/", {"proof_credential": answer, **more}).status_code


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/mine/").status_code == 200


def test_a_passkey_is_enrolled_under_its_name(key: SoftKey, wang: Person, enter: Enter) -> None:
    assert "手机" in enter(wang).get("/mine/security/").content.decode()
    assert recorded() == ["factor.enrolled"]


def test_a_passkey_signs_in_alone_and_the_record_says_so(key: SoftKey, outside: Browser) -> None:
    answer = key.get(outside.post("/sign-in/passkey/options/").json())
    sent = outside.post("/sign-in/passkey/", {"proof_credential": answer, "next": "/seals/"})

    assert sent.headers["Location"] == "/seals/"
    assert is_signed_in(outside)
    assert recorded()[-2:] == ["factor.used", "person.signed-in"]
    assert outside.session["proof"][0] == Means.PASSKEY


def test_an_answer_is_taken_once(key: SoftKey, outside: Browser) -> None:
    answer = key.get(outside.post("/sign-in/passkey/options/").json())
    outside.post("/sign-in/passkey/", {"proof_credential": answer})
    outside.post("/sign-out/")

    assert outside.post("/sign-in/passkey/", {"proof_credential": answer}).status_code == 403
    assert not is_signed_in(outside)


def test_an_answer_is_good_in_the_browser_that_was_asked(key: SoftKey, outside: Browser) -> None:
    answer = key.get(outside.post("/sign-in/passkey/options/").json())
    thief = Browser()
    thief.post("/sign-in/passkey/options/")

    assert thief.post("/sign-in/passkey/", {"proof_credential": answer}).status_code == 403


def test_an_answer_comes_within_minutes(key: SoftKey, outside: Browser) -> None:
    answer = key.get(outside.post("/sign-in/passkey/options/").json())
    session = outside.session
    session["passkey_asked_at"] -= 301
    session.save()

    assert outside.post("/sign-in/passkey/", {"proof_credential": answer}).status_code == 403


def elsewhere(key: SoftKey) -> None:
    key.origin = "http://localhost:8001"


def not_unlocked(key: SoftKey) -> None:
    key.flags = PRESENT


def copied(key: SoftKey) -> None:
    key.counter = 0


def of_somebody_else(key: SoftKey) -> None:
    key.owner = b"0" * 32


def unknown(key: SoftKey) -> None:
    key.identifier = b"another one....."


@pytest.mark.parametrize("lie", [elsewhere, not_unlocked, copied, of_somebody_else, unknown])
def test_a_key_that_lies_is_refused(lie: Callable[[SoftKey], None], key: SoftKey, outside: Browser) -> None:
    assert by_passkey(outside, key) == 302
    outside.post("/sign-out/")

    lie(key)

    assert by_passkey(outside, key) == 403
    assert not is_signed_in(outside)


@pytest.mark.parametrize("lie", [elsewhere, not_unlocked])
def test_a_key_that_lies_is_not_enrolled(lie: Callable[[SoftKey], None], wang: Person, enter: Enter) -> None:
    key = SoftKey()
    lie(key)

    assert enrol(enter(wang), key) == 403
    assert not Authenticator.objects.exists()


def test_a_key_signed_by_another_is_refused(key: SoftKey, outside: Browser) -> None:
    forged = SoftKey(identifier=key.identifier, owner=key.owner, counter=5)

    assert by_passkey(outside, forged) == 403


def test_a_passkey_written_into_the_database_opens_nothing(
    key: SoftKey, wang: Person, enter: Enter, noon: datetime
) -> None:
    outside = Browser()
    planted, intruder = SoftKey(), new_person("hei", "何外")
    assert enrol(enter(intruder), planted) == 302
    Authenticator.objects.filter(user=intruder).update(user=wang)
    planted.owner = wang.pseudonym.encode()

    assert by_passkey(outside, planted) == 403

    assert not is_signed_in(outside)
    assert recorded()[-1] == "factor.use-passkey.refused"
    assert [one.name for one in findings_of_powers(noon) if one.found is Found.STRANGE_FACTOR] == ["王用"]
    assert by_passkey(outside, key) == 302


def test_a_passkey_that_never_counts_is_taken_each_time(key: SoftKey, outside: Browser) -> None:
    for _ in range(2):
        key.counter = -1
        assert by_passkey(outside, key) == 302
        outside.post("/sign-out/")


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "[" * 19_000, "x" * 30_000, '{"id": 1, "response": []}'])
def test_nonsense_is_refused(answer: str, key: SoftKey, outside: Browser) -> None:
    outside.post("/sign-in/passkey/options/")

    sent = outside.post("/sign-in/passkey/", {"proof_credential": answer})

    assert sent.status_code == 403
    assert "通行密钥未通过验证" in sent.content.decode()


def test_a_passkey_is_enrolled_once_by_anybody(key: SoftKey, wang: Person, li: Person, enter: Enter) -> None:
    assert enrol(enter(li), key) == 409
    assert Authenticator.objects.count() == 1


def test_whoever_is_deactivated_does_not_enter_by_passkey(key: SoftKey, wang: Person, outside: Browser) -> None:
    Person.objects.filter(pk=wang.pk).update(is_active=False)

    assert by_passkey(outside, key) == 403


def test_a_locked_account_still_enters_by_passkey(
    key: SoftKey, wang: Person, outside: Browser, settings: Settings
) -> None:
    settings.SIGN_INS_BEFORE_LOCK_OUT = 3
    for _ in range(4):
        outside.post("/sign-in/", {"login": "wang", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")

    assert by_passkey(outside, key) == 302


def test_many_lying_keys_from_one_address_wait(key: SoftKey, outside: Browser, settings: Settings) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    key.origin = "https://example.org"

    assert [by_passkey(outside, key) for _ in range(3)] == [403, 403, 429]


def test_the_passkey_is_the_second_step_after_the_password(key: SoftKey, wang: Person, outside: Browser) -> None:
    wang.set_password("a long enough password")
    wang.save(update_fields=["password"])
    outside.post("/sign-in/", {"login": "wang", "password": "a long enough password"})

    answer = key.get(outside.post("/sign-in/second/options/").json())

    assert outside.post("/sign-in/second/", {"proof_credential": answer}).headers["Location"] == "/"
    assert is_signed_in(outside)


def test_the_passkey_of_another_is_no_proof(key: SoftKey, li: Person, enter: Enter) -> None:
    lis = SoftKey()
    enrol(enter(li), lis)
    browser = Browser()
    sign_in(browser, li, ago=timedelta(hours=1))

    answer = key.get(browser.post("/confirm/options/").json())

    assert browser.post("/confirm/", {"proof_credential": answer}).status_code == 403


def test_the_passkey_proves_who_acts(key: SoftKey, wang: Person) -> None:
    browser = Browser()
    sign_in(browser, wang, ago=timedelta(hours=1))
    assert browser.get(ENROL).status_code == 403

    answer = key.get(browser.post("/confirm/options/").json())
    browser.post("/confirm/", {"proof_credential": answer, "proof_next": ENROL})

    assert browser.get(ENROL).status_code == 200


def test_the_question_does_not_follow_a_forged_host(key: SoftKey, outside: Browser) -> None:
    asked = outside.post("/sign-in/passkey/options/", headers={"Host": "127.0.0.1"}).json()

    assert (asked["rpId"], asked["allowCredentials"], asked["userVerification"]) == ("localhost", [], "required")
