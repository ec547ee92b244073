"""The life of a seal as it is meant, written by hand: from which state to which, and by whose leave."""

from collections.abc import Mapping
from typing import Final

from privyseal.identity.rules import Power
from privyseal.seals.rules import Act, SealState

DRAFT, MADE, ACTIVE, SUSPENDED, COLLECTED = (
    SealState.DRAFT, SealState.MADE, SealState.ACTIVE, SealState.SUSPENDED, SealState.COLLECTED,
)  # fmt: skip
DISPUTED, LOST, STOLEN, ROBBED = SealState.DISPUTED, SealState.LOST, SealState.STOLEN, SealState.ROBBED
RETIRED, DESTROYED, VOID = SealState.RETIRED, SealState.DESTROYED, SealState.VOID

FINAL: Final = (DESTROYED, VOID)
OUT_OF_HAND: Final = (DISPUTED, LOST, STOLEN, ROBBED)
_GONE: Final = {LOST, STOLEN, ROBBED}
# Where a seal can come to from each state. What is not here never happens, and what is here can always come to happen.
LIFE: Final[Mapping[SealState, set[SealState]]] = {
    DRAFT: {ACTIVE, MADE, SUSPENDED, VOID},
    MADE: {ACTIVE, LOST, RETIRED},
    ACTIVE: {SUSPENDED, COLLECTED, DISPUTED, RETIRED, *_GONE},
    SUSPENDED: {ACTIVE, COLLECTED, DISPUTED, RETIRED, *_GONE},
    COLLECTED: {ACTIVE, DISPUTED, RETIRED, *_GONE},
    RETIRED: {DESTROYED, *_GONE},
    LOST: {SUSPENDED, STOLEN, ROBBED, VOID},
    STOLEN: {SUSPENDED, VOID},
    ROBBED: {SUSPENDED, VOID},
    DISPUTED: {SUSPENDED, VOID},
    DESTROYED: set(),
    VOID: set(),
}
# Who may do alone what takes one person.
_ANSWERS_OR_DENIES: Final = {Power.MANAGE, Power.AUDIT}
ALONE: Final[Mapping[Act, set[Power]]] = {
    Act.SUSPEND: _ANSWERS_OR_DENIES,
    Act.LOSE: {*_ANSWERS_OR_DENIES, Power.CUSTODY},
    Act.STEAL: {*_ANSWERS_OR_DENIES, Power.CUSTODY},
    Act.ROB: {*_ANSWERS_OR_DENIES, Power.CUSTODY},
    Act.DISPUTE: {*_ANSWERS_OR_DENIES, Power.CUSTODY},
    Act.ENTER: {Power.MANAGE},
}
# The act by which one person brings a seal into a state.
BY_ONE: Final = {SUSPENDED: Act.SUSPEND, LOST: Act.LOSE, STOLEN: Act.STEAL, ROBBED: Act.ROB, DISPUTED: Act.DISPUTE}
