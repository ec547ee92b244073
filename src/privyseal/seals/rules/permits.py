"""How a permit ends before it is used up: by its last moment, by somebody's word, or because approving it went bad."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import NotEntitled, Refused


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
