import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from privyseal.kernel.canonical import canonical
from privyseal.kernel.shapes import base64_text
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Edge, Range, Seam, Spread
from privyseal.signer.passkeys import AssertionInvalid
from privyseal.signer.statement import (
    EXTERNAL,
    SESSION,
    Approved,
    Decision,
    Statement,
    StatementUnreadable,
    assurance_of,
    challenge,
    parse,
    verify,
    vouch,
)
from privyseal.signer.terms import Fence
from tests.signer.cast import (
    CONTRACT,
    FOUNDING,
    INVOICE,
    LI,
    MAKE,
    NOON,
    RESUME,
    STRANGERS_KEY,
    USE,
    WEB_KEY,
    ZHOU,
    document,
    uid,
)


@pytest.mark.parametrize(
    "statement",
    [
        USE,
        MAKE,
        RESUME,
        replace(USE, amount="0.00"),
        replace(USE, amount="9999999999999.99"),
        replace(USE, counterparty="上海乙方 有限公司"),
        replace(USE, fence=Fence(-33_868_800, 151_209_300, 50_000)),
        replace(USE, face_sha256="fa" * 32),
    ],
)
def test_a_statement_survives_its_bytes(statement: Statement) -> None:
    assert parse(statement.to_bytes()) == statement


def test_spots_on_many_pages_survive_their_bytes_and_stay_short() -> None:
    spots = (
        Placement(1, 60_000, 60_000),
        Spread((Range(1, 999, 2), Range(1_000, 1_000)), 60_000, 60_000),
        Seam(Edge.LEFT, (Range(1, 1_000),), y=150_000, each=10),
    )
    use = replace(USE, documents=(replace(USE.documents[0], placements=spots),), impressions=1_000)

    assert parse(use.to_bytes()) == use
    assert len(use.to_bytes()) < len(USE.to_bytes()) + 200


def test_a_statement_has_the_frozen_form() -> None:
    assert json.loads(USE.to_bytes()) == {
        "v": 1,
        "application": USE.application,
        "purpose": "use",
        "documents": [
            {
                "sha256": USE.documents[0].sha256,
                "following": "others",
                "placements": [{"page": 1, "x": 60_000, "y": 40_000}],
            }
        ],
        "seal": USE.seal,
        "seal_version": 1,
        "impressions": 1,
        "starts_at": "2026-11-23T11:00:00.000000Z",
        "expires_at": "2026-11-23T13:00:00.000000Z",
        "applicant": USE.applicant,
        "policy": "1",
        "stage": 1,
        "decision": "approve",
        "make": None,
    }


def many(count: int) -> Statement:
    each = tuple(replace(USE.documents[0], sha256=f"{number:064x}") for number in range(count))
    return replace(USE, documents=each, impressions=count)


def test_many_documents_that_are_alike_are_said_once_and_fit_an_entry_of_the_log() -> None:
    said = many(1_000)

    assert parse(said.to_bytes()) == said
    assert len(said.to_bytes()) < 44_000
    assert "alike" not in json.loads(many(50).to_bytes())


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": base64_text(bytes(32) * 51)},  # one document again and again
        {"sha256": base64_text(b"".join(number.to_bytes(32) for number in range(50)))},  # few enough to be named
        {"sha256": base64_text(b"".join(number.to_bytes(32) for number in range(1_001)))},
        {"sha256": base64_text(b"".join(number.to_bytes(32) for number in range(60))[:-1])},
        {"following": "parties"},
        {"placements": []},
    ],
)
def test_many_that_are_not_so_said_are_no_statement(change: dict[str, Any]) -> None:
    said = json.loads(many(60).to_bytes())
    said["alike"] |= change

    with pytest.raises(StatementUnreadable):
        parse(canonical(said))


def test_many_that_differ_are_no_statement() -> None:
    first, *others = many(60).documents
    with pytest.raises(StatementUnreadable):
        parse(replace(many(60), documents=(replace(first, following="nobody"), *others)).to_bytes())


def place(said: dict[str, Any], **spot: object) -> None:
    said["documents"][0]["placements"] = [spot]


BENT: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("an unknown field", lambda said: said.update(note="please")),
    ("a missing field", lambda said: said.pop("policy")),
    ("another version", lambda said: said.update(v=2)),
    ("true for one", lambda said: said.update(v=True)),
    ("true for a stage", lambda said: said.update(stage=True)),
    ("a no", lambda said: said.update(decision="reject")),
    ("an unknown purpose", lambda said: said.update(purpose="retire")),
    ("an unknown follower", lambda said: said["documents"][0].update(following="somebody")),
    ("an unknown field of a document", lambda said: said["documents"][0].update(name="contract.pdf")),
    ("an unknown field of a placement", lambda said: said["documents"][0]["placements"][0].update(z=1)),
    ("a document without a placement", lambda said: said["documents"][0].update(placements=[])),
    ("no page", lambda said: said["documents"][0]["placements"][0].update(page=0)),
    ("a place off the page", lambda said: said["documents"][0]["placements"][0].update(x=-1)),
    ("a page twice", lambda said: place(said, pages=[[1, 3, 1], [3, 3, 1]], x=1, y=1)),
    ("pages in the wrong order", lambda said: place(said, pages=[[3, 1, 1]], x=1, y=1)),
    ("no pages", lambda said: place(said, pages=[], x=1, y=1)),
    ("every third page", lambda said: place(said, pages=[[1, 9, 3]], x=1, y=1)),
    ("a page too many", lambda said: place(said, pages=[[1, 5_001, 1]], x=1, y=1)),
    ("a range of two numbers", lambda said: place(said, pages=[[1, 2]], x=1, y=1)),
    ("a seam of one page", lambda said: place(said, edge="right", pages=[[1, 1, 1]], y=1, each=10)),
    ("a seam at no edge", lambda said: place(said, edge="top", pages=[[1, 2, 1]], y=1, each=10)),
    ("a seam of single pages", lambda said: place(said, edge="left", pages=[[1, 2, 1]], y=1, each=1)),
    ("more pages than impressions", lambda said: place(said, pages=[[1, 2, 1]], x=1, y=1)),
    ("an upper-case digest", lambda said: said["documents"][0].update(sha256="A" * 64)),
    ("a document twice", lambda said: said.update(documents=said["documents"] * 2, impressions=2)),
    ("no document", lambda said: said.update(documents=[])),
    ("more places than impressions", lambda said: said.update(impressions=0)),
    ("a dashed id", lambda said: said.update(seal="5b1a3f0e-6f6d-4d8e-9d5e-0d3b8d1c2a4f")),
    ("a name for an applicant", lambda said: said.update(applicant="Wang")),
    ("a number for a text", lambda said: said.update(policy=1)),
    ("a time with another zone", lambda said: said.update(starts_at="2026-11-23T19:00:00.000000+08:00")),
    ("a time without its zeros", lambda said: said.update(starts_at="2026-11-3T11:00:00.000000Z")),
    ("a number for a time", lambda said: said.update(starts_at=1)),
    ("a window that ends first", lambda said: said.update(expires_at=said["starts_at"])),
    ("a use that makes a seal", lambda said: said.update(make=json.loads(MAKE.to_bytes())["make"])),
    ("a list for a document", lambda said: said.update(documents=[[]])),
    ("an object for the documents", lambda said: said.update(documents={})),
]


@pytest.mark.parametrize("bend", [bend for _, bend in BENT], ids=[name for name, _ in BENT])
def test_a_bent_statement_is_not_read(bend: Callable[[dict[str, Any]], object]) -> None:
    said = json.loads(USE.to_bytes())
    bend(said)

    with pytest.raises(StatementUnreadable):
        parse(canonical(said))


@pytest.mark.parametrize(
    "amount", [100_000, "100000", "100000.0", "0100000.00", "-1.00", "1e5", "10000000000000.00", ""]
)
def test_an_amount_that_is_none_is_not_read(amount: object) -> None:
    with pytest.raises(StatementUnreadable):
        parse(canonical(json.loads(USE.to_bytes()) | {"v": 2, "amount": amount}))


def test_amount_counterparty_fence_and_face_are_said_of_uses_alone() -> None:
    for nonsense in (
        replace(MAKE, amount="1.00"),
        replace(MAKE, counterparty="乙方"),
        replace(MAKE, fence=Fence(0, 0, 1)),
        replace(USE, decision=Decision.MANDATE, documents=(), paper_sha256="0" * 64, fence=Fence(0, 0, 1)),
        replace(MAKE, face_sha256="0" * 64),
        replace(USE, decision=Decision.MANDATE, documents=(), paper_sha256="0" * 64, face_sha256="0" * 64),
    ):
        with pytest.raises(StatementUnreadable):
            parse(nonsense.to_bytes())


@pytest.mark.parametrize("counterparty", ["", " 乙方", "乙\n方", "乙" * 201, 7])
def test_a_counterparty_that_is_none_is_not_read(counterparty: object) -> None:
    with pytest.raises(StatementUnreadable):
        parse(canonical(json.loads(USE.to_bytes()) | {"v": 2, "counterparty": counterparty}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", 90_000_001),
        ("longitude", -180_000_001),
        ("metres", 0),
        ("metres", 50_001),
        ("metres", True),
        ("words", "上海"),
    ],
)
def test_a_fence_that_is_none_is_not_read(field: str, value: object) -> None:
    said = {"latitude": 0, "longitude": 0, "metres": 500, field: value}

    with pytest.raises(StatementUnreadable):
        parse(canonical(json.loads(USE.to_bytes()) | {"v": 2, "fence": said}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uscc", "91310000MA1FL0XX0I"),  # the letter I is in no credit code
        ("uscc", "91310000"),
        ("organization", ""),
        ("organization", " 上海示例贸易有限公司"),
        ("organization", "上海\u202e示例"),
        ("organization", "长" * 65),
        ("name", "公\n章"),
        ("type", "Official Seal"),
        ("face_sha256", "0"),
    ],
)
def test_a_seal_with_an_impossible_name_or_number_is_not_read(field: str, value: str) -> None:
    said = json.loads(MAKE.to_bytes())
    said["make"][field] = value

    with pytest.raises(StatementUnreadable):
        parse(canonical(said))


def test_a_float_is_not_read() -> None:
    with pytest.raises(StatementUnreadable):
        parse(USE.to_bytes().replace(b'"impressions":1,', b'"impressions":1.0,'))


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"\\ud800":1}', b" " + USE.to_bytes(), USE.to_bytes() + b"\n"],
)
def test_bytes_that_are_not_canonical_are_not_read(data: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        parse(data)


def test_every_field_is_under_the_challenge() -> None:
    others = [
        replace(USE, application=uid("application 8")),
        replace(USE, documents=(document(INVOICE),)),
        replace(USE, documents=(document(CONTRACT, following="nobody"),)),
        replace(USE, seal=uid("finance seal")),
        replace(USE, seal_version=2),
        replace(USE, impressions=2),
        replace(USE, starts_at=NOON),
        replace(USE, expires_at=NOON + timedelta(hours=2)),
        replace(USE, applicant=LI),
        replace(USE, policy="2"),
        replace(USE, stage=2),
        replace(USE, amount="100000.00"),
        replace(USE, amount="1000000.00"),
        replace(USE, counterparty="甲方"),
        replace(USE, counterparty="乙方"),
        replace(USE, fence=Fence(0, 0, 500)),
        replace(USE, fence=Fence(1, 0, 500)),
        replace(USE, fence=Fence(0, 1, 500)),
        replace(USE, fence=Fence(0, 0, 501)),
        replace(USE, face_sha256="0" * 64),
        replace(USE, face_sha256="1" * 64),
        RESUME,
        MAKE,
    ]

    assert len({challenge(statement.to_bytes()) for statement in [USE, *others]}) == len(others) + 1


def test_the_word_of_the_web_application_is_believed() -> None:
    said = USE.to_bytes()

    verify(vouch(said, approver=LI, web_key=WEB_KEY), said, web_key=FOUNDING.web_key)


def test_a_strangers_word_is_not_believed() -> None:
    said = USE.to_bytes()

    with pytest.raises(AssertionInvalid):
        verify(vouch(said, approver=LI, web_key=STRANGERS_KEY), said, web_key=FOUNDING.web_key)


def test_a_word_for_one_approver_is_none_for_another() -> None:
    said = USE.to_bytes()
    borrowed = replace(vouch(said, approver=LI, web_key=WEB_KEY), approver=ZHOU)

    with pytest.raises(AssertionInvalid):
        verify(borrowed, said, web_key=FOUNDING.web_key)


def test_the_word_of_an_outside_system_is_none_of_a_signed_in_person() -> None:
    said = USE.to_bytes()
    dressed_up = replace(vouch(said, approver=LI, web_key=WEB_KEY, assurance=EXTERNAL), assurance=SESSION)

    with pytest.raises(AssertionInvalid):
        verify(dressed_up, said, web_key=FOUNDING.web_key)


def test_a_receipt_says_the_least_that_a_yes_was_made_of() -> None:
    said = USE.to_bytes()
    here = Approved(said, (vouch(said, approver=LI, web_key=WEB_KEY),))
    outside = Approved(said, (vouch(said, approver=ZHOU, web_key=WEB_KEY, assurance=EXTERNAL),))

    assert assurance_of([here]) == SESSION
    assert assurance_of([here, outside]) == EXTERNAL


def test_a_word_for_one_statement_is_none_for_another() -> None:
    word = vouch(USE.to_bytes(), approver=LI, web_key=WEB_KEY)

    with pytest.raises(AssertionInvalid):
        verify(word, replace(USE, impressions=2).to_bytes(), web_key=FOUNDING.web_key)


def test_an_approval_travels_as_text() -> None:
    said = USE.to_bytes()
    approval = Approved(said, (vouch(said, approver=LI, web_key=WEB_KEY),))

    assert canonical(approval.to_json()).count(b'"assurance":"session"') == 1
