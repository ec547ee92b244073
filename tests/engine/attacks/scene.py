"""Who signed what, and under which permission, before it is attacked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from privyseal.pdf.cms import Key
from tests.engine.handmade import (
    CATALOG,
    FORM,
    OTHER_PLACE,
    PAGE,
    Paper,
    paper,
    words,
)

NEW: Final = 16_000
EVIL: Final = words("Pay 1000000")
WHOLE_PAGE: Final = (0, 0, 595, 842)
COVER: Final = b"1 1 1 rg 0 0 595 842 re f 0 g"


@dataclass(frozen=True)
class Scene:
    """One or two parties signed; the first certified with this permission, or only approved."""

    certify: int | None
    parties: int
    key: Key
    stranger: Key

    @property
    def name(self) -> str:
        return f"{'approved' if self.certify is None else f'P{self.certify}'}, {self.parties} signed"

    @cached_property
    def paper(self) -> Paper:
        return self.signed(blank())

    @property
    def data(self) -> bytes:
        return self.paper.data

    def signed(self, unsigned: Paper) -> Paper:
        first = unsigned.signed("A", self.key, certify=self.certify)
        return first.signed("B", self.key) if self.parties > 1 else first


Attack = Callable[[Scene], bytes]


def blank() -> Paper:
    return paper(payee="Bob").declared("A").declared("B", OTHER_PLACE)


def scenes(key: Key, stranger: Key) -> Iterator[Scene]:
    """Yield every scene that is honest before it is attacked: under P1 nobody signs second."""
    for certify, parties in product((None, 1, 2, 3), (1, 2)):
        if (certify, parties) != (1, 2):
            yield Scene(certify, parties, key, stranger)


def with_last(data: bytes, old: bytes, new: bytes) -> bytes:
    before, _, after = data.rpartition(old)
    return before + new + after


def with_row(data: bytes, number: int, row: bytes) -> bytes:
    """Return the data with a table more, which says of one object where it is."""
    previous = int(data.rpartition(b"startxref")[2].split()[0])
    table = b"xref\n%d 1\n%b \ntrailer\n<</Size 16100/Root 1 0 R/Prev %d>>" % (number, row, previous)
    return data + table + b"\nstartxref\n%d\n%%%%EOF\n" % len(data)


def changed(*, catalog: bytes = b"", form: bytes = b"", page: bytes = b"") -> Attack:
    """Return an attack that adds these entries to the catalog, the form or the page."""

    def attack(scene: Scene) -> bytes:
        wanted = scene.paper
        entries = {CATALOG: (catalog, wanted.catalog), FORM: (form, wanted.form)}
        written = {number: write(added) for number, (added, write) in entries.items() if added}
        written |= {PAGE: wanted.page(entries=page)} if page else {}
        return wanted.revised(written).data

    return attack
