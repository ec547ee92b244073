"""Papers whose every object is known, so that anything can be appended to them, honest or not."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from privyseal.pdf import cms
from privyseal.pdf.cms import Key
from tests.engine.papers import contract, revision, stream

CATALOG, PAGES, FONT, FORM, PAYEE, PAYEE_SHOWN = 1, 2, 3, 8, 6, 7
PAGE, CONTENT = 11, 10_001
PLACE: Final = (300, 20, 380, 80)
OTHER_PLACE: Final = (200, 20, 280, 80)
INK: Final = b"1 0 0 RG 2 2 76 56 re S"

_ROOM: Final = 8192
_RANGE: Final = b"/ByteRange[0 0000000000 0000000000 0000000000]"
_FIRST_OF_SIGNATURE: Final = 15_000
_LAST_OF_CONTRACT: Final = 10_002


@dataclass(frozen=True, slots=True)
class Paper:
    """A contract of two pages; the form, the first page and the catalog are written anew with each change."""

    data: bytes
    objects: Mapping[int, bytes]
    fields: Mapping[str, int] = field(default_factory=dict)
    values: tuple[int, ...] = ()
    is_certified: bool = False

    def revised(self, objects: Mapping[int, bytes]) -> "Paper":
        """Return the paper with one more revision."""
        every = {**self.objects, **objects}
        size = max(*every, _LAST_OF_CONTRACT) + 1
        return replace(self, data=revision(self.data, objects, size=size), objects=every)

    def declared(self, name: str, rectangle: Sequence[int] = PLACE, entries: bytes = b"") -> "Paper":
        """Return the paper with one more signature field, as yet unsigned."""
        widget = _FIRST_OF_SIGNATURE + 10 * len(self.fields)
        paper = replace(self, fields={**self.fields, name: widget})
        return paper.revised({widget: _widget(name, rectangle, entries), FORM: paper.form(), PAGE: paper.page()})

    def signed(
        self,
        name: str,
        key: Key,
        *,
        certify: int | None = None,
        rectangle: Sequence[int] = PLACE,
        ink: bytes = INK,
        more: Mapping[int, bytes] | None = None,
        entries: bytes = b"",
    ) -> "Paper":
        """Return the paper signed in this field, which is made where there is none; ``more`` goes along."""
        is_new = name not in self.fields
        widget = self.fields.get(name, _FIRST_OF_SIGNATURE + 10 * len(self.fields))
        value, shown = widget + 1, widget + 2
        paper = replace(
            self,
            fields={**self.fields, name: widget},
            values=(*self.values, value),
            is_certified=self.is_certified or certify is not None,
        )
        filled = b"/V %d 0 R/AP<</N %d 0 R>>%b" % (value, shown, entries)
        written = {
            widget: _widget(name, rectangle, filled) if is_new else self.objects[widget][:-2] + filled + b">>",
            value: _value(certify),
            shown: _appearance(ink, rectangle),
            FORM: paper.form(),
        }
        written |= {PAGE: paper.page()} if is_new else {}
        written |= {CATALOG: paper.catalog()} if certify is not None else {}
        prepared = paper.revised({**written, **(more or {})})
        return replace(prepared, data=_filled(prepared.data, len(self.data), key))

    def form(self, entries: bytes = b"") -> bytes:
        fields = [*([PAYEE] if PAYEE in self.objects else []), *self.fields.values()]
        return b"<</Fields[%b]/SigFlags %d/DA(/F 12 Tf 0 g)%b>>" % (
            _references(fields),
            3 if self.values else 0,
            entries,
        )

    def page(self, *annotations: int, entries: bytes = b"", content: int = CONTENT) -> bytes:
        shown = [*([PAYEE] if PAYEE in self.objects else []), *self.fields.values(), *annotations]
        return (
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R/MediaBox[0 0 595.28 841.89]"
            b"/Annots[%b]%b>>" % (content, _references(shown), entries)
        )

    def catalog(self, entries: bytes = b"") -> bytes:
        perms = b"/Perms<</DocMDP %d 0 R>>" % self.values[0] if self.is_certified else b""
        return b"<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R%b%b>>" % (perms, entries)


def paper(*, payee: str | None = None, shown: str | None = None) -> Paper:
    """Return an unsigned paper, with a form field that says and shows this payee if there is one."""
    written: dict[int, bytes] = {}
    if payee is not None:
        written = {PAYEE: payee_field(payee), PAYEE_SHOWN: payee_appearance(shown or payee)}
    blank = Paper(b"", written)
    objects = {CATALOG: blank.catalog(), FORM: blank.form(), PAGE: blank.page(), **written}
    return replace(blank, data=contract(more=objects), objects=objects)


def payee_field(value: str, entries: bytes = b"") -> bytes:
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(payee)/V(%b)/F 4/Rect[72 500 272 520]/P 11 0 R"
        b"/DA(/F 12 Tf 0 g)/AP<</N 7 0 R>>%b>>" % (value.encode("ascii"), entries)
    )


def payee_appearance(value: str) -> bytes:
    text = b"/Tx BMC q BT /F 12 Tf 0 g 2 5 Td (%b) Tj ET Q EMC" % value.encode("ascii")
    return stream(text, b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F 3 0 R>>>>")


def words(text: str) -> bytes:
    """Return a page's content that says this where the contract says its own."""
    return stream(b"BT /F 12 Tf 72 600 Td (%b) Tj ET" % text.encode("ascii"))


def byte_range(data: bytes) -> tuple[int, int, int, int]:
    """Return the numbers of the last signature."""
    numbers = data[data.rindex(b"/ByteRange[") + 11 :].partition(b"]")[0].split()
    start, before, after, length = (int(number) for number in numbers)
    return start, before, after, length


def with_byte_range(data: bytes, numbers: bytes) -> bytes:
    """Return the data with other numbers in the last signature, at the same length where they fit."""
    start = data.rindex(b"/ByteRange[")
    end = data.index(b"]", start) + 1
    return data[:start] + (b"/ByteRange" + numbers).ljust(end - start) + data[end:]


def contents(data: bytes) -> tuple[int, int]:
    """Return where the digits of the last signature begin and end."""
    start = data.rindex(b"/Contents<") + 10
    return start, data.index(b">", start)


def _widget(name: str, rectangle: Sequence[int], entries: bytes) -> bytes:
    corners = b" ".join(b"%d" % corner for corner in rectangle)
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%b)/F 132/P 11 0 R/Rect[%b]%b>>" % (name.encode(), corners, entries)


def _appearance(ink: bytes, rectangle: Sequence[int]) -> bytes:
    left, bottom, right, top = rectangle
    return stream(ink, b"/Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Resources<<>>" % (right - left, top - bottom))


def _value(certify: int | None) -> bytes:
    permission = b"<</Type/TransformParams/V/1.2/P %d>>" % (certify or 0)
    reference = b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams%b>>]" % permission
    return b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261123120000Z)%b/Contents<%b>%b>>" % (
        _RANGE,
        b"0" * _ROOM,
        b"" if certify is None else reference,
    )


def _filled(data: bytes, appended_at: int, key: Key) -> bytes:
    start = data.index(b"/Contents<", appended_at) + 9
    end = start + _ROOM + 2
    numbers = b"/ByteRange[0 %010d %010d %010d]" % (start, end, len(data) - end)
    place = data.index(_RANGE, appended_at)
    data = data[:place] + numbers + data[place + len(numbers) :]
    container = cms.container(hashlib.sha256(data[:start] + data[end:]).digest(), key)
    return data[: start + 1] + container.hex().encode().ljust(_ROOM, b"0") + data[end - 1 :]


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
