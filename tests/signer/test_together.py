"""Several seals on one document in one act, as the signer sees it."""

from dataclasses import replace

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.pdf.judge import Verdict, judge
from privyseal.signer import requests
from privyseal.signer.checks import DocumentNotApproved
from privyseal.signer.documents import Document
from privyseal.signer.impressions import ImpressionsSpent
from privyseal.signer.operations import Signer
from privyseal.signer.statement import Statement, StatementUnreadable, parse
from tests.signer.cast import CONTRACT, FACE, INVOICE, MAKE, NOON, SEAL, USE, ZHAO, approved, to_seal, uid

SECOND = uid("contract seal")
AFTER = replace(
    USE, seal=SECOND, documents=(replace(USE.documents[0], after=SEAL),)
)  # the second statement of the application whose first is USE


@pytest.fixture
def both(sealing: Signer) -> Signer:
    """A signer that has made the second seal too."""
    statement = replace(MAKE, application=uid("application 3"), seal=SECOND)
    sealing.make(requests.Make(seal=SECOND, approved=(approved(statement),), face=FACE, manager=ZHAO))
    return sealing


def second(data: bytes, statement: Statement = AFTER, intent: str = "intent 2") -> requests.Seal:
    return to_seal(approved(statement), intent=intent, data=data, field="Seal2")


def test_the_second_seal_stands_on_what_the_first_one_made(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended

    twice = once + both.seal(second(once), once).appended

    judged = judge(twice, trust=[both.public().ca], at=NOON)
    assert (judged.verdict, [one.field for one in judged.signatures]) == (Verdict.VALID, ["Seal1", "Seal2"])


def test_the_second_seal_does_not_go_first_nor_on_anything_else(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended

    for data in (CONTRACT, INVOICE, once + b" "):
        with pytest.raises(DocumentNotApproved):
            both.seal(second(data), data)


def test_what_another_application_made_is_not_what_was_approved(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended
    elsewhere = replace(AFTER, application=uid("application 11"))

    with pytest.raises(DocumentNotApproved):
        both.seal(second(once, elsewhere), once)


def test_another_companys_seal_stands_on_what_its_statement_names(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended
    theirs, under = uid("application 12"), replace(AFTER.documents[0], under=USE.application)
    other = replace(AFTER, application=theirs, documents=(under,))

    twice = once + both.seal(second(once, other), once).appended

    assert judge(twice, trust=[both.public().ca], at=NOON).verdict is Verdict.VALID
    elsewhere = replace(other, documents=(replace(under, under=uid("application 13")),))
    with pytest.raises(DocumentNotApproved):
        both.seal(second(once, elsewhere, intent="intent 3"), once)


def test_what_a_seal_stands_on_under_another_application_is_named_whole() -> None:
    nothing = replace(AFTER.documents[0], after="", under=uid("application 12"))
    itself = replace(AFTER.documents[0], under=AFTER.application)

    for said in (nothing, itself):
        with pytest.raises(StatementUnreadable):
            parse(replace(AFTER, documents=(said,)).to_bytes())


def test_a_seal_that_was_to_go_first_does_not_go_second(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended

    with pytest.raises(DocumentNotApproved):
        both.seal(second(once, replace(AFTER, documents=USE.documents)), once)


def test_the_second_seal_is_counted_by_itself(both: Signer) -> None:
    once = CONTRACT + both.seal(to_seal(), CONTRACT).appended
    both.seal(second(once), once)

    with pytest.raises(ImpressionsSpent):
        both.seal(second(once, intent="intent 3"), once)


def test_no_seal_goes_after_itself() -> None:
    itself = replace(AFTER, documents=(replace(AFTER.documents[0], after=SECOND),))

    assert parse(AFTER.to_bytes()) == AFTER
    with pytest.raises(StatementUnreadable):
        parse(itself.to_bytes())


def test_what_is_not_said_leaves_the_statement_as_it_was() -> None:
    assert Document(sha256(CONTRACT), "others", USE.documents[0].placements).to_json().keys() == {
        *("sha256", "following", "placements")
    }
