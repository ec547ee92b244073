"""Policies to begin from: what a small firm, a listed company and a state-owned group usually ask for."""

from enum import StrEnum
from typing import Final

from privyseal.approvals.rules.policies import Row, Table
from privyseal.approvals.rules.seats import Seat, Who, fewest
from privyseal.identity.rules import Office, TooFewPeople, duties
from privyseal.identity.rules import fewest as fewest_seated
from privyseal.signer.statement import Purpose


class Preset(StrEnum):
    SMALL_FIRM = "small-firm"
    LISTED_COMPANY = "listed-company"
    STATE_OWNED = "state-owned"


_ONE: Final = Seat(Who.APPROVER)
_TWO: Final = Seat(Who.APPROVER, needed=2)
_MANAGER: Final = Seat(Who.MANAGER)
_FINANCE: Final = Seat(Who.OFFICE, Office.FINANCE_HEAD.value)
_GENERAL_MANAGER: Final = Seat(Who.OFFICE, Office.GENERAL_MANAGER.value)
_REPRESENTATIVE: Final = Seat(Who.OFFICE, Office.LEGAL_REPRESENTATIVE.value)

_USE: Final = frozenset({Purpose.USE})
# What nothing, or only two people, can bring back.
_GRAVE: Final = frozenset({Purpose.UNFREEZE, Purpose.FIND, Purpose.INVALIDATE, Purpose.DESTROY})
_OF_MONEY: Final = frozenset({"finance", "invoice"})
_OF_THE_COMPANY: Final = frozenset({"official", "contract", "legal-representative"})
_SMALL: Final = 100_000_00
_LARGE: Final = 1_000_000_00

# fmt: off
PRESETS: Final[dict[Preset, Table]] = {
    Preset.SMALL_FIRM: (
        Row(purposes=_GRAVE, stages=((_TWO,),)),                                            # two, as everywhere
        Row(stages=((_ONE,),)),                                                             # one other person for all else
    ),
    Preset.LISTED_COMPANY: (
        Row(purposes=_GRAVE, stages=((_GENERAL_MANAGER,), (_ONE,))),
        Row(purposes=_USE, types=_OF_MONEY, stages=((_MANAGER,), (_FINANCE,))),
        Row(purposes=_USE, types=_OF_THE_COMPANY, below=_SMALL, stages=((_MANAGER,),)),
        Row(purposes=_USE, types=_OF_THE_COMPANY, least=_SMALL, below=_LARGE, stages=((_MANAGER,), (_FINANCE,))),
        Row(purposes=_USE, types=_OF_THE_COMPANY, least=_LARGE, stages=((_MANAGER,), (_FINANCE,), (_GENERAL_MANAGER,))),
        Row(purposes=_USE, stages=((_MANAGER,),)),
        Row(stages=((_GENERAL_MANAGER,),)),
    ),
    Preset.STATE_OWNED: (
        Row(purposes=_GRAVE, stages=((_GENERAL_MANAGER,), (_REPRESENTATIVE,))),
        Row(purposes=_USE, types=_OF_MONEY, stages=((_MANAGER,), (_FINANCE, _GENERAL_MANAGER))),
        Row(purposes=_USE, types=_OF_THE_COMPANY, below=_LARGE, stages=((_MANAGER,), (_FINANCE, _ONE))),
        Row(purposes=_USE, types=_OF_THE_COMPANY, stages=((_MANAGER,), (_FINANCE, _ONE), (_GENERAL_MANAGER,))),
        Row(purposes=_USE, stages=((_MANAGER,), (_ONE,))),
        Row(stages=((_GENERAL_MANAGER,), (_ONE,))),
    ),
}
# fmt: on


def fewest_people(table: Table) -> int:
    """Return with how many people every rule holds in a firm that runs its own installation.

    They take all duties so that none conflict, and of those who approve there are as many as the longest row asks for.
    """
    return fewest_seated(duties(headquarters=False)) + max(fewest(row.stages) for row in table) - 1


def check_enough(table: Table, *, people: int) -> None:
    """Return if a firm of so many people can keep every rule under this table, or refuse."""
    least = fewest_people(table)
    if people < least:
        raise TooFewPeople(least=least, people=people)
