"""A telephone carries for a machine in a basement: by Bluetooth in its browser, without a network, and back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from privyseal.simulator.console import Console
from privyseal.simulator.device import Device
from tests.device.test_simulator import made
from tests.disk import quick_folder
from tests.journeys.conftest import Stack
from tests.journeys.hands import PHONE, Hands, hands

RADIO = Path(__file__).parent / "radio.js"
SERIAL = "SIM-0001"
FIRST_BROKEN = 3


@pytest.fixture
def folder() -> Path:
    return quick_folder("privyseal-device-")


@pytest.fixture
def device(folder: Path) -> Iterator[Device]:
    with closing(made(folder, draw=drawn)) as device:
        yield device


def drawn(_seal: str, number: int) -> bytes:
    """Return what its camera takes: two pictures, and then what no gateway takes for one."""
    return b"\xff\xd8\xff\xe0 picture %d" % number if number < FIRST_BROKEN else b"broken"


def test_a_telephone_carries_for_a_machine_without_a_network(
    stack: Stack, chromium: Browser, device: Device, folder: Path
) -> None:
    bench = Console(device)
    with hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as user:
        page = user.page
        user.enter("zhao")
        address, code = registered(user)
        assert bench.answer(f"enrol {stack.gateway_url} {code}") == "ok"
        user.open(address)
        bench.answer("network off")
        bench.answer("motion")
        bench.answer("photograph")
        user.press("form[action$='/lock/'] button")
        user.press("a[href$='/carry/']")
        expect(page.locator("[data-without]").first).to_be_visible()  # headless, and without a radio
        page.expose_function("radio", bench.answer)
        page.add_init_script(path=RADIO)
        page.reload()
        carried(user, "done")
        assert (device.machine.kept.is_locked, device.machine.kept.unsent) == (True, ()) if device.machine else False
        assert user.barriers() == []
        assert not pictures_in(folder)

        bench.answer("motion")
        bench.answer("photograph")
        page.wait_for_function("caches.open('pages').then((all) => all.match(location.href)).then(Boolean)")
        page.context.set_offline(True)
        page.reload()
        carried(user, "waits")
        assert len(pictures_in(folder)) == 1
        expect(page.locator("[data-count=pictures]")).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("[data-when=bring]")).to_be_visible()
        carried(user, "done")
        assert device.machine.kept.unsent == () if device.machine else False
        assert not pictures_in(folder)
        page.click("button.hand-in")
        expect(page.locator("[data-when=nothing]")).to_be_visible()

        bench.answer("photograph")
        carried(user, "refused-picture")
        carried(user, "done")  # it was not fetched again, and no more refused
        assert len(pictures_in(folder)) == 1


def pictures_in(folder: Path) -> list[Path]:
    return [*(folder / "pictures").iterdir()]


def registered(user: Hands) -> tuple[str, str]:
    """Have the manager register a machine, and return where its page is and the code that enrols it."""
    user.open("/machines/")
    form = "form:has([name=serial])"
    user.page.eval_on_selector_all("details", "all => all.forEach((one) => (one.open = true))")
    user.page.fill(f"{form} [name=serial]", SERIAL)
    user.page.fill(f"{form} [name=name]", "地下室")
    user.press(f"{form} button.main-action")
    address = user.page.url.removeprefix(user.url)
    user.press("form[action$='/code/'] button")
    return address, user.page.inner_text("#code ~ p code")


def carried(user: Hands, what: str) -> None:
    user.page.click("button.meet")
    expect(user.page.locator(f"[data-when={what}]")).to_be_visible()
