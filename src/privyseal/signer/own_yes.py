"""Seals that bear a person's name: has that person said yes to this use? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from privyseal.signer.charters import COUNTS, Charter
from privyseal.signer.passkeys import PasskeyNotBound
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import EXTERNAL, AnyAssertion, Approved, Decision, Statement, parse
from privyseal.signer.terms import MAX_IMPRESSIONS, OwnYes
from privyseal.signer.voices import Voices

# Seals of these types bear a person's name, and are used with that person's own yes alone.
BEARS_A_NAME: Final = frozenset({"legal-representative", "personal"})


class OwnYesMissing(SignerRefused):
    """The seal bears a person's name, and that person did not say yes to this use, nor to uses like it before."""

    code = "own-yes-missing"


class OwnYesTooLow(SignerRefused):
    """The person's own yes is made of less than the charter asks for."""

    code = "own-yes-too-low"


class MandateExceeded(SignerRefused):
    """The use is about more than the mandate covers, or nobody said about how much."""

    code = "mandate-exceeded"


@dataclass(frozen=True, slots=True)
class RestsOn:
    """The mandate that a use rests on, and the uses that it was given for."""

    mandate: str
    most_uses: int


def check_own_yes(
    statement: Statement, said: Sequence[Approved], *, kind: str, charter: Charter, voices: Voices, at: datetime
) -> RestsOn | None:
    """Return the counted mandate this rests on, None for a yes to this or for any number of uses; or refuse.

    Whoever's name the seal bears said yes to this, or before, to uses in this time. It is a yes of their own: what an
    outside system tells of them is none, and it is made of no less than the charter asks of those who approve.
    """
    asked = statement.own_yes
    if asked is None:
        if kind in BEARS_A_NAME:
            raise OwnYesMissing(application=statement.application, seal=statement.seal)
        return None
    for each in said:
        for assertion in each.assertions:
            voices.check(assertion, each.statement, at=at)
        own = parse(each.statement)
        is_mandate = _is_mandate(own, asked, statement, at=at)
        theirs = [one for one in each.assertions if one.approver == asked.person and one.assurance != EXTERNAL]
        if theirs and (is_mandate or _is_consent(own, statement)):
            _check_made_of(theirs, statement, charter=charter, voices=voices)
            return _covered_by(own, statement) if is_mandate else None
    raise OwnYesMissing(application=statement.application, seal=statement.seal)


def _check_made_of(own: Sequence[AnyAssertion], statement: Statement, *, charter: Charter, voices: Voices) -> None:
    for one in own:
        if one.assurance not in COUNTS[charter.assurance]:
            raise OwnYesTooLow(application=statement.application, assurance=one.assurance)
        if charter.is_bound and not voices.is_bound(one):
            raise PasskeyNotBound(person=one.approver)


def _is_consent(said: Statement, statement: Statement) -> bool:
    return replace(said, stage=1, decision=Decision.APPROVE) == statement and said.decision is Decision.CONSENT


def _is_mandate(said: Statement, asked: OwnYes, statement: Statement, *, at: datetime) -> bool:
    is_meant = (said.decision, said.application, said.applicant) == (Decision.MANDATE, asked.mandate, asked.person)
    return is_meant and said.seal == statement.seal and said.starts_at <= at < said.expires_at


def _covered_by(mandate: Statement, statement: Statement) -> RestsOn | None:
    """Return what counts the use if the mandate covers its amount; one that nobody stated is no small one."""
    if mandate.amount and (not statement.amount or _cents(statement.amount) > _cents(mandate.amount)):
        raise MandateExceeded(application=statement.application, mandate=mandate.application)
    is_counted = mandate.impressions < MAX_IMPRESSIONS
    return RestsOn(mandate.application, mandate.impressions) if is_counted else None


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))
