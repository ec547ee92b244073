"""Which acts want proof, not older than a few minutes, that it is still the same person. A rule is a row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused


class Means(StrEnum):
    """How somebody proved who they are."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSWORD = "password"  # noqa: S105  not a secret
    PROVIDER = "provider"
    DEMO = "demo"


class Least(StrEnum):
    """What an act asks of whoever has no second factor yet."""

    SECOND_FACTOR = "second-factor"
    BEST_THERE_IS = "best-there-is"


@dataclass(frozen=True, slots=True)
class Dangerous:
    act: str
    least: Least


@dataclass(frozen=True, slots=True)
class Proved:
    """What a session knows of its person: by what they proved themselves last, and when."""

    means: Means
    at: datetime


STRONG: Final = frozenset({Means.PASSKEY, Means.TOTP})
PROOF_LASTS: Final = timedelta(minutes=10)
# fmt: off
DANGEROUS: Final = (
    Dangerous("power.grant",          Least.SECOND_FACTOR),   # hands out what everything else is judged by
    Dangerous("power.confirm",        Least.SECOND_FACTOR),   # brings it into force
    Dangerous("person.enrol",         Least.SECOND_FACTOR),   # people of straw begin here
    Dangerous("table.enter",          Least.SECOND_FACTOR),   # likewise, by the hundred
    Dangerous("person.come-back",     Least.SECOND_FACTOR),   # an old name opens again
    Dangerous("person.make-entry-code", Least.SECOND_FACTOR),   # whoever has the code chooses the password
    Dangerous("person.confirm-entry-code", Least.SECOND_FACTOR),   # brings it into force
    Dangerous("factor.ask-reset", Least.SECOND_FACTOR),   # whoever has none left is known by their password alone
    Dangerous("factor.confirm-reset", Least.SECOND_FACTOR),   # takes them away
    Dangerous("seal.carry-out", Least.SECOND_FACTOR),   # a key comes into being, changes, or goes back into force
    Dangerous("factor.enrol-passkey", Least.BEST_THERE_IS),   # a thief of a session would make himself at home
    Dangerous("factor.enrol-totp",    Least.BEST_THERE_IS),   # likewise; the first one is enrolled on the password
    Dangerous("factor.link-provider", Least.BEST_THERE_IS),   # likewise
    Dangerous("factor.remove",        Least.BEST_THERE_IS),   # likewise
    Dangerous("factor.renew-codes",   Least.BEST_THERE_IS),   # likewise
    Dangerous("address.name",         Least.BEST_THERE_IS),   # what its owner is warned by would go to the thief
)
# Only where the installation demands it.
ON_DEMAND: Final = (
    Dangerous("application.vote",     Least.SECOND_FACTOR),   # many a day, and each is checked again when the permit is used
)
# What looks as dangerous and is done without: each with its reason.
WITHOUT_PROOF: Final = (
    "seal.suspend",          # toward safety: one person, at once
    "power.end",             # toward safety
    "session.end",           # toward safety
    "factor.stop-reset",     # toward safety
    "document.seal",         # the permit says what, when and how often, and an approver is another person
    "person.change-password",  # asks for the present password itself
)
# fmt: on


class ProofTooOld(Refused):
    code = "proof-too-old"


class SecondFactorMissing(Refused):
    code = "second-factor-missing"


def check_proof(least: Least, proof: Proved | None, *, at: datetime, has_strong: bool, is_demo: bool) -> None:
    """Return if the person has proved themselves well and lately enough, or refuse.

    A demonstration's people have no second factor, so their sign-in counts.
    """
    is_fresh = proof is not None and timedelta(0) <= at - proof.at <= PROOF_LASTS
    if is_fresh and proof is not None and proof.means in STRONG:
        return
    if not has_strong:
        if least is Least.SECOND_FACTOR and not is_demo:
            raise SecondFactorMissing
        if is_fresh:
            return
    raise ProofTooOld
