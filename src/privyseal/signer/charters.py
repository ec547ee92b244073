"""A charter: how many say yes to what is done with a seal, from which roster, and what their yes is made of. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import ASSURANCE, EXTERNAL, SESSION

MOST_APPROVALS: Final = 20
MOST_VERSIONS: Final = 1_000_000
APPROVERS: Final = "approvers"
SECURITY: Final = "security"
ROSTER: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
ROSTER_OF_COMPANY: Final = re.compile(r"company-[0-9a-z]{1,24}")

# What each assurance of a charter lets count.
COUNTS: Final = {
    PASSKEY: frozenset({PASSKEY}),
    SESSION: frozenset({PASSKEY, SESSION}),
    EXTERNAL: frozenset({PASSKEY, SESSION, EXTERNAL}),
}

_USCC: Final = r"[0-9A-HJ-NP-RTUW-Y]{18}"
COMPANY: Final = "company"
SEAL: Final = "seal"
_OF: Final = re.compile(rf"|{COMPANY}:{_USCC}|{SEAL}:[0-9a-f]{{32}}")
_FIELDS: Final = frozenset({"approvals", "assurance", "roster", "is_bound"})

# Whose charter it is: the installation's, which the founding made, and which holds where nothing nearer does.
INSTALLATION: Final = ""


class RosterTooSmall(SignerRefused):
    """Too few people on the rosters could say yes under this charter: nobody could ever change it again."""

    code = "roster-too-small"


@dataclass(frozen=True, slots=True)
class Charter:
    """So many different people of a roster, each by at least this assurance.

    With ``is_bound`` a passkey counts that cannot leave its device. Only passkeys are on rosters: whoever is vouched
    for needs to be on none.
    """

    approvals: int
    assurance: str
    roster: str = APPROVERS
    is_bound: bool = False

    def to_json(self) -> Mapping[str, Json]:
        return {
            "approvals": self.approvals,
            "assurance": self.assurance,
            "roster": self.roster,
            "is_bound": self.is_bound,
        }

    @classmethod
    def parse(cls, value: object) -> "Charter":
        entry = shapes.fields(value, _FIELDS)
        return cls(
            approvals=shapes.integer(entry["approvals"], least=1, most=MOST_APPROVALS),
            assurance=shapes.word(entry["assurance"], ASSURANCE),
            roster=shapes.word(entry["roster"], ROSTER),
            is_bound=shapes.truth(entry["is_bound"]),
        )


@dataclass(frozen=True, slots=True)
class InForce:
    """The charter that holds now, and which version it is of whose."""

    of: str
    version: int
    charter: Charter


def of_company(uscc: str) -> str:
    return f"{COMPANY}:{uscc}"


def roster_of_company(uscc: str) -> str:
    """Return the name of the roster that a company's own charters may go by."""
    return f"{COMPANY}-{uscc.lower()}"


def of_seal(uid: str) -> str:
    return f"{SEAL}:{uid}"


def whose(value: object) -> str:
    """Return whose charter is meant, or raise Misshapen."""
    return shapes.word(value, _OF)


def looked_for(*, company: str, seal: str) -> tuple[str, ...]:
    """Return whose charters may hold for a seal, the nearest first."""
    return (*([of_seal(seal)] if seal else ()), *([of_company(company)] if company else ()), INSTALLATION)
