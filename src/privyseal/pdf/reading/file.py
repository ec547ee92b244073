"""A PDF as its cross-references say it is: objects found when asked for, and what each revision changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.reading import filters, sections, syntax, values
from privyseal.pdf.reading.sections import FREE, PACKED, Entry, Section
from privyseal.pdf.reading.syntax import Entries, refuse
from privyseal.pdf.reading.values import Reference, Stream, Value

_LONGEST_CHAIN: Final = 8
_MOST_PACKED: Final = 1_000_000
_MOST_UNFOLDED: Final = 4 * filters.MOST_UNFOLDED
_NULL: Final = b"null"
_ENDS: Final = (b"endobj", b"stream")


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

    def __init__(self, data: bytes, chain: tuple[Section, ...]) -> None:
        self.data = data
        self.sections = chain
        self._values: dict[int, tuple[bytes, int, int]] = {}
        self._entries: dict[int, Entries] = {}
        self._unpacked: dict[int, tuple[list[int], bytes]] = {}
        self._unfolded = 0

    @classmethod
    def open(cls, data: bytes) -> "PdfFile":
        """Return the file in its newest revision, or refuse."""
        return cls(data, sections.read(data, sections.last_start(data)))

    @property
    def trailer(self) -> Entries:
        return self.sections[0].trailer

    @property
    def is_encrypted(self) -> bool:
        return any(b"/Encrypt" in section.trailer for section in self.sections)

    @property
    def is_hybrid(self) -> bool:
        return any(section.hidden for section in self.sections)

    @property
    def size(self) -> int:
        """Return the first object number that no trailer and no table speaks of."""
        return max(max(section.number(b"/Size") or 0, section.table.size) for section in self.sections)

    @property
    def root(self) -> Reference:
        found = syntax.reference(self.trailer.get(b"/Root"))
        return Reference(*found) if found else refuse("no-catalog")

    @property
    def catalog(self) -> Entries:
        return self.entries(self.root)

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
        for section in self.sections:
            found = section.find(number)
            if found is not None:
                return found
        return None

    def raw(self, reference: tuple[int, int]) -> bytes:
        """Return an object's value as written, a stream's dictionary alone; ``null`` where it is missing."""
        data, start, end = self._place(reference)
        return _NULL if data is _NULL else data[start:end]

    def resolved(self, value: bytes | None) -> bytes | None:
        """Return what a value as written leads to, through references, or refuse a loop of them."""
        for _ in range(_LONGEST_CHAIN):
            found = syntax.reference(value) if value is not None and value[-1:] == b"R" else None
            if found is None:
                return None if value == b"null" else value
            value = self.raw(found)
        raise NotSealable(reason="reference-loop")

    def entries(self, value: bytes | tuple[int, int] | None) -> Entries:
        """Return what stands in the dictionary that a value leads to, not to be changed; or refuse anything else."""
        found = value if isinstance(value, tuple) else syntax.reference(value)
        if found is None:
            return syntax.entries(self.resolved(value if isinstance(value, bytes) else None) or b"")[0]
        written = self.raw(found)
        known = self._entries.get(found[0]) if written is not _NULL else None
        return syntax.entries(self.resolved(written) or b"")[0] if known is None else known

    def value(self, reference: tuple[int, int]) -> Value:
        """Return an object whole, or refuse."""
        data, start, end = self._place(reference)
        value, _ = values.parsed(data, start)
        if data is not self.data or not isinstance(value, dict):
            return value
        found = sections.stream_span(data, end, self._length(syntax.entries(data, start)[0]))
        return value if found is None else Stream(value, data[slice(*found)])

    def content(self, reference: tuple[int, int]) -> bytes:
        """Return what a stream unfolds to, or refuse."""
        data, start, end = self._place(reference)
        return self._unfold(data, start, end)

    def _unfold(self, data: bytes, start: int, end: int) -> bytes:
        entries, _ = syntax.entries(data, start)
        found = sections.stream_span(data, end, self._length(entries)) if data is self.data else None
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

    def _place(self, reference: tuple[int, int]) -> tuple[bytes, int, int]:
        number, generation = reference
        known = self._values.get(number)
        if known is None:
            known = self._values[number] = self._found(number)
        entry = self.entry(number) if generation else None
        if generation and (entry is None or entry.kind == PACKED or entry.detail != generation):
            return _NULL, 0, len(_NULL)
        return known

    def _found(self, number: int) -> tuple[bytes, int, int]:
        entry = self.entry(number)
        if entry is None or entry.kind == FREE:
            return _NULL, 0, len(_NULL)
        if entry.kind == PACKED:
            return self._found_packed(number, entry)
        written, generation, at = sections.header(self.data, entry.place)
        if (written, generation) != (number, entry.detail):
            refuse("another-object")
        start, end = self._span(number, self.data, at)
        if not self.data.startswith(_ENDS, syntax.after_gap(self.data, end)):
            refuse("object-end")
        return self.data, start, end

    def _found_packed(self, number: int, entry: Entry) -> tuple[bytes, int, int]:
        if entry.place not in self._unpacked:
            self._unpacked[entry.place] = self._unpack(entry.place)
        header, content = self._unpacked[entry.place]
        at = 2 * entry.detail
        if at >= len(header) or header[at] != number:
            refuse("another-object")
        return content, *self._span(number, content, header[at + 1])

    def _span(self, number: int, data: bytes, at: int) -> tuple[int, int]:
        """Return where an object's value begins and ends; what stands in a dictionary is read on the way and kept."""
        start = syntax.after_gap(data, at)
        if not data.startswith(b"<<", start):
            return syntax.span(data, start)
        self._entries[number], end = syntax.entries(data, start)
        return start, end

    def _unpack(self, number: int) -> tuple[list[int], bytes]:
        entry = self.entry(number)
        if entry is None or entry.kind in {FREE, PACKED}:
            refuse("no-object-stream")
        data, start, end = self._found(number)
        entries, _ = syntax.entries(data, start)
        self._check_length_is_outside(entries)
        content = self._unfold(data, start, end)
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
