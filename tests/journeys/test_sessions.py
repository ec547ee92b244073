"""Two browsers of one person before the product as it is served by several processes."""

from time import monotonic

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, hands


def test_an_ended_session_is_over_within_a_second(stack: Stack, chromium: Browser) -> None:
    with (
        hands(chromium, stack.url, viewport=DESKTOP, language="en") as here,
        hands(chromium, stack.url, viewport=PHONE, language="en") as lost_phone,
    ):
        here.enter("sun")
        lost_phone.enter("sun")
        here.open("/mine/security/")

        with here.page.expect_navigation():
            here.page.click("form[action$='/end-others/'] button")
        ended = monotonic()
        lost_phone.page.goto(f"{stack.url}/record/")

        assert monotonic() - ended <= 1
        expect(lost_phone.page).to_have_url(f"{stack.url}/sign-in/?next=/record/")
        here.open("/record/")
        assert "/record/" in here.page.url
