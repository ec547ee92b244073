"""May the key sign under a standing permit? Every row of the answer, and the count of a day."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer import checks
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import Pinned, SealRecord
from privyseal.signer.claims import Claim
from privyseal.signer.database import Database, open_durably
from privyseal.signer.impressions import Impressions, ImpressionsSpent, Judged
from privyseal.signer.membership import Belonging, NotOfTheUnit, vouch
from privyseal.signer.requests import Seal, parse_request
from privyseal.signer.rosters import Grounds
from privyseal.signer.standing import NotAStandingHolder, StandingTooWide
from privyseal.signer.statement import Purpose, Statement, StatementUnreadable, parse
from privyseal.signer.terms import Standing
from privyseal.signer.voices import Voices
from tests.signer.cast import (
    CONTRACT,
    FOUNDING,
    INVOICE,
    LI,
    NOON,
    SEAL,
    USE,
    WANG,
    WEB_KEY,
    ZHAO,
    ZHOU,
    approved,
    may_seal,
    to_seal,
    uid,
)

MA = uid("ma")
COVERS = Standing(
    document_class="invoice",
    title_words=("Invoice",),
    most_pages=1,
    a_day=1,
    sample_every=2,
    reviewer=MA,
    holders=(WANG,),
    page=1,
    x=150_000,
    y=60_000,
)
STANDING = replace(USE, purpose=Purpose.STANDING, documents=(), impressions=9, standing=COVERS)
RECORD = SealRecord(
    uid=SEAL, version=1, is_active=True, is_destroyed=False, manager=ZHAO, not_after=NOON + timedelta(days=1000)
)
PINNED = Pinned(charter=FOUNDING.charter, voices=Voices(FOUNDING.web_key))


def decide(statement: Statement = STANDING, *, operator: str = WANG, at: datetime = NOON) -> Claim:
    request = to_seal(approved(statement), operator=operator, data=INVOICE)
    case = checks.one_case(request.approved, purposes={Purpose.USE, Purpose.STANDING})
    return may_seal(case, request, sha256(INVOICE), seal=RECORD, pinned=PINNED, at=at)


@pytest.mark.invariant("T20", column="rule")
def test_any_document_of_the_class_may_be_sealed_once_within_the_counts() -> None:
    claim = decide()

    assert (claim.document.sha256, claim.impressions, claim.most_of_document) == (sha256(INVOICE), 1, 1)
    assert (claim.most_of_application, claim.most_a_day) == (9, 1)


@pytest.mark.parametrize("document_class", ["guarantee", "contract", "letter-of-authority", "anything"])
def test_no_other_class_stands_whatever_was_approved(document_class: str) -> None:
    with pytest.raises(StandingTooWide):
        decide(replace(STANDING, standing=replace(COVERS, document_class=document_class)))


def test_none_stands_for_more_than_a_quarter() -> None:
    assert decide(replace(STANDING, expires_at=STANDING.starts_at + timedelta(days=92))).most_a_day == 1

    with pytest.raises(StandingTooWide):
        decide(replace(STANDING, expires_at=STANDING.starts_at + timedelta(days=93)))


def test_nobody_but_a_holder_presses_and_no_reviewer_does() -> None:
    with pytest.raises(NotAStandingHolder):
        decide(operator=MA)
    with pytest.raises(NotAStandingHolder):
        decide(replace(STANDING, standing=replace(COVERS, holders=(WANG, MA))), operator=MA)
    with pytest.raises(DutiesNotSeparate):
        decide(replace(STANDING, standing=replace(COVERS, holders=(LI,))), operator=LI)


def test_the_window_closes_for_standing_permits_too() -> None:
    with pytest.raises(checks.WindowClosed):
        decide(at=STANDING.expires_at)


@pytest.mark.parametrize(
    "nonsense",
    [replace(STANDING, standing=None), replace(USE, standing=COVERS), replace(STANDING, documents=USE.documents)],
)
def test_a_statement_stands_for_documents_or_for_a_class(nonsense: Statement) -> None:
    with pytest.raises(StatementUnreadable):
        parse(nonsense.to_bytes())

    assert parse(STANDING.to_bytes()) == STANDING


def test_one_more_in_a_day_is_refused_and_the_next_day_is_not(tmp_path: Path) -> None:
    database = Database(open_durably(tmp_path / "signer.sqlite"))
    with database.writing() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute(
            "INSERT INTO seal_version VALUES (?, 1, 'x', x'00', x'01', x'02', 'a', 'b', NULL, x'')", (SEAL,)
        )
        connection.execute("INSERT INTO seal VALUES (?, 1, 1, 'm', '', '', NULL)", (SEAL,))
    counted = Impressions(database)

    def seal(intent: str, data: bytes, at: datetime) -> None:
        claim = replace(decide(), document=COVERS.document(sha256(data)))
        with counted.holding(intent):
            counted.reserve(intent, claim, at=at)
            sealed = Sealed(appended=b"x", sealed_sha256=sha256(data), sealed_at=at)
            counted.spend(Judged(intent=intent, request_sha256=intent, sealed=sealed, grounds=Grounds()))

    seal("one", INVOICE, NOON)
    with pytest.raises(ImpressionsSpent):
        seal("two", CONTRACT, NOON + timedelta(hours=23))
    seal("two", CONTRACT, NOON + timedelta(hours=24))
    with pytest.raises(ImpressionsSpent):
        seal("three", INVOICE, NOON + timedelta(hours=72))
    database.close()


FINANCE: Final = uid("finance department")
OF_UNIT: Final = replace(STANDING, standing=replace(COVERS, holders=(), unit=FINANCE))


def pressed(operator: str = WANG, **differs: str) -> Seal:
    """Ask for a use under the unit's permit, with a word for it, or for something that differs."""
    request = to_seal(approved(OF_UNIT), operator=operator, data=INVOICE)
    said = {
        "operator": operator,
        "unit": FINANCE,
        "application": OF_UNIT.application,
        "intent": request.intent,
        "document_sha256": request.document_sha256,
        **differs,
    }
    return replace(request, member=vouch(Belonging(**said), web_key=WEB_KEY))


def decide_of_unit(request: Seal) -> Claim:
    case = checks.one_case(request.approved, purposes={Purpose.STANDING})
    return may_seal(case, request, sha256(INVOICE), seal=RECORD, pinned=PINNED, at=NOON)


@pytest.mark.invariant("T20", column="rule")
def test_whoever_belongs_to_the_unit_presses_by_a_word_for_this_very_use() -> None:
    assert decide_of_unit(pressed(ZHOU)).operator == ZHOU
    assert parse_request(pressed(ZHOU).header()) == pressed(ZHOU)


@pytest.mark.parametrize(
    "request_",
    [
        replace(pressed(), member=b""),
        replace(pressed(), operator=ZHOU),
        replace(pressed(), intent=uid("intent 2")),
        pressed(unit=uid("sales department")),
        pressed(application=uid("application 8")),
        pressed(document_sha256=sha256(CONTRACT)),
    ],
)
def test_a_word_for_another_use_unit_or_person_is_no_word_for_this(request_: Seal) -> None:
    with pytest.raises(NotOfTheUnit):
        decide_of_unit(request_)


def test_neither_reviewer_nor_approver_nor_manager_presses_whatever_unit_is_theirs() -> None:
    with pytest.raises(NotAStandingHolder):
        decide_of_unit(pressed(MA))
    for person in (LI, ZHAO):
        with pytest.raises(DutiesNotSeparate):
            decide_of_unit(pressed(person))


def test_a_permit_is_for_a_unit_or_for_people() -> None:
    for covers in (replace(COVERS, unit=FINANCE), replace(COVERS, holders=())):
        with pytest.raises(StatementUnreadable):
            parse(replace(STANDING, standing=covers).to_bytes())

    assert parse(OF_UNIT.to_bytes()) == OF_UNIT
