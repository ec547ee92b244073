"""Cross-references: the sections of a file, newest first, each read as far as it is asked."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, Protocol, TypeAlias

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
    def parts(self) -> "Sequence[_Part]":
        """What it consists of."""

    def find(self, number: int) -> Entry | None:
        """Return the entry of an object, None where this table does not speak of it."""

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Yield every object this table speaks of."""


class Section(NamedTuple):
    """One cross-reference section with its trailer; ``start`` and ``end`` are offsets in the file."""

    start: int
    end: int
    trailer: Entries
    table: _Table
    hidden: _Table | None = None
    is_stream: bool = False

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

    @property
    def size(self) -> int:
        """Return the first object number that neither trailer nor table speaks of, or refuse."""
        said = self.trailer.get(b"/Size")
        return max([0 if said is None else _number(said), *[first + rows for first, rows, _ in self.table.parts]])


def last_start(data: Data) -> int:
    """Return where the newest section is said to be, or refuse."""
    at = data.rfind(b"startxref", max(0, len(data) - _TAIL))
    found = _START.match(data, at) if at >= 0 else None
    return int(found[1]) if found else refuse("no-startxref")


def read(data: Data, start: int) -> tuple[Section, ...]:
    """Return the sections from this one back to the first, or refuse."""
    section = _section(data, start)
    found, seen = [section], {start}
    while (previous := section.trailer.get(b"/Prev")) is not None:
        start = _number(previous)
        if start in seen or len(seen) >= MOST_SECTIONS:
            refuse("cross-reference-loop")
        seen.add(start)
        section = _section(data, start)
        found.append(section)
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
    hidden_at = trailer.get(b"/XRefStm")
    hidden = None if hidden_at is None else _stream_section(data, _number(hidden_at)).table
    return Section(start, end, trailer, table, hidden)


def _number(written: bytes) -> int:
    """Return a whole number of a trailer, or refuse."""
    return int(written) if written.isdigit() and len(written) <= 12 else refuse("trailer")  # noqa: PLR2004  a terabyte


_Part: TypeAlias = tuple[int, int, int]
"""Rows of objects that are numbered on: the number of the first, how many they are, and where they stand."""


def _in_order(parts: Sequence[_Part]) -> tuple[Sequence[_Part], Sequence[int]]:
    """Return a few parts as they are; many in order, with the first number of each, in which one is found at once.

    Many of which two speak of one object are refused: finding it would take forever.
    """
    if len(parts) <= _FEW:
        return parts, ()
    ordered = sorted(part for part in parts if part[1])
    if any(first + rows > other for (first, rows, _), (other, _, _) in pairwise(ordered)):
        refuse("cross-reference-order")
    return ordered, [first for first, _, _ in ordered]


def _about(number: int, parts: Sequence[_Part], firsts: Sequence[int]) -> Sequence[_Part]:
    """Return those of many parts that may speak of this object."""
    behind = bisect_right(firsts, number)
    return parts[max(behind - 1, 0) : behind]


class _Rows(NamedTuple):
    """A table of rows of twenty bytes, left where it stands; a part is at its offset."""

    data: Data
    parts: Sequence[_Part]
    firsts: Sequence[int]

    def find(self, number: int) -> Entry | None:
        data, parts, firsts = self
        for first, rows, at in _about(number, parts, firsts) if firsts else parts:
            if first <= number < first + rows:
                return _entry(_ROW.match(data, at + _ROW_LENGTH * (number - first)))
        return None

    def entries(self) -> Iterator[tuple[int, Entry]]:
        for first, rows, at in self.parts:
            for index in range(rows):
                yield first + index, _entry(_ROW.match(self.data, at + _ROW_LENGTH * index))


def _entry(row: re.Match[bytes] | None) -> Entry:
    if row is None:
        refuse("cross-reference-row")
    place, generation, kind = row.groups()
    return Entry(PLAIN if kind == b"n" else FREE, int(place), int(generation))


def _read_rows(data: Data, at: int) -> tuple[_Rows, int]:
    beginning, parts = at, []
    while not (trailer := _TRAILER.match(data, at)):
        part = _part(data, at)
        _, count, at = part
        end = at + _ROW_LENGTH * count
        if count and not (_ROW.match(data, end - _ROW_LENGTH) and _ROW.match(data, at)):
            return _read_loose_rows(data, beginning)
        parts.append(part)
        at = end
    return _Rows(data, *_in_order(parts)), trailer.end()


def _read_loose_rows(data: Data, at: int) -> tuple[_Rows, int]:
    """Read a table whose rows have not the length they should, by writing it anew."""
    written, parts = bytearray(), []
    while not (trailer := _TRAILER.match(data, at)):
        first, count, at = _part(data, at)
        parts.append((first, count, len(written)))
        for _ in range(count):
            row = _LOOSE_ROW.match(data, at)
            if row is None:
                refuse("cross-reference-row")
            written += b"%b %b %b \n" % row.groups()
            at = row.end()
    return _Rows(bytes(written), *_in_order(parts)), trailer.end()


def _part(data: Data, at: int) -> _Part:
    """Return the part that begins here, or refuse."""
    begin = _SUBSECTION.match(data, at)
    if begin is None:
        refuse("no-trailer")
    first, count = int(begin[1]), int(begin[2])
    if first + count > _MOST_NUMBER or count * (_ROW_LENGTH - 2) > len(data):
        refuse("cross-reference-size")
    return first, count, begin.end()


@dataclass(frozen=True, slots=True)
class _Packed:
    """A table of binary rows; a part is at the index of its first one."""

    rows: bytes
    widths: tuple[int, int, int]
    parts: Sequence[_Part]
    firsts: Sequence[int]

    def find(self, number: int) -> Entry | None:
        for first, rows, index in _about(number, self.parts, self.firsts) if self.firsts else self.parts:
            if first <= number < first + rows:
                return self._entry(index + number - first)
        return None

    def entries(self) -> Iterator[tuple[int, Entry]]:
        for first, rows, index in self.parts:
            for step in range(rows):
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
    table = _Packed(rows, _widths(trailer), *_parts(trailer))
    if sum(count for _, count, _ in table.parts) * sum(table.widths) > len(rows):
        refuse("cross-reference-size")
    return Section(start, found[1], trailer, table, is_stream=True)


def _widths(trailer: Entries) -> tuple[int, int, int]:
    widths = _whole(trailer.get(b"/W", b"[]"))
    if len(widths) != 3 or max(widths) > 8 or not sum(widths):  # noqa: PLR2004  ISO 32000-2, 7.5.8.2
        refuse("cross-reference-widths")
    return widths[0], widths[1], widths[2]


def _parts(trailer: Entries) -> tuple[Sequence[_Part], Sequence[int]]:
    numbers = _whole(trailer.get(b"/Index", b"[0 %b]" % trailer.get(b"/Size", b"")))
    parts, index = [], 0
    if len(numbers) % 2:
        refuse("cross-reference-size")
    for first, count in zip(numbers[::2], numbers[1::2], strict=True):
        if first + count > _MOST_NUMBER:
            refuse("cross-reference-size")
        parts.append((first, count, index))
        index += count
    return _in_order(parts)


def _whole(array: bytes) -> list[int]:
    members = syntax.items(array)
    if not all(member.isdigit() and len(member) <= 10 for member in members):  # noqa: PLR2004  a table's own width
        refuse("number")
    return [int(member) for member in members]
