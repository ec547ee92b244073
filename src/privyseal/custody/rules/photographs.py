"""Photographs of stamped pages: how many a use takes, what one may show, when it is late. A rule is a row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from privyseal.custody.rules import Phase
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.kernel.file_kinds import BEGINS, PHOTOGRAPH, Kind
from privyseal.paper.verdict import Sight
from privyseal.seals.rules.bindings import binds
from privyseal.signer.bound import Binding
from privyseal.signer.statement import Purpose

MOST_BYTES: Final = PHOTOGRAPH.most_bytes
MOST_ON_ONE: Final = 100
THUMBNAIL_DOTS: Final = 320
# What a permit says of the photographs that its use takes.
ASKS: Final = "photographs"
_KINDS: Final = {BEGINS[Kind.JPEG]: "image/jpeg", BEGINS[Kind.PNG]: "image/png"}


class Asked(StrEnum):
    """How many of the impressions have to be seen on photographs."""

    EACH = "each"
    SAMPLE = "sample"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Measure:
    """Of so many impressions one is shown, and of a stack so many at least; ``every`` of none asks for nothing."""

    asked: Asked
    every: int | None
    least: int


# fmt: off
MEASURES: Final = (
    Measure(Asked.EACH,   1,    1),   # whoever looks later finds each impression
    Measure(Asked.SAMPLE, 100,  2),   # drawn by lot after both counts: whoever stamps knows none of them before
    Measure(Asked.NONE,   None, 0),   # what is stamped is worth less than its photograph
)
TAKES: Final = (
    Phase.MADE,        # the page is there, and nobody has counted it twice yet
    Phase.COMMITTED,   # what was photographed without a network comes later
)
HELD_UP: Final = (
    Purpose.USE,        # whoever has not shown what they stamped stamps nothing else
    Purpose.STANDING,   # likewise, for weeks
    Purpose.TOP_UP,     # likewise, more of the same
    Purpose.PROLONG,    # likewise, for longer
)
# fmt: on


class PhotographsOwed(Refused):
    """Impressions that this person made stand on no photograph, of those that have to."""

    code = "photographs-owed"


class SampleNotAsked(Refused):
    """The photograph is said to show an impression that was not drawn, or that another one shows."""

    code = "sample-not-asked"


class WaiverNotOwn(Refused):
    """Nobody lets themselves off photographs, nor says yes to what they asked."""

    code = "photographs-not-own"


class WaiverUnexplained(Refused):
    code = "photographs-unexplained"


class PhotographUnreadable(Refused):
    """Neither JPEG nor PNG, or larger than a telephone makes them."""

    code = "photograph-unreadable"


class PhotographFromBefore(Refused):
    """The picture was taken before the paper was stamped, and shows no impression."""

    code = "photograph-from-before"


class PhotographShowsTooMany(Refused):
    code = "photograph-shows-too-many"


def kind_of(data: bytes) -> str:
    """Return what a photograph is sent as, or refuse what is none."""
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    if kind is None or len(data) > MOST_BYTES:
        raise PhotographUnreadable(size=len(data))
    return kind


def check_shown(phase: Phase, impressions: int) -> None:
    """Return if a photograph of this turn may be kept, or refuse.

    One that shows more than anybody counted is kept: that is what it is there to show.
    """
    if phase not in TAKES:
        raise OutOfTurn(phase=phase.value)
    if not 0 <= impressions <= MOST_ON_ONE:
        raise PhotographShowsTooMany(impressions=impressions, most=MOST_ON_ONE)


def check_waiver(actor: int, *, operator: int, asker: int) -> None:
    """Return if this person may let the operator off, or refuse."""
    if actor in {operator, asker}:
        raise WaiverNotOwn


def asked_by(terms: Mapping[str, Any]) -> Asked:
    """Return how many photographs the terms of a permit ask for; where they say nothing, one of each impression."""
    return Asked(terms.get(ASKS, {}).get("asks", Asked.EACH.value))


def asked_of(binding: Binding, terms: Mapping[str, Any]) -> Asked:
    """Return how many photographs a line asks for: none of what nobody is shown, whatever the permit says."""
    return asked_by(terms) if binds(binding).is_photographed else Asked.NONE


def do_differ(*, made: int, counted: int, shown: int) -> bool:
    """Return whether the counts of a turn contradict each other; fewer photographs than impressions are owed, not wrong."""
    return made != counted or shown > counted


def is_drawn(asked: Asked) -> bool:
    """Return whether lots say which of the impressions are shown, instead of whoever stamps."""
    return asked is Asked.SAMPLE


def check_sample(number: int, *, waiting: Collection[int]) -> None:
    """Return if a photograph may show the impression of this number of a turn as one that was drawn, or refuse."""
    if number not in waiting:
        raise SampleNotAsked(number=number)


def stands_on(number: int, *, before: int, a_copy: Sequence[int | None]) -> tuple[int | None, int]:
    """Return the page and the copy that the impression of this number stands on, behind so many of the same line.

    ``a_copy`` says of each impression of one copy on which page it stands; one across pages stands on none alone.
    """
    copy, place = divmod(before + number - 1, len(a_copy))
    return a_copy[place], copy + 1


def is_another_page(sight: Sight, page: int | None, *, drawn: int | None) -> bool:
    """Return whether a photograph of what was drawn shows something else; one too poor to say shows nothing else."""
    return drawn is not None and sight is not Sight.UNREADABLE and page != drawn


def is_to_be_reminded(at: datetime, *, settled_at: datetime, ends_at: datetime, minutes: int) -> bool:
    """Return whether it is time to say that photographs are missing: so long after the count, or before the permit ends."""
    return at >= min(settled_at + timedelta(minutes=minutes), ends_at - timedelta(minutes=minutes))


def to_be_shown(asked: Asked, stand: int) -> int:
    """Return how many of the impressions that stand have to be seen on photographs."""
    measure = next(row for row in MEASURES if row.asked is asked)
    if measure.every is None:
        return 0
    return min(stand, max(measure.least, -(-stand // measure.every)))
