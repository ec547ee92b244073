"""A rubber seal is taken out, a page is spoiled there, and the seal comes back, on telephones whose network is cut."""

from collections.abc import Callable

from playwright.sync_api import Browser, FilePayload, expect

from tests.by_hand import stamped_page
from tests.journeys import rubber
from tests.journeys.conftest import Stack
from tests.journeys.hands import PHONE, Hands, hands
from tests.journeys.test_by_hand import BadNetwork, cut, tell, waiting


def test_a_seal_goes_out_a_page_is_spoiled_and_it_comes_back_with_hardly_a_network(
    stack: Stack, chromium: Browser
) -> None:
    permit = rubber.permit(stack.served, copies=2, off_site="上海对方公司")
    by_hand = f"/by-hand/{permit}/"
    with (
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as gu,
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as ke,
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as wang,
    ):
        for hand, login in ((gu, "gu"), (ke, "ke"), (wang, "wang")):
            hand.enter(login)
        take_out = way_to(by_hand, gu)
        for hand in (gu, wang):
            hand.open(take_out)
            cut(hand)
        say(wang, f"{take_out}receive/")
        show_face(gu)
        say(gu, f"{take_out}give/")
        answered_too_early(wang)
        given = answered_twice(gu, take_out)
        expect(gu.page.locator(".told")).to_be_visible(timeout=20_000)
        gu.page.context.unroute_all()
        expect(wang.page.locator(".told")).to_be_visible(timeout=20_000)

        spoil_one_outside(by_hand, wang, gu=gu, ke=ke)

        for hand in (gu, wang):
            hand.open(take_out)
            cut(hand)
        show_face(gu)
        gu.page.fill("input[name=place]", "3号柜 B12")
        said = written(gu)
        say(gu, f"{take_out}take-back/")
        assert "3号柜 B12 · 顾守" in said()
        answered_too_early(gu)
        say(wang, f"{take_out}bring/")
        brought = answered_twice(wang, take_out)
        expect(wang.page.locator(".told")).to_be_visible(timeout=20_000)
        expect(gu.page.locator(".told")).to_be_visible(timeout=20_000)
        given.deliver_again_in_reverse(gu.page.context)
        brought.deliver_again_in_reverse(wang.page.context)
        gu.open(take_out)
        expect(gu.page.locator("main")).to_contain_text("保管人（收回）")
        assert gu.barriers() == []
        for hand in (gu, wang):  # the answers that were lost on purpose
            hand.complaints[:] = [said for said in hand.complaints if "net::ERR_FAILED" not in said]


def way_to(by_hand: str, gu: Hands) -> str:
    """Return the address of the take-out, found the way its keeper finds it."""
    gu.open("/take-outs/")
    gu.page.click("main a.row >> nth=0")
    gu.page.wait_for_url("**/take-outs/*/")
    assert gu.page.locator(f"a[href='{by_hand}']").count() == 1
    return "/" + gu.page.url.split("/", 3)[3]


def say(hand: Hands, path: str) -> None:
    hand.page.click(f"form[action='{path}'] > button.main-action")
    expect(waiting(hand)).to_have_text("待发送（1）")


def show_face(gu: Hands) -> None:
    picture: FilePayload = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(5)}
    gu.page.set_input_files("input[name=photo]", picture)


def written(hand: Hands) -> Callable[[], str]:
    """Return what is written on pictures from now on."""
    hand.page.evaluate(
        """() => {
          const draw = CanvasRenderingContext2D.prototype.fillText;
          CanvasRenderingContext2D.prototype.fillText = function (words, ...where) {
            window.written = words;
            return draw.call(this, words, ...where);
          };
        }"""
    )
    return lambda: str(hand.page.evaluate("window.written"))


def answered_too_early(hand: Hands) -> None:
    """Have a network before the other person: it is refused for now, kept, and said."""
    hand.page.context.set_offline(False)
    expect(hand.page.locator(".refusal [role=alert]")).to_be_visible(timeout=15_000)


def answered_twice(hand: Hands, address: str) -> BadNetwork:
    network = BadNetwork()
    hand.page.context.route(f"**{address}**", network)
    hand.page.context.set_offline(False)
    return network


def spoil_one_outside(by_hand: str, wang: Hands, *, gu: Hands, ke: Hands) -> None:
    """Stamp two where there is no network, one of them badly; whoever keeps the seal takes the page in later."""
    wang.open(by_hand)
    wang.press(f"form[action='{by_hand}begin/'] button")
    for hand in (gu, ke):
        hand.open(by_hand)
        tell(hand, f"{by_hand}confirm/")
    wang.open(by_hand)
    wang.press(f"form[action='{by_hand}reserve/'] button")
    cut(wang)
    wang.page.click(f"form[action^='{by_hand}'][action$='/made/'] button")
    picture: FilePayload = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(1)}
    wang.page.set_input_files("form.stamped input[type=file]", picture)
    wang.page.fill("form.stamped input[name=impressions]", "1")
    wang.page.click("form.stamped details summary")
    wang.page.fill("form.stamped input[name=spoiled]", "1")
    wang.page.fill("form.stamped input[name=why]", "印迹模糊")
    wang.page.click("form.stamped > button")
    expect(waiting(wang)).to_have_text("待发送（2）")
    network = answered_twice(wang, by_hand)
    expect(wang.page.locator(".told")).to_be_visible(timeout=20_000)
    ke.open(by_hand)
    ke.page.fill("input[name=counted]", "2")
    ke.page.click("form[action$='/counted/'] button")
    expect(ke.page.locator(".told")).to_be_visible()

    gu.open(by_hand)
    cut(gu)
    gu.page.click("form[action$='/in/'] button")
    expect(waiting(gu)).to_have_text("待发送（1）")
    gu.page.context.set_offline(False)
    expect(gu.page.locator(".told")).to_be_visible(timeout=20_000)
    network.deliver_again_in_reverse(wang.page.context)
    wang.page.context.unroute_all()
    wang.open(by_hand)
    assert wang.page.locator(".count-of").all_inner_texts()[:5] == ["2 / 2", "1", "1", "1", "1"]
    expect(waiting(wang)).to_be_hidden()
