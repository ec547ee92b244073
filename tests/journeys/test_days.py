"""A day of those who have no journey of their own: who secures, runs, manages and audits."""

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, Hands, hands

NEW_PASSWORD = "four words that fit"


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"), [(PHONE, "zh-hans", "light"), (DESKTOP, "en", "dark")], ids=["phone", "desktop"]
)
def test_a_day_of_security_of_who_runs_it_of_the_manager_and_of_the_auditor(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    login = f"new{viewport['width']}"
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme) as user:
        code = enrolled(user, login)
        user.leave()
        opened(user, login, code)
        with_quiet_hours(user, "zhou")
        user.leave()
        managed(user, "zhao", called=f"合同章 {login}")
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
    return user.page.inner_text("p.typed")


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
    press = sent_with_hardly_a_network if user.page.viewport_size == PHONE else Hands.press
    press(user, "form[action$='/hours/'] button")
    assert user.page.input_value("#id_begins") == "22:00"
    user.open("/messages/deliveries/")
    user.open("/webhooks/")


def sent_with_hardly_a_network(user: Hands, button: str) -> None:
    """Send a form where there is no network, then lose it on the way, and then send it once more."""
    said = user.page.locator(".unsent-said")
    user.page.context.set_offline(True)
    user.page.click(button)
    expect(said.locator("[data-when=lost] >> nth=0")).to_be_visible()
    user.page.context.set_offline(False)
    user.page.context.route("**/hours/", lambda route: route.abort("internetdisconnected"))
    said.locator("button").click()
    user.page.wait_for_url("chrome-error://**")
    user.page.context.unroute_all()
    user.page.go_back()
    expect(said.locator("[data-when=unsure] >> nth=0")).to_be_visible()
    user.press(button)
    expect(said).to_have_count(0)


def managed(user: Hands, login: str, *, called: str) -> None:
    """Have the manager look over the seals, keep that list and take it along, try a policy, and apply for a seal."""
    user.enter(login)
    user.open("/overview/")
    user.press(".figure-above >> nth=0")
    user.page.fill("#id_q", "gz")  # first letters of 公章
    user.press("form.filters button")
    assert user.page.locator("main .rows a.row").count() == 1
    user.page.click(".kept-lists summary")
    user.page.fill("#id_name", called)
    user.press("form.keep-list button")
    user.press(f".kept-lists a:text-is('{called}')")
    assert "公章" in user.saved("a[download]:text-is('CSV')")[1].decode()
    user.press(".kept-lists button.quiet")

    user.open("/policies/")
    user.press("main form button.main-action")
    user.press("button[name=days] >> nth=0")
    assert user.page.locator("section[aria-labelledby=replay] [role=status]").count() == 1
    user.page.click("summary:has(h2)")
    user.press("form[action$='/discard/'] button")

    user.open("/apply/seal/")
    user.page.fill("#id_name", called)
    user.page.fill("#id_reason", "合同多了 / more contracts")
    user.press("form.seal-wish button.main-action")
    assert called in user.page.inner_text("main")
    assert user.barriers() == []


def commented(user: Hands, login: str, *, text: str) -> bool:
    """Have the auditor look at what happened last, in the record, and ask about it; return whether it stands there."""
    user.enter(login)
    user.open("/record/")
    user.press("td a[href^='/record/'] >> nth=0")
    user.page.fill("textarea", text)
    user.press("form[action$='/comment/'] button")
    return text in user.page.inner_text("main")
