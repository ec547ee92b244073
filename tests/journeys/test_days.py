"""A day of those who have no journey of their own: who secures, runs and audits."""

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, Hands, hands

NEW_PASSWORD = "four words that fit"


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"), [(PHONE, "zh-hans", "light"), (DESKTOP, "en", "dark")], ids=["phone", "desktop"]
)
def test_a_day_of_security_of_who_runs_it_and_of_the_auditor(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    login = f"new{viewport['width']}"
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme) as user:
        code = enrolled(user, login)
        user.leave()
        opened(user, login, code)
        with_quiet_hours(user, "zhou")
        user.leave()
        assert commented(user, "sun", text=f"请说明 / please explain {login}")


def enrolled(user: Hands, login: str) -> str:
    """Have security enrol a person; return the code that opens the account."""
    user.enter("chen")
    user.open("/people/enrol/")
    user.page.fill("#id_name", "新人")
    user.page.fill("#id_login", login)
    user.press("main form button.main-action")
    user.press("form[action$='/code/'] button")
    assert user.barriers() == []
    return user.page.inner_text("p.note")


def opened(user: Hands, login: str, code: str) -> None:
    """Have its owner open the account."""
    user.open("/open-account/")
    for name, value in (("login", login), ("code", code), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        user.page.fill(f"#id_{name}", value)
    user.press("main form button.main-action")
    assert user.page.url == f"{user.url}/sign-in/"


def with_quiet_hours(user: Hands, login: str) -> None:
    user.enter(login)
    user.open("/mine/messages/")
    user.page.fill("#id_begins", "22:00")
    user.page.fill("#id_ends", "07:00")
    user.press("form[action$='/hours/'] button")
    assert user.page.input_value("#id_begins") == "22:00"
    user.open("/messages/deliveries/")
    user.open("/webhooks/")


def commented(user: Hands, login: str, *, text: str) -> bool:
    """Have the auditor look at what happened last, in the record, and ask about it; return whether it stands there."""
    user.enter(login)
    user.open("/record/")
    user.press("td a[href^='/record/'] >> nth=0")
    user.page.fill("textarea", text)
    user.press("form[action$='/comment/'] button")
    return text in user.page.inner_text("main")
