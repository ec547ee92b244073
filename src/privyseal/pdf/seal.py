"""Put a seal on a document: one appended revision, a pure function of its arguments.

Stands on pyHanko's incremental writer; the container is made in ``cms``.
"""

# pyHanko types its classes only in part.
# mypy: allow-untyped-calls

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from typing import IO, Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from privyseal.kernel.errors import Refused
from privyseal.pdf import cms
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.face import Face, drawing
from privyseal.pdf.placement import Box, Frame, NoSuchPage, Placement

__all__ = ["FieldTaken", "Following", "Key", "NotSealable", "check_sealable", "seal", "software_key"]

_PRINT_AND_LOCKED: Final = 4 | 128
_SIGNED_AND_APPEND_ONLY: Final = 1 | 2
_NO_CHANGES: Final = 1
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)
_DEEPEST: Final = 64


class FieldTaken(Refused):
    """The document already has a field of this name."""

    code = "field-taken"


class Following(StrEnum):
    """Who signs after us."""

    NOBODY = "nobody"
    OTHERS = "others"


def seal(
    document: bytes, *, face: Face, placement: Placement, following: Following, key: Key, field: str, at: datetime
) -> bytes:
    """Return the revision to append: document + revision is the sealed file. The same arguments, the same bytes.

    Nobody following certifies the document and forbids every change after; a document that is signed already
    always gets an approval signature.
    """
    # (1) the file can take one more revision
    revision = _opened(document, seed=hashlib.sha256(f"{field}\0{at.isoformat()}\0".encode() + document).digest())
    is_signed = _check_appendable(revision.prev)
    # (2) the face stands on a page that exists, in a field of its own
    page = _page(revision, placement.page)
    signature = SignatureObject(
        timestamp=at.astimezone(UTC).replace(microsecond=0),
        subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=2 * cms.reserve(key),
    )
    value = revision.add_object(signature)
    widget = _widget(revision, page, value=value, field=field, face=face, placement=placement)
    _enter_in_form(revision, widget, field)
    # (3) who may change the file after us
    if following is Following.NOBODY and not is_signed:
        _certify(revision, signature, value)
    # (4) written once, hashed once, signed once
    return _written(revision, signature, key)[len(document) :]


def check_sealable(document: bytes) -> None:
    """Return if a seal can be appended to this file, or refuse."""
    _check_appendable(_opened(document, seed=bytes(32)).prev)


class _Revision(IncrementalPdfFileWriter):
    """An incremental update whose bytes depend on nothing but what is put in."""

    def __init__(self, document: bytes, seed: bytes) -> None:
        super().__init__(BytesIO(document))
        permanent, _ = self._document_id
        self._document_id = generic.ArrayObject([permanent, generic.ByteStringObject(seed[:16])])
        if "/ID" not in self.prev.trailer:
            self._document_id[0] = generic.ByteStringObject(seed[16:32])

    def _update_meta(self) -> None:
        """Leave producer and modification date alone: they would make the revision depend on the clock."""

    def _write_header(self, stream: IO[bytes]) -> None:
        super()._write_header(stream)
        stream.write(b"\n")  # a file may end in the middle of its last line


def _opened(document: bytes, *, seed: bytes) -> _Revision:
    try:
        return _Revision(document, seed)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotSealable(reason="structure") from error


def _check_appendable(reader: PdfFileReader) -> bool:
    """Return whether the file is signed already, or refuse a file that takes no more revisions."""
    if reader.encrypted:
        raise NotSealable(reason="encrypted")
    if reader.xrefs.hybrid_xrefs_present:
        raise NotSealable(reason="hybrid-cross-references")
    if "/DocMDP" in reader.root.get("/Perms", {}):
        raise NotSealable(reason="certified")
    return any(True for _ in enumerate_sig_fields(reader, filled_status=True))


def _page(revision: _Revision, number: int) -> generic.Reference:
    if number < 1:
        raise NoSuchPage(page=number)
    try:
        reference, _ = revision.find_page_for_modification(number - 1)
    except (PdfError, KeyError, ValueError) as error:
        raise NoSuchPage(page=number) from error
    return reference if isinstance(reference, generic.Reference) else reference.reference


def _frame(page: Any) -> Frame:  # noqa: ANN401  as above
    media = _box(_inherited(page, "/MediaBox")) or Box.of(_LETTER)
    rotation, unit = _inherited(page, "/Rotate"), page.get("/UserUnit", 1)
    return Frame.of(media, _box(_inherited(page, "/CropBox")) or media, int(rotation or 0), float(unit))


def _inherited(page: generic.DictionaryObject, name: str) -> Any:  # noqa: ANN401  a PDF value of any type
    node = page
    for _ in range(_DEEPEST):
        if name in node:
            return node[name]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    raise NotSealable(reason="page-tree")


def _box(value: Any) -> Box | None:  # noqa: ANN401  a PDF value of any type
    if value is None:
        return None
    try:
        left, bottom, right, top = (float(corner) for corner in value)
    except (TypeError, ValueError) as error:
        raise NotSealable(reason="page-box") from error
    return Box.of((left, bottom, right, top))


def _widget(
    revision: _Revision,
    page: generic.Reference,
    *,
    value: generic.IndirectObject,
    field: str,
    face: Face,
    placement: Placement,
) -> generic.IndirectObject:
    frame = _frame(page.get_object())
    spot = frame.rectangle(placement, face.size)
    appearance = revision.add_object(_appearance(face, frame))
    widget = revision.add_object(
        _dictionary(
            {
                "/Type": pdf_name("/Annot"),
                "/Subtype": pdf_name("/Widget"),
                "/FT": pdf_name("/Sig"),
                "/T": generic.TextStringObject(field),
                "/V": value,
                "/F": generic.NumberObject(_PRINT_AND_LOCKED),
                "/P": generic.IndirectObject(page.idnum, page.generation, revision),
                "/Rect": _numbers(spot.left, spot.bottom, spot.right, spot.top),
                "/AP": _dictionary({"/N": appearance}),
            }
        )
    )
    try:
        revision.register_annotation(page, widget)
    except AttributeError as error:
        raise NotSealable(reason="annotations") from error
    return widget


def _appearance(face: Face, frame: Frame) -> generic.StreamObject:
    ink = _dictionary({"/BM": pdf_name("/Multiply")})  # what stands under a seal stays legible, as under real ink
    form = generic.StreamObject(
        dict_data=_dictionary(
            {
                "/Type": pdf_name("/XObject"),
                "/Subtype": pdf_name("/Form"),
                "/BBox": _numbers(0, 0, face.size.width, face.size.height),
                "/Matrix": _numbers(*frame.upright, 0, 0),
                "/Resources": _dictionary({"/ExtGState": _dictionary({"/Ink": ink})}),
            }
        ),
        stream_data=b"/Ink gs\n" + drawing(face),
    )
    form.compress()
    return form


def _enter_in_form(revision: _Revision, widget: generic.IndirectObject, field: str) -> None:
    root = revision.root
    if "/AcroForm" not in root:
        root[pdf_name("/AcroForm")] = _dictionary({})
        revision.update_root()
    form = root["/AcroForm"]
    if "/Fields" not in form:
        form[pdf_name("/Fields")] = generic.ArrayObject()
    fields = form["/Fields"]
    if any(other.get_object().get("/T") == field for other in fields):
        raise FieldTaken(field=field)
    fields.append(widget)
    form[pdf_name("/SigFlags")] = generic.NumberObject(_SIGNED_AND_APPEND_ONLY)
    revision.update_container(fields)
    revision.update_container(form)


def _certify(revision: _Revision, signature: SignatureObject, value: generic.IndirectObject) -> None:
    permission = _dictionary(
        {
            "/Type": pdf_name("/TransformParams"),
            "/V": pdf_name("/1.2"),
            "/P": generic.NumberObject(_NO_CHANGES),
        }
    )
    reference = _dictionary(
        {
            "/Type": pdf_name("/SigRef"),
            "/TransformMethod": pdf_name("/DocMDP"),
            "/TransformParams": permission,
        }
    )
    signature[pdf_name("/Reference")] = generic.ArrayObject([reference])
    revision.root[pdf_name("/Perms")] = _dictionary({"/DocMDP": value})
    revision.update_root()


def _written(revision: _Revision, signature: SignatureObject, key: Key) -> bytes:
    steps = signature.fill(revision, "sha256")
    prepared, output = next(steps)
    steps.send(cms.container(prepared.document_digest, key))
    sealed: bytes = output.getvalue()
    return sealed


def _dictionary(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(name): value for name, value in entries.items()})


def _numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(
        generic.NumberObject(value) if isinstance(value, int) else generic.FloatObject(f"{value:.3f}")
        for value in values
    )
