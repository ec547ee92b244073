"""How far a mandate reaches at the key: up to the amount that its person put their name to."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.signer.own_yes import MandateExceeded, OwnYesMissing, check_own_yes
from privyseal.signer.statement import Decision, Statement
from privyseal.signer.terms import OwnYes
from privyseal.signer.voices import Voices
from tests.signer.cast import FOUNDING, NOON, USE, WANG, approved, uid

MANDATE: Final = uid("mandate")
ON_MANDATE: Final = replace(USE, own_yes=OwnYes(WANG, MANDATE))
GIVEN: Final = replace(
    USE,
    application=MANDATE,
    documents=(),
    impressions=9,
    expires_at=NOON + timedelta(days=30),
    decision=Decision.MANDATE,
    paper_sha256="5" * 64,
)


def check(use: Statement, mandate: Statement) -> None:
    said = [approved(mandate, by=(WANG,))]
    check_own_yes(use, said, kind="legal-representative", voices=Voices(FOUNDING.web_key), at=NOON)


@pytest.mark.parametrize(
    ("amount", "most"), [("1000.00", "1000.00"), ("0.00", "0.01"), ("999.99", "1000.00"), ("", ""), ("5.00", "")]
)
def test_a_mandate_covers_what_is_within_its_limit(amount: str, most: str) -> None:
    check(replace(ON_MANDATE, amount=amount), replace(GIVEN, amount=most))


@pytest.mark.parametrize(("amount", "most"), [("1000.01", "1000.00"), ("1000.00", "999.99"), ("", "1000.00")])
def test_what_is_above_a_mandate_or_says_no_amount_is_not_covered(amount: str, most: str) -> None:
    with pytest.raises(MandateExceeded):
        check(replace(ON_MANDATE, amount=amount), replace(GIVEN, amount=most))


def test_a_limit_that_was_changed_is_nobodys_word() -> None:
    given = approved(replace(GIVEN, amount="10.00"), by=(WANG,))
    forged = replace(given, statement=replace(GIVEN, amount="9999.00").to_bytes())

    with pytest.raises(Exception, match="assertion-invalid"):
        check_own_yes(
            replace(ON_MANDATE, amount="50.00"), [forged], kind="personal", voices=Voices(FOUNDING.web_key), at=NOON
        )
    with pytest.raises(OwnYesMissing):
        check_own_yes(
            replace(ON_MANDATE, amount="50.00"), [], kind="personal", voices=Voices(FOUNDING.web_key), at=NOON
        )
