"""Labels with codes for rubber seals, their bags, and slots: printed, cut out, and scanned where seals change hands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import segno
from django.conf import settings
from django.urls import reverse

from privyseal.custody.models import Slot
from privyseal.custody.queries.places import SealNow

_AROUND: Final = 4
_MOST_KEPT: Final = 600  # of 6 KB each; a page shows thirty, and whoever prints it has just looked at it
_DARK: Final = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of so many squares a side, as a path."""

    side: int
    path: str


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label, and the code beside it."""

    name: str
    beside: tuple[str, ...]
    code: Code


def of_seals(found: Iterable[SealNow]) -> Iterator[Label]:
    for one in found:
        address = f"{settings.PUBLIC_URL}{reverse('seal', args=[one.seal.uid])}"
        yield Label(one.seal.name, (one.seal.number, one.seal.company.name), drawn(address))
        if one.own is not None and one.own.bag:
            yield Label(one.own.bag, (one.seal.name, one.seal.number), drawn(_place(one.own.bag)))


def of_slots(slots: Iterable[Slot]) -> Iterator[Label]:
    for slot in slots:
        yield Label(slot.called(), (slot.store.company.name,), drawn(_place(slot.called(), slot=slot.pk)))


def _place(words: str, *, slot: int | None = None) -> str:
    """Return an address that shows where seals are, and says to whoever scans it what the place is called."""
    about = f"?slot={slot}" if slot else ""
    return f"{settings.PUBLIC_URL}{reverse('places')}{about}#{quote(words)}"


@lru_cache(_MOST_KEPT)
def drawn(text: str) -> Code:
    """Draw a code as the outline of its dark runs, with room around it.

    Readers take any of the eight masks. To find the most even one costs five times what the rest of a code does, and
    the first, a chequerboard, leaves no large plain area where it fills up.
    """
    rows = segno.make(text, error="m", micro=False, mask=0).matrix
    dark = (
        f"M{run.start() + _AROUND} {y}h{run.end() - run.start()}v1H{run.start() + _AROUND}z"
        for y, row in enumerate(rows, _AROUND)
        for run in _DARK.finditer(row)
    )
    return Code(len(rows) + 2 * _AROUND, "".join(dark))
