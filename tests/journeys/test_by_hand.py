"""A rubber seal by hand, on telephones whose network is cut, loses answers, and delivers twice and out of order."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Route, expect

from tests.by_hand import stamped_page
from tests.journeys.at_cabinet import cabinet
from tests.journeys.at_machine import Machine
from tests.journeys.conftest import CHROMIUM, QUIET, Stack
from tests.journeys.hands import PHONE, Hands, hands

# Those below what is seen are fetched only when they are come near.
_PICTURES: Final = """Promise.all(
  [...document.images].map((one) => { one.loading = "eager"; return one.decode(); })
).then(() => undefined)"""
_CAMERA: Final = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


class BadNetwork:
    """A network that delivers the first form about the seal and loses its answer, and every other one twice."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, dict[str, str], bytes]] = []

    def __call__(self, route: Route) -> None:
        request, is_first = route.request, not self.delivered
        if request.method != "POST":
            route.continue_()
            return
        self.delivered.append((request.url, request.all_headers(), request.post_data_buffer or b""))
        answer = route.fetch()
        if is_first:
            route.abort()
            return
        assert route.fetch().json() == answer.json()
        route.fulfill(response=answer)

    def deliver_again_in_reverse(self, context: BrowserContext) -> None:
        for url, headers, data in reversed(self.delivered):
            assert context.request.post(url, headers=headers, data=data).json() == {"taken": True}


def test_a_use_by_hand_on_a_bad_network_loses_nothing_and_counts_nothing_twice(
    stack: Stack, chromium: Browser, tmp_path: Path
) -> None:
    network = BadNetwork()
    with (
        cabinet(stack.served, copies=3) as (permit, box),
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as gu,
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as ke,
    ):
        address = f"/by-hand/{permit}/"
        with telephone(chromium, stack, tmp_path) as wang:
            digits = take(address, wang, gu=gu, ke=ke, box=box)
            cut(wang)
            read_the_slip(address, wang)
            stamp(address, wang)
        count_before_the_other(ke)

        with telephone(chromium, stack, tmp_path) as wang:
            cut(wang)
            wang.open(address)
            expect(waiting(wang)).to_have_text("待发送（4）")
            wang.page.goto("about:blank")
            wang.page.context.clear_cookies()
            wang.page.context.route("**/by-hand/**", network)
            wang.page.context.set_offline(False)
            wang.enter("gu")
            expect(wang.page.locator(".others")).to_be_visible()
            wang.leave()
            assert network.delivered == []
            wang.enter("wang")
            expect(wang.page.locator(".told")).to_be_visible(timeout=15_000)
            wang.page.context.unroute_all()

            expect(ke.page.locator(".told")).to_be_visible(timeout=15_000)
            receipt = box.goes_on(digits)
            close(address, gu, receipt)
            with_its_pictures(address, gu)
            put_back(address, gu)
            network.deliver_again_in_reverse(wang.page.context)
            wang.open(address)
            assert wang.page.locator(".count-of").all_inner_texts()[:3] == ["3 / 3", "0", "3"]
            expect(wang.page.locator(".stamped-pages li")).to_have_count(3)
            expect(wang.page.locator("main")).to_contain_text("3号柜 B12")
            expect(waiting(wang)).to_be_hidden()


def take(address: str, wang: Hands, *, gu: Hands, ke: Hands, box: Machine) -> str:
    """Have the seal out by a code, and take what is to be stamped, while there is a network; return the code."""
    wang.enter("wang")
    wang.open(address)
    wang.press(f"form[action='{address}begin/'] button")
    digits = ""
    for hand, login in ((gu, "gu"), (ke, "ke")):
        hand.enter(login)
        hand.open(address)
        digits = out_of_the_cabinet(address, gu, box) if hand is gu else digits
        tell(hand, f"{address}confirm/")
    wang.open(address)
    wang.press(f"form[action='{address}reserve/'] button")
    wang.open(f"{address}slip/")
    ke.open(address)
    return digits


def out_of_the_cabinet(address: str, gu: Hands, box: Machine) -> str:
    """Ask for a code, type it at the cabinet, and read what it saw where the seal is given out."""
    gu.page.select_option("select[name=minutes]", "60")
    gu.press(f"form[action='{address}cabinet/'] button")
    assert gu.barriers() == []
    digits = gu.page.locator("code").inner_text().replace(" ", "")
    assert box.goes_on(digits) == "out"
    gu.open(address)
    expect(gu.page.locator("section[aria-labelledby=confirm]")).to_contain_text("检测到该印章取出")
    return digits


def close(address: str, gu: Hands, receipt: str) -> None:
    """Read back what the cabinet shows once the seal is in its slot again."""
    with_its_pictures(address, gu)
    gu.page.fill("input[name=receipt]", receipt)
    gu.press(f"form[action='{address}cabinet/receipt/'] button")
    expect(gu.page.locator("section[aria-labelledby=cabinet]")).to_contain_text("印章已取出并放回")


def tell(hand: Hands, path: str) -> None:
    hand.page.click(f"form[action='{path}'] button:not(.scan)")
    expect(hand.page.locator(".told")).to_be_visible()


def read_the_slip(address: str, wang: Hands) -> None:
    wang.open(f"{address}slip/")
    assert wang.page.evaluate("document.querySelector('.sheet-foot img').naturalWidth") > 0
    wang.open(address)
    expect(wang.page.locator(".kept-at")).to_contain_text("无网络")


def stamp(address: str, wang: Hands) -> None:
    """Say how many were made, and photograph each: from the files of the telephone, and by its camera."""
    wang.page.click(f"form[action^='{address}'][action$='/made/'] button")
    expect(waiting(wang)).to_have_text("待发送（1）")
    for number in (1, 2):
        picture: FilePayload = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(number)}
        wang.page.set_input_files("form.stamped input[type=file]", picture)
        photographed(wang)
        expect(waiting(wang)).to_have_text(f"待发送（{number + 1}）")
    wang.page.click(".camera button >> nth=0")
    wang.page.wait_for_selector("video")
    wang.look()
    wang.page.click(".camera button >> nth=1")
    photographed(wang)
    expect(waiting(wang)).to_have_text("待发送（4）")
    assert wang.barriers() == []


def photographed(wang: Hands) -> None:
    wang.page.fill("form.stamped input[name=impressions]", "1")
    wang.page.click("form.stamped > button")


def count_before_the_other(ke: Hands) -> None:
    """Count without a network; what arrives before the first count is refused for now, and said."""
    cut(ke)
    ke.page.click(".camera button >> nth=0")
    expect(ke.page.locator(".camera [role=status]")).to_contain_text("请在下方选择照片")
    ke.page.fill("input[name=counted]", "3")
    ke.page.click("form[action$='/counted/'] button")
    expect(waiting(ke)).to_have_text("待发送（1）")
    ke.page.context.set_offline(False)
    expect(ke.page.locator(".refusal [role=alert]")).to_be_visible()


def with_its_pictures(address: str, hand: Hands) -> None:
    """Open the page and wait for its photographs: a browser complains of those that it was kept from."""
    hand.open(address)
    hand.page.evaluate(_PICTURES)


def put_back(address: str, gu: Hands) -> None:
    """Put the seal back with a browser that keeps nothing: it says so, and the form is still there."""
    gu.page.evaluate("() => { indexedDB.open = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    expect(gu.page.locator("#id_place")).to_have_value(re.compile("章位 1"))
    gu.page.fill("input[name=place]", "3号柜 B12")
    cut(gu)
    gu.page.click(f"form[action='{address}put-back/'] button.main-action")
    expect(gu.page.locator(".told")).to_contain_text("尚未发送")
    gu.page.context.set_offline(False)
    tell(gu, f"{address}put-back/")
    expect(gu.page.locator("main")).to_contain_text("3号柜 B12")


def waiting(hand: Hands) -> Locator:
    return hand.page.locator(".count-waiting")


@contextmanager
def telephone(browser: Browser, stack: Stack, folder: Path, *, sees: Path | None = None) -> Iterator[Hands]:
    """Open a telephone's browser that keeps what it has when it is closed, with a camera, which may see a film."""
    film = [f"--use-file-for-fake-video-capture={sees}"] if sees else []
    context = browser.browser_type.launch_persistent_context(
        folder / "telephone",
        executable_path=CHROMIUM,
        args=[*QUIET, *_CAMERA, *film],
        viewport=PHONE,
        locale="zh-CN",
        has_touch=True,
        permissions=["camera"],
    )
    try:
        yield Hands(context.pages[0], stack.url, [], has_script=True)
    finally:
        context.close()


def cut(hand: Hands) -> None:
    """Take the network away once the page has its worker."""
    if hand.page.url != "about:blank":
        hand.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    hand.page.context.set_offline(True)
