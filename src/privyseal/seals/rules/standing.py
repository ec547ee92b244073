"""Standing permits: what routine papers may be sealed without an application each, and how far one reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import DutiesNotSeparate, Refused


class DocumentClass(StrEnum):
    EMPLOYMENT_CERTIFICATE = "employment-certificate"
    INVOICE = "invoice"
    BANK_SLIP = "bank-slip"
    DELIVERY_NOTE = "delivery-note"
    RECONCILIATION_LETTER = "reconciliation-letter"
    GUARANTEE = "guarantee"
    CONTRACT = "contract"
    LETTER_OF_AUTHORITY = "letter-of-authority"


@dataclass(frozen=True, slots=True)
class Routine:
    document_class: DocumentClass
    may_stand: bool


# fmt: off
ROUTINES: Final = (
    Routine(DocumentClass.EMPLOYMENT_CERTIFICATE, may_stand=True),    # states what the personnel file says
    Routine(DocumentClass.INVOICE,                may_stand=True),    # follows a delivery that is booked already
    Routine(DocumentClass.BANK_SLIP,              may_stand=True),    # repeats what the bank asks for each day
    Routine(DocumentClass.DELIVERY_NOTE,          may_stand=True),    # says that goods came or went
    Routine(DocumentClass.RECONCILIATION_LETTER,  may_stand=True),    # compares books, and changes none
    Routine(DocumentClass.GUARANTEE,              may_stand=False),   # one of them can end the company
    Routine(DocumentClass.CONTRACT,               may_stand=False),   # each binds anew, and differs from the last
    Routine(DocumentClass.LETTER_OF_AUTHORITY,    may_stand=False),   # whoever holds it can do all the rest
)
# fmt: on
FOR_UNIT: Final = "for_unit"  # of the terms: the unit that it is for, by uid
LONGEST: Final = timedelta(days=92)  # the longest quarter
DAY: Final = timedelta(hours=24)
MOST_TITLE_WORDS: Final = 3
LONGEST_TITLE_WORD: Final = 20
MOST_PAGES: Final = 10
MOST_A_DAY: Final = 200
MOST_USES: Final = 5_000
MOST_SAMPLE_EVERY: Final = 20
MOST_UNREVIEWED: Final = 5
REVIEWED_WITHIN: Final = timedelta(days=3)
DRAWN_WITHIN: Final = timedelta(hours=1)  # the log signs a head every few seconds


class NeverStanding(Refused):
    """Each paper of this class is applied for by itself."""

    code = "never-standing"


class StandingNotPossible(Refused):
    code = "standing-not-possible"


class HoldersOrUnit(Refused):
    """A standing permit is for people by name, or for one unit."""

    code = "holders-or-unit"


class OutsideTheUnit(Refused):
    """The standing permit is for a unit to which this person does not belong now."""

    code = "outside-the-unit"


class StandingOverrun(Refused):
    """More than the standing permit allows in a day or in all; it has ended by that."""

    code = "standing-overrun"


class NotOfItsClass(Refused):
    """The document has too many pages, or its first one lacks a word that the permit asks for."""

    code = "not-of-its-class"


class SampleOverdue(Refused):
    """A sample has waited for its reviewer for three days; the standing permit has ended by that."""

    code = "sample-overdue"


class DrawAwaited(Refused):
    """An earlier use has waited for an hour to be drawn: nobody would know whether it is reviewed."""

    code = "draw-awaited"


class SamplesWaiting(Refused):
    """Too many samples wait for their reviewer."""

    code = "samples-waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTerms:
    """What a standing permit covers: papers of a class, told by words of their title and their length; how many; where.

    ``x`` and ``y`` are the centre of the seal on that page, in micrometres from its lower left corner.
    """

    document_class: DocumentClass
    title_words: Sequence[str]
    most_pages: int
    a_day: int
    in_all: int
    sample_every: int
    page: int
    x: int
    y: int


def check_standing(terms: StandingTerms, *, starts_at: datetime, expires_at: datetime, at: datetime) -> None:
    """Return if there can be such a standing permit, or refuse."""
    row = next(row for row in ROUTINES if row.document_class is terms.document_class)
    if not row.may_stand:
        raise NeverStanding(document_class=terms.document_class.value)
    words = [word.strip() for word in terms.title_words]
    is_told = 1 <= len(words) <= MOST_TITLE_WORDS and all(1 < len(word) <= LONGEST_TITLE_WORD for word in words)
    is_small = 1 <= terms.most_pages <= MOST_PAGES and 1 <= terms.a_day <= MOST_A_DAY
    is_counted = terms.a_day <= terms.in_all <= MOST_USES and 1 <= terms.sample_every <= MOST_SAMPLE_EVERY
    is_in_time = starts_at < expires_at and at < expires_at and expires_at - starts_at <= LONGEST
    if not (is_told and is_small and is_counted and is_in_time):
        raise StandingNotPossible


def check_for_whom(*, holders: int, unit: str) -> None:
    """Return if it is for so many people by name, or for one unit, or refuse both and neither."""
    if bool(holders) == bool(unit):
        raise HoldersOrUnit


def check_of_unit(*, unit: int, belongs_to: frozenset[int], plays: str | None) -> None:
    """Return if somebody may use a standing permit of a unit, or refuse.

    ``belongs_to`` is their own unit now with every one above it: who leaves it is out at once. ``plays`` is what else
    they are to this permit: whoever approved it, or reviews its samples, does not use it.
    """
    if unit not in belongs_to:
        raise OutsideTheUnit
    if plays is not None:
        raise DutiesNotSeparate(part="holder", already=plays)


def is_first(number: int) -> bool:
    """Return whether the use of this number is reviewed whatever is drawn; of the others the log decides later."""
    return number == 1


def is_late_to_be_drawn(taken_at: datetime, *, at: datetime) -> bool:
    """Return whether it should be known by now if a use that was made then is a sample."""
    return at >= taken_at + DRAWN_WITHIN


def is_overdue(taken_at: datetime, *, at: datetime) -> bool:
    """Return whether a sample that was taken then should have been reviewed by now."""
    return at >= taken_at + REVIEWED_WITHIN


def check_use(number: int, *, today: int, a_day: int, in_all: int, unreviewed: int) -> None:
    """Return if one more use, the n-th of all and so-manieth of a day, is within the limits, or refuse."""
    if number > in_all or today > a_day:
        raise StandingOverrun(number=number, today=today)
    if unreviewed >= MOST_UNREVIEWED:
        raise SamplesWaiting(waiting=unreviewed)
