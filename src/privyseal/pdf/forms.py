"""The interactive form of a file, as far as seals need it: its fields, its signatures, what they forbid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import DEEPEST, Entries, refuse
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision

_MOST_FIELDS: Final = 100_000
_USUAL_PERMISSION: Final = 2
_SIGNED_AND_APPEND_ONLY: Final = b"3"


@dataclass(frozen=True, slots=True)
class Field:
    """A field with what it inherits; ``name`` is its own part of the full name."""

    reference: Reference
    entries: Entries
    name: str
    kind: bytes
    is_root: bool

    @property
    def is_signature(self) -> bool:
        return self.kind == b"/Sig"


def fields(file: PdfFile) -> Iterator[Field]:
    """Yield every field and widget of the form, parents first, or refuse a broken tree."""
    form = file.catalog.get(b"/AcroForm")
    if file.resolved(form) is None:
        return
    waiting = [(one, b"", 0) for one in _members(file, file.entries(form).get(b"/Fields"))]
    seen: set[Reference] = set()
    while waiting:
        reference, kind, depth = waiting.pop()
        if reference in seen or len(seen) >= _MOST_FIELDS or depth > DEEPEST:
            refuse("form")
        seen.add(reference)
        if file.resolved(b"%d %d R" % reference) is None:
            continue
        entries = file.entries(reference)
        kind = file.resolved(entries.get(b"/FT")) or kind
        yield Field(reference, entries, _name(file, entries), kind, is_root=not depth)
        waiting += [(one, kind, depth + 1) for one in _members(file, entries.get(b"/Kids"))]


def is_filled(file: PdfFile, field: Field) -> bool:
    """Tell whether a signature field holds a signature."""
    return field.is_signature and file.resolved(field.entries.get(b"/V")) is not None


def permission(file: PdfFile) -> int | None:
    """Return what a certification of this file permits (ISO 32000-2, table 257), None where nobody certified it."""
    permissions = file.resolved(file.catalog.get(b"/Perms"))
    if permissions is None:
        return None
    signature = syntax.entries(permissions)[0].get(b"/DocMDP")
    if file.resolved(signature) is None:
        return None
    for written in syntax.items(file.resolved(file.entries(signature).get(b"/Reference")) or b"[]"):
        reference = file.entries(written)
        if reference.get(b"/TransformMethod") == b"/DocMDP":
            parameters = file.resolved(reference.get(b"/TransformParams")) or b"<<>>"
            return _permission(file.resolved(syntax.entries(parameters)[0].get(b"/P")))
    return _USUAL_PERMISSION


def locks_document(file: PdfFile, field: Field) -> bool:
    """Tell whether a filled signature field forbids every later change."""
    lock = file.resolved(field.entries.get(b"/Lock"))
    return lock is not None and file.resolved(syntax.entries(lock)[0].get(b"/P")) == b"1"


def enter(revision: Revision, widgets: Sequence[Reference]) -> None:
    """Make these widgets fields of the form; a file without one gets it."""
    written, together = revision.file.catalog.get(b"/AcroForm"), b" ".join([b"%d %d R" % widget for widget in widgets])
    if written is None:
        new = b"<</SigFlags %b /Fields [ %b]>>" % (_SIGNED_AND_APPEND_ONLY, together)
        revision.edit(revision.file.root)[b"/AcroForm"] = new
        return
    found, known = syntax.reference(written), revision.body(written)
    is_apart = found is not None and known is not None
    form = revision.edit(Reference(*found)) if found and is_apart else dict(syntax.entries(known)[0] if known else {})
    form[b"/SigFlags"] = _SIGNED_AND_APPEND_ONLY
    form[b"/Fields"] = revision.lengthened(form.get(b"/Fields"), together)
    if not is_apart:
        revision.edit(revision.file.root)[b"/AcroForm"] = syntax.dictionary(form)


def _permission(written: bytes | None) -> int:
    return int(written) if written in {b"1", b"2", b"3"} else _USUAL_PERMISSION


def _members(file: PdfFile, array: bytes | None) -> list[Reference]:
    written = file.resolved(array)
    if written is None:
        return []
    found = [syntax.reference(member) for member in syntax.items(written)]
    return [Reference(*one) for one in reversed(found) if one]


def _name(file: PdfFile, entries: Entries) -> str:
    written = file.resolved(entries.get(b"/T"))
    if written is None:
        return ""
    name, _ = values.parsed(written)
    return values.text_of(name) if isinstance(name, bytes) else ""
