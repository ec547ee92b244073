"""Cross-references: the sections of a file, newest first, each read as far as it is asked."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from privyseal.pdf.reading import filters, syntax
from privyseal.pdf.reading.syntax import Data, Entries, refuse

FREE, PLAIN, PACKED = range(3)

MOST_SECTIONS: Final = 1_000
_MOST_NUMBER: Final = 8_388_607
_TAIL: Final = 2_048
_ROW_LENGTH: Final = 20
_FEW: Final = 8
_START: Final = re.compile(rb"startxref[\0\t\n\f\r ]*+(\d{1,12})")
_XREF: Final = re.compile(syntax.GAP.pattern + rb"xref")
_SUBSECTION: Final = re.compile(syntax.GAP.pattern + rb"(\d{1,10})[\t ]++(\d{1,10})[\t ]*+(?:\r\n|\r|\n)")
_TRAILER: Final = re.compile(syntax.GAP.pattern + rb"trailer")
_ROW: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?=[\r\n ]{2})")
_LOOSE_ROW: Final = re.compile(rb"[\0\t\n\f\r ]*+(\d{10})[\t ]++(\d{5})[\t ]++([nf])")
HEADER: Final = re.compile(
    syntax.GAP.pattern
    + rb"(\d{1,10})[\0\t\n\f\r ]++(\d{1,5})[\0\t\n\f\r ]++obj(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    + syntax.GAP.pattern
)
_STREAM: Final = re.compile(syntax.GAP.pattern + rb"stream(?:\r\n|\n)")
_STREAM_END: Final = re.compile(rb"[\0\t\n\f\r ]*+endstream")


class Entry(NamedTuple):
    """Where an object is: at ``place`` in the file, or in the object stream ``place`` at index ``detail``."""

    kind: int
    place: int
    detail: int


class _Table(Protocol):
    @property
    def size(self) -> int:
        """Return one more than the highest number this table speaks of."""

    def find(self, number: int) -> Entry | None:
        """Return the entry of an object, None where this table does not speak of it."""

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Yield every object this table speaks of."""


class Section(NamedTuple):
    """One cross-reference section with its trailer; ``start`` and ``end`` are offsets in the file."""

    start: int
    end: int
    trailer: Entries
    is_stream: bool
    table: _Table
    hidden: _Table | None = None

    def find(self, number: int) -> Entry | None:
        """Return where this section says an object is, None where it does not speak of it."""
        found = self.table.find(number)
        if self.hidden and (found is None or found.kind == FREE):
            return self.hidden.find(number) or found
        return found

    def entries(self) -> dict[int, Entry]:
        """Return every object this section speaks of, those that older readers do not see included."""
        found = dict(self.hidden.entries()) if self.hidden else {}
        return found | {
            number: entry for number, entry in self.table.entries() if entry.kind != FREE or number not in found
        }

    def number(self, name: bytes) -> int | None:
        """Return a whole number of the trailer, None where it is not there, or refuse."""
        value = self.trailer.get(name)
        if value is None:
            return None
        return int(value) if value.isdigit() and len(value) <= 12 else refuse("trailer")  # noqa: PLR2004  a terabyte


def last_start(data: Data) -> int:
    """Return where the newest section is said to be, or refuse."""
    at = data.rfind(b"startxref", max(0, len(data) - _TAIL))
    found = _START.match(data, at) if at >= 0 else None
    return int(found[1]) if found else refuse("no-startxref")


def read(data: Data, start: int) -> tuple[Section, ...]:
    """Return the sections from this one back to the first, or refuse."""
    found: list[Section] = []
    seen: set[int] = set()
    waiting: int | None = start
    while waiting is not None:
        if waiting in seen or len(seen) >= MOST_SECTIONS:
            refuse("cross-reference-loop")
        seen.add(waiting)
        section = _section(data, waiting)
        found.append(section)
        waiting = section.number(b"/Prev")
    return tuple(found)


def header(data: Data, at: int) -> tuple[int, int, int]:
    """Return number and generation of the object that begins here, and where its value stands, or refuse."""
    found = HEADER.match(data, at)
    if found is None:
        refuse("no-object")
    return int(found[1]), int(found[2]), found.end()


def stream_span(data: Data, at: int, length: int) -> tuple[int, int] | None:
    """Return where the bytes of the stream begin and end, None where no stream follows, or refuse."""
    begin = _STREAM.match(data, at)
    if begin is None:
        return None
    start, end = begin.end(), begin.end() + length
    if not _STREAM_END.match(data, end):
        refuse("stream-length")
    return start, end


def _section(data: Data, start: int) -> Section:
    word = _XREF.match(data, start)
    if word is None:
        return _stream_section(data, start)
    table, at = _read_rows(data, word.end())
    trailer, end = syntax.entries(data, at)
    section = Section(start, end, trailer, is_stream=False, table=table)
    hidden_at = section.number(b"/XRefStm")
    if hidden_at is None:
        return section
    hidden = _stream_section(data, hidden_at)
    return Section(start, end, trailer, is_stream=False, table=table, hidden=hidden.table)


class _Part(NamedTuple):
    """Rows of objects that are numbered on from the first one."""

    first: int
    rows: int
    at: int


class _Parts(NamedTuple):
    """What a table consists of: as it says for a few parts, in the order of ``firsts`` for more."""

    all: tuple[_Part, ...]
    firsts: tuple[int, ...] = ()

    @classmethod
    def of(cls, parts: Sequence[_Part]) -> "_Parts":
        """Return the parts, or refuse many of which two speak of one object: finding it would take forever."""
        if len(parts) <= _FEW:
            return cls(tuple(parts))
        ordered = tuple(sorted(part for part in parts if part.rows))
        if any(one.first + one.rows > other.first for one, other in pairwise(ordered)):
            refuse("cross-reference-order")
        return cls(ordered, tuple(part.first for part in ordered))

    @property
    def size(self) -> int:
        return max([first + count for first, count, _ in self.all]) if self.all else 0

    def about(self, number: int) -> tuple[_Part, ...]:
        """Return the parts that may speak of this object."""
        if not self.firsts:
            return self.all
        behind = bisect_right(self.firsts, number)
        return self.all[max(behind - 1, 0) : behind]


class _Rows(NamedTuple):
    """A table of rows of twenty bytes, left where it stands; a part is at its offset."""

    data: Data
    parts: _Parts

    @property
    def size(self) -> int:
        return self.parts.size

    def find(self, number: int) -> Entry | None:
        parts = self.parts
        for first, count, at in parts.about(number) if parts.firsts else parts.all:
            if first <= number < first + count:
                return self._entry(at + _ROW_LENGTH * (number - first))
        return None

    def entries(self) -> Iterator[tuple[int, Entry]]:
        for first, count, at in self.parts.all:
            for index in range(count):
                yield first + index, self._entry(at + _ROW_LENGTH * index)

    def _entry(self, at: int) -> Entry:
        row = _ROW.match(self.data, at)
        if row is None:
            refuse("cross-reference-row")
        place, generation, kind = row.groups()
        return Entry(PLAIN if kind == b"n" else FREE, int(place), int(generation))


def _read_rows(data: Data, at: int) -> tuple[_Rows, int]:
    beginning, parts = at, []
    while part := _part(data, at):
        _, count, at = part
        end = at + _ROW_LENGTH * count
        if count and not (_ROW.match(data, end - _ROW_LENGTH) and _ROW.match(data, at)):
            return _read_loose_rows(data, beginning)
        parts.append(part)
        at = end
    return _Rows(data, _Parts.of(parts)), _behind_trailer(data, at)


def _read_loose_rows(data: Data, at: int) -> tuple[_Rows, int]:
    """Read a table whose rows have not the length they should, by writing it anew."""
    written, parts = bytearray(), []
    while part := _part(data, at):
        first, count, at = part
        parts.append(_Part(first, count, len(written)))
        for _ in range(count):
            row = _LOOSE_ROW.match(data, at)
            if row is None:
                refuse("cross-reference-row")
            written += b"%b %b %b \n" % row.groups()
            at = row.end()
    return _Rows(bytes(written), _Parts.of(parts)), _behind_trailer(data, at)


def _part(data: Data, at: int) -> _Part | None:
    """Return the part that begins here, None where none does, or refuse."""
    begin = _SUBSECTION.match(data, at)
    if begin is None:
        return None
    first, count = int(begin[1]), int(begin[2])
    if first + count > _MOST_NUMBER or count * (_ROW_LENGTH - 2) > len(data):
        refuse("cross-reference-size")
    return _Part(first, count, begin.end())


def _behind_trailer(data: Data, at: int) -> int:
    trailer = _TRAILER.match(data, at)
    return trailer.end() if trailer else refuse("no-trailer")


@dataclass(frozen=True, slots=True)
class _Packed:
    """A table of binary rows; a part is at the index of its first one."""

    rows: bytes
    widths: tuple[int, int, int]
    parts: _Parts

    @property
    def size(self) -> int:
        return self.parts.size

    def find(self, number: int) -> Entry | None:
        for first, count, index in self.parts.about(number):
            if first <= number < first + count:
                return self._entry(index + number - first)
        return None

    def entries(self) -> Iterator[tuple[int, Entry]]:
        for first, count, index in self.parts.all:
            for step in range(count):
                yield first + step, self._entry(index + step)

    def _entry(self, index: int) -> Entry:
        kind_width, place_width, detail_width = self.widths
        at = index * sum(self.widths)
        kind = int.from_bytes(self.rows[at : at + kind_width], "big") if kind_width else PLAIN
        at += kind_width
        place = int.from_bytes(self.rows[at : at + place_width], "big")
        detail = int.from_bytes(self.rows[at + place_width : at + place_width + detail_width], "big")
        return Entry(kind if kind in {PLAIN, PACKED} else FREE, place, detail)


def _stream_section(data: Data, start: int) -> Section:
    _, _, at = header(data, start)
    trailer, at = syntax.entries(data, at)
    length = trailer.get(b"/Length", b"")
    if trailer.get(b"/Type") != b"/XRef" or not length.isdigit():
        refuse("no-cross-references")
    found = stream_span(data, at, min(int(length), len(data)))
    if found is None:
        refuse("no-cross-references")
    rows = filters.unfolded(trailer, data[slice(*found)])
    table = _Packed(rows, _widths(trailer), _parts(trailer))
    if sum(count for _, count, _ in table.parts.all) * sum(table.widths) > len(rows):
        refuse("cross-reference-size")
    return Section(start, found[1], trailer, is_stream=True, table=table)


def _widths(trailer: Entries) -> tuple[int, int, int]:
    widths = _whole(trailer.get(b"/W", b"[]"))
    if len(widths) != 3 or max(widths) > 8 or not sum(widths):  # noqa: PLR2004  ISO 32000-2, 7.5.8.2
        refuse("cross-reference-widths")
    return widths[0], widths[1], widths[2]


def _parts(trailer: Entries) -> _Parts:
    numbers = _whole(trailer.get(b"/Index", b"[0 %b]" % trailer.get(b"/Size", b"")))
    parts, index = [], 0
    if len(numbers) % 2:
        refuse("cross-reference-size")
    for first, count in zip(numbers[::2], numbers[1::2], strict=True):
        if first + count > _MOST_NUMBER:
            refuse("cross-reference-size")
        parts.append(_Part(first, count, index))
        index += count
    return _Parts.of(parts)


def _whole(array: bytes) -> list[int]:
    members = syntax.items(array)
    if not all(member.isdigit() and len(member) <= 10 for member in members):  # noqa: PLR2004  a table's own width
        refuse("number")
    return [int(member) for member in members]
