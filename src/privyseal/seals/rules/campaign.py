"""What a take-over finds: seals that are one too many, filed nowhere, kept by nobody, or not seen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    name: str
    type: SealType
    filing_number: str
    is_kept: bool
    is_seen: bool
    pictures: tuple[str, ...]


def check_due(due_on: date, *, today: date) -> None:
    if due_on < today:
        raise CampaignDateNotPossible


def check_pictures(seal: str, imprint: str) -> None:
    if seal == imprint:
        raise SamePictureTwice


def findings(seen: Sequence[Seen]) -> dict[int, list[Finding]]:
    """Return what is wrong with the seals of one company, by their keys; one that is in order is left out."""
    found: dict[int, list[Finding]] = defaultdict(list)
    for seal in seen:
        if not seal.is_seen:
            found[seal.key].append(Finding.NOT_SEEN)
        if not seal.is_kept:
            found[seal.key].append(Finding.OWNERLESS)
        if not seal.filing_number and seal.type not in STAMPS_NOTHING:
            found[seal.key].append(Finding.UNFILED)
    for finding, groups in (
        (Finding.NAME_TWICE, _alike((skeleton(seal.name), seal.key) for seal in seen)),
        (Finding.ONLY_ONE, _alike((seal.type, seal.key) for seal in seen if seal.type in ONE_A_COMPANY)),
        (Finding.FILING_TWICE, _alike((seal.filing_number, seal.key) for seal in seen if seal.filing_number)),
        (Finding.PICTURE_TWICE, _alike((picture, seal.key) for seal in seen for picture in seal.pictures)),
    ):
        for key in groups:
            found[key].append(finding)
    return dict(found)


def _alike(pairs: Iterable[tuple[str, int]]) -> list[int]:
    """Return the keys of those that share something with another one."""
    sharing: dict[str, set[int]] = defaultdict(set)
    for shared, key in pairs:
        sharing[shared].add(key)
    return sorted({key for keys in sharing.values() if len(keys) > 1 for key in keys})
