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


@dataclass(frozen=True, slots=True)
class Titled:
    """The words by which a paper says of which class it is; where several stand there, the first one."""

    document_class: DocumentClass
    words: tuple[str, ...]


# fmt: off
BLANK_WORDS: Final = (
    BlankWord(Became.USED,     Hand.OPERATOR, takes_photo=True),    # whoever took it away shows what stands on it now, and says for whom
    BlankWord(Became.RETURNED, Hand.KEEPER,   takes_photo=False),   # it comes back to another hand than took it
)
# fmt: on


# fmt: off
TITLES: Final = (
    Titled(DocumentClass.EMPLOYMENT_CERTIFICATE, ("在职证明", "收入证明", "工作证明")),
    Titled(DocumentClass.INVOICE,                ("发票",)),
    Titled(DocumentClass.BANK_SLIP,              ("回单", "进账单", "对账回执")),
    Titled(DocumentClass.DELIVERY_NOTE,          ("送货单", "出库单", "入库单", "收货单", "deliverynote")),
    Titled(DocumentClass.RECONCILIATION_LETTER,  ("对账单", "对账函", "询证函")),
    Titled(DocumentClass.GUARANTEE,              ("保函", "担保", "保证合同", "保证书", "guarantee")),   # before contracts: these are contracts too
    Titled(DocumentClass.LETTER_OF_AUTHORITY,    ("授权", "委托书", "powerofattorney", "letterofauthority")),
    Titled(DocumentClass.CONTRACT,               ("合同", "协议", "contract", "agreement")),
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


def class_of(title: str) -> DocumentClass | None:
    """Return of which class a paper is by how it begins; None where it does not say."""
    said = [(title.find(word), row.document_class) for row in TITLES for word in row.words if word in title]
    return min(said, key=lambda one: one[0])[1] if said else None


def check_title(title: str) -> None:
    """Return if a paper that begins like this may be a blank, whatever its applicant calls it, or refuse."""
    found = class_of(title)
    if found is not None:
        check_class(found)


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
