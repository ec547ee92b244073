"""A cabinet is counted on a telephone whose network is cut, loses an answer, and delivers twice and out of order."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import segno
from playwright.sync_api import Browser, FilePayload, expect

from tests.by_hand import stamped_page
from tests.journeys import rubber
from tests.journeys.conftest import Stack
from tests.journeys.hands import Hands
from tests.journeys.test_by_hand import BadNetwork, cut, telephone, waiting


def test_a_cabinet_is_counted_without_a_network_and_what_differs_is_an_incident_once(
    stack: Stack, chromium: Browser, tmp_path: Path
) -> None:
    uid, numbers, first = rubber.count(stack.served)
    film = filmed(tmp_path / "label.y4m", f"{stack.url}/seals/{first}/")
    address, network = f"/stock-takes/{uid}/", BadNetwork()
    with telephone(chromium, stack, tmp_path, sees=film) as wang:
        wang.enter("wang")
        wang.open(address)
        expect(wang.page.locator(".counting .scan")).to_be_visible()
        cut(wang)
        an_hour_ago(wang)
        count(wang, address, "", slot="")
        count(wang, address, numbers[1], slot="B1")
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
    """Enter a seal, by its label where its number is not said, with a photograph; the form is empty then."""
    form = f"form[action='{address}see/']"
    picture: FilePayload = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(len(number))}
    if number:
        wang.page.fill(f"{form} input[name=number]", number)
    else:
        wang.page.click(f"{form} .scan")
        expect(wang.page.locator(f"{form} input[name=number]")).to_have_value(re.compile("/seals/"), timeout=20_000)
        assert wang.page.locator("video").count() == 0
    wang.page.set_input_files(f"{form} input[name=photo]", picture)
    if slot:
        wang.page.select_option(f"{form} select", label=slot_of(wang, slot))
    wang.page.click(f"{form} button.main-action:not([type=button])")
    expect(wang.page.locator(f"{form} input[name=number]")).to_have_value("")


def filmed(path: Path, words: str) -> Path:
    """Film a printed code for the camera of a telephone: one frame, in which it lies in the middle of grey paper."""
    modules = np.array([list(row) for row in segno.make(words, error="m").matrix], np.uint8)
    code = np.kron(np.pad(np.where(modules, 16, 235), 4, constant_values=235), np.ones((8, 8))).astype(np.uint8)
    light = np.full((480, 640), 180, np.uint8)
    top, left = (480 - code.shape[0]) // 2, (640 - code.shape[1]) // 2
    light[top : top + code.shape[0], left : left + code.shape[1]] = code
    colours = np.full(2 * 240 * 320, 128, np.uint8)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\nFRAME\n" + light.tobytes() + colours.tobytes())
    return path


def slot_of(wang: Hands, label: str) -> str:
    return next(
        name for name in wang.page.locator("select[name=slot] option").all_inner_texts() if name.endswith(label)
    )


def an_hour_ago(wang: Hands) -> None:
    """Set the clock of the telephone to when it was done."""
    wang.page.clock.set_fixed_time(datetime.now(UTC) - timedelta(hours=1))
