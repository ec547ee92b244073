"""What a document bears once it is sealed, drawn over the images of its pages: by the engine's own geometry, to scale.

Layers as the engine puts them on a page: stamps that are a part of it, codes and lines of words, then the stamps that
stand above. A face is drawn once on the whole page, and shown from there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import face as faces
from privyseal.pdf import figures
from privyseal.pdf.face import Face
from privyseal.pdf.placement import PageSize, Size
from privyseal.pdf.spots import Edge, Seam, Spot, Stamp, pages_of, stamps, whole
from privyseal.signer.documents import WRITING_HEIGHT, Code, Document, Writing
from privyseal.signer.statement import Statement

_RING: Final = 19_000


class Way(StrEnum):
    """How something is shown that a document will bear: as it will look, or only where."""

    DRAWN = "drawn"
    RING = "ring"
    BOX = "box"


@dataclass(slots=True)
class Layers:
    """What one page bears, in the order in which it is drawn; ``marks`` say only where something goes."""

    below: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def drawn(self, size: PageSize) -> str:
        """Return pictures that lie over the image of a page of this size."""
        layers = (("ink", self.below), ("print", self.printed), ("ink", self.above), ("marks", self.marks))
        return "".join(
            f'<svg class="{name}" viewBox="0 0 {size.width} {size.height}" aria-hidden="true" focusable="false">'
            f"{''.join(each)}</svg>"
            for name, each in layers
            if each
        )


class Inked:
    """What each page of one document bears, and in which ways that is shown."""

    def __init__(self, sizes: Sequence[PageSize]) -> None:
        self._pages = dict(enumerate(sizes, start=1))
        self._layers: dict[int, Layers] = defaultdict(Layers)
        self.ways: set[Way] = set()

    def on(self, number: int) -> str:
        """Return what one page bears, nothing where it bears nothing."""
        return self._layers[number].drawn(self._pages[number]) if number in self._layers else ""

    def put(self, document: Document, face: Face | None) -> None:
        """Draw what a statement puts on the document: seals by the face that it names, where it names one."""
        stamped = None if face is None else _stamped(document.placements, face.size, self._pages)
        if face is None or stamped is None:
            self._ring(document.placements)
        else:
            self._seal(stamped, face, is_first=not document.after)
        for one in document.awaited:
            for stamp in _stamped(one.spots, one.size, self._pages) or ():
                self._box(stamp, one.size)
        for code in document.codes:
            self._print(code, whole(code.at, Size(code.side, code.side)))
        for writing in document.writings:
            self._print(writing, whole(writing.at, _size(writing)))

    def _seal(self, stamped: Sequence[Stamp], face: Face, *, is_first: bool) -> None:
        name = name_of(face)
        for at, stamp in enumerate(stamped):
            layers = self._layers[stamp.page]
            # All but the first stamp of the first seal are a part of their pages.
            layer = layers.below if at and is_first else layers.above
            shown = f'<use href="#{name}" width="{face.size.width}" height="{face.size.height}"/>'
            layer.append(self._at(stamp, face.size, f"{stamp.start} 0 {stamp.width} {face.size.height}", shown))
            self.ways.add(Way.DRAWN)

    def _ring(self, spots: Iterable[Spot]) -> None:
        for spot in spots:
            for number in pages_of(spot):
                if number in self._pages:
                    self._layers[number].marks.append(_ring(spot, self._pages[number]))
                    self.ways.add(Way.RING)

    def _box(self, stamp: Stamp, size: Size) -> None:
        inside = f'<rect width="{stamp.width}" height="{size.height}"/>'
        self._layers[stamp.page].marks.append(self._at(stamp, size, f"0 0 {stamp.width} {size.height}", inside))
        self.ways.add(Way.BOX)

    def _print(self, what: Code | Writing, stamp: Stamp) -> None:
        """Draw a code or a line as it will look; a box for a code that is signed, as nobody knows yet what it says."""
        if stamp.page not in self._pages:
            return
        size = Size(what.side, what.side) if isinstance(what, Code) else _size(what)
        inside = _inside(what)
        if inside is None:
            self._box(stamp, size)
        else:
            box = f"0 0 {size.width} {size.height}"
            self._layers[stamp.page].printed.append(self._at(stamp, size, box, inside))

    def _at(self, stamp: Stamp, size: Size, box: str, inside: str) -> str:
        top = self._pages[stamp.page].height - stamp.bottom - size.height
        return (
            f'<svg x="{stamp.left:.1f}" y="{top:.1f}" width="{stamp.width}" height="{size.height}" viewBox="{box}">'
            f"{inside}</svg>"
        )


def figure(face: Face) -> str:
    """Return a face by itself, from where pages show it."""
    return faces.svg(face).replace("<svg ", f'<svg id="{name_of(face)}" ', 1)


def name_of(face: Face) -> str:
    return f"face-{faces.digest(face)}"


def inked(sizes: Sequence[PageSize], said: Iterable[tuple[Statement, Document]], shown: Mapping[str, Face]) -> Inked:
    """Return what statements put on a document of these pages; ``shown`` are faces by their digests."""
    found = Inked(sizes)
    for stated, document in said:
        found.put(document, shown.get(stated.face_sha256))
    return found


def _stamped(spots: Sequence[Spot], size: Size, pages: Mapping[int, PageSize]) -> list[Stamp] | None:
    """Return the stamps of spots, None where one does not fit: the engine refuses it as well, nothing is sealed."""
    try:
        return [stamp for spot in spots for stamp in stamps(spot, size, pages)]
    except Refused:
        return None


def _ring(spot: Spot, page: PageSize) -> str:
    x = (page.width if spot.edge is Edge.RIGHT else 0) if isinstance(spot, Seam) else spot.x
    return f'<circle cx="{x}" cy="{page.height - spot.y}" r="{_RING}"/>'


def _size(writing: Writing) -> Size:
    return figures.line_size(writing.text, height=WRITING_HEIGHT)


def _inside(what: Code | Writing) -> str | None:
    if isinstance(what, Writing):
        path = figures.line_svg_path(what.text, height=WRITING_HEIGHT)
        return (
            f'<path d="{path}" stroke="#000" stroke-width="{figures.line_stroke(what.text, height=WRITING_HEIGHT)}"/>'
        )
    if what.is_signed:
        return None
    path = figures.code_svg_path(what.text, side=what.side)
    return f'<rect width="{what.side}" height="{what.side}" fill="#fff"/><path d="{path}"/>'
