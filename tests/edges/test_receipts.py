"""The page on which anybody has a receipt judged and sees who else sees the ledger; here without script."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils.timezone import now
from pytest_django import Settings

from privyseal.identity.models import Installation
from privyseal.kernel.canonical import Json, canonical
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.ledger.models import CosignerRow
from tests.logs import Log
from tests.signer.cast import LI
from tests.signer.given import KEY_OF_ZHOU, with_approvals

pytestmark = pytest.mark.usefixtures("db")

KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
AUDITOR = cosigner_key("audit.example/cosigner", KEY)
THROUGH_CLOUD: Mapping[str, Json] = {"kind": "hand.entered", "data": {"assurance": "maker"}}
SEALED: list[Mapping[str, Json]] = [{"kind": "document.sealed", "number": number} for number in range(4)]
FACTS = [*SEALED, THROUGH_CLOUD]
LOG = Log([canonical(fact) for fact in FACTS])
NOON = int(datetime(2026, 11, 23, 4, tzinfo=UTC).timestamp())


def check(browser: Browser, text: str, **said: str) -> HttpResponse:
    sent = {"log_key": LOG.key.text, "cosigners": AUDITOR.text, "needed": "all", **said}
    file = SimpleUploadedFile("receipt.txt", text.encode())
    return browser.post("/ledger/", {"file": file, **sent})  # type: ignore[return-value]  # a test response is one


def receipt(*, is_cosigned: bool) -> str:
    line = cosign(LOG.head(5).split("\n\n")[0] + "\n", AUDITOR.name, KEY, seconds=NOON)
    return LOG.receipt(2, 5, cosignatures=line if is_cosigned else "")


def test_a_receipt_proves_its_fact_and_who_saw_the_log(outside: Browser) -> None:
    page = check(outside, receipt(is_cosigned=True)).content.decode()

    for said in ("已证明", "seals.example/ledger · 2 / 5", "audit.example/cosigner · <time", "&quot;number&quot;: 2"):
        assert said in page, said


def test_a_use_of_which_a_makers_cloud_alone_tells_says_so(outside: Browser) -> None:
    shown = [check(outside, LOG.receipt(index, 5), needed="none").content.decode() for index in (2, 4)]

    assert ['<p class="makers-word" hidden>' in page for page in shown] == [True, False]
    assert '<p class="makers-word"><strong>经厂商云：计数仅凭厂商一方所述' in shown[1]


def test_approvals_that_came_along_are_looked_at_as_well(outside: Browser) -> None:
    page = check(outside, with_approvals(), cosigners="", needed="none").content.decode()

    for said in (
        f"1 · approve · {LI} · 在本系统登录后确认",
        KEY_OF_ZHOU.page.origin,
        "演示用软件通行密钥，没有真人确认",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (receipt(is_cosigned=False), "检查点上没有所要求的见证签名"),
        (receipt(is_cosigned=True).replace("index 2", "index 3"), "这份证明对不上记录的检查点"),
        ("nothing", "这不是用印回执"),
    ],
)
def test_what_it_does_not_prove_is_said_with_the_reason(text: str, words: str, outside: Browser) -> None:
    page = check(outside, text).content.decode()

    assert f"<p>{words}" in page
    assert 'id="answer" class="notice verdict " role="status" hidden' in page


@pytest.mark.parametrize("field", ["log_key", "cosigners"])
def test_what_is_no_key_is_said_beside_its_field(field: str, outside: Browser) -> None:
    answer = check(outside, receipt(is_cosigned=True), **{field: "nothing"})

    assert answer.status_code == 400
    assert "公钥格式不正确" in answer.content.decode()


def test_each_cosigner_is_shown_with_what_it_has_seen(outside: Browser, settings: Settings) -> None:
    management = cosigner_key("management.example/cosigner", Ed25519PrivateKey.generate())
    settings.QUORUM = Quorum((AUDITOR, management), Needed.ALL, timedelta(minutes=15))
    CosignerRow.objects.create(name=AUDITOR.name, size=4711, seconds=int(now().timestamp()))

    page = outside.get("/ledger/").content.decode()

    for said in ("须全部在 15 分钟内", AUDITOR.text, "4711", "正常见证", management.text, "从未响应"):
        assert said in page, said


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "回执能证明什么"), ("en", "are one witness, and an interested one")],
)
def test_one_page_tells_a_judge_what_a_receipt_proves_and_what_not(
    language: str, words: str, installation: Installation, outside: Browser, settings: Settings
) -> None:
    settings.QUORUM = Quorum((AUDITOR,))
    outside.post("/language/", {"language": language})

    page = outside.get("/ledger/what-it-proves/").content.decode()

    assert words in page
    assert installation.log_key in page
    assert AUDITOR.text in page
    assert "cosignature-missing" in page
    assert "/ledger/what-it-proves/" in outside.get("/ledger/").content.decode()


def test_two_heads_are_compared_for_everybody(installation: Installation, outside: Browser) -> None:
    """The record of this scene has no fact yet: its head of size 0 continues itself, and another log's does not."""
    log = Log([], origin=installation.log_key.partition("+")[0])
    Installation.objects.update(log_key=log.key.text)
    own, others = log.head(0), LOG.head(3)

    assert "本记录尚无检查点" in outside.get("/ledger/compare/").content.decode()
    assert "两者涵盖的 0 条记录完全相同" in heads(outside, own, own)
    assert "两者属于同一份记录" in heads(outside, own.replace("\n", "\r\n").strip(), own)
    assert "这个检查点属于另一份记录" in heads(outside, own, others)


def heads(browser: Browser, earlier: str, later: str) -> str:
    return browser.post("/ledger/compare/", {"earlier": earlier, "later": later}).content.decode()


def test_whoever_has_too_much_judged_within_a_minute_waits(outside: Browser, settings: Settings) -> None:
    settings.VERIFICATIONS_PER_MINUTE = 2

    said = [outside.post(page, {}).status_code for page in ("/ledger/", "/ledger/compare/", "/ledger/")]

    assert (said, outside.get("/ledger/").status_code) == ([400, 400, 429], 200)
