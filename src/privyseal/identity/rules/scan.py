"""What an auditor looks for in who may do what. A row is a thing to find; its reason ends the row."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from privyseal.identity.rules.powers import Power


class Found(StrEnum):
    """What a scan can find."""

    KEPT_APART = "kept-apart"
    BARRED_KEEPER = "barred-keeper"
    SET_WITH_ONE_KEEPER = "set-with-one-keeper"
    TOO_MANY_SEALS = "too-many-seals"
    GONE = "gone"
    STRANGE_FACTOR = "strange-factor"
    DORMANT = "dormant"
    WITHOUT_END = "without-end"
    SOLE_HOLDER = "sole-holder"
    UNCONFIRMED = "unconfirmed"
    UNCONFIRMED_MAPPING = "unconfirmed-mapping"
    KEY_NOT_TOLD = "key-not-told"
    KEY_BEHIND_TYPE = "key-behind-type"


class Weight(StrEnum):
    """How much hangs on a finding."""

    BROKEN = "broken"
    RISK = "risk"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Looks:
    found: Found
    weight: Weight


# fmt: off
LOOKS_FOR: Final = (
    Looks(Found.KEPT_APART,          Weight.BROKEN),   # nobody both manages and uses, and so on through the table
    Looks(Found.BARRED_KEEPER,       Weight.BROKEN),   # general manager or finance head may keep a seal
    Looks(Found.SET_WITH_ONE_KEEPER, Weight.BROKEN),   # one hand could empty the account
    Looks(Found.GONE,                Weight.BROKEN),   # somebody left and a power stayed
    Looks(Found.STRANGE_FACTOR,      Weight.BROKEN),   # somebody wrote to the database past the pages
    Looks(Found.KEY_BEHIND_TYPE,     Weight.BROKEN),   # somebody's name is used, and the key does not ask them
    Looks(Found.TOO_MANY_SEALS,      Weight.RISK),     # one keeper with too much power
    Looks(Found.DORMANT,             Weight.RISK),     # a power that nobody would miss is one that somebody can steal
    Looks(Found.SOLE_HOLDER,         Weight.RISK),     # whoever is alone locks everybody out by falling ill
    Looks(Found.KEY_NOT_TOLD,        Weight.RISK),     # the register holds alone until the key knows what was taken back
    Looks(Found.WITHOUT_END,         Weight.CARE),     # nobody looks again at what never ends
    Looks(Found.UNCONFIRMED,         Weight.CARE),     # what waits long was forgotten, or smelled wrong
    Looks(Found.UNCONFIRMED_MAPPING, Weight.CARE),     # as for a grant
)
MAY_NOT_BE_ALONE: Final = (
    Power.SYSTEM,     # somebody has to be able to restart it
    Power.SECURITY,   # a grant takes a second person
    Power.MANAGE,     # a lost seal has to be suspended today
    Power.APPROVE,    # nobody approves their own application
)
# fmt: on
MOST_SEALS: Final = 10
DORMANT_AFTER: Final = timedelta(days=90)
WAITS_TOO_LONG: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: about whom, where, which power, how many."""

    found: Found
    person: str = ""
    name: str = ""
    company: str = ""
    power: Power | None = None
    already: Power | None = None
    count: int = 0


def weight_of(found: Found) -> Weight:
    return next(row.weight for row in LOOKS_FOR if row.found is found)
