"""A cabinet is counted on a telephone whose network is cut, loses an answer, and delivers twice and out of order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, expect

from tests.by_hand import stamped_page
from tests.journeys import rubber
from tests.journeys.conftest import Stack
from tests.journeys.hands import Hands
from tests.journeys.test_by_hand import BadNetwork, cut, telephone, waiting


def test_a_cabinet_is_counted_without_a_network_and_what_differs_is_an_incident_once(
    stack: Stack, chromium: Browser, tmp_path: Path
) -> None:
    uid, numbers = rubber.count(stack.served)
    address, network = f"/stock-takes/{uid}/", BadNetwork()
    with telephone(chromium, stack, tmp_path) as wang:
        wang.enter("wang")
        wang.open(address)
        cut(wang)
        an_hour_ago(wang)
        for number, slot in ((numbers[0], ""), (numbers[1], "B1")):
            count(wang, address, number, slot=slot)
        wang.page.click("form[action$='/describe/'] >> xpath=ancestor::details/summary")
        wang.page.fill("form[action$='/describe/'] input[name=said]", "无编号的圆章")
        wang.page.click("form[action$='/describe/'] button")
        expect(waiting(wang)).to_have_text("待发送（3）")
        assert wang.barriers() == []

    with telephone(chromium, stack, tmp_path) as wang:
        cut(wang)
        wang.open(address)
        expect(wang.page.locator(".unsent:not([hidden])")).to_have_count(2)
        an_hour_ago(wang)
        wang.page.click(f"form[action='{address}end/'] button")
        expect(waiting(wang)).to_have_text("待发送（4）")
        wang.page.context.route(f"**{address}**", network)
        wang.page.context.set_offline(False)
        expect(wang.page.locator(".told")).to_be_visible(timeout=20_000)
        wang.page.context.unroute_all()
        network.deliver_again_in_reverse(wang.page.context)
        wang.open(address)

        shown = wang.page.locator("li.row").all_inner_texts()
        found = [next(row for row in shown if name in row) for name in (*numbers, "无编号的圆章")]
        differ = ("在位", "格位不符", "找不到", "不应在此")
        assert [word in row for word, row in zip(differ, found, strict=True)] == 4 * [True]
        assert ["手机时钟" in row for row in found] == [True, True, False, True]
        expect(wang.page.locator("main")).to_contain_text("结束了盘点")
        expect(waiting(wang)).to_be_hidden()


def count(wang: Hands, address: str, number: str, *, slot: str) -> None:
    """Enter a seal with a photograph; the form is empty again for the next one."""
    form = f"form[action='{address}see/']"
    picture: FilePayload = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(len(number))}
    wang.page.fill(f"{form} input[name=number]", number)
    wang.page.set_input_files(f"{form} input[name=photo]", picture)
    if slot:
        wang.page.select_option(f"{form} select", label=slot_of(wang, slot))
    wang.page.click(f"{form} button.main-action:not([type=button])")
    expect(wang.page.locator(f"{form} input[name=number]")).to_have_value("")


def slot_of(wang: Hands, label: str) -> str:
    return next(
        name for name in wang.page.locator("select[name=slot] option").all_inner_texts() if name.endswith(label)
    )


def an_hour_ago(wang: Hands) -> None:
    """Set the clock of the telephone to when it was done."""
    wang.page.clock.set_fixed_time(datetime.now(UTC) - timedelta(hours=1))
