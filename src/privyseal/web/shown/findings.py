"""What a scan found, as a reader sees it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from privyseal.identity.queries import MOST_OF_A_KIND
from privyseal.identity.rules import LOOKS_FOR, Finding, Found, Weight, weight_of
from privyseal.language.findings import FOUND, TO_DO, WEIGHT
from privyseal.language.labels import POWER
from privyseal.web.shown.words import Badge

_TONE: Final = {Weight.BROKEN: "rejected", Weight.RISK: "caution", Weight.CARE: "pending"}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Whom or what it is about, and in a few words what is beside it."""

    person: str
    name: str
    beside: str


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one kind, with what to do about them."""

    found: Found
    words: Promise
    to_do: Promise
    badge: Badge
    rows: tuple[FindingRow, ...]
    are_all: bool


def groups(found: Sequence[Finding]) -> list[Group]:
    """Return what was found by kind, what is broken first."""
    return [_group(row.found, found) for row in LOOKS_FOR if any(one.found is row.found for one in found)]


def clear(shown: Sequence[Group]) -> list[Promise]:
    """Return what was looked for and not found."""
    met = {group.found for group in shown}
    return [FOUND[row.found] for row in LOOKS_FOR if row.found not in met]


def counted(found: Sequence[Finding]) -> list[tuple[Promise, int]]:
    counts = Counter(one.found for one in found)
    return [(FOUND[row.found], counts[row.found]) for row in LOOKS_FOR if counts[row.found]]


def table(found: Sequence[Finding]) -> Iterator[tuple[object, ...]]:
    for one in found:
        powers = " / ".join(str(words) for words in _powers(one))
        yield FOUND[one.found], WEIGHT[weight_of(one.found)], one.name, one.company, powers, TO_DO[one.found]


def _group(kind: Found, found: Sequence[Finding]) -> Group:
    weight = weight_of(kind)
    rows = tuple(FindingRow(one.person, one.name, _beside(one)) for one in found if one.found is kind)
    return Group(kind, FOUND[kind], TO_DO[kind], Badge(WEIGHT[weight], _TONE[weight]), rows, len(rows) < MOST_OF_A_KIND)


def _beside(one: Finding) -> str:
    said = (one.company, *_powers(one), one.count)
    return "".join(f" · {each}" for each in said if each)


def _powers(one: Finding) -> tuple[Promise, ...]:
    return tuple(POWER[power] for power in (one.power, one.already) if power is not None)
