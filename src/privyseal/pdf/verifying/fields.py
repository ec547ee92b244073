"""The fields of a form: their full names, what they hold, and the widgets that show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import DEEPEST, Entries, refuse
from privyseal.pdf.reading.values import Reference

_MOST: Final = 20_000
_INHERITED: Final = (b"/FT", b"/V", b"/Ff")
SIGNATURE: Final = b"/Sig"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that holds a value; ``widgets`` show it on pages, and often the field is its own widget."""

    name: str
    reference: Reference
    entries: Entries
    inherited: Entries
    widgets: tuple[Reference, ...]

    @property
    def kind(self) -> bytes | None:
        return self.get(b"/FT")

    def get(self, name: bytes) -> bytes | None:
        return self.entries.get(name, self.inherited.get(name))


@dataclass(frozen=True, slots=True)
class _Node:
    reference: Reference
    name: str
    inherited: Entries
    depth: int


def form(file: PdfFile) -> Entries:
    """Return the form's dictionary, empty where the file has none."""
    written = file.resolved(file.catalog.get(b"/AcroForm"))
    return syntax.entries(written)[0] if written is not None else {}


def every(file: PdfFile) -> tuple[Field, ...]:
    """Return all fields in the order of the form, or refuse a form that loops or has no end."""
    return tuple(_walk(file))


def _walk(file: PdfFile) -> Iterator[Field]:
    waiting = [_Node(one, "", {}, 0) for one in reversed(_references(file, form(file).get(b"/Fields")))]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node.reference.number in seen or node.depth > DEEPEST or len(seen) > _MOST:
            refuse("form")
        seen.add(node.reference.number)
        entries = file.entries(node.reference)
        name = _name(file, node.name, entries)
        kids = _references(file, entries.get(b"/Kids"))
        inherited = node.inherited | {one: entries[one] for one in _INHERITED if one in entries}
        if any(b"/T" in file.entries(kid) for kid in kids):
            waiting += [_Node(kid, name, inherited, node.depth + 1) for kid in reversed(kids)]
        else:
            yield Field(name, node.reference, entries, node.inherited, tuple(kids) or (node.reference,))


def _name(file: PdfFile, above: str, entries: Entries) -> str:
    written = file.resolved(entries.get(b"/T"))
    if written is None:
        return above
    own, _ = values.parsed(written)
    if not isinstance(own, bytes):
        refuse("form")
    return f"{above}.{values.text_of(own)}" if above else values.text_of(own)


def _references(file: PdfFile, value: bytes | None) -> list[Reference]:
    written = file.resolved(value)
    return [] if written is None else [Reference(*one) for one in syntax.references(written)]
