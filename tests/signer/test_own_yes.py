"""How far a mandate reaches at the key: up to the amount that its person put their name to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.signer.charters import Charter
from privyseal.signer.own_yes import MandateExceeded, OwnYesMissing, OwnYesTooLow, check_own_yes
from privyseal.signer.passkeys import AssertionForAnother, Credential, Page, PasskeyNotBound, PasskeyUnknown
from privyseal.signer.software_passkeys import MAY_BE_COPIED, SoftwarePasskey
from privyseal.signer.statement import Approved, Decision, Statement
from privyseal.signer.terms import OwnYes
from privyseal.signer.voices import Voices
from tests.signer.cast import FOUNDING, LI, NOON, USE, WANG, approved, uid

MANDATE: Final = uid("mandate")
ON_MANDATE: Final = replace(USE, own_yes=OwnYes(WANG, MANDATE))
CONSENTED: Final = replace(USE, own_yes=OwnYes(WANG, ""), decision=Decision.CONSENT)
PAGE: Final = Page("https://approve.example")
KEY, COPIED = (SoftwarePasskey(person=WANG, page=PAGE, id=name) for name in (b"wang's", b"copied"))
BY_PASSKEY: Final = Charter(approvals=1, assurance="passkey")
GIVEN: Final = replace(
    USE,
    application=MANDATE,
    documents=(),
    impressions=9,
    expires_at=NOON + timedelta(days=30),
    decision=Decision.MANDATE,
    paper_sha256="5" * 64,
)
VOICES: Final = Voices(
    FOUNDING.web_key,
    PAGE,
    {
        one.id: Credential(id=one.id, person=WANG, key=one.key, is_bound=one is KEY, starts_at=NOON - timedelta(days=1))
        for one in (KEY, COPIED)
    },
    takes_software=True,
)


def check(use: Statement, mandate: Statement) -> None:
    said = [approved(mandate, by=(WANG,))]
    check_made_of(use, said, FOUNDING.charter)


def check_made_of(use: Statement, said: Sequence[Approved], charter: Charter) -> None:
    check_own_yes(use, said, kind="legal-representative", charter=charter, voices=VOICES, at=NOON)


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
        check_made_of(replace(ON_MANDATE, amount="50.00"), [forged], FOUNDING.charter)
    with pytest.raises(OwnYesMissing):
        check_made_of(replace(ON_MANDATE, amount="50.00"), [], FOUNDING.charter)


@pytest.mark.invariant("C5", column="rule")
@pytest.mark.parametrize("own", [CONSENTED, GIVEN], ids=["consent", "mandate"])
def test_where_the_charter_asks_for_passkeys_the_own_yes_is_one_too(own: Statement) -> None:
    use = ON_MANDATE if own is GIVEN else replace(USE, own_yes=OwnYes(WANG, ""))

    check_made_of(use, [by_passkey(own)], BY_PASSKEY)
    check_made_of(use, [by_passkey(own)], FOUNDING.charter)
    with pytest.raises(OwnYesTooLow):
        check_made_of(use, [approved(own, by=(WANG,))], BY_PASSKEY)
    with pytest.raises(PasskeyNotBound):
        check_made_of(use, [by_passkey(own, flags=MAY_BE_COPIED)], replace(BY_PASSKEY, is_bound=True))


def test_a_yes_of_a_passkey_to_another_use_or_by_another_person_is_not_theirs() -> None:
    use = replace(USE, own_yes=OwnYes(WANG, ""))
    stolen = replace(by_passkey(replace(CONSENTED, application=uid("application 6"))), statement=CONSENTED.to_bytes())
    of_li = Approved(CONSENTED.to_bytes(), (replace(KEY, person=LI).says_yes(CONSENTED.to_bytes()),))

    with pytest.raises(AssertionForAnother):
        check_made_of(use, [stolen], BY_PASSKEY)
    with pytest.raises(PasskeyUnknown):
        check_made_of(use, [of_li], BY_PASSKEY)


def by_passkey(said: Statement, *, flags: int = 0) -> Approved:
    """The own yes of wang's passkey; with flags, of the one that may leave its device."""
    key = replace(COPIED, flags=COPIED.flags | flags) if flags else KEY
    return Approved(said.to_bytes(), (key.says_yes(said.to_bytes()),))
