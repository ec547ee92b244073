"""The reader of codes on paper in plain JavaScript, in a browser and with no product behind it: the same verdicts."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page, Route

from privyseal.kernel import paper_code, paper_keys
from privyseal.kernel.errors import Refused
from privyseal.web.views.paper import published_key
from tests.rules.test_paper_code import ADDRESS, SAID

SCRIPTS: Final = Path(paper_code.__file__).parents[1] / "web" / "static" / "web"
AUTHORITY, KEY, ANOTHERS = (derive_private_key(number, SECP256R1()) for number in (6, 7, 8))
BENT: Final = 300
_CHECK_EACH: Final = """async ([texts, keys]) => {
  const { check } = await import("/paper.js");
  return Promise.all(texts.map(async (text) => {
    try {
      return JSON.stringify(await check(text, keys));
    } catch (refused) {
      return refused.code ?? String(refused);
    }
  }));
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        is_script = name.endswith(".js")
        route.fulfill(
            body=(SCRIPTS / name).read_text("utf-8") if is_script else "<!doctype html>",
            content_type="text/javascript" if is_script else "text/html",
        )

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto("http://localhost/")
    yield page
    page.close()


@cache
def certificate(*, is_authority: bool) -> bytes:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "codes")]
    key = (AUTHORITY if is_authority else KEY).public_key()
    made = (
        x509.CertificateBuilder()
        .issuer_name(names[0])
        .subject_name(names[not is_authority])
        .public_key(key)
        .serial_number(1)
        .not_valid_before(SAID.at - timedelta(days=1))
        .not_valid_after(SAID.at + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([paper_keys.PURPOSE]), critical=True)
    )
    return made.sign(AUTHORITY, SHA256()).public_bytes(Encoding.DER)


def code(key: EllipticCurvePrivateKey = KEY, **said: object) -> str:
    name = paper_code.reference(authority=certificate(is_authority=True), certificate=certificate(is_authority=False))
    whole = replace(SAID, **{"certificate": name, **said})  # type: ignore[arg-type]  # the fields of a test
    return paper_code.text_of(paper_code.signed(whole, key), address=ADDRESS)


def by_the_first(text: str) -> object:
    try:
        said = paper_keys.check(
            paper_code.read_text(text),
            certificates=[certificate(is_authority=False)],
            authority=certificate(is_authority=True),
        )
    except Refused as refusal:
        return refusal.code
    return {**asdict(said), "at": int(said.at.timestamp())}


def by_the_second(page: Page, texts: list[str]) -> list[object]:
    keys = [published_key(certificate(is_authority=False), certificate(is_authority=True))]
    answers: list[str] = page.evaluate(_CHECK_EACH, [texts, keys])
    return [json.loads(one) if one.startswith("{") else one for one in answers]


def test_codes_say_the_same_to_both_readers(page: Page) -> None:
    texts = [
        code(),
        code().rpartition("/")[2],
        code().lower() + "/",
        code(amount="", pages=0),
        code(pages=127, company="A" * 31),
        code(pages=128, company="公" * 84),
        code(pages=256, seal="A" * 32),
        code(pages=paper_code.MOST_PAGES),
    ]

    verdicts = by_the_second(page, texts)

    assert verdicts == [by_the_first(text) for text in texts]
    assert all(isinstance(one, dict) for one in verdicts)


def test_what_is_not_genuine_is_refused_for_the_same_reason(page: Page) -> None:
    cases = {
        code(ANOTHERS): "paper-code-forged",
        code(at=SAID.at + timedelta(days=2)): "paper-code-forged",
        code(at=datetime(2026, 1, 1, tzinfo=UTC)): "paper-code-forged",
        code(certificate="A" * 8): "paper-code-of-another",
        code(company="\u200b"): "paper-code-unreadable",
        code(amount="1.5"): "paper-code-unreadable",
        code()[:-1]: "paper-code-unreadable",
        code() + "A": "paper-code-unreadable",
        "": "paper-code-unreadable",
        ADDRESS: "paper-code-unreadable",
        "A" * 2_000: "paper-code-unreadable",
    }

    assert by_the_second(page, list(cases)) == [by_the_first(text) for text in cases] == list(cases.values())


def test_any_letter_of_a_code_may_change_and_both_say_the_same(page: Page) -> None:
    chance = random.Random(22376)  # noqa: S311  the same cases in every run
    whole, texts = code(), []
    for _ in range(BENT):
        at = chance.randrange(whole.rindex("/") + 1, len(whole))
        texts.append(whole[:at] + chance.choice("AZ27aß1 ") + whole[at + chance.randrange(3) :])

    assert by_the_second(page, texts) == [by_the_first(text) for text in texts]
