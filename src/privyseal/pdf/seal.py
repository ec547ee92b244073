"""Put a seal on a document: one appended revision, a pure function of its arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from privyseal.kernel.errors import Refused
from privyseal.pdf import cms, figures, forms, marks
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.face import Face
from privyseal.pdf.figures import Figure
from privyseal.pdf.forms import Field
from privyseal.pdf.marks import Forms, Mark, Shown
from privyseal.pdf.placement import Box, Frame, Size
from privyseal.pdf.reading import pages, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import Data, Entries
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Hashed, Revision
from privyseal.pdf.spots import Awaited, Spot, Stamp, pages_of, stamps
from privyseal.pdf.timestamps import StampedKey

__all__ = [
    "Awaited",
    "FieldTaken",
    "Following",
    "Key",
    "Mark",
    "NotSealable",
    "Parties",
    "check_sealable",
    "seal",
    "software_key",
]

_PRINT_AND_LOCKED: Final = 4 | 128
_WIDGET: Final = b"<</Type /Annot /Subtype /Widget /FT /Sig /T %b /F %d /P %d %d R /Rect [%b]%b>>"
_NO_CHANGES, _FILLING_ONLY = 1, 2
_NEAR: Final = 0.01


class FieldTaken(Refused):
    """The document already has a field of this name."""

    code = "field-taken"


class Following(StrEnum):
    """Who signs after us."""

    NOBODY = "nobody"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Parties:
    """Only these sign after us: what they will seal is laid out now, and nothing else may be added."""

    awaited: tuple[Awaited, ...]


# (1) the file can take one more revision  (2) the face stands on a page that exists, in a field of its own
# (3) who may change the file after us, and where  (4) written once, hashed once, signed once
def seal(
    document: Data | Hashed,
    *,
    face: Face,
    spots: Sequence[Spot],
    following: Following | Parties,
    key: Key,
    field: str,
    at: datetime,
    more: Sequence[Mark] = (),
) -> bytes:
    """Return the revision to append: document + revision is the sealed file. The same arguments, the same bytes.

    Nobody following certifies the document and forbids every change after; parties following certifies it so that
    only the fields of those awaited can still be sealed; a document that is signed already always gets an approval
    signature, and its fields are filled where they were left empty for it.
    The face stands in every spot, under one signature: the first stamp is the field's own, the others are part of
    their pages; where somebody has signed before, pages stay as they are and each stamp has a field, which all share
    the signature. ``more`` is drawn into the pages; a document that is signed already takes no such marks. With a
    ``StampedKey`` the bytes also hold what its authority says, which is new each time.
    """
    # (1) the file can take one more revision
    revision = _begun(document)
    file = revision.file
    known = list(forms.fields(file))
    is_signed, permission = _check_appendable(file, known)
    if more and is_signed:
        raise NotSealable(reason="signed")
    # (2) the face stands on pages that exist, in fields of its own or as part of them
    awaited = following.awaited if isinstance(following, Parties) else ()
    on, figure = _shown(file, spots, awaited, more), figures.of_face(face)
    sizes = {number: place.frame.size for number, place in on.items()}
    stamped = [stamp for spot in spots for stamp in stamps(spot, figure.size, sizes)]
    signature, entries = revision.reserve(), _signature_entries(at)
    ink = _Ink(revision, signature, figure, on, Forms(revision))
    names = _names(field, len(stamped) if is_signed else 1)
    if left_empty := _left_empty(file, known, names):
        for one, stamp in zip(left_empty, stamped, strict=True):
            ink.fill(one, stamp)
    elif permission is not None:
        raise NotSealable(reason="certified")
    else:
        drawn = [] if is_signed else [Mark(figure, stamp) for stamp in stamped[1:]]
        marks.draw(revision, [*drawn, *more], on, ink.put_in)
        widgets = list(map(ink.widget, names, stamped))
        empty = _empty(revision, awaited, on) if awaited else {}
        _check_free([*names, *empty], known)
        forms.enter(revision, [*widgets, *empty.values()])
        # (3) who may change the file after us, and where
        if not is_signed and following is not Following.OTHERS:
            _certify(revision, entries, signature, widgets[0], list(empty))
    # (4) written once, hashed once, signed once
    template = cms.template(key.certificate, key.chain)
    room, unsigned = (key.room, key.unsigned) if isinstance(key, StampedKey) else (0, None)
    return revision.signed(
        signature,
        entries,
        reserve=template.reserve + room,
        sign=lambda digest: template.container(digest, key.sign, unsigned),
        seed=f"{field}\0{at.isoformat()}".encode(),
    )


class _Ink(NamedTuple):
    """What all stamps of one seal have in common."""

    revision: Revision
    signature: Reference
    figure: Figure
    on: Mapping[int, Shown]
    put_in: Forms

    def widget(self, field: str, stamp: Stamp) -> Reference:
        """Put a sealed field in where the stamp stands."""
        sealed = b" /V %d %d R /AP <</N %d %d R>>" % (*self.signature, *self._form(stamp))
        return _widget(self.revision, field, self.on[stamp.page], stamp, self.figure.size, sealed)

    def fill(self, field: Field, stamp: Stamp) -> None:
        """Seal a field that was left empty for us, exactly where it was laid."""
        place = self.on[stamp.page]
        spot = place.box(stamp, self.figure.size)
        laid = marks.box(self.revision.file.resolved, field.entries.get(b"/Rect"))
        of_page = syntax.reference(field.entries.get(b"/P"))
        corners = (spot.left, spot.bottom, spot.right, spot.top)
        if laid is None or of_page != place.page.reference or not _is_near(corners, laid):
            raise FieldTaken(field=field.name)
        form = self._form(stamp)
        sealed = {b"/V": _written(self.signature), b"/AP": b"<</N %b>>" % _written(form)}
        self.revision.edit(field.reference).update(sealed)

    def _form(self, stamp: Stamp) -> Reference:
        return self.put_in.part(self.figure, self.on[stamp.page].frame, stamp)


def _begun(document: Data | Hashed) -> Revision:
    if isinstance(document, Hashed):
        return Revision(PdfFile.open(document.data), document.sha256)
    return Revision(PdfFile.open(document))


def check_sealable(document: Data) -> None:
    """Return if a seal can be appended to this file, or refuse."""
    file = PdfFile.open(document)
    if file.is_encrypted:
        raise NotSealable(reason="encrypted")
    known = list(forms.fields(file))
    _, permission = _check_appendable(file, known)
    if permission is not None and not any(_is_empty_signature(file, one) for one in known):
        raise NotSealable(reason="certified")
    for page in pages.find(file).values():
        marks.frame_of(file, page)


def _check_appendable(file: PdfFile, known: Sequence[Field]) -> tuple[bool, int | None]:
    """Return whether the file is signed already and what its certification permits, or refuse one that is complete."""
    filled = [one for one in known if forms.is_filled(file, one)]
    permission = forms.permission(file)
    if permission == _NO_CHANGES or (filled and any(forms.locks_document(file, one) for one in filled)):
        raise NotSealable(reason="certified")
    return bool(filled), permission


def _shown(file: PdfFile, spots: Sequence[Spot], awaited: Sequence[Awaited], more: Sequence[Mark]) -> dict[int, Shown]:
    """Return every page that something is put on, found in one walk of the tree."""
    numbers: set[int] = set()
    for spot in spots:
        numbers.update(pages_of(spot))
    for one in awaited:
        for spot in one.spots:
            numbers.update(pages_of(spot))
    for mark in more:
        numbers.add(mark.stamp.page)
    return marks.shown(file, numbers)


def _names(field: str, count: int) -> list[str]:
    return [field, *[f"{field}-{number}" for number in range(2, count + 1)]] if count > 1 else [field]


def _left_empty(file: PdfFile, known: Sequence[Field], names: Sequence[str]) -> list[Field]:
    """Return the empty signature fields of these names, none where there is no field of them, or refuse other kinds."""
    if not known:
        return []
    by_name = {one.name: one for one in known if one.is_root}
    found = [by_name[name] for name in names if name in by_name]
    if found and (len(found) < len(names) or not all(_is_empty_signature(file, one) for one in found)):
        raise FieldTaken(field=found[0].name)
    return found


def _check_free(names: Sequence[str], known: Sequence[Field]) -> None:
    taken = {one.name for one in known if one.is_root} if known else set()
    for name in names:
        if name in taken:
            raise FieldTaken(field=name)
        taken.add(name)


def _is_empty_signature(file: PdfFile, field: Field) -> bool:
    is_widget = field.entries.get(b"/Subtype") == b"/Widget" and b"/Kids" not in field.entries
    return field.is_signature and is_widget and not forms.is_filled(file, field)


def _signature_entries(at: datetime) -> Entries:
    utc = at.astimezone(UTC)
    moment = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    return {
        b"/Type": b"/Sig",
        b"/Filter": b"/Adobe.PPKLite",
        b"/SubFilter": b"/ETSI.CAdES.detached",
        b"/M": b"(D:%04d%02d%02d%02d%02d%02d+00'00')" % moment,
    }


def _is_near(corners: tuple[float, ...], laid: Box) -> bool:
    return all(
        abs(one - other) <= _NEAR
        for one, other in zip(corners, (laid.left, laid.bottom, laid.right, laid.top), strict=True)
    )


def _widget(revision: Revision, field: str, on: Shown, stamp: Stamp, size: Size, sealed: bytes = b"") -> Reference:
    """Put a signature field in where the stamp stands; one without more entries waits to be sealed."""
    page, title = on.page, values.text(field)
    corners = _corners(on.frame, stamp.left, stamp.bottom, stamp.width, size.height)
    widget = revision.add(_WIDGET % (title, _PRINT_AND_LOCKED, *page.reference, corners, sealed))
    revision.annotate(page, widget)
    return widget


@lru_cache(maxsize=256)
def _corners(frame: Frame, left: float, bottom: float, width: int, height: int) -> bytes:
    """Return a place as it is written: one face stands in the same one on most documents of a batch."""
    return b"%.3f %.3f %.3f %.3f" % frame.box_around(left + width / 2, bottom + height / 2, width, height)


def _empty(revision: Revision, awaited: Sequence[Awaited], on: Mapping[int, Shown]) -> dict[str, Reference]:
    """Lay out what later parties will seal, by the names of the fields."""
    laid: dict[str, Reference] = {}
    sizes = {number: place.frame.size for number, place in on.items()}
    for one in awaited:
        stamped = [stamp for spot in one.spots for stamp in stamps(spot, one.size, sizes)]
        for name, stamp in zip(_names(one.field, len(stamped)), stamped, strict=True):
            if name in laid:
                raise FieldTaken(field=name)
            laid[name] = _widget(revision, name, on[stamp.page], stamp, one.size)
    return laid


def _certify(
    revision: Revision, entries: Entries, signature: Reference, widget: Reference, awaited: Sequence[str]
) -> None:
    """Forbid every change after us but sealing the awaited fields."""
    entries[b"/Reference"] = _COMPLETE
    if awaited:
        names = b"/Action/Exclude/Fields[%b]" % b" ".join(values.text(name) for name in awaited)
        exclude = _transform(b"/FieldMDP", names, b"/Data %b" % _written(revision.file.root))
        entries[b"/Reference"] = b"[%b%b]" % (_transform(b"/DocMDP", b"/P %d" % _FILLING_ONLY), exclude)
        revision.edit(widget)[b"/Lock"] = _written(revision.add(b"<</Type/SigFieldLock%b>>" % names))
    revision.edit(revision.file.root)[b"/Perms"] = b"<</DocMDP %d %d R>>" % signature


def _transform(method: bytes, parameters: bytes, data: bytes = b"") -> bytes:
    return b"<</Type/SigRef/TransformMethod%b/TransformParams<</Type/TransformParams/V/1.2%b>>%b>>" % (
        *(method, parameters, data),
    )


def _written(reference: Reference) -> bytes:
    return b"%d %d R" % reference


_COMPLETE: Final = b"[%b]" % _transform(b"/DocMDP", b"/P %d" % _NO_CHANGES)
