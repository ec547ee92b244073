"""Who may keep which seals beside which others. A rule is a row, its reason ends the row."""

from collections.abc import Iterable
from typing import Final

from privyseal.identity.rules import Office
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import SealType

# fmt: off
KEEPERS_APART: Final = (
    frozenset({SealType.FINANCE, SealType.LEGAL_REPRESENTATIVE}),   # together they are a bank's reserved set: one hand could empty the account
)
KEEPS_NOTHING: Final = (
    Office.LEGAL_REPRESENTATIVE,   # their own word and the seal that confirms it stay in two hands
    Office.GENERAL_MANAGER,        # whoever decides what is signed does not hold what signs it
    Office.FINANCE_HEAD,           # whoever decides what is paid does not hold what pays it
)
# fmt: on


class BarredFromKeeping(Refused):
    """The person's post in the company goes with no custody of its seals."""

    code = "barred-from-keeping"


class KeepersNotSeparate(Refused):
    """The person keeps a seal of the company already that must not share a keeper with this one."""

    code = "keepers-not-separate"


def check_keeper(seal: SealType, *, offices: Iterable[Office], keeps: Iterable[SealType]) -> None:
    """Return if somebody of these posts in the company, who keeps these seals of it, may keep this one too, or refuse."""
    for office in offices:
        if office in KEEPS_NOTHING:
            raise BarredFromKeeping(office=office.value)
    for other in keeps:
        if frozenset({seal, other}) in KEEPERS_APART:
            raise KeepersNotSeparate(seal_type=seal.value, already=other.value)
