"""How a permit ends before it is used up: by its last moment, by somebody's word, or because approving it went bad."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.signer.statement import Purpose

# Acts for which the signer asks for the approvals itself; the others leave the key as it is.
AT_THE_KEY: Final = (
    Purpose.MAKE,
    Purpose.CHANGE,
    Purpose.EXTEND,
    Purpose.RESUME,
    Purpose.UNFREEZE,
    Purpose.DESTROY,
    Purpose.INVALIDATE,
)


class Ender(StrEnum):
    APPLICANT = "applicant"
    HOLDER = "holder"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class EndsEarly:
    by: Ender


# fmt: off
ENDS_EARLY: Final = (
    EndsEarly(Ender.APPLICANT),   # whoever asked for it needs it no more
    EndsEarly(Ender.HOLDER),      # whoever was to press does not wish to
    EndsEarly(Ender.MANAGER),     # the manager answers for the seal
)
# fmt: on


class Shares(StrEnum):
    """What another permit of the same application has to do with one that ends."""

    NO_DOCUMENT = "no-document"
    OWN_ACT = "own-act"
    LATER_COMPANY = "later-company"
    EARLIER_COMPANY = "earlier-company"


@dataclass(frozen=True, slots=True)
class EndsWith:
    shares: Shares
    ends: bool


# fmt: off
ENDS_WITH: Final = (
    EndsWith(Shares.OWN_ACT,         ends=True),    # one act puts both on the document: alone, neither could be used
    EndsWith(Shares.LATER_COMPANY,   ends=True),    # it was to stand on the document after a seal that will not be there
    EndsWith(Shares.EARLIER_COMPANY, ends=False),   # its own company said yes to it, and it needs nothing of a later one
    EndsWith(Shares.NO_DOCUMENT,     ends=False),   # an end says nothing of other documents
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Bound:
    """A document that a permit is still to seal, as which one in its turn; ``application`` is of one company."""

    permit: int
    application: str
    document: str
    turn: int


def ends_with(one: int, lines: Collection[Bound]) -> frozenset[int]:
    """Return the permits that end with one, itself included: as ``ENDS_WITH`` says, from each to the next."""
    ending = {row.shares for row in ENDS_WITH if row.ends}
    found = {one}
    while more := {
        other.permit
        for other in lines
        if other.permit not in found
        if any(line.permit in found and _shares(line, other) in ending for line in lines)
    }:
        found |= more
    return frozenset(found)


def _shares(one: Bound, other: Bound) -> Shares:
    if one.document != other.document:
        return Shares.NO_DOCUMENT
    if one.application == other.application:
        return Shares.OWN_ACT
    return Shares.LATER_COMPANY if other.turn > one.turn else Shares.EARLIER_COMPANY


class ApplicantGone(Refused):
    """Whoever applied for this has left the company since."""

    code = "applicant-gone"


class ApproverActsForApplicant(Refused):
    """Somebody who approved this stands in for the applicant since, or the applicant for them."""

    code = "approver-acts-for-applicant"


class SealNotElectronic(Refused):
    """A rubber seal does not stand on a file."""

    code = "seal-not-electronic"


class SealNotPhysical(Refused):
    """Nobody stamps with an electronic seal by hand."""

    code = "seal-not-physical"


class EndsWithoutReason(Refused):
    code = "ends-without-reason"


def check_ends(*, said_by: frozenset[Ender], reason: str) -> None:
    """Return if somebody who is this may end a permit early, for this reason, or refuse."""
    if not said_by & {row.by for row in ENDS_EARLY}:
        raise NotEntitled
    if not reason.strip():
        raise EndsWithoutReason
