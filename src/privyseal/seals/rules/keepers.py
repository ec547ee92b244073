"""Who may keep which seals beside which others. A rule is a row, its reason ends the row."""

from collections.abc import Collection, Iterable
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
LEAST_IN_A_SET: Final = 2


class BarredFromKeeping(Refused):
    """The person's post in the company goes with no custody of its seals."""

    code = "barred-from-keeping"


class KeepersNotSeparate(Refused):
    """The person keeps a seal of the company already that must not share a keeper with this one."""

    code = "keepers-not-separate"


class SetHasThisKeeper(Refused):
    """The person keeps another seal of a set whose seals do not share a keeper."""

    code = "set-has-this-keeper"


class SetTooSmall(Refused):
    code = "set-too-small"


def check_keeper(
    seal: SealType,
    *,
    offices: Iterable[Office],
    keeps: Iterable[SealType],
    barred: Collection[Office] = (),
    sets: Collection[str] = (),
) -> None:
    """Return if somebody of these posts in the company, who keeps these seals of it, may keep this one too, or refuse.

    ``barred`` is whom its own type bars besides; ``sets`` are those of which they keep another seal already.
    """
    for office in offices:
        if office in KEEPS_NOTHING or office in barred:
            raise BarredFromKeeping(office=office.value)
    for other in keeps:
        if frozenset({seal, other}) in KEEPERS_APART:
            raise KeepersNotSeparate(seal_type=seal.value, already=other.value)
    for name in sets:
        raise SetHasThisKeeper(set=name)


def check_set(seals: Collection[int], *, keepers: Collection[int]) -> None:
    """Return if these may be a set whose seals do not share a keeper, or refuse; ``keepers`` has one for each that is kept."""
    if len(set(seals)) < LEAST_IN_A_SET:
        raise SetTooSmall(seals=len(set(seals)))
    if len(set(keepers)) < len(keepers):
        raise SetHasThisKeeper(keepers=len(set(keepers)))
