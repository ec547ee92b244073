"""Documents with odd page trees, for whoever has to see the same pages in them as strangers do."""

import random
from dataclasses import dataclass, field
from typing import Final

from tests.engine.papers import file_of

_ROOT: Final = 2
_MOST_PAGES: Final = 6
_DEEPEST: Final = 4
_NUMBERS: Final = ("0", "300", "595.28", "-100", "400.5", "+500", "720.", ".5", "1e3", "00420", "--5", "9999999")
_TURNS: Final = ("0", "90", "180", "270", "-90", "450", "720")
_ODD_TURNS: Final = (
    *("90.0", "89.9", "-450", "+90", "1", "45", "-0", "90.", "-270.5", "99999999999", "36000000090"),
    *("null", "/R", "(90)", "[90]", "true"),
)
_UNITS: Final = ("1", "2", "0.5")
_ODD_UNITS: Final = ("1.0", "0", "-1", "null", "(2)", "/U", "10", "75001")
_COUNTS: Final = ("%d", "%d.0", "+%d", "-%d", "0%d", "1%d", "null", "(%d)")
_NO_BOXES: Final = ("null", "[]", "/None", "0", "[0 0 0 0]", "[null null null null]", "<<>>", "[12 34]", "[1 2 3 4 5]")
_NO_PAGES: Final = ("", "/Type/Pages", "/Type/Template", "/Type/X")


@dataclass(slots=True)
class _Writer:
    """Writes one document, more or less odd; every choice is the generator's."""

    choose: random.Random
    oddness: float
    objects: dict[int, bytes] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    last: int = _ROOT

    def one_in(self, many: int) -> bool:
        return self.choose.random() * many < self.oddness

    def number(self) -> int:
        self.last += 1
        return self.last

    def apart(self, value: str) -> str:
        """Return a reference to an object that holds the value."""
        number = self.number()
        self.objects[number] = value.encode()
        return f"{number} 0 R"

    def value(self, value: str) -> str:
        return self.apart(value) if self.choose.random() < 0.15 else value

    def box(self) -> str:
        if self.one_in(30):
            return self.choose.choice(_NO_BOXES)
        left, bottom = self.choose.choice((0, 0, 0, -200, 100)), self.choose.choice((0, 0, -300, 50))
        corners = [
            self.choose.choice(_NUMBERS) if self.one_in(25) else str(corner + self.choose.randint(-40, 40))
            for corner in (left, bottom, left + 500, bottom + 600)
        ]
        if self.one_in(5):
            corners = [corners[at] for at in self.choose.choice(((2, 3, 0, 1), (0, 3, 2, 1), (2, 1, 0, 3)))]
        return self.value(f"[{' '.join(map(self.value, corners))}]")

    def geometry(self, *, more: float) -> str:
        entries = []
        known: tuple[str, ...]
        for name, share in (("MediaBox", 0.5), ("CropBox", 0.25)):
            if self.choose.random() < share * more:
                entries.append(f"/{name} {self.box()}")
        if self.choose.random() < 0.4 * more:
            known = _ODD_TURNS if self.one_in(4) else _TURNS
            entries.append(f"/Rotate {self.value(self.choose.choice(known))}")
        if self.choose.random() < 0.2 * more:
            known = _ODD_UNITS if self.one_in(4) else _UNITS
            entries.append(f"/UserUnit {self.value(self.choose.choice(known))}")
        self.choose.shuffle(entries)
        return "".join(entries)

    def parent(self, number: int) -> str:
        if not self.one_in(25):
            return f"/Parent {number} 0 R"
        return self.choose.choice(("", "/Parent null", "/Parent 1 0 R", "/Parent 999 0 R", f"/Parent {self.last} 0 R"))

    def page(self, number: int, parent: str) -> None:
        kind = self.choose.choice(_NO_PAGES) if self.one_in(60) else "/Type/Page"
        self.objects[number] = f"<<{kind}{parent}{self.geometry(more=1)}>>".encode()
        self.pages.append(number)

    def node(self, number: int, parent: str, depth: int) -> int:
        """Write a node and what is below it, and return how many pages that are."""
        kids, below = [], 0
        for _ in range(0 if self.one_in(60) else self.choose.choice((1, 1, 2, 2, 3))):
            if len(self.pages) >= _MOST_PAGES:
                break
            kid = self.number()
            kids.append(f"{kid} 0 R")
            if depth < _DEEPEST and self.choose.random() < 0.3:
                below += self.node(kid, self.parent(number), depth + 1)
            else:
                self.page(kid, self.parent(number))
                below += 1
        if self.one_in(40):
            kids.insert(self.choose.randint(0, len(kids)), self.odd_kid(number))
            below += self.choose.choice((0, 1))
        kind = self.choose.choice(("", "/Type/Page", "/Type/Catalog")) if self.one_in(60) else "/Type/Pages"
        listed, count = self.value(f"[{' '.join(kids)}]"), self.count(below)
        self.objects[number] = f"<<{kind}{parent}/Kids {listed}{count}{self.geometry(more=0.5)}>>".encode()
        return below

    def odd_kid(self, number: int) -> str:
        known = self.choose.choice(self.pages) if self.pages else number
        odd = ("null", "998 0 R", f"{number} 0 R", f"{_ROOT} 0 R", f"{known} 0 R", "<</Type/Page>>", "7")
        return self.choose.choice((*odd, self.apart("null")))

    def count(self, below: int) -> str:
        if self.one_in(60):
            return ""
        told = below + self.choose.choice((-1, 1, 2, 100)) if self.one_in(30) else below
        written = self.choose.choice(_COUNTS) if self.one_in(40) else "%d"
        return f"/Count {self.value(written.replace('%d', str(told)))}"


def document(seed: int) -> bytes:
    """Return the document of this number: the same number, the same bytes."""
    choose = random.Random(seed)  # noqa: S311  no secret
    writer = _Writer(choose, choose.choice((0.1, 0.5, 1.0, 2.0)))
    writer.node(_ROOT, "", 0)
    writer.objects[1] = b"<</Type/Catalog/Pages 2 0 R>>"
    return file_of(writer.objects)
