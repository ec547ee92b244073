"""The checker in plain JavaScript, in a browser and with no product behind it: the same verdict as the first one's."""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Route

from privyseal.kernel import receipt
from privyseal.kernel.canonical import NotCanonical, canonical, parse
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Needed, Quorum
from tests.logs import Log

CHECKER: Final = Path(receipt.__file__).parents[1] / "web" / "static" / "web" / "receipt.js"
NAMES: Final = ("management.example/cosigner", "audit.example/cosigner")
KEYS: Final = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]
COSIGNERS: Final = tuple(cosigner_key(name, key) for name, key in zip(NAMES, KEYS, strict=True))
STRANGER: Final = cosigner_key("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
FACTS: Final = [canonical({"kind": "document.sealed", "data": {"number": n, "title": "合同"}}) for n in range(21)]
LOG: Final = Log(FACTS)
BENT: Final = 400
_CHECK_EACH: Final = """async (cases) => {
  const { check, factOf } = await import("/receipt.js");
  return Promise.all(cases.map(async ([text, logKey, cosigners, needed]) => {
    try {
      const found = await check(text, logKey, { cosigners, needed });
      return JSON.stringify([found.index, found.size, found.cosigned, factOf(found.fact)]);
    } catch (refused) {
      return refused.code ?? String(refused);
    }
  }));
}"""

Case = tuple[str, tuple[str, ...], str]


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    def answer(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        route.fulfill(
            body=CHECKER.read_text("utf-8") if is_script else "<!doctype html>",
            content_type="text/javascript" if is_script else "text/html",
        )

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto("http://localhost/")
    yield page
    page.close()


def lines(size: int, *who: int) -> str:
    text = LOG.head(size).split("\n\n")[0] + "\n"
    return "".join(cosign(text, NAMES[one], KEYS[one], seconds=1_795_665_600 + one) for one in who)


@cache
def good() -> str:
    return LOG.receipt(7, 21, cosignatures=lines(21, 0, 1))


def by_the_first(case: Case, log_key: Log = LOG) -> str:
    text, keys, needed = case
    known = {key.text: key for key in (*COSIGNERS, STRANGER)}
    try:
        found = receipt.check(text, log_key.key, Quorum(tuple(known[key] for key in keys), Needed(needed)))
        said = [found.index, found.checkpoint.size, {n: str(at) for n, at in found.cosigned.items()}, parse(found.fact)]
    except NotCanonical:
        return "not-canonical"
    except Refused as refusal:
        return refusal.code
    return json.dumps(said)


def by_the_second(page: Page, cases: list[Case], log_key: Log = LOG) -> list[str]:
    said: list[str] = page.evaluate(_CHECK_EACH, [[text, log_key.key.text, list(keys), n] for text, keys, n in cases])
    return said


def alike(verdict: str) -> object:
    return json.loads(verdict) if verdict.startswith("[") else verdict


BOTH: Final = tuple(key.text for key in COSIGNERS)


def test_good_receipts_of_every_place_prove_the_same(page: Page) -> None:
    cases: list[Case] = [
        (LOG.receipt(index, size), (), "none") for size in (1, 2, 3, 8, 13, 21) for index in range(size)
    ]

    verdicts = by_the_second(page, cases)

    assert [alike(one) for one in verdicts] == [alike(by_the_first(case)) for case in cases]
    assert all(one.startswith("[") for one in verdicts)


@pytest.mark.parametrize(
    ("who", "keys", "needed", "code"),
    [
        ((0, 1), BOTH, "all", None),
        ((0, 1, 0), BOTH, "all", None),
        ((0,), BOTH, "any", None),
        ((0,), BOTH, "all", "cosignature-missing"),
        ((), BOTH, "any", "cosignature-missing"),
        ((0, 1), (*BOTH, STRANGER.text), "any", None),
        ((0, 1), (*BOTH, STRANGER.text), "all", "cosignature-missing"),
        ((0, 1), (STRANGER.text,), "any", "cosignature-missing"),
        ((0, 1), (), "all", "cosignature-missing"),
    ],
)
def test_whose_cosignatures_are_asked_for_is_looked_at_alike(
    who: tuple[int, ...], keys: tuple[str, ...], needed: str, code: str | None, page: Page
) -> None:
    case = (LOG.receipt(7, 21, cosignatures=lines(21, *who)), keys, needed)

    (verdict,) = by_the_second(page, [case])

    assert alike(verdict) == alike(by_the_first(case))
    assert code in {None, verdict}
    assert verdict.startswith("[") is (code is None)


def test_broken_receipts_are_refused_for_the_same_reason(page: Page) -> None:
    head, note = good().split("\n\n", 1)
    *before, last = head.split("\n")
    own = lines(21, 0)
    texts = [
        "",
        head,
        f"{head}\n\n",
        good()[:-1],
        good() + "\n",
        good().replace("@v1", "@v2"),
        good().replace("index 7", "index 6"),
        good().replace("index 7", "index 07"),
        good().replace("index 7", "index 21"),
        "\n".join(before) + f"\n\n{note}",
        f"{head}\n{last}\n\n{note}",
        good().replace("\n21\n", "\n22\n"),
        good().replace("seals.example", "other.example"),
        good().replace("\u2014", "-"),
        good() + own[:-20] + "\n",
        good() + lines(20, 0),
        LOG.receipt(7, 21, cosignatures=lines(20, 1)),
        LOG.receipt(7, 21) + LOG.head(21).split("\n\n")[1],
        "x" * 70_000,
        Log([b"no fact"] * 3).receipt(1, 3),
        Log([b'{"b":1,"a":2}'] * 3).receipt(1, 3),
        Log([b'{"a":1.5}'] * 3).receipt(1, 3),
        Log([b'{"a":1,"a":1}'] * 3).receipt(1, 3),
        Log(FACTS, key=KEYS[0]).receipt(7, 21),
    ]
    cases: list[Case] = [(text, BOTH, needed) for text in texts for needed in ("none", "any")]

    verdicts = by_the_second(page, cases)

    assert [alike(one) for one in verdicts] == [alike(by_the_first(case)) for case in cases]
    assert not any(one.startswith("[") for one in verdicts)


def test_any_letter_of_a_receipt_may_change_and_both_say_the_same(page: Page) -> None:
    chance = random.Random(7)  # noqa: S311  the same cases in every run
    letters = "AZaz09+/=\n \u2014\u3000\ufeff"
    cases: list[Case] = []
    for _ in range(BENT):
        at = chance.randrange(len(good()))
        cases.append((good()[:at] + chance.choice(letters) + good()[at + chance.randrange(2) :], BOTH, "all"))

    verdicts = by_the_second(page, cases)

    assert [alike(one) for one in verdicts] == [alike(by_the_first(case)) for case in cases]
