"""One incremental update of a file, in the file's own style; its bytes depend on nothing but what is put in.

Bodies are object values as they are written. ``reading.syntax`` and ``reading.values`` help to write them.
"""

import hashlib
import re
import zlib
from binascii import hexlify
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, Self

from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.pages import Page
from privyseal.pdf.reading.syntax import Data, Entries, refuse
from privyseal.pdf.reading.values import Reference

_OWN_TO_SECTIONS: Final = frozenset(
    (b"/Type", b"/Size", b"/Prev", b"/XRefStm", b"/W", b"/Index", b"/Length", b"/Filter", b"/DecodeParms", b"/ID")
)
_NUMBERS_WIDTH: Final = 48
_OBJECT_END: Final = b"\nendobj\n"
_FIRST_HEX: Final = re.compile(rb"\[ ?(<[0-9A-Fa-f]*+>)")


def stream(content: bytes, entries: Mapping[bytes, bytes], *, is_packed: bool = False) -> bytes:
    """Return a stream's body; ``is_packed`` deflates it."""
    if is_packed:
        content, entries = zlib.compress(content, 9), {**entries, b"/Filter": b"/FlateDecode"}
    head = syntax.dictionary({**entries, b"/Length": b"%d" % len(content)})
    return b"%bstream\n%b\nendstream" % (head, content)


class Begun(Protocol):
    """A SHA-256 under way, as of hashlib."""

    def copy(self) -> Self: ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hashed:
    """A whole file, and its SHA-256: for whoever hashed it for a reason of their own. The hash stays as it is."""

    data: Data
    sha256: Begun


class Revision:
    """What is to be appended: objects added and replaced, annotations, drawing; then written or signed once."""

    def __init__(self, file: PdfFile, begun: Begun | None = None) -> None:
        if file.is_encrypted:
            refuse("encrypted")
        self.file = file
        self._begun = begun
        self._bodies: dict[Reference, bytes] = {}
        self._edited: dict[Reference, Entries] = {}
        self._streams: dict[bytes, Reference] = {}
        self._resources: dict[tuple[object, ...], bytes] = {}
        self._next = file.size

    def add(self, body: bytes) -> Reference:
        """Put in a new object."""
        reference = Reference(self._next)
        self._next += 1
        self._bodies[reference] = body
        return reference

    def reserve(self) -> Reference:
        """Return the number of an object that is still to be put in with ``replace``."""
        reference = Reference(self._next)
        self._next += 1
        return reference

    def replace(self, reference: Reference, body: bytes) -> None:
        """Put another body in the place of an object's."""
        self._edited.pop(reference, None)
        self._bodies[reference] = body

    def edit(self, reference: Reference) -> Entries:
        """Return a dictionary as it stands now, to be changed in place; it is written with what it holds at the end."""
        if reference not in self._edited:
            body = self._bodies.pop(reference, None)
            self._edited[reference] = dict(self.file.entries(reference)) if body is None else syntax.entries(body)[0]
        return self._edited[reference]

    def body(self, value: bytes | None) -> bytes | None:
        """Return what a value leads to in this revision, None for null."""
        found = syntax.reference(value)
        if found is None:
            return None if value == b"null" else value
        reference = Reference(*found)
        if reference in self._edited:
            return syntax.dictionary(self._edited[reference])
        return self._bodies[reference] if reference in self._bodies else self.file.resolved(value)

    def lengthened(self, array: bytes | None, addition: bytes) -> bytes:
        """Return what to write for an array with more at its end.

        An array that is an object of its own is replaced, and what is to be written stays the reference to it.
        """
        if array is None:
            return b"[ %b]" % addition
        members = self.body(array) or b"[]"
        if members[:1] != b"[":
            refuse("no-array")
        longer = b"%b %b]" % (members[:-1], addition)
        found = syntax.reference(array)
        if found is None or self._own_body(found)[:1] != b"[":
            return longer
        self.replace(Reference(*found), longer)
        return array

    def annotate(self, page: Page, annotation: Reference) -> None:
        """Show one more annotation on a page; what is put on later lies on top."""
        known = self._edited.get(page.reference, page.entries).get(b"/Annots")
        longer = self.lengthened(known, b"%d 0 R" % annotation.number)
        if longer != known:
            self.edit(page.reference)[b"/Annots"] = longer

    def draw(self, page: Page, content: bytes, resources: Mapping[bytes, Mapping[bytes, bytes]]) -> None:
        """Draw on top of a page, in its own points: what its content set is undone first.

        ``resources`` are entries by kind, such as ``{b"/XObject": {b"/Seal": b"7 0 R"}}``; the names must be new.
        Only for a file that nobody has signed: a signature never survives a changed page.
        """
        if page.reference not in self._edited and page.reference not in self._bodies:
            self._edited[page.reference] = dict(page.entries)  # read already
        entries = self.edit(page.reference)
        before = self._contents(entries.get(b"/Contents"))
        opening, closing = self._shared(b"q\n"), self._shared(b"\nQ\n" + content)
        entries[b"/Contents"] = b"[%d 0 R %b %d 0 R]" % (opening.number, before, closing.number)
        entries[b"/Resources"] = self._with_resources(entries.get(b"/Resources", page.get(b"/Resources")), resources)

    def written(self) -> bytes:
        """Return the bytes to append, unsigned."""
        written, places, at = self._objects()
        objects = b"".join(written)
        return objects + self._ending(places, at, seed=_digest(self.file.data, objects))

    def signed(
        self, signature: Reference, entries: Entries, *, reserve: int, sign: Callable[[bytes], bytes], seed: bytes = b""
    ) -> bytes:
        """Return the bytes to append with this signature dictionary in them.

        ``sign`` gets the SHA-256 of all but the gap and returns what fills it, at most ``reserve`` bytes of DER.
        ``seed`` tells apart what would otherwise be the same file.
        """
        # (1) everything the signature covers before its gap, its dictionary last
        objects, places, at = self._objects()
        head = b"%d 0 obj\n%b/ByteRange[0 " % (signature.number, syntax.dictionary(entries)[:-2])
        places[signature] = at
        before = at + len(head) + _NUMBERS_WIDTH + len(b"/Contents")
        after = before + 2 * reserve + 2
        # (2) everything behind it
        hashed: Begun = self._begun.copy() if self._begun else hashlib.sha256(self.file.data)
        marked = hashed.copy()
        marked.update(seed)
        tail = b">>\nendobj\n"
        tail += self._ending(places, after + len(tail), seed=marked.digest())
        # (3) the range is known: hashed once, signed once
        numbers = b"%d %d %d]" % (before, after, len(tail))
        front = b"".join((*objects, head, numbers.ljust(_NUMBERS_WIDTH), b"/Contents"))
        hashed.update(front)
        hashed.update(tail)
        container = sign(hashed.digest())
        if len(container) > reserve:
            raise ValueError(f"a container of {len(container)} bytes in a gap of {reserve}")
        return b"".join((front, b"<", hexlify(container).ljust(2 * reserve, b"0"), b">", tail))

    def _shared(self, content: bytes) -> Reference:
        """Return a stream of this content: pages alike share it."""
        if content not in self._streams:
            self._streams[content] = self.add(stream(content, {}))
        return self._streams[content]

    def _own_body(self, found: tuple[int, int]) -> bytes:
        return self._bodies.get(Reference(*found)) or self.file.raw(found)

    def _contents(self, written: bytes | None) -> bytes:
        content = self.body(written)
        if content is None or written is None:
            return b""
        return content[1:-1] if content[:1] == b"[" else written

    def _with_resources(self, written: bytes | None, more: Mapping[bytes, Mapping[bytes, bytes]]) -> bytes:
        """Return resources with more in them; most pages of a document have the same ones."""
        asked = (written, *((kind, *additions.items()) for kind, additions in more.items()))
        if asked not in self._resources:
            self._resources[asked] = self._joined(written, more)
        return self._resources[asked]

    def _joined(self, written: bytes | None, more: Mapping[bytes, Mapping[bytes, bytes]]) -> bytes:
        known = self.body(written)
        resources = syntax.entries(known)[0] if known else {}
        for kind, additions in more.items():
            before = self.body(resources.get(kind))
            together = syntax.entries(before)[0] if before else {}
            if together.keys() & additions.keys():
                refuse("resource-name")
            resources[kind] = syntax.dictionary({**together, **additions})
        return syntax.dictionary(resources)

    def _objects(self) -> tuple[list[bytes], dict[Reference, int], int]:
        """Return all objects as written, in parts, where each stands in the whole file, and where they end."""
        data = self.file.data
        parts = [b"" if data[-1:] in {b"\n", b"\r"} else b"\n"]
        at = len(data) + len(parts[0])
        places = {}
        bodies = self._bodies.copy()
        for reference, entries in self._edited.items():
            bodies[reference] = syntax.dictionary(entries)
        for reference, body in bodies.items():
            places[reference] = at
            head = b"%d %d obj\n" % reference
            parts += head, body, _OBJECT_END  # together only once: a face is long
            at += len(head) + len(body) + len(_OBJECT_END)
        return parts, places, at

    def _ending(self, places: dict[Reference, int], at: int, *, seed: bytes) -> bytes:
        """Return cross-references, trailer and the end of the file; ``at`` is where they begin."""
        newest = self.file.sections[0]
        trailer = {name: value for name, value in newest.trailer.items() if name not in _OWN_TO_SECTIONS}
        trailer |= {b"/Prev": b"%d" % newest.start, b"/ID": self._identity(seed)}
        cross_references = self._packed(places, trailer, at) if newest.is_stream else self._table(places, trailer)
        return b"%bstartxref\n%d\n%%%%EOF\n" % (cross_references, at)

    def _identity(self, seed: bytes) -> bytes:
        known = self.file.resolved(self.file.trailer.get(b"/ID"))
        plain = _FIRST_HEX.match(known) if known else None
        members = [plain[1]] if plain else syntax.items(known) if known else []
        first = members[0] if members else b"<%b>" % hexlify(seed[16:])
        return b"[%b<%b>]" % (first, hexlify(seed[:16]))

    def _table(self, places: dict[Reference, int], trailer: Entries) -> bytes:
        rows = [b"xref\n"]
        for run in _runs(places):
            rows.append(b"%d %d\n" % (run[0][0][0], len(run)))
            for (_, generation), at in run:
                rows.append(b"%010d %05d n \n" % (at, generation) if generation else b"%010d 00000 n \n" % at)
        trailer[b"/Size"] = b"%d" % self._next
        return b"%btrailer\n%b\n" % (b"".join(rows), syntax.dictionary(trailer))

    def _packed(self, places: dict[Reference, int], trailer: Entries, at: int) -> bytes:
        own = Reference(self._next)
        places[own] = at
        width = max(4, (at.bit_length() + 7) // 8)
        runs = _runs(places)
        rows = b"".join(
            b"\x01" + place.to_bytes(width, "big") + generation.to_bytes(2, "big")
            for run in runs
            for (_, generation), place in run
        )
        index = b" ".join([b"%d %d" % (run[0][0][0], len(run)) for run in runs])
        head = {b"/Type": b"/XRef", b"/Size": b"%d" % (own.number + 1), b"/W": b"[1 %d 2]" % width}
        return b"%d 0 obj\n%b\nendobj\n" % (own.number, stream(rows, head | {b"/Index": b"[%b]" % index} | trailer))


def _digest(data: Data, more: bytes) -> bytes:
    hashed = hashlib.sha256(data)
    hashed.update(more)
    return hashed.digest()


def _runs(places: Mapping[Reference, int]) -> list[list[tuple[Reference, int]]]:
    """Return the references in order with their places, those with neighbouring numbers together."""
    runs: list[list[tuple[Reference, int]]] = []
    following = -1
    for one in sorted(places.items()):
        number = one[0][0]
        if number == following:
            runs[-1].append(one)
        else:
            runs.append([one])
        following = number + 1
    return runs
