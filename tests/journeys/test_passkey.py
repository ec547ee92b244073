"""A passkey on a phone: enrolled, used to sign in, and asked for again before another is enrolled."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys.conftest import Stack
from tests.journeys.hands import PHONE, Hands, hands


@contextmanager
def authenticator(page: Page) -> Iterator[tuple[CDPSession, str]]:
    """Give the page's browser an authenticator that keeps keys and knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield devtools, added["authenticatorId"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_passkey_is_enrolled_signs_in_and_proves_who_acts(language: str, stack: Stack, chromium: Browser) -> None:
    words = {"zh-hans": ("通行密钥", "请再次验证身份"), "en": ("Passkey", "Is it still you?")}[language]
    login = {"zh-hans": "zhou", "en": "chen"}[language]
    with (
        hands(chromium, stack.url, viewport=PHONE, language=language) as user,
        authenticator(user.page) as (devtools, key),
    ):
        user.enter(login)
        enrol(user, name="Mate 70")
        expect(user.page.locator("section[aria-labelledby=factors]")).to_contain_text("Mate 70")
        assert words[0] in user.page.inner_text("section[aria-labelledby=factors]")
        user.leave()

        sign_in_by_passkey(user)
        expect(user.page.locator("h1")).not_to_have_text("")
        assert user.page.url == f"{stack.url}/"
        user.leave()

        user.enter(login)  # a weaker way in: what the passkey guards asks for it
        user.open("/mine/security/passkey/")
        assert words[1] in user.page.inner_text("h1")
        assert user.barriers() == []
        with user.page.expect_navigation(url="**/mine/security/passkey/"):
            user.page.click("button[data-passkey=prove]")
        user.look()
        assert user.page.locator("#id_name").is_visible()

        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
        user.leave()
        user.open("/sign-in/")
        user.page.click("button[data-passkey=sign-in]")
        expect(user.page.locator("[data-passkey-failed]").first).to_be_visible()
        assert "/sign-in/" in user.page.url


def enrol(user: Hands, *, name: str) -> None:
    user.open("/mine/security/")
    user.press("a[href='/mine/security/passkey/']")
    user.page.fill("#id_name", name)
    with user.page.expect_navigation(url="**/mine/security/"):
        user.page.click("button[data-passkey=enrol]")
    user.look()


def sign_in_by_passkey(user: Hands) -> None:
    user.open("/sign-in/")
    with user.page.expect_navigation(url=f"{user.url}/"):
        user.page.click("button[data-passkey=sign-in]")
    user.look()
