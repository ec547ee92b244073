"""Pages beside the main road: the manager's and the auditor's, without script, by keyboard."""

import re

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, hands
from tests.pdfs import one_page


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [(PHONE, "zh-hans", "light"), (DESKTOP, "en", "dark")],
    ids=["phone", "desktop"],
)
def test_manager_and_auditor_find_their_pages_fit_and_open_to_all(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme, is_inspecting=True) as user:
        user.enter("zhao")
        user.open("/apply/seal/")
        user.page.fill("#id_bottom", "合同专用章")
        expect(user.page.locator("img.preview")).to_have_attribute("src", re.compile("bottom=%E5%90%88%E5%90%8C"))
        expect(user.page.locator("img.preview")).to_be_visible()
        user.open("/seal-types/")
        user.open("/keeper-sets/")
        user.open("/seals/")
        user.press("a.row >> nth=0")
        user.page.click("summary >> nth=0")
        user.look()
        user.leave()

        user.enter("sun")
        user.open("/record/")
        user.page.click("summary >> nth=0")
        user.look()
        user.open("/applications/")
        user.open("/nowhere/")


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [(PHONE, "zh-hans", "dark"), (DESKTOP, "en", "light")],
    ids=["phone", "desktop"],
)
def test_whoever_runs_the_installation_finds_the_pages_of_messages_fit_and_open_to_all(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme, is_inspecting=True) as user:
        user.enter("zhou")
        user.open("/messages/")
        user.open("/messages/deliveries/")
        user.open("/webhooks/")
        user.open("/mine/messages/")
        user.open("/mine/messages/ways/")


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [(PHONE, "zh-hans", "dark"), (DESKTOP, "en", "light")],
    ids=["phone", "desktop"],
)
def test_security_finds_the_organisation_and_its_people_fit_and_open_to_all(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme, is_inspecting=True) as user:
        user.enter("chen")
        user.open("/organisation/")
        user.press(".tree a >> nth=0")
        user.page.click("details:has(#id_post_name) > summary")
        user.look()
        user.page.fill("#id_post_name", f"出纳 {viewport['width']}")
        user.press("form[action$='/posts/'] button")
        user.open("/people/")
        user.press("a.row >> nth=0")
        user.page.click("summary >> nth=-1")
        user.look()
        user.open("/people/enrol/")
        user.open("/imports/people/")
        user.open("/companies/register/")
        user.open("/mine/password/")


def test_a_preview_that_cannot_be_drawn_says_so(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=DESKTOP, language="en") as user:
        user.enter("zhao")
        user.open("/apply/seal/")
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


def test_an_impatient_second_press_is_not_sent(stack: Stack, chromium: Browser) -> None:
    with hands(chromium, stack.url, viewport=DESKTOP, language="en") as user:
        user.enter("wang")
        sent: list[str] = []
        user.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

        with user.page.expect_navigation():
            user.page.dblclick(".language button")

        assert len(sent) == 1
