"""Which powers one person may hold together. A rule is a row, its reason ends the row."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused


class Power(StrEnum):
    """What a person may do in general."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"
    MANAGE = "manage"
    USE = "use"
    APPROVE = "approve"
    CUSTODY = "custody"


class Reach(StrEnum):
    """Where two powers must not meet in one person."""

    COMPANY = "company"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Apart:
    first: Power
    second: Power
    reach: Reach


# Powers over the installation belong to no company; the others are held one company at a time.
INSTALLATION_POWERS: Final = frozenset({Power.SYSTEM, Power.SECURITY, Power.AUDIT})

# fmt: off
POWERS_KEPT_APART: Final = (
    Apart(Power.SYSTEM,   Power.SECURITY, Reach.ANYWHERE),   # whoever runs the machine does not hand out powers
    Apart(Power.SYSTEM,   Power.AUDIT,    Reach.ANYWHERE),   # nobody audits the machine they run
    Apart(Power.SYSTEM,   Power.MANAGE,   Reach.ANYWHERE),   # the administrator cannot touch a seal
    Apart(Power.SYSTEM,   Power.USE,      Reach.ANYWHERE),   # the administrator cannot use a seal
    Apart(Power.SYSTEM,   Power.APPROVE,  Reach.ANYWHERE),   # the administrator cannot approve a use
    Apart(Power.SYSTEM,   Power.CUSTODY,  Reach.ANYWHERE),   # the administrator keeps no seal
    Apart(Power.SECURITY, Power.AUDIT,    Reach.ANYWHERE),   # nobody audits the powers they grant
    Apart(Power.SECURITY, Power.MANAGE,   Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.USE,      Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.APPROVE,  Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.CUSTODY,  Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.AUDIT,    Power.MANAGE,   Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.USE,      Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.APPROVE,  Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.CUSTODY,  Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.MANAGE,   Power.USE,      Reach.COMPANY),    # whoever manages a company's seals does not use them
    Apart(Power.MANAGE,   Power.APPROVE,  Reach.COMPANY),    # whoever manages a company's seals approves no use of them
)
# fmt: on


class PowersConflict(Refused):
    code = "powers-conflict"


class SelfGrant(Refused):
    code = "self-grant"


class SelfConfirmation(Refused):
    code = "self-confirmation"


class WrongReach(Refused):
    """An installation power was granted for a company, or a company power without one."""

    code = "wrong-reach"


@dataclass(frozen=True, slots=True)
class Held:
    """A power somebody holds; ``company`` is None for a power over the installation."""

    power: Power
    company: int | None


def check_grant(wanted: Held, *, beneficiary: int, grantor: int, held: Iterable[Held]) -> None:
    """Return if the beneficiary may be given the power beside what they hold, or refuse."""
    if beneficiary == grantor:
        raise SelfGrant(power=wanted.power)
    if (wanted.company is None) != (wanted.power in INSTALLATION_POWERS):
        raise WrongReach(power=wanted.power)
    for other in held:
        if other == wanted or _kept_apart(wanted, other):
            raise PowersConflict(power=wanted.power, already=other.power)


def check_confirmation(*, confirmer: int, grantor: int | None, beneficiary: int) -> None:
    """Return if this person is a second pair of eyes on the grant, or refuse."""
    if confirmer in {grantor, beneficiary}:
        raise SelfConfirmation


def _kept_apart(one: Held, other: Held) -> bool:
    pair = {one.power, other.power}
    return any(
        pair == {row.first, row.second} and (row.reach is Reach.ANYWHERE or one.company == other.company)
        for row in POWERS_KEPT_APART
    )
