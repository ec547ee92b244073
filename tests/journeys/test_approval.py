"""A yes by passkey on the page of another origin: made, confirmed by two, given on a phone, sealed, on the receipt."""

import json
import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from privyseal.kernel.canonical import parse
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.receipt import check
from privyseal.signer import proving
from privyseal.signer.proving import split
from tests.journeys.at_machine import machine
from tests.journeys.conftest import Stack
from tests.journeys.hands import PHONE, Hands, hands
from tests.journeys.test_contract import apply, receipt_of
from tests.journeys.test_passkey import authenticator
from tests.pdfs import one_page
from tests.running.served import eventually

DRAWN = """async () => {
  for (const image of document.images) {
    image.loading = "eager";
    await image.decode();
  }
  return document.images.length;
}"""
PASSKEYS = "/mine/security/approvals/"


def test_a_yes_given_by_passkey_on_another_origin_moves_the_seal(stack: Stack, chromium: Browser) -> None:
    with (
        hands(chromium, stack.url, viewport=PHONE, language="zh-hans") as user,
        authenticator(user.page) as (devtools, key),
    ):
        user.enter("wu")
        make(user, name="审批手机")
        user.leave()
        for login in ("chen", "he"):
            user.enter(login)
            user.open(PASSKEYS)
            user.press("button.approve")
            user.leave()

        application = apply(user, one_page("Contract by passkey", pages=2))
        user.leave()
        user.enter("wu")
        eventually(lambda: in_force(user))
        user.open(application)
        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
        user.press("button.approve")
        assert urlsplit(user.page.url).netloc == urlsplit(stack.approval_url).netloc
        assert "合同.pdf" in user.page.inner_text("main")
        assert user.page.evaluate(DRAWN) == 2
        user.page.click("#approve")
        expect(user.page.locator("#said")).to_contain_text("passkey-denied")

        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
        user.page.context.set_offline(True)
        user.page.click("#approve")
        expect(user.page.locator("#said")).to_contain_text("network-lost")
        user.page.context.set_offline(False)
        user.page.reload()
        expect(user.page.locator("#said")).to_contain_text("不会再次要求通行密钥")
        user.look()
        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
        assert [one for one in user.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
        user.complaints.clear()
        with user.page.expect_navigation(url=f"**{application}"):
            user.page.click("#approve")
        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
        user.look()
        user.leave()

        user.enter("wang")
        user.open(application)
        user.press("form[action*='/seal/'] button")
        log = user.page.request.get(f"{stack.url}/ledger/key").text().strip()
        fact = json.loads(check(receipt_of(user), VerifierKey.parse(log)).fact)
        assert fact["data"]["assurance"] == "passkey"
        link = user.page.get_attribute("a[href$='?approvals=1']", "href")
        text, lines = split(user.page.request.get(f"{user.url}{link}").text())
        (yes,) = proving.check(parse(check(text, VerifierKey.parse(log)).fact), lines)
        assert (yes.assurance, yes.origin, yes.is_software) == ("passkey", stack.approval_url, False)
        user.leave()
        let_a_machine(user, stack)


def let_a_machine(user: Hands, stack: Stack) -> None:
    """Under a charter that takes passkeys alone: approve a use, agree to its impression, and to unlocking the machine.

    What the machine does is what it was let by the product's own signer.
    """
    user.enter("wu")
    with machine(stack.served) as at_it:
        user.open(f"/applications/{at_it.says()}/")
        user.press("button.approve")
        assert "用印机" in user.page.inner_text("main")
        assert user.page.evaluate(DRAWN) == 1
        say_yes(user, "/applications/*/")

        user.open(f"/confirmations/{at_it.goes_on()}/")
        user.press("form[action$='/confirm/'] button")
        assert "同意用印机盖下这一枚印章" in user.page.inner_text("main")
        assert user.page.evaluate(DRAWN) == 1
        say_yes(user, "/confirmations/*/")
        assert at_it.goes_on() == "stamped"

        user.open(f"/machines/{at_it.says()}/")
        user.press("form[action$='/agree/'] button")
        assert "同意解锁用印机" in user.page.inner_text("main")
        say_yes(user, "/machines/*/")
        assert at_it.goes_on() == "open"


def say_yes(user: Hands, back: str) -> None:
    with user.page.expect_navigation(url=re.compile(f"{user.url}{back}$".replace("*", "[0-9a-f]{32}"))):
        user.page.click("#approve")
    user.look()
    expect(user.page.locator(".notice.done:not(.told)")).to_be_visible()


def make(user: Hands, *, name: str) -> None:
    """Have a passkey made on the approval page and offer it."""
    user.open(PASSKEYS)
    user.page.fill("#id_name", name)
    user.press("button.main-action")
    with user.page.expect_navigation(url=f"**{PASSKEYS}"):
        user.page.click("#approve")
    user.look()
    assert name in user.page.inner_text("main")


def in_force(user: Hands) -> bool:
    user.page.goto(f"{user.url}{PASSKEYS}")
    return re.search("badge approved", user.page.content()) is not None
