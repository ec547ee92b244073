"""Put a seal on a document: one appended revision, a pure function of its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import cms, forms, marks
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.face import Face
from privyseal.pdf.forms import Field
from privyseal.pdf.marks import Mark
from privyseal.pdf.placement import Box, Frame, Placement, Size
from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.pages import Page
from privyseal.pdf.reading.syntax import Entries
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision
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
class Awaited:
    """The empty field that a later party of this installation will seal: nobody may add one after a certification."""

    field: str
    placement: Placement
    size: Size


@dataclass(frozen=True, slots=True)
class Parties:
    """Only these sign after us: what they will seal is laid out now, and nothing else may be added."""

    awaited: tuple[Awaited, ...]


# (1) the file can take one more revision  (2) the face stands on a page that exists, in a field of its own
# (3) who may change the file after us, and where  (4) written once, hashed once, signed once
def seal(
    document: bytes,
    *,
    face: Face,
    placement: Placement,
    following: Following | Parties,
    key: Key,
    field: str,
    at: datetime,
    more: Sequence[Mark] = (),
) -> bytes:
    """Return the revision to append: document + revision is the sealed file. The same arguments, the same bytes.

    Nobody following certifies the document and forbids every change after; parties following certifies it so that
    only the fields of those awaited can still be sealed; a document that is signed already always gets an approval
    signature, and its field is filled where one of this name was left empty for it. ``more`` is drawn into the pages,
    under the same signature; a document that is signed already takes no such marks. With a ``StampedKey`` the bytes
    also hold what its authority says, which is new each time.
    """
    # (1) the file can take one more revision
    file = PdfFile.open(document)
    revision = Revision(file)
    known = list(forms.fields(file))
    is_signed = _check_appendable(file, known)
    if more and is_signed:
        raise NotSealable(reason="signed")
    # (2) the face stands on a page that exists, in a field of its own
    marks.draw(revision, more)
    signature = revision.reserve()
    left_empty = _left_empty(file, known, field)
    entries = _signature_entries(at)
    if left_empty:
        _fill(revision, left_empty, signature, face, placement)
    elif forms.permission(file) is not None:
        raise NotSealable(reason="certified")
    else:
        widget = _widget(revision, signature, field=field, face=face, placement=placement)
        awaited = following.awaited if isinstance(following, Parties) else ()
        _check_free([field, *(one.field for one in awaited)], known)
        forms.enter(revision, [widget, *(_empty(revision, one) for one in awaited)])
        # (3) who may change the file after us, and where
        if not is_signed and following is not Following.OTHERS:
            _certify(revision, entries, signature, widget, awaited)
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


def check_sealable(document: bytes) -> None:
    """Return if a seal can be appended to this file, or refuse."""
    file = PdfFile.open(document)
    known = list(forms.fields(file))
    _check_appendable(file, known)
    if forms.permission(file) is not None and not any(_is_empty_signature(file, one) for one in known):
        raise NotSealable(reason="certified")


def _check_appendable(file: PdfFile, known: Sequence[Field]) -> bool:
    """Return whether the file is signed already, or refuse a file that takes no more revisions."""
    if file.is_encrypted:
        raise NotSealable(reason="encrypted")
    filled = [one for one in known if forms.is_filled(file, one)]
    if forms.permission(file) == _NO_CHANGES or any(forms.locks_document(file, one) for one in filled):
        raise NotSealable(reason="certified")
    return bool(filled)


def _left_empty(file: PdfFile, known: Sequence[Field], name: str) -> Field | None:
    """Return the empty signature field of this name, None where there is no field of it, or refuse another kind."""
    for one in known:
        if one.is_root and one.name == name:
            if not _is_empty_signature(file, one):
                raise FieldTaken(field=name)
            return one
    return None


def _check_free(names: Sequence[str], known: Sequence[Field]) -> None:
    taken = {one.name for one in known if one.is_root}
    for name in names:
        if name in taken:
            raise FieldTaken(field=name)
        taken.add(name)


def _is_empty_signature(file: PdfFile, field: Field) -> bool:
    is_widget = field.entries.get(b"/Subtype") == b"/Widget" and b"/Kids" not in field.entries
    return field.is_signature and is_widget and not forms.is_filled(file, field)


def _signature_entries(at: datetime) -> Entries:
    return {
        b"/Type": b"/Sig",
        b"/Filter": b"/Adobe.PPKLite",
        b"/SubFilter": b"/ETSI.CAdES.detached",
        b"/M": at.astimezone(UTC).strftime("(D:%Y%m%d%H%M%S+00'00')").encode("ascii"),
    }


def _fill(revision: Revision, field: Field, signature: Reference, face: Face, placement: Placement) -> None:
    """Seal the field that was left empty for us, exactly where it was laid."""
    page = marks.page(revision.file, placement.page)
    spot = marks.frame_of(revision.file, page).rectangle(placement, face.size)
    laid = marks.box(revision.file, field.entries.get(b"/Rect"))
    of_page = syntax.reference(field.entries.get(b"/P"))
    corners = (spot.left, spot.bottom, spot.right, spot.top)
    if laid is None or of_page != page.reference or not _is_near(corners, laid):
        raise FieldTaken(field=field.name)
    entries = revision.edit(field.reference)
    entries[b"/V"] = _written(signature)
    entries[b"/AP"] = _appearance(revision, face, marks.frame_of(revision.file, page))


def _is_near(corners: tuple[float, ...], laid: Box) -> bool:
    return all(
        abs(one - other) <= _NEAR
        for one, other in zip(corners, (laid.left, laid.bottom, laid.right, laid.top), strict=True)
    )


def _widget(revision: Revision, signature: Reference, *, field: str, face: Face, placement: Placement) -> Reference:
    page = marks.page(revision.file, placement.page)
    frame = marks.frame_of(revision.file, page)
    shown = {b"/V": _written(signature), b"/AP": _appearance(revision, face, frame)}
    widget = revision.add(_widget_body(field, page, frame.rectangle(placement, face.size), shown))
    revision.annotate(page, widget)
    return widget


def _empty(revision: Revision, awaited: Awaited) -> Reference:
    page = marks.page(revision.file, awaited.placement.page)
    spot = marks.frame_of(revision.file, page).rectangle(awaited.placement, awaited.size)
    widget = revision.add(_widget_body(awaited.field, page, spot, {}))
    revision.annotate(page, widget)
    return widget


def _widget_body(field: str, page: Page, spot: Box, shown: Entries) -> bytes:
    return syntax.dictionary(
        {
            b"/Type": b"/Annot",
            b"/Subtype": b"/Widget",
            b"/FT": b"/Sig",
            b"/T": values.text(field),
            b"/F": b"%d" % _PRINT_AND_LOCKED,
            b"/P": _written(page.reference),
            b"/Rect": b"[%.3f %.3f %.3f %.3f]" % (spot.left, spot.bottom, spot.right, spot.top),
            **shown,
        }
    )


def _appearance(revision: Revision, face: Face, frame: Frame) -> bytes:
    return b"<</N %b>>" % _written(marks.add_form(revision, face, frame))


def _certify(
    revision: Revision, entries: Entries, signature: Reference, widget: Reference, awaited: Sequence[Awaited]
) -> None:
    """Forbid every change after us but sealing the awaited fields."""
    permission = _FILLING_ONLY if awaited else _NO_CHANGES
    references = [_transform(b"/DocMDP", b"/P %d" % permission)]
    if awaited:
        names = b"/Action/Exclude/Fields[%b]" % b" ".join(values.text(one.field) for one in awaited)
        references.append(_transform(b"/FieldMDP", names, b"/Data %b" % _written(revision.file.root)))
        revision.edit(widget)[b"/Lock"] = _written(revision.add(b"<</Type/SigFieldLock%b>>" % names))
    entries[b"/Reference"] = b"[%b]" % b"".join(references)
    revision.edit(revision.file.root)[b"/Perms"] = b"<</DocMDP %b>>" % _written(signature)


def _transform(method: bytes, parameters: bytes, data: bytes = b"") -> bytes:
    return b"<</Type/SigRef/TransformMethod%b/TransformParams<</Type/TransformParams/V/1.2%b>>%b>>" % (
        *(method, parameters, data),
    )


def _written(reference: Reference) -> bytes:
    return b"%d %d R" % reference
