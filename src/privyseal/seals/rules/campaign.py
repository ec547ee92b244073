"""What a take-over finds: seals that are one too many, filed nowhere, kept by nobody, or not seen."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from privyseal.identity.names import skeleton
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import STAMPS_NOTHING, SealType


class Finding(StrEnum):
    """What is wrong with a seal that was taken over."""

    NOT_SEEN = "not-seen"
    OWNERLESS = "ownerless"
    UNFILED = "unfiled"
    NAME_TWICE = "name-twice"
    ONLY_ONE = "only-one"
    FILING_TWICE = "filing-twice"
    PICTURE_TWICE = "picture-twice"


# fmt: off
ONE_A_COMPANY: Final = frozenset({
    SealType.OFFICIAL,               # the police file one official seal for a company
    SealType.FINANCE,                # the bank holds one specimen of it
    SealType.LEGAL_REPRESENTATIVE,   # the bank holds one specimen of it
})
# fmt: on


class CampaignDateNotPossible(Refused):
    code = "campaign-date-not-possible"


class CampaignUnderWay(Refused):
    code = "campaign-under-way"


class SamePictureTwice(Refused):
    """Seal and imprint are two pictures."""

    code = "same-picture-twice"


@dataclass(frozen=True, slots=True)
class Seen:
    """A seal as a take-over finds it."""

    key: int
    company: int
    name: str
    type: SealType
    filing_number: str
    is_kept: bool
    is_seen: bool
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a take-over is, and how many seals something is wrong with."""

    seals: int
    seen: int
    is_over: bool
    found: Counter[Finding]

    @property
    def missing(self) -> int:
        """How many are yet to be seen, while there is time."""
        return 0 if self.is_over else self.seals - self.seen

    @property
    def late(self) -> int:
        """How many were not seen by the day."""
        return self.seals - self.seen if self.is_over else 0


def check_due(due_on: date, *, today: date) -> None:
    if due_on < today:
        raise CampaignDateNotPossible


def check_pictures(seal: str, imprint: str) -> None:
    if seal == imprint:
        raise SamePictureTwice


def findings(seen: Sequence[Seen], *, elsewhere: Collection[str] = ()) -> dict[int, list[Finding]]:
    """Return what is wrong with seals, by their keys; one that is in order is left out.

    Names are looked at within a company, filing numbers and pictures over all; ``elsewhere`` are those of further seals.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    for seal in seen:
        if not seal.is_seen:
            found[seal.key].append(Finding.NOT_SEEN)
        if not seal.is_kept:
            found[seal.key].append(Finding.OWNERLESS)
        if not seal.filing_number and seal.type not in STAMPS_NOTHING:
            found[seal.key].append(Finding.UNFILED)
    for finding, groups in (
        (Finding.NAME_TWICE, _alike(((seal.company, skeleton(seal.name)), seal.key) for seal in seen)),
        (
            Finding.ONLY_ONE,
            _alike(((seal.company, seal.type), seal.key) for seal in seen if seal.type in ONE_A_COMPANY),
        ),
        (
            Finding.FILING_TWICE,
            _alike(((seal.filing_number, seal.key) for seal in seen if seal.filing_number), elsewhere),
        ),
        (
            Finding.PICTURE_TWICE,
            _alike(((picture, seal.key) for seal in seen for picture in seal.pictures), elsewhere),
        ),
    ):
        for key in groups:
            found[key].append(finding)
    return dict(found)


def _alike(pairs: Iterable[tuple[Hashable, int]], elsewhere: Collection[str] = ()) -> list[int]:
    """Return the keys of those that share something with another one, or with what is elsewhere."""
    sharing: dict[Hashable, set[int]] = defaultdict(set)
    for shared, key in pairs:
        sharing[shared].add(key)
    return sorted({key for shared, keys in sharing.items() if len(keys) > 1 or shared in elsewhere for key in keys})
