"""The words of questions and of what statements say: another version reads them as they were written."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse, sha256
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import alike, bound, requests, unlocking
from privyseal.signer.bound import Paper, Secret, bound_from_json, bound_in
from privyseal.signer.membership import Belonging
from privyseal.signer.requests import RequestUnreadable, parse_request
from tests.signer.cast import WEB_KEY, to_destroy

COSIGNER: Final = cosigner_key("audit.example/cosigner", WEB_KEY)
MINUTE: Final = timedelta(seconds=60)
PAPER: Final = Paper(pages=3, photographs=("5" * 64,))
SECRET: Final = Secret(pages=2, title="董事会决议", envelope="E-7")


def test_what_is_asked_in_the_house_is_said_in_these_words() -> None:
    said: dict[unlocking.Unlocks, dict[str, Json]] = {
        unlocking.Open("a share"): {"op": "open", "share": "a share"},
        unlocking.Lock(): {"op": "lock"},
        unlocking.Entrust(needed=2, shares=3, by=("a",)): {"op": "entrust", "needed": 2, "shares": 3, "by": ["a"]},
        unlocking.Confirm(("a", "b")): {"op": "confirm", "shares": ["a", "b"]},
        unlocking.PinCosigners(quorum=Quorum((COSIGNER,), Needed.ANY, MINUTE), by=("a",)): {
            "op": "pin-cosigners",
            "cosigners": [COSIGNER.text],
            "needed": "any",
            "within": 60,
            "by": ["a"],
        },
    }

    for asked, header in said.items():
        assert asked.header() == header
        assert parse_request(header) == asked


def test_no_quorum_of_nobody_is_asked_for() -> None:
    nobody = unlocking.PinCosigners(quorum=Quorum((), Needed.NONE, MINUTE), by=())

    assert parse_request(nobody.header()) == nobody
    with pytest.raises(RequestUnreadable):
        parse_request(replace(nobody, quorum=Quorum((), Needed.ANY, MINUTE)).header())


def test_heads_lists_and_ends_are_asked_for_in_these_words() -> None:
    assert parse_request({"op": "cosigned", "note": "n"}) == requests.Cosigned(note="n")
    assert requests.Cosigned(note="n").header() == {"op": "cosigned", "note": "n"}
    assert requests.Ocsp(b"\x01").header() == {"op": "ocsp", "question": "AQ=="}
    assert parse_request({"op": "ocsp", "question": "AQ=="}) == requests.Ocsp(b"\x01")
    assert parse_request(to_destroy().header()) == to_destroy()


def test_what_is_bound_is_said_in_these_words() -> None:
    said: dict[bound.Bound, dict[str, Json]] = {
        PAPER: {"to": "paper", "pages": 3, "photographs": ["5" * 64]},
        SECRET: {"to": "secret", "pages": 2, "title": "董事会决议", "envelope": "E-7"},
        replace(SECRET, impressions=1): {
            "to": "secret",
            "pages": 2,
            "title": "董事会决议",
            "envelope": "E-7",
            "impressions": 1,
        },
    }

    for binding, words in said.items():
        assert binding.to_json() == words
        assert bound_from_json(words) == bound_in(words) == binding
    assert bound_in(None) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "file"},
        {**PAPER.to_json(), "to": "secret"},
        {**SECRET.to_json(), "to": "paper"},
        {**PAPER.to_json(), "photographs": []},
        {**PAPER.to_json(), "pages": 0},
        {**SECRET.to_json(), "impressions": 0},
        {**SECRET.to_json(), "impressions": 1000},
        {**SECRET.to_json(), "envelope": "E" * 33},
        {**SECRET.to_json(), "title": "T" * 101},
        {**SECRET.to_json(), "more": 1},
        None,
    ],
)
def test_nothing_else_is_bound(wrong: Json) -> None:
    with pytest.raises(Misshapen):
        bound_from_json(wrong)


def test_a_fact_names_fifty_documents_each_and_more_by_one_digest() -> None:
    fifty = ["0" * 64] * 50

    assert alike.said_in_fact(fifty) == {"documents": fifty}
    assert alike.said_in_fact([*fifty, "1" * 64]) == {
        "documents": 51,
        "documents_sha256": sha256(bytes(32 * 50) + b"\x11" * 32),
    }


def test_whoever_belongs_to_a_unit_is_vouched_for_in_these_words() -> None:
    said = Belonging(operator="o", unit="u", application="a", intent="i", document_sha256="5")
    words = b'{"application":"a","document_sha256":"5","intent":"i","operator":"o","unit":"u"}'

    assert said.signed_bytes().endswith(bytes.fromhex(sha256(words)))


def test_the_largest_whole_numbers_are_canonical_and_the_next_are_not() -> None:
    for largest in (2**53 - 1, 1 - 2**53):
        assert parse(canonical({"n": largest})) == {"n": largest}
        with pytest.raises(NotCanonical):
            canonical({"n": largest + (1 if largest > 0 else -1)})
