"""Numbered blanks: sheets that are stamped before they are filled in, as an approved exception. A rule is a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.custody.rules import Hand
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused
from privyseal.seals.rules.standing import ROUTINES, DocumentClass

# What a permit says of the blanks that are stamped by it.
BLANKS: Final = "blanks"
MOST_BLANKS: Final = 50
LONGEST_OUT_DAYS: Final = 90
LEAST_APPROVERS: Final = 2


class Became(StrEnum):
    """What became of a blank."""

    OUT = "out"
    USED = "used"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class BlankWord:
    """Whose word says what became of a blank, and whether a photograph goes with it."""

    became: Became
    by: Hand
    takes_photo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankTerms:
    """How many blanks, for what class of papers, and within how many days each is accounted for."""

    most: int
    days: int
    document_class: DocumentClass


# fmt: off
BLANK_WORDS: Final = (
    BlankWord(Became.USED,     Hand.OPERATOR, takes_photo=True),    # whoever took it away shows what stands on it now, and says for whom
    BlankWord(Became.RETURNED, Hand.KEEPER,   takes_photo=False),   # it comes back to another hand than took it
)
# fmt: on


class NeverBlank(Refused):
    """Papers of this class are stamped only as they were approved, whole."""

    code = "never-blank"


class BlanksTooMany(Refused):
    code = "blanks-too-many"


class BlanksTakeTwo(Refused):
    """Blanks are approved by two people at least, whatever the policy says of other uses."""

    code = "blanks-take-two"


class BlankUnexplained(Refused):
    code = "blank-unexplained"


def check_class(document_class: DocumentClass) -> None:
    """Return if papers of this class may be stamped as blanks, or refuse: the same that may stand."""
    if not next(row.may_stand for row in ROUTINES if row.document_class is document_class):
        raise NeverBlank(document_class=document_class.value)


def check_blanks(*, impressions: int, most: int) -> None:
    """Return if so many blanks may be asked for, or refuse; each impression is one."""
    if impressions > most:
        raise BlanksTooMany(impressions=impressions, most=most)


def check_two(*, say_yes: int) -> None:
    if say_yes < LEAST_APPROVERS:
        raise BlanksTakeTwo(needed=LEAST_APPROVERS, asked=say_yes)


def check_became(became: Became, now: Became, *, said_by: Collection[Hand]) -> None:
    """Return if somebody who is this may say it of a blank of which that is known, or refuse."""
    word = next(row for row in BLANK_WORDS if row.became is became)
    if word.by not in said_by:
        raise NotEntitled(part=word.by.value)
    if now is not Became.OUT:
        raise OutOfTurn(became=now.value)


def blanks_by(terms: Mapping[str, Any]) -> BlankTerms | None:
    """Return what a permit says of blanks; None where what it stamps is whole."""
    said = terms.get(BLANKS)
    if said is None:
        return None
    return BlankTerms(most=said["most"], days=said["days"], document_class=DocumentClass(said["class"]))
