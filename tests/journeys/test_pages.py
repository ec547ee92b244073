"""Pages beside the main road: a face as it is written, a refused file, without script, by keyboard."""

import re

from django.template.loader import render_to_string
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, Hands, hands
from tests.pdfs import one_page

ROWS = "web/parts/application_rows.html"


def test_a_face_is_drawn_while_it_is_written_and_what_cannot_be_drawn_is_said(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=DESKTOP, language="en") as user:
        user.enter("zhao")
        user.open("/apply/seal/")
        user.page.fill("#id_bottom", "合同专用章")
        expect(user.page.locator("img.preview")).to_have_attribute("src", re.compile("bottom=%E5%90%88%E5%90%8C"))
        expect(user.page.locator("img.preview")).to_be_visible()
        user.page.fill("#id_bottom", "\U0001f600")

        expect(user.page.locator("img.preview + [role=status]")).to_contain_text("cannot be drawn")


def test_a_refused_file_is_said_in_place_and_another_can_be_chosen(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=PHONE, language="en") as user:
        user.enter("wang")
        user.open("/apply/use/")

        user.hand_in(b"no pdf at all", name="holiday.pdf")
        expect(user.page.locator("[role=alert]")).to_contain_text("This is not a PDF")
        user.hand_in(one_page("Second try"), name="contract.pdf")
        user.page.wait_for_url("**/apply/use/*/*/")


def test_without_script_a_contract_is_applied_for_and_verified(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=PHONE, language="zh-hans", has_script=False) as user:
        user.enter("wang")
        user.open("/apply/use/")
        user.page.set_input_files(
            "input[type=file]", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": one_page("No script")}
        )
        user.press("form.upload button")
        user.page.fill("textarea", "没有脚本也能申请")
        user.press("form.terms button.main-action")
        assert "审批中" in user.page.inner_text("main")

        user.open("/verify/")
        user.page.set_input_files(
            "input[type=file]", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": one_page("Unsealed")}
        )
        user.press("form.upload button")
        assert user.page.get_attribute(".verdict", "data-verdict") == "unsupported"


def test_the_keyboard_alone_signs_in(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=DESKTOP, language="en") as user:
        user.open("/sign-in/")

        user.page.keyboard.press("Tab")
        expect(user.page.locator(".skip")).to_be_focused()
        expect(user.page.locator(".skip")).to_be_in_viewport()
        user.page.keyboard.press("Enter")
        user.page.keyboard.press("Tab")
        with user.page.expect_navigation():
            user.page.keyboard.press("Enter")

        expect(user.page.locator("h1")).to_have_text("To do")
        assert ticked_by_keys(user) == [False, True]


def ticked_by_keys(user: Hands) -> list[bool]:
    """Tick the second of two rows by the keys, as a list has them where a policy lets several be decided together."""
    rows = [{"tick": uid, "url": f"/applications/{uid}/", "reason": uid} for uid in ("0" * 32, "1" * 32)]
    main = user.page.locator("main")
    main.evaluate("(main, rows) => { main.innerHTML = rows; }", render_to_string(ROWS, {"rows": rows}))
    for key in "xjjxkxxj":
        user.page.keyboard.press(key)
    return [tick.is_checked() for tick in user.page.locator("main input[name=of]").all()]


def test_an_impatient_second_press_is_not_sent(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=DESKTOP, language="en") as user:
        user.enter("wang")
        sent: list[str] = []
        user.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

        with user.page.expect_navigation():
            user.page.dblclick(".language button")

        assert len(sent) == 1
