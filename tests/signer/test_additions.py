"""What is added to an approved use: by whom it has to be approved, and how far the key goes then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer import additions, checks
from privyseal.signer.additions import AdditionDiffers
from privyseal.signer.checks import ApprovalsMissing, Pinned, StatementsMixed, WindowClosed
from privyseal.signer.claims import Claim
from privyseal.signer.own_yes import OwnYesMissing
from privyseal.signer.standing import StandingTooWide
from privyseal.signer.statement import Approved, Decision, Purpose, Statement, StatementUnreadable, parse
from privyseal.signer.terms import AddsTo, OwnYes
from privyseal.signer.voices import Voices
from tests.signer.cast import (
    CONTRACT,
    FOUNDING,
    INVOICE,
    LI,
    NOON,
    USE,
    WANG,
    ZHAO,
    ZHOU,
    approved,
    may_seal,
    to_seal,
    uid,
)
from tests.signer.cast import document as document_of
from tests.signer.test_standing import RECORD, STANDING

PINNED: Final = Pinned(charter=FOUNDING.charter, voices=Voices(FOUNDING.web_key))
TWO: Final = replace(USE, documents=(document_of(CONTRACT), document_of(INVOICE)), impressions=2)


def to(statement: Statement, *documents: bytes) -> AddsTo:
    return AddsTo(statement.application, sha256(statement.to_bytes()), tuple(sha256(one) for one in documents))


def topped_up(statement: Statement, *documents: bytes, impressions: int = 1, name: str = "more") -> Statement:
    return replace(
        statement,
        application=uid(name),
        purpose=Purpose.TOP_UP,
        documents=(),
        standing=None,
        impressions=impressions,
        adds_to=to(statement, *documents),
    )


def prolonged(statement: Statement, *, by: timedelta, name: str = "longer") -> Statement:
    return replace(
        topped_up(statement, name=name),
        purpose=Purpose.PROLONG,
        impressions=0,
        expires_at=statement.expires_at + by,
    )


MORE: Final = topped_up(USE, CONTRACT)
LONGER: Final = prolonged(USE, by=timedelta(days=1))


def decide(
    *added: Approved,
    use: Statement = USE,
    by: Sequence[str] = (LI,),
    at: datetime = NOON,
    data: bytes = CONTRACT,
    kind: str = "official",
) -> Claim:
    request = to_seal(approved(use, by=by), *added, data=data)
    case, others = additions.cases_of(request.approved)
    seal = replace(RECORD, type=kind)
    reach = additions.reach_of(case, others, seal=seal, pinned=PINNED, at=at)
    return may_seal(case, request, sha256(data), seal=seal, pinned=PINNED, at=at, reach=reach)


@pytest.mark.invariant("T22", column="rule")
def test_what_is_topped_up_may_be_sealed_once_more_by_another_yes() -> None:
    claim = decide(approved(MORE, by=(ZHOU,)))

    assert (claim.application, claim.most_of_application, claim.most_of_document) == (USE.application, 2, 2)


def test_only_the_document_named_may_be_sealed_once_more() -> None:
    added = approved(topped_up(TWO, INVOICE))

    assert decide(added, use=TWO, data=CONTRACT).most_of_document == 1
    assert decide(added, use=TWO, data=INVOICE).most_of_document == 2
    assert decide(added, use=TWO).most_of_application == 3


def test_one_application_adds_once_however_often_it_is_shown() -> None:
    twice = (approved(MORE), approved(topped_up(USE, CONTRACT, name="still more")))

    assert decide(*twice).most_of_application == 3
    with pytest.raises(checks.StagesIncomplete):
        decide(approved(MORE), approved(MORE))


def test_the_window_closes_later_where_it_was_prolonged() -> None:
    late = USE.expires_at + timedelta(hours=1)
    with pytest.raises(WindowClosed):
        decide(at=late)
    with pytest.raises(WindowClosed):
        decide(approved(MORE), at=late)

    assert decide(approved(LONGER), at=late).most_of_application == 1
    with pytest.raises(WindowClosed):
        decide(approved(LONGER), at=LONGER.expires_at)


def test_a_standing_permit_is_topped_up_by_a_count_and_never_passes_a_quarter() -> None:
    more = topped_up(STANDING, impressions=5)

    assert decide(approved(more), use=STANDING, data=INVOICE).most_of_application == STANDING.impressions + 5
    with pytest.raises(StandingTooWide):
        decide(approved(prolonged(STANDING, by=timedelta(days=92))), use=STANDING, data=INVOICE)


@pytest.mark.parametrize(
    "other",
    [
        replace(MORE, adds_to=to(replace(USE, impressions=7), CONTRACT)),
        replace(MORE, adds_to=replace(to(USE, CONTRACT), application=uid("application 6"))),
        replace(MORE, adds_to=to(USE, INVOICE)),
        replace(MORE, adds_to=to(USE, CONTRACT, CONTRACT), impressions=2),
        replace(MORE, impressions=5),
        replace(MORE, seal=uid("another seal")),
        replace(MORE, seal_version=2),
        replace(MORE, applicant=ZHOU),
        replace(LONGER, starts_at=USE.starts_at - timedelta(days=1)),
    ],
)
def test_what_adds_to_something_else_is_refused(other: Statement) -> None:
    with pytest.raises(AdditionDiffers):
        decide(approved(other))


@pytest.mark.invariant("T22", column="rule")
def test_as_many_people_say_yes_to_more_as_said_yes_to_the_use() -> None:
    with pytest.raises(ApprovalsMissing):
        decide(approved(MORE), by=(LI, ZHOU))
    with pytest.raises(ApprovalsMissing):
        decide(approved(MORE, by=()))

    assert decide(approved(MORE, by=(LI, ZHOU)), by=(LI, ZHOU)).most_of_application == 2


@pytest.mark.invariant("T22", column="rule")
@pytest.mark.parametrize("own", [WANG, ZHAO])
def test_neither_operator_nor_manager_says_yes_to_more(own: str) -> None:
    with pytest.raises(DutiesNotSeparate):
        decide(approved(MORE, by=(own,)))


def test_a_seal_that_bears_a_name_takes_that_persons_own_yes_to_more() -> None:
    qian = uid("qian")
    his = replace(USE, own_yes=OwnYes(qian))
    more = replace(topped_up(his, CONTRACT), own_yes=OwnYes(qian))
    consents = [approved(replace(said, decision=Decision.CONSENT), by=(qian,)) for said in (his, more)]

    assert decide(*consents, approved(more), use=his, kind="personal").most_of_application == 2
    with pytest.raises(OwnYesMissing):
        decide(consents[0], approved(more), use=his, kind="personal")


def test_nothing_is_added_to_nothing() -> None:
    with pytest.raises(StatementsMixed):
        additions.cases_of([approved(MORE)])


@pytest.mark.parametrize(
    "nonsense",
    [
        replace(MORE, adds_to=None),
        replace(USE, adds_to=to(USE)),
        replace(MORE, impressions=0),
        replace(LONGER, impressions=1),
        replace(MORE, documents=USE.documents),
    ],
)
def test_a_statement_adds_a_count_or_an_end_and_names_to_what(nonsense: Statement) -> None:
    with pytest.raises(StatementUnreadable):
        parse(nonsense.to_bytes())

    assert (parse(MORE.to_bytes()), parse(LONGER.to_bytes())) == (MORE, LONGER)
