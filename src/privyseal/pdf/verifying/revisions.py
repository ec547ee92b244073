"""What a revision did to a signed document, from what it appended and the few older objects that it replaced."""

from collections.abc import Iterator, Mapping
from typing import Final

from privyseal.pdf.judgement import Change, ChangeKind
from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.file import PdfFile, Revision
from privyseal.pdf.reading.sections import FREE, PACKED, Entry
from privyseal.pdf.reading.values import Reference, Stream, Value, text_of
from privyseal.pdf.verifying import evidence, fields
from privyseal.pdf.verifying.fields import Field
from privyseal.pdf.verifying.permissions import Permissions

_HARMLESS_IN_CATALOG: Final = frozenset({"Extensions", "Version"})
_JUDGED_IN_CATALOG: Final = frozenset({"AcroForm", "DSS", "Metadata"})
_WRITTEN_BY_SIGNING: Final = frozenset({"V", "AP", "AS", "F", "M"})
_WRITTEN_BY_FILLING: Final = frozenset({"V", "AP", "AS", "M", "RV"})
_ACTIONS: Final = frozenset({"A", "AA"})
_TIME_STAMP: Final = "ETSI.RFC3161"
_LARGEST_SHARE: Final = 0.25
_LETTER: Final = 612.0 * 792.0
_DEEPEST: Final = 64


def compare(before: PdfFile, revision: Revision, permitted: Permissions) -> tuple[Change, ...]:
    """Return everything this revision did to the document before it."""
    return tuple(dict.fromkeys(_Comparison(before, revision, permitted).changes()))


def changed(before: PdfFile, revision: Revision) -> dict[int, Entry]:
    """Return the objects that this revision brought, replaced or freed; a table may repeat what it leaves alone."""
    found = {}
    for number, entry in revision.changed.items():
        then = before.entry(number)
        is_free = then is None or then.kind == FREE
        if entry != then and not (is_free and entry.kind == FREE):
            found[number] = entry
    return found


def is_validation_alone(before: PdfFile, revision: Revision) -> bool:
    """Tell whether every object this revision brought is a certificate, a list or a response, or what holds them.

    Besides these, tools write when they wrote, into the document's information and its metadata.
    """
    file = revision.file
    written = changed(before, revision)
    catalog, info = _dictionary(file.value(file.root)), _trailer_reference(file, b"/Info")
    stored, described = _reached(file, catalog.get("DSS")), catalog.get("Metadata")
    allowed = {file.root.number, *stored, *([described.number] if isinstance(described, Reference) else [])}
    if info and all(isinstance(one, str | bytes) for one in _dictionary(file.value(info)).values()):
        allowed.add(info.number)
    for number in written.keys() - allowed:
        value = file.value(Reference(number))
        if not isinstance(value, Stream) or value.entries.get("Type") not in {"XRef", "ObjStm"}:
            return False
    brought = [number for number in stored & written.keys() if isinstance(file.value(Reference(number)), Stream)]
    return all(evidence.is_evidence(file.content(Reference(number))) for number in brought)


class _Comparison:
    """Explains each object the revision wrote; what stays unexplained and was there before is a change."""

    def __init__(self, before: PdfFile, revision: Revision, permitted: Permissions) -> None:
        self.before, self.after, self.permitted = before, revision.file, permitted
        self.start = revision.start
        self.fields = fields.every(before)
        self.changed = changed(before, revision)
        self.explained: set[int] = set()
        self.widgets: set[Reference] = set()
        self.taken: dict[Reference | None, float] = {}

    # (1) nothing is taken from bytes older than the revision  (2) the same catalog, with what signing needs alone
    # (3) the same form, with fields to sign alone  (4) fields are signed, or filled in where that was certified
    # (5) validation data only grows  (6) pages gained the fields' widgets and nothing else
    # (7) no other object of before is replaced or left out; new ones change nothing that does not lead to them
    def changes(self) -> Iterator[Change]:
        yield from self._hidden()  # (1)
        yield from self._catalog()  # (2)
        yield from self._form()  # (3)
        for field in self.fields:
            yield from self._field(field)  # (4)
        yield from self._validation_data()  # (5)
        yield from self._pages()  # (6)
        yield from self._rest()  # (7)

    def _hidden(self) -> Iterator[Change]:
        """Find objects that the revision takes from bytes older than itself."""
        for number, entry in self.changed.items():
            is_old = entry.place not in self.changed if entry.kind == PACKED else entry.place < self.start
            if entry.kind != FREE and is_old:
                yield Change(ChangeKind.HIDDEN, str(number))

    def _catalog(self) -> Iterator[Change]:
        root = self.after.root
        if root.number != self.before.root.number:
            yield Change(ChangeKind.CATALOG, str(root.number))
        self.explained.add(root.number)
        old, new = _dictionary(self.before.value(self.before.root)), _dictionary(self.after.value(root))
        for name in _differing(old, new):
            if name not in _HARMLESS_IN_CATALOG | _JUDGED_IN_CATALOG:
                yield Change(ChangeKind.CATALOG, name)
        described = (
            (old.get("Metadata"), new.get("Metadata")),
            (_trailer_reference(self.before, b"/Info"), _trailer_reference(self.after, b"/Info")),
        )
        for then, now in described:
            self._explain(then, now)
            if then != now or (isinstance(now, Reference) and now.number in self.changed):
                yield Change(ChangeKind.METADATA)

    def _form(self) -> Iterator[Change]:
        old, new = self._form_of(self.before), self._form_of(self.after)
        for name in _differing(old, new) - {"Fields", "SigFlags"}:
            if name not in {"DR", "DA"} or name in old:
                yield Change(ChangeKind.FORM, name)
        then, now = _members(self.before, old.get("Fields")), _members(self.after, new.get("Fields"))
        self._explain(old.get("Fields"), new.get("Fields"))
        if [one for one in now if one in then] != then:
            yield Change(ChangeKind.REMOVED, "Fields")
        for one in now:
            if one not in then:
                yield from self._new_field(one)

    def _form_of(self, file: PdfFile) -> dict[str, Value]:
        written = _dictionary(file.value(file.root)).get("AcroForm")
        if file is self.after:
            self._explain(_dictionary(self.before.value(self.before.root)).get("AcroForm"), written)
        return _dictionary(_resolved(file, written))

    def _new_field(self, reference: Value) -> Iterator[Change]:
        field = _dictionary(_resolved(self.after, reference))
        name = _name(field)
        value = _dictionary(_resolved(self.after, field.get("V")))
        is_stamp = value.get("SubFilter") == _TIME_STAMP
        widgets = [field, *(_dictionary(_resolved(self.after, kid)) for kid in _members(self.after, field.get("Kids")))]
        is_plain = isinstance(reference, Reference) and self._is_fresh(reference.number) and "Parent" not in field
        is_taken = any(one.name == name for one in self.fields)
        if field.get("FT") != "Sig" or not is_plain or is_taken or any(_ACTIONS & one.keys() for one in widgets):
            yield Change(ChangeKind.FIELD, name)
            return
        self.widgets |= {
            one for one in (reference, *_members(self.after, field.get("Kids"))) if isinstance(one, Reference)
        }
        shown = [one for one in widgets if _area(one.get("Rect"))]
        if not self.permitted.may_add_fields and (shown or not is_stamp):
            yield Change(ChangeKind.FIELD, name)
        if [one for one in shown if self._covers(one)]:
            yield Change(ChangeKind.COVERED, name)
        yield _signing(name, value) if value else Change(ChangeKind.FIELD_PREPARED, name)

    def _field(self, field: Field) -> Iterator[Change]:
        numbers = {field.reference.number, *(one.number for one in field.widgets)} & self.changed.keys()
        is_signature = field.kind == fields.SIGNATURE
        is_signed = is_signature and self.before.resolved(field.get(b"/V")) is not None
        allowed = _WRITTEN_BY_SIGNING if is_signature else _WRITTEN_BY_FILLING
        may = self.permitted.may_sign and not is_signed if is_signature else self.permitted.may_fill(field.name)
        old_looks = self._looks(field)
        touched = False
        for number in numbers:
            old, new = (_dictionary(file.value(Reference(number))) for file in (self.before, self.after))
            differing = _differing(old, new)
            if differing - allowed or (differing and not may):
                yield Change(ChangeKind.FIELD, field.name)
                return
            self.explained.add(number)
            touched = touched or bool(differing)
        redrawn = {number for number in old_looks & self.changed.keys() if not self._is_equal(number)}
        if redrawn and not may:
            return  # an object of this field's look that stays unexplained is a change of content
        self.explained |= redrawn
        if touched or redrawn:
            yield self._filled(field, is_signature=is_signature)

    def _filled(self, field: Field, *, is_signature: bool) -> Change:
        value = _dictionary(self.after.value(field.reference)).get("V")
        if not is_signature:
            return Change(ChangeKind.FORM_FILLED, field.name)
        if not isinstance(value, Reference) or not self._is_fresh(value.number):
            return Change(ChangeKind.FIELD, field.name)
        return _signing(field.name, _dictionary(self.after.value(value)))

    def _looks(self, field: Field) -> set[int]:
        """Return the objects that draw a form field, as far as they are its own."""
        found: set[int] = set()
        for widget in field.widgets:
            looks = _dictionary(_resolved(self.before, _dictionary(self.before.value(widget)).get("AP")))
            for one in looks.values():
                states = one if isinstance(one, dict) else {"": one}
                found |= {state.number for state in states.values() if isinstance(state, Reference)}
        return found

    def _validation_data(self) -> Iterator[Change]:
        old, new = (_dictionary(file.value(file.root)).get("DSS") for file in (self.before, self.after))
        known = _reached(self.before, old)
        written = _reached(self.after, new) & self.changed.keys()
        self.explained |= written & known
        if old is not None and new is None:
            yield Change(ChangeKind.REMOVED, "DSS")
        elif written or old != new:
            yield Change(ChangeKind.VALIDATION_DATA)

    def _pages(self) -> Iterator[Change]:
        homes = {_dictionary(self.after.value(one)).get("P") for one in self.widgets}
        shown = {one for one in homes if isinstance(one, Reference)}
        for number in sorted({one.number for one in shown} | (self.changed.keys() - self.explained)):
            if self._is_fresh(number):
                continue
            old, new = self.before.value(Reference(number)), self.after.value(Reference(number))
            if isinstance(old, dict) and isinstance(new, dict) and old.get("Type") == new.get("Type") == "Page":
                self.explained.add(number)
                yield from self._page(number, old, new)

    def _page(self, number: int, old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[Change]:
        for name in _differing(old, new) - {"Annots", "Tabs"}:
            yield Change(ChangeKind.PAGE, f"{number} {name}")
        then, now = _members(self.before, old.get("Annots")), _members(self.after, new.get("Annots"))
        self._explain(old.get("Annots"), new.get("Annots"))
        is_kept = [one for one in now if one in then] == then
        if not is_kept or any(one not in self.widgets for one in now if one not in then):
            yield Change(ChangeKind.ANNOTATION, str(number))

    def _rest(self) -> Iterator[Change]:
        for number in sorted(self.changed.keys() - self.explained):
            if self._is_fresh(number):
                continue
            if self.changed[number].kind == FREE:
                yield Change(ChangeKind.REMOVED, str(number))
            elif not self._is_equal(number):
                yield Change(ChangeKind.CONTENT, str(number))

    def _is_fresh(self, number: int) -> bool:
        found = self.before.entry(number)
        return found is None or found.kind == FREE

    def _is_equal(self, number: int) -> bool:
        return self.before.value(Reference(number)) == self.after.value(Reference(number))

    def _explain(self, then: Value, now: Value) -> None:
        """Take an object as explained that stands where it stood, whose content is compared."""
        if isinstance(now, Reference) and now == then:
            self.explained.add(now.number)

    def _covers(self, widget: Mapping[str, Value]) -> bool:
        """Tell whether this widget, with the new ones before it, takes more of its page than seals need."""
        page = widget.get("P")
        home = page if isinstance(page, Reference) else None
        self.taken[home] = self.taken.get(home, 0.0) + _area(widget.get("Rect"))
        return self.taken[home] > _LARGEST_SHARE * self._page_area(page)

    def _page_area(self, page: Value) -> float:
        for _ in range(_DEEPEST):
            node = _dictionary(_resolved(self.after, page))
            box = _resolved(self.after, node.get("MediaBox"))
            if box is not None:
                return _area(box)
            page = node.get("Parent")
        return _LETTER


def _signing(name: str, value: Mapping[str, Value]) -> Change:
    is_stamp = value.get("SubFilter") == _TIME_STAMP
    return Change(ChangeKind.TIME_STAMPED if is_stamp else ChangeKind.SIGNED, name)


def _reached(file: PdfFile, value: Value) -> set[int]:
    """Return the objects a value leads to."""
    found: set[int] = set()
    waiting = [value]
    while waiting:
        match one := waiting.pop():
            case Reference() if one.number not in found:
                found.add(one.number)
                waiting.append(file.value(one))
            case Stream():
                waiting.extend(one.entries.values())
            case dict():
                waiting.extend(one.values())
            case list():
                waiting.extend(one)
    return found


def _differing(old: Mapping[str, Value], new: Mapping[str, Value]) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _dictionary(value: Value) -> dict[str, Value]:
    if isinstance(value, Stream):
        return value.entries
    return value if isinstance(value, dict) else {}


def _trailer_reference(file: PdfFile, name: bytes) -> Reference | None:
    found = syntax.reference(file.trailer.get(name))
    return Reference(*found) if found else None


def _members(file: PdfFile, value: Value) -> list[Value]:
    found = _resolved(file, value)
    return found if isinstance(found, list) else []


def _resolved(file: PdfFile, value: Value) -> Value:
    return file.value(value) if isinstance(value, Reference) else value


def _name(field: Mapping[str, Value]) -> str:
    written = field.get("T")
    return text_of(written) if isinstance(written, bytes) else ""


def _area(rectangle: Value) -> float:
    match rectangle:
        case [int() | float() as left, int() | float() as bottom, int() | float() as right, int() | float() as top]:
            return abs(right - left) * abs(top - bottom)
    return 0.0
