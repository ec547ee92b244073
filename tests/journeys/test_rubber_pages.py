"""Pages of rubber seals beside a use: places and labels, stock-takes, alarms, a slip with a spoiled page."""

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

from tests.by_hand import stamped_page
from tests.journeys import rubber
from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, Hands, hands


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [(PHONE, "zh-hans", "light"), (DESKTOP, "en", "dark")],
    ids=["phone", "desktop"],
)
def test_pages_of_rubber_seals_fit_and_are_open_to_all(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    address = f"/by-hand/{rubber.permit(stack.served, copies=2)}/"
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme) as user:
        spoil_one(address, user)
        user.enter("zhao")
        user.open("/places/")
        user.page.click("summary >> nth=-1")
        user.page.fill("#id_name", f"3号柜 {viewport['width']}")
        user.press("form[action='/places/stores/'] button")
        assert user.barriers() == []
        user.press("li.row a >> nth=1")
        user.page.select_option("#id_slot", index=1)
        user.press("main form button.main-action")
        user.press("p a[href*='/sheets/labels/?store=']")
        expect(user.page.locator(".labels svg")).to_have_count(5)
        user.open("/sheets/labels/")
        user.open("/alarms/")
        user.page.click("summary >> nth=-1")
        user.look()
        user.open("/stock-takes/")
        user.open("/registers/statistics/")


def spoil_one(address: str, user: Hands) -> None:
    """Stamp two, spoil one of them, and have its page taken in."""
    user.enter("wang")
    user.open(address)
    user.press(f"form[action='{address}begin/'] button")
    user.leave()
    for login in ("gu", "ke"):
        user.enter(login)
        user.open(address)
        user.page.click(f"form[action='{address}confirm/'] button")
        expect(user.page.locator(".told")).to_be_visible()
        user.leave()
    user.enter("wang")
    user.open(address)
    user.press(f"form[action='{address}reserve/'] button")
    user.page.click(f"form[action^='{address}'][action$='/made/'] button")
    expect(user.page.locator(".told")).to_be_visible()
    picture: FilePayload = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(1)}
    user.page.set_input_files("form.stamped input[type=file]", picture)
    user.page.fill("form.stamped input[name=impressions]", "1")
    user.page.click("form.stamped details summary")
    user.page.fill("form.stamped input[name=spoiled]", "1")
    user.page.fill("form.stamped input[name=why]", "印迹模糊")
    assert user.barriers() == []
    user.page.click("form.stamped > button")
    expect(user.page.locator(".stamped-pages li")).to_have_count(1)
    assert user.barriers() == []
    user.open(f"{address}slip/")
    user.leave()
