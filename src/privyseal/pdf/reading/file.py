"""A PDF as its cross-references say it is: objects found when asked for, and what each revision changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.reading import filters, sections, syntax, values
from privyseal.pdf.reading.sections import FREE, PACKED, PLAIN, Entry, Section
from privyseal.pdf.reading.syntax import Data, Entries, refuse
from privyseal.pdf.reading.values import Reference, Stream, Value

_LONGEST_CHAIN: Final = 8
_MOST_PACKED: Final = 1_000_000
_MOST_UNFOLDED: Final = 4 * filters.MOST_UNFOLDED
_END: Final = re.compile(syntax.GAP.pattern + rb"(?:endobj|stream)")
_OBJECT: Final = re.compile(sections.HEADER.pattern + rb"(?>(?:" + syntax.PLAIN + rb"(?=" + _END.pattern + rb"))?)")
"""How an object begins, and all of it up to its end or its stream where it is a plain dictionary."""


_Place: TypeAlias = tuple[Data, int, int, Entries | None]
"""Where an object's value begins and ends, and what it holds where it is a dictionary."""

_NULL: Final[_Place] = (b"null", 0, 4, None)


@dataclass(frozen=True, slots=True)
class Revision:
    """What was written at one time: from ``start`` up to ``end``, where the next one begins or the file stops.

    ``file`` is the document as it was then.
    """

    start: int
    end: int
    file: "PdfFile"
    sections: tuple[Section, ...]

    @property
    def changed(self) -> Mapping[int, Entry]:
        """Return the objects it defines, redefines or frees."""
        found: dict[int, Entry] = {}
        for section in self.sections:
            found |= section.entries()
        return found


class PdfFile:
    """Reads what is asked for and remembers it. Not for several threads at once."""

    def __init__(self, data: Data, chain: tuple[Section, ...]) -> None:
        self.data = data
        self.sections = chain
        self.trailer = chain[0].trailer
        self.is_encrypted = False
        self._finders = []
        for section in chain:
            self.is_encrypted |= b"/Encrypt" in section.trailer
            self._finders.append(section.find if section.hidden else section.table.find)
        self._places: dict[int, _Place] = {}
        self._unpacked: dict[int, tuple[list[int], bytes]] = {}
        self._unfolded = 0
        self._root: Reference | None = None  # a cached property would take a lock
        self._catalog: Entries | None = None

    @classmethod
    def open(cls, data: Data) -> "PdfFile":
        """Return the file in its newest revision, or refuse."""
        return cls(data, sections.read(data, sections.last_start(data)))

    @property
    def is_hybrid(self) -> bool:
        return any(section.hidden for section in self.sections)

    @property
    def size(self) -> int:
        """Return the first object number that no trailer and no table speaks of."""
        size = 0
        for section in self.sections:
            size = max(size, section.size)
        return size

    @property
    def root(self) -> Reference:
        if self._root is None:
            found = syntax.reference(self.trailer.get(b"/Root"))
            self._root = Reference(*found) if found else refuse("no-catalog")
        return self._root

    @property
    def catalog(self) -> Entries:
        if self._catalog is None:
            self._catalog = self.entries(self.root)
        return self._catalog

    @cached_property
    def revisions(self) -> tuple[Revision, ...]:
        """Return what was written when, oldest first; the two sections of a linearized file are one revision."""
        found: list[Revision] = []
        chain = list(self.sections)
        start = 0
        while chain:
            last = chain.pop()
            written = [last]
            if not found and chain and chain[-1].start < last.start:
                written.append(chain.pop())  # a linearized file begins with the section that was written last
            if last.start < start:
                refuse("cross-reference-order")
            end = self._end_of(last)
            found.append(Revision(start, end, PdfFile(self.data, self.sections[len(chain) :]), tuple(written)))
            start = end
        return tuple(found)

    def entry(self, number: int) -> Entry | None:
        """Return where the newest section that speaks of this object says it is."""
        for find in self._finders:
            found = find(number)
            if found is not None:
                return found
        return None

    def raw(self, reference: tuple[int, int]) -> bytes:
        """Return an object's value as written, a stream's dictionary alone; ``null`` where it is missing."""
        data, start, end, _ = self._place(reference)
        return data[start:end]

    def resolved(self, value: bytes | None) -> bytes | None:
        """Return what a value as written leads to, through references, or refuse a loop of them."""
        if value is None:
            return None
        for _ in range(_LONGEST_CHAIN):
            found = syntax.reference(value)
            if found is None:
                return None if value == b"null" else value
            value = self.raw(found)
        raise NotSealable(reason="reference-loop")

    def entries(self, value: bytes | tuple[int, int] | None) -> Entries:
        """Return what stands in the dictionary that a value leads to, not to be changed; or refuse anything else."""
        found = value if isinstance(value, tuple) else syntax.reference(value)
        if found is None:
            return syntax.entries(self.resolved(value if isinstance(value, bytes) else None) or b"")[0]
        data, start, end, known = self._place(found)
        return syntax.entries(self.resolved(data[start:end]) or b"")[0] if known is None else known

    def value(self, reference: tuple[int, int]) -> Value:
        """Return an object whole, or refuse."""
        data, start, end, entries = self._place(reference)
        value, _ = values.parsed(data, start)
        if data is not self.data or not isinstance(value, dict) or entries is None:
            return value
        found = sections.stream_span(data, end, self._length(entries))
        return value if found is None else Stream(value, data[slice(*found)])

    def content(self, reference: tuple[int, int]) -> bytes:
        """Return what a stream unfolds to, or refuse."""
        return self._unfold(self._place(reference))

    def _unfold(self, place: _Place) -> bytes:
        data, _, end, entries = place
        if data is not self.data or entries is None:
            refuse("no-stream")
        found = sections.stream_span(data, end, self._length(entries))
        if found is None:
            refuse("no-stream")
        content = filters.unfolded(entries, data[slice(*found)])
        self._unfolded += len(content)
        if self._unfolded > _MOST_UNFOLDED:
            refuse("decompression")
        return content

    def _length(self, entries: Entries) -> int:
        written = entries.get(b"/Length", b"0")
        found = syntax.reference(written)
        if found is not None:
            written = self.raw(found)
        if not written.isdigit() or len(written) > 12:  # noqa: PLR2004  a terabyte
            refuse("stream-length")
        return min(int(written), len(self.data))

    def _place(self, reference: tuple[int, int]) -> _Place:
        number, generation = reference
        known = self._places.get(number)
        if known is None:
            known = self._places[number] = self._found(number)
        if generation:
            entry = self.entry(number)
            if entry is None or entry.kind == PACKED or entry.detail != generation:
                return _NULL
        return known

    def _found(self, number: int) -> _Place:
        entry = self.entry(number)
        if entry is None:
            return _NULL
        kind, place, detail = entry
        if kind != PLAIN:
            return _NULL if kind == FREE else self._found_packed(number, entry)
        data = self.data
        found = _OBJECT.match(data, place)
        if found is None:
            refuse("no-object")
        written, generation, inside = found.groups()
        if int(written) != number or int(generation) != detail:
            refuse("another-object")
        if inside is not None:
            return data, found.start(3) - 2, found.end(), syntax.plain_entries(inside)
        written_at = _placed(data, found.end())
        if not _END.match(data, written_at[2]):
            refuse("object-end")
        return written_at

    def _found_packed(self, number: int, entry: Entry) -> _Place:
        if entry.place not in self._unpacked:
            self._unpacked[entry.place] = self._unpack(entry.place)
        header, content = self._unpacked[entry.place]
        at = 2 * entry.detail
        if at >= len(header) or header[at] != number:
            refuse("another-object")
        return _placed(content, syntax.after_gap(content, header[at + 1]))

    def _unpack(self, number: int) -> tuple[list[int], bytes]:
        entry = self.entry(number)
        if entry is None or entry.kind in {FREE, PACKED}:
            refuse("no-object-stream")
        place = self._found(number)
        entries = place[-1]
        if entries is None:
            refuse("no-object-stream")
        self._check_length_is_outside(entries)
        content = self._unfold(place)
        first, count = entries.get(b"/First", b""), entries.get(b"/N", b"")
        if entries.get(b"/Type") != b"/ObjStm" or not first.isdigit() or not count.isdigit():
            refuse("no-object-stream")
        words = content[: int(first)].split()
        if int(count) > _MOST_PACKED or len(words) < 2 * int(count) or not all(word.isdigit() for word in words):
            refuse("object-stream-header")
        header = [int(word) for word in words[: 2 * int(count)]]
        header[1::2] = [int(first) + offset for offset in header[1::2]]
        return header, content

    def _check_length_is_outside(self, entries: Entries) -> None:
        """Refuse an object stream whose length stands in an object stream: the standard does, and it could loop."""
        found = syntax.reference(entries.get(b"/Length"))
        entry = self.entry(found[0]) if found else None
        if entry is not None and entry.kind == PACKED:
            refuse("object-stream-length")

    def _end_of(self, section: Section) -> int:
        at = self.data.find(b"%%EOF", section.end)
        if at < 0:
            return len(self.data)
        end = at + 5
        end += self.data[end : end + 1] == b"\r"
        return end + (self.data[end : end + 1] == b"\n")


def _placed(data: Data, start: int) -> _Place:
    """Return where the value that begins here ends; what stands in a dictionary is read on the way."""
    if data[start : start + 2] != b"<<":
        return data, *syntax.span(data, start), None
    entries, end = syntax.entries(data, start)
    return data, start, end, entries
