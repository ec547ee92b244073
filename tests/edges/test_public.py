"""What a stranger sees: the verdict on a file, and what it takes to judge it without us."""

from base64 import b64encode
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import load_der_x509_crl, load_pem_x509_certificate
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.identity.models import Installation, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.ledger.models import CheckpointRow, FactRow
from privyseal.pdf.slots import one_of
from privyseal.sealing import actions
from privyseal.sealing.models import Intent
from privyseal.seals.models import Seal
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests.conftest import Use
from tests.pdfs import one_page

MALFORMED, LATER = bytes.fromhex("30030a0101"), bytes.fromhex("30030a0103")


@pytest.fixture
def sealed(approved: Use, wang: Person, noon: datetime, signer: Client) -> bytes:
    uid = actions.seal_document(
        wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
    )
    data: bytes = settings.BLOBS.get(Intent.objects.get(uid=uid).result_sha256)
    return data


def check(browser: Browser, data: bytes, name: str = "合同.pdf") -> HttpResponse:
    return browser.post("/verify/", {"file": SimpleUploadedFile(name, data)})  # type: ignore[return-value]  # a test response is one


def test_a_genuine_file_is_said_to_be_whose_and_never_just_valid(sealed: bytes, outside: Browser) -> None:
    page = check(outside, sealed).content.decode()

    assert 'data-verdict="valid"' in page
    for said in ("由下列公司盖章", "请核对", "示例科技有限公司", "91110108MA01ABCD3L", "公章", "使用中"):
        assert said in page, said


def test_each_step_and_each_version_of_a_file_are_shown(sealed: bytes, outside: Browser) -> None:
    page = check(outside, sealed).content.decode()

    for said in ("5. 签名数据可以读取", "7. 内容与签署时一致", "证书由此处信任的机构签发", "第 2 版", "签署"):
        assert said in page, said


def test_the_page_as_it_was_sealed_is_shown_and_its_picture_is_part_of_the_answer(
    sealed: bytes, outside: Browser
) -> None:
    answer = check(outside, sealed)

    assert "盖最后一枚章时一致" in answer.content.decode()
    assert answer.content.count(b'src="data:image/png;base64,') == 1
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]
    assert "data:" not in outside.get("/status/").headers["Content-Security-Policy"]


def test_while_many_files_are_checked_one_is_asked_to_try_again(outside: Browser) -> None:
    most = settings.CHECKS_AT_ONCE
    with ExitStack() as held:
        for _ in range(most):
            held.enter_context(one_of(most, settings.DATA / "slots"))
        answer = check(outside, one_page())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "请过几秒再试" in answer.content.decode()


def test_nothing_of_a_checked_file_is_kept(sealed: bytes, outside: Browser) -> None:
    facts = FactRow.objects.count()

    check(outside, sealed + b" ")

    assert FactRow.objects.count() == facts
    with pytest.raises(NotFound):
        settings.BLOBS.get(sha256(sealed + b" "))


def test_a_flipped_byte_turns_the_verdict(sealed: bytes, outside: Browser) -> None:
    changed = bytearray(sealed)
    changed[len(changed) // 4] ^= 1

    page = check(outside, bytes(changed)).content.decode()

    assert 'data-verdict="valid"' not in page
    assert "本系统记录中没有这份文件的盖章记录" in page


def test_an_appended_byte_turns_the_verdict(sealed: bytes, outside: Browser) -> None:
    page = check(outside, sealed + b"\n").content.decode()

    assert 'data-verdict="invalid"' in page
    assert "盖章之后文件末尾又加了内容" in page
    assert "请勿采信" in page


@pytest.mark.parametrize(
    ("data", "verdict", "words"),
    [
        (one_page("Not sealed"), "unsupported", "没有电子印章"),
        (b"a letter", "unsupported", "这不是 PDF 文件"),
        (b"%PDF-1.7\n" + bytes(200), "cannot-validate", "结构异常无法读取"),
    ],
    ids=["unsigned", "text", "garbage"],
)
def test_what_cannot_be_judged_is_said_with_what_to_do(data: bytes, verdict: str, words: str, outside: Browser) -> None:
    page = check(outside, data).content.decode()

    assert f'data-verdict="{verdict}"' in page
    assert words in page


def test_a_seal_that_was_suspended_since_is_shown_as_such(sealed: bytes, outside: Browser) -> None:
    Seal.objects.update(state="suspended")

    page = check(outside, sealed).content.decode()

    assert 'data-verdict="valid"' in page
    assert "印章目前已不在使用" in page


def test_whoever_keeps_the_file_asks_by_its_digest(sealed: bytes, outside: Browser, settings: Settings) -> None:
    known, unknown = (outside.get(f"/verify/{sha256(data)}/").content.decode() for data in (sealed, sealed + b" "))

    assert ("示例科技有限公司" in known, "不曾改动" in known) == (True, True)
    assert ("示例科技有限公司" in unknown, "请发送文件" in unknown) == (False, True)
    settings.VERIFICATIONS_PER_MINUTE = 0
    assert outside.get(f"/verify/{sha256(sealed)}/").status_code == 429


def test_the_page_speaks_english_too(sealed: bytes, outside: Browser) -> None:
    outside.post("/language/", {"language": "en"})

    assert "sealed by the company named below" in check(outside, sealed).content.decode()


def test_a_form_without_a_file_asks_for_it(outside: Browser) -> None:
    assert outside.post("/verify/").status_code == 400


def test_too_many_checks_wait(outside: Browser, settings: Settings) -> None:
    settings.VERIFICATIONS_PER_MINUTE = 1

    answers = [check(outside, b"no pdf") for _ in range(3)]

    # A minute may end in between.
    assert 429 in {answer.status_code for answer in answers}
    assert "一分钟后再试" in answers[-1].content.decode()


def test_the_authority_and_its_revocations_are_public(public: Public, outside: Browser) -> None:
    certificate = outside.get("/pki/ca.pem")
    revoked = outside.get("/pki/ca.crl")

    authority = load_pem_x509_certificate(certificate.content)
    key = authority.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    assert "Privyseal" in authority.subject.rfc4514_string()
    assert load_der_x509_crl(revoked.content).is_signature_valid(key)
    assert certificate.headers["Content-Disposition"] == 'attachment; filename="privyseal-ca.pem"'


def test_whether_a_certificate_is_in_force_is_answered_by_both_ways(
    outside: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    question = bytes(200)
    address = f"/pki/ocsp/{quote(b64encode(question).decode(), safe='')}"

    sent, asked = outside.post("/pki/ocsp", question, content_type="application/ocsp-request"), outside.get(address)

    assert sent.content == asked.content == MALFORMED  # the signer reads it, and says so in the protocol's words
    assert sent.headers["Content-Type"] == asked.headers["Content-Type"] == "application/ocsp-response"
    assert asked.headers["Cache-Control"] == "max-age=60, public, no-transform, must-revalidate"
    assert outside.post("/pki/ocsp", bytes(3000), content_type="application/ocsp-request").content == MALFORMED
    assert outside.get("/pki/ocsp/no-base64").content == MALFORMED
    monkeypatch.setattr("privyseal.web.views.pki.client", lambda: Client(tmp_path / "nobody.sock"))
    assert outside.get(address).content == LATER


def test_the_key_of_the_record_is_public(public: Public, outside: Browser) -> None:
    answer = outside.get("/ledger/key")

    assert answer.content.decode() == f"{public.log_key}\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_latest_checkpoint_is_public(outside: Browser) -> None:
    assert outside.get("/ledger/checkpoint").status_code == 404

    CheckpointRow.objects.create(size=1, root=b"0" * 32, note="a note\n")

    assert outside.get("/ledger/checkpoint").content == b"a note\n"


@pytest.mark.parametrize("address", ["/ledger/key", "/pki/ca.pem"])
def test_before_the_founding_there_is_nothing_to_show(
    address: str, installation: Installation, outside: Browser
) -> None:
    Installation.objects.all().delete()

    assert outside.get(address).status_code == 404


def test_with_the_signer_down_the_revocations_are_not_made_up(
    outside: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("privyseal.web.views.public.client", lambda: Client(tmp_path / "nobody.sock"))  # type: ignore[operator]  # a path

    assert outside.get("/pki/ca.crl").status_code == 503


def test_the_application_can_be_installed_and_scans_codes(outside: Browser) -> None:
    manifest = outside.get("/static/web/app.webmanifest")
    told = manifest.json()

    sizes = [(icon["sizes"], icon.get("purpose", "")) for icon in told["icons"]]
    assert {("192x192", ""), ("512x512", ""), ("512x512", "maskable")} <= set(sizes)
    for icon in told["icons"]:
        answer = outside.get(f"/static/web/{icon['src']}")
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, icon["type"])
    for shortcut in told["shortcuts"]:
        assert outside.get(shortcut["url"]).status_code in {200, 302}
    assert 'class="scan" hidden data-open' in outside.get("/verify/").content.decode()
