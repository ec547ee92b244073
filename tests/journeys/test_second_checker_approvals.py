"""Approvals that came with a receipt, in a browser with no product behind it: the same verdict as the first one's."""

import json
import random
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route

from privyseal.kernel import receipt
from privyseal.kernel.canonical import parse
from privyseal.kernel.errors import Refused
from privyseal.signer import proving
from tests.journeys.test_second_checker import CHECKER
from tests.logs import Log
from tests.signer.given import BY_LI, BY_ZHOU, GIVEN, KEY_OF_ZHOU, WEB_DER, receipt_of, use, with_approvals

BENT: Final = 300
LOG_KEY: Final = Log([b""]).key
_CHECK_EACH: Final = """async ([texts, logKey]) => {
  const { check, factOf } = await import("/receipt.js");
  const { checkApprovals, split } = await import("/approvals.js");
  return Promise.all(texts.map(async (text) => {
    try {
      const { receipt, lines } = split(text);
      const fact = factOf((await check(receipt, logKey)).fact);
      return JSON.stringify(await checkApprovals(fact, lines));
    } catch (refused) {
      return refused.code ?? String(refused);
    }
  }));
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        script = (CHECKER.parent / name).read_text("utf-8") if name.endswith(".js") else "<!doctype html>"
        route.fulfill(body=script, content_type="text/javascript" if name.endswith(".js") else "text/html")

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto("http://localhost/")
    return page


def by_the_first(text: str) -> object:
    try:
        alone, lines = proving.split(text)
        fact = parse(receipt.check(alone, LOG_KEY).fact)
        return [one.to_json() for one in proving.check(fact, lines)]
    except Refused as refusal:
        return refusal.code


def by_the_second(page: Page, texts: list[str]) -> list[object]:
    said: list[str] = page.evaluate(_CHECK_EACH, [texts, LOG_KEY.text])
    return [json.loads(one) if one.startswith("[") else one for one in said]


def test_approvals_good_and_broken_get_the_same_verdict(page: Page) -> None:
    both = receipt_of(use(BY_LI, BY_ZHOU))
    texts = [
        with_approvals(),
        proving.write(both, GIVEN[:1]),
        proving.write(both, GIVEN[::-1]),
        proving.write(receipt_of(use(BY_LI)), [(BY_LI, KEY_OF_ZHOU.key)]),
        proving.write(receipt_of(use(BY_ZHOU)), [(BY_ZHOU, WEB_DER)]),
        proving.write(receipt_of(use(BY_LI)), [(BY_LI, b"no key")]),
        proving.write(receipt_of({**use(BY_LI), "subjects": {"seal": "0" * 32}}), GIVEN[:1]),
        with_approvals().replace(" {", "  {", 1),
        f"{proving.HEADER}\n\n{both}",
        f"{proving.HEADER}\n",
        both,
    ]

    verdicts = by_the_second(page, texts)

    assert verdicts == [by_the_first(text) for text in texts]
    assert isinstance(verdicts[0], list)
    assert all(isinstance(one, str) for one in verdicts[1:])


def test_any_letter_may_change_and_both_say_the_same(page: Page) -> None:
    chance = random.Random(11)  # noqa: S311  the same cases in every run
    letters, good = 'AZaz09+/=\n {}"\\\u2014', with_approvals()
    texts = []
    for _ in range(BENT):
        at = chance.randrange(len(good))
        texts.append(good[:at] + chance.choice(letters) + good[at + chance.randrange(2) :])

    verdicts = by_the_second(page, texts)

    assert verdicts == [by_the_first(text) for text in texts]
