"""What a company has to prove before it can own a seal, and who may find it proved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from privyseal.identity.rules.organisation import TermNotPossible
from privyseal.identity.rules.powers import Power, SelfConfirmation
from privyseal.kernel.errors import OutOfTurn, Refused


class Proof(StrEnum):
    """A document that shows who a company is."""

    LICENCE = "licence"
    REPRESENTATIVE = "representative"


class Standing(StrEnum):
    """How far a company has come."""

    INCOMPLETE = "incomplete"
    TO_BE_EXAMINED = "to-be-examined"
    REJECTED = "rejected"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Needed:
    proof: Proof


# fmt: off
PROOFS_NEEDED: Final = (
    Needed(Proof.LICENCE),          # the state says that the company exists, under this name and code
    Needed(Proof.REPRESENTATIVE),   # the legal representative says, with their own identity, that we may make its seals
)
MAY_EXAMINE: Final = (
    Power.SECURITY,   # a second security person, who neither entered the company nor brought its proofs
    Power.AUDIT,      # the auditor, where there is no second security person
)
# fmt: on


class EvidenceMissing(Refused):
    code = "evidence-missing"


class EvidenceNotReadable(Refused):
    """What was brought is no PDF and no picture, or too large."""

    code = "evidence-not-readable"


class RenamingUnderWay(Refused):
    code = "renaming-under-way"


class NameUnchanged(Refused):
    code = "name-unchanged"


def standing(proofs: Collection[Proof], *, is_verified: bool, is_rejected: bool) -> Standing:
    if is_verified:
        return Standing.VERIFIED
    if is_rejected:
        return Standing.REJECTED
    missing = {row.proof for row in PROOFS_NEEDED} - set(proofs)
    return Standing.INCOMPLETE if missing else Standing.TO_BE_EXAMINED


def check_evidence(found: Standing) -> None:
    """Return if a proof may be brought, or refuse: what was verified is not replaced."""
    if found is Standing.VERIFIED:
        raise OutOfTurn(standing=found.value)


def check_examination(found: Standing, *, examiner: int, registrar: int, brought_by: int | None) -> None:
    """Return if this person may verify or reject the company now, or refuse."""
    if examiner in {registrar, brought_by}:
        raise SelfConfirmation
    if found is Standing.INCOMPLETE:
        raise EvidenceMissing
    if found is not Standing.TO_BE_EXAMINED:
        raise OutOfTurn(standing=found.value)


def check_renaming(found: Standing, *, is_same: bool, changed_on: date, old_seals_until: date, today: date) -> None:
    """Return if a company of this standing may be renamed so, or refuse."""
    if found is not Standing.VERIFIED:
        raise OutOfTurn(standing=found.value)
    if is_same:
        raise NameUnchanged
    if changed_on > today or old_seals_until < changed_on:
        raise TermNotPossible


def check_renaming_examination(*, is_open: bool, examiner: int, asked_by: int) -> None:
    """Return if this person may confirm or reject the renaming now, or refuse."""
    if examiner == asked_by:
        raise SelfConfirmation
    if not is_open:
        raise OutOfTurn
