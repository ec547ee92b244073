"""One contract from upload to a stranger's verdict, in a real browser."""

import json
import re
from random import Random
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize

from privyseal.kernel.canonical import sha256
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.receipt import check
from tests.by_hand import stamped_page
from tests.journeys.conftest import Stack
from tests.journeys.hands import DESKTOP, PHONE, Hands, hands
from tests.pdfs import PASSWORD, one_page, protected
from tests.photographed import jpeg, printed, taken
from tests.running.served import eventually

WORDS = {
    "zh-hans": {
        "refused": "须由他人办理",
        "sealed": "盖章完成",
        "genuine": "真件",
        "changed": "不是真件",
        "file": "合同（已盖章）.pdf",
    },
    "en": {
        "refused": "Somebody else has to",
        "sealed": "The document is sealed",
        "genuine": "Genuine",
        "changed": "Not genuine",
        "file": "合同 (sealed).pdf",
    },
}


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [(PHONE, "zh-hans", "dark"), (DESKTOP, "en", "light")],
    ids=["phone", "desktop"],
)
def test_a_contract_is_applied_for_approved_sealed_filed_and_verified_by_a_stranger(
    viewport: ViewportSize, language: str, scheme: str, stack: Stack, chromium: Browser
) -> None:
    words = WORDS[language]
    with hands(chromium, stack.url, viewport=viewport, language=language, scheme=scheme) as user:
        owe_papers(user)
        application = apply(user, one_page(f"Contract {language} {viewport['width']}", pages=2))

        user.send_by_hand(f"{application}vote/", step="approve", shown_sha256="0" * 64)
        assert words["refused"] in user.page.inner_text("[role=alert]")

        user.leave()
        user.enter("li")
        user.press(f"a.row[href='{application}']")
        user.page.fill("textarea", "Nr. 1:")
        user.page.click(".phrases button >> nth=0")
        assert user.page.input_value("textarea") == f"Nr. 1: {user.page.inner_text('.phrases button >> nth=0')}"
        user.press("button.approve")
        assert user.barriers() == []

        user.leave()
        user.enter("wang")
        user.press(f"section[aria-labelledby=waiting] a.row[href='{application}']")
        user.press("form[action*='/seal/'] button")
        assert words["sealed"] in user.page.inner_text("[role=status]")

        name, sealed = user.saved("a[href^='/sealed/'] >> nth=0")
        assert name == words["file"]
        receipt = receipt_of(user)
        assert f"HT-{viewport['width']}" in filed(user, number=f"HT-{viewport['width']}")

        assert verdict(user, sealed) == "valid"
        assert words["genuine"] in user.page.inner_text(".verdict")
        assert "示例科技有限公司" in user.page.inner_text("main")
        assert said_by_paper(user, sealed) == "示例科技有限公司"
        assert verdict(user, sealed + b"\n") == "invalid"
        assert words["changed"] in user.page.inner_text(".verdict")

        key = user.page.request.get(f"{stack.url}/ledger/key").text().strip()
        fact = json.loads(check(receipt, VerifierKey.parse(key)).fact)
        assert fact["data"]["result_sha256"] == sha256(sealed)
        assert sha256(sealed) in proved_in_the_browser(user, receipt)


def owe_papers(user: Hands) -> None:
    """Have the manager say that what is sealed goes to the file."""
    user.enter("zhao")
    user.open("/filing/rules/")
    user.page.fill("#id_days", "15")
    user.press("main form.card button.main-action")
    user.leave()


def filed(user: Hands, *, number: str) -> str:
    """Have the applicant file what they owe, and the manager, who keeps the files, confirm it; return what is shown."""
    user.open("/filing/")
    user.press("a.row >> nth=0")
    user.page.fill("#id_archive_number", number)
    user.page.set_input_files("#id_scan", {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": stamped_page(1)})
    user.press("form[action$='/file/'] button")
    user.leave()
    user.enter("zhao")
    user.open("/filing/?which=to-confirm&all=1")
    user.press("a.row >> nth=0")
    user.press("form[action$='/confirm/'] button")
    assert user.page.locator("form[action$='/confirm/']").count() == 0
    shown = user.page.inner_text("main")
    user.leave()
    return shown


def apply(user: Hands, document: bytes) -> str:
    """Sign in as the applicant and apply to seal the document, which comes protected; return the application's path."""
    user.enter("wang")
    user.open("/apply/")
    user.press("a.door")
    user.choose(protected(document), name="合同.pdf")
    user.page.fill("details.protected[open] input", PASSWORD)  # asked for as soon as the file is chosen
    user.page.click("form.upload button.main-action")
    user.page.wait_for_url(re.compile("/apply/use/.+/.+/"))
    user.look()
    user.page.click(".sheet[data-page='1']", position={"x": 100, "y": 120})
    assert user.page.input_value("#id_page") == "1"
    move_the_seal(user)
    user.page.fill("textarea", "与乙方签订合同 / a contract with the other party")
    put_a_signed_code(user)
    user.press("form.terms button.main-action")
    return urlsplit(user.page.url).path


def move_the_seal(user: Hands) -> None:
    """Move it by a key, then drag it with the mouse, taken hold of off its middle: it does not jump."""
    x, y = (float(user.page.input_value(f"#id_{name}")) for name in ("x", "y"))
    mark = user.page.locator(".sheet .mark")
    mark.press("Shift+ArrowRight")
    assert float(user.page.input_value("#id_x")) == x + 10
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    user.page.mouse.move(box["x"] + 10, box["y"] + 10)
    user.page.mouse.down()
    user.page.mouse.move(box["x"] + 10, box["y"] + 30, steps=3)
    user.page.mouse.up()
    assert abs(float(user.page.input_value("#id_x")) - x - 10) < 1
    assert float(user.page.input_value("#id_y")) < y - 3


def put_a_signed_code(user: Hands) -> None:
    user.page.click("summary:has(+ label #id_code)")
    user.page.check("#id_code")
    user.page.check("#id_code_signed")
    for name, value in (("page", "2"), ("x", "40"), ("y", "60")):
        user.page.fill(f"#id_code_{name}", value)


def said_by_paper(user: Hands, sealed: bytes) -> str:
    """Photograph the code on the print; return the company that the browser reads off it, with nothing sent."""
    paper = printed(sealed, 2)[1_640:2_100, 150:480]
    photo = taken(paper, Random(7), long_side=1_400)  # noqa: S311  not a secret: the same photograph each time
    user.open("/verify/")
    sent: list[str] = []
    user.page.on("request", lambda request: sent.append(request.method))
    user.page.set_input_files("input[type=file]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg(photo)})
    user.page.wait_for_selector("[data-paper-said]:not([data-paper-said=looking])")
    user.look()
    assert user.page.get_attribute("#known [data-paper-said]", "data-paper-said") == "genuine"
    assert user.barriers() == []
    assert "POST" not in sent
    said = user.page.inner_text("#known [data-value=company]")
    user.press("#known a")
    assert user.page.get_attribute("[data-paper]", "data-paper") == "genuine"
    return said


def receipt_of(user: Hands) -> str:
    """Download the receipt once the record has numbered the sealing, which takes a moment."""
    link = "a[href$='/receipt/']"
    address = f"{user.url}{user.page.get_attribute(link, 'href')}"
    eventually(lambda: user.page.request.get(address).ok)
    return user.saved(link)[1].decode()


def proved_in_the_browser(user: Hands, receipt: str) -> str:
    """Have the page judge a receipt by itself, with nothing sent; return the fact that it shows."""
    user.open("/ledger/")
    sent: list[str] = []
    user.page.on("request", lambda request: sent.append(request.method))
    user.page.set_input_files(
        "input[type=file]", {"name": "receipt.txt", "mimeType": "text/plain", "buffer": receipt.encode()}
    )
    user.page.click("form.receipt button.main-action")
    user.page.wait_for_selector("#answer.done")
    assert user.barriers() == []
    assert "POST" not in sent
    return user.page.inner_text("#answer .fact")


def verdict(user: Hands, data: bytes) -> str | None:
    """Have a file judged; before it is sent, the browser has asked for its digest alone."""
    user.open("/verify/")
    user.page.set_input_files("input[type=file]", {"name": "file.pdf", "mimeType": "application/pdf", "buffer": data})
    user.page.wait_for_selector(f"#known :text('{sha256(data)}')")
    user.hand_in(data, name="合同.pdf")
    user.page.wait_for_selector(".verdict")
    user.look()
    return user.page.get_attribute(".verdict", "data-verdict")
