"""Make every accepted file fit the sealing engine, before anyone approves it."""

import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, StreamDecodeLevel

from privyseal.pdf import cleaning, copies, fonts
from privyseal.pdf.accepted import (
    FONTS_NOT_EMBEDDED,
    MAX_OBJECTS,
    MAX_PAGES,
    WATERMARKED,
    Accepted,
    CopyOfSealed,
    NotSealable,
    PdfDamaged,
    PdfEncrypted,
    PdfTooHard,
    PdfWithoutPages,
    TooManyPages,
    check_envelope,
)
from privyseal.pdf.inflation import check_streams
from privyseal.pdf.placement import Box, Frame, PageSize
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.seal import check_sealable
from privyseal.pdf.verifying import container, der, fields, signatures
from privyseal.pdf.verifying.algorithms import NotKnown, TooWeak

_TAIL: Final = 1_054
_OBJECT: Final = re.compile(rb"[0-9]\s+[0-9]+\s+obj\b")
_LINEARIZED: Final = re.compile(rb"/Linearized\b[^>]*?/L\s+([0-9]+)")
_LETTER: Final = Box(0.0, 0.0, 612.0, 792.0)


def accept(data: bytes, *, copy_says: str = "") -> Accepted:
    """Return the file as it can be approved and sealed, or refuse.

    An unsigned file is written anew: repaired, one revision, nothing active in it, forms flattened; the same
    input gives the same bytes. A signed file comes back as it is. A copy says on every page what it is for.
    """
    if not copy_says:
        return _accept(data)
    try:
        accepted = _accept(data)
    except NotSealable as refusal:
        if refusal.facts.get("reason") == "certified":
            raise CopyOfSealed from refusal
        raise
    marked = _accept(accepted.data + copies.watermarked(accepted.data, copy_says))
    return replace(marked, changes=(*accepted.changes, WATERMARKED))


def _accept(data: bytes) -> Accepted:
    # (1) size and beginning
    check_envelope(data)
    # (2) the end: a file that was cut off is refused, not repaired to fewer pages
    if _is_cut_off(data):
        raise PdfDamaged(reason="cut-off")
    # (3) read as written; only a file with a whole end is repaired
    try:
        return _accepted(data, is_repaired=False)
    except pikepdf.PdfError as error:
        if b"%%EOF" not in data[-_TAIL:]:
            raise PdfDamaged(reason="cut-off") from error
    try:
        return _accepted(data, is_repaired=True)
    except pikepdf.PdfError as error:
        raise PdfDamaged(reason="structure") from error


def _accepted(data: bytes, *, is_repaired: bool) -> Accepted:
    with _opened(data, is_repaired=is_repaired) as pdf:
        # (4) counted, before anything is built from it
        if len(pdf.objects) > MAX_OBJECTS:
            raise PdfTooHard(objects=len(pdf.objects))
        declared = _declared_count(data, is_repaired=is_repaired)
        pages = _pages(pdf, declared=declared, is_repaired=is_repaired)
        check_streams(pdf)
        # (5) a signed file is never rewritten
        if _is_signed(pdf):
            signed = _accepted_as_it_is(data, pages, is_repaired=is_repaired)
            return replace(signed, warnings=_warnings(pdf))
        # (6) an unsigned one is cleaned and written in one revision
        repairs = ["repaired"] if is_repaired or pdf.get_warnings() else []
        changes = (*repairs, *cleaning.clean(pdf))
        warnings = _warnings(pdf)
        return Accepted(data=_written(pdf), pages=pages, changes=changes, signed=False, warnings=warnings)


def _warnings(pdf: Pdf) -> tuple[str, ...]:
    return (FONTS_NOT_EMBEDDED,) if fonts.are_missing(page.obj for page in pdf.pages) else ()


def _accepted_as_it_is(data: bytes, pages: tuple[PageSize, ...], *, is_repaired: bool) -> Accepted:
    if is_repaired:
        raise PdfDamaged(reason="signed-and-broken")
    check_sealable(data)
    _check_readable(PdfFile.open(data))
    return Accepted(data=data, pages=pages, changes=(), signed=True)


def _opened(data: bytes, *, is_repaired: bool) -> Pdf:
    try:
        pdf = pikepdf.open(BytesIO(data), attempt_recovery=is_repaired)
    except pikepdf.PasswordError as error:
        raise PdfEncrypted from error
    if pdf.is_encrypted:
        pdf.close()
        raise PdfEncrypted
    return pdf


def _is_cut_off(data: bytes) -> bool:
    linearized = _LINEARIZED.search(data[:1024])
    if linearized and len(data) < int(linearized[1]):
        return True
    last_end = data.rfind(b"%%EOF")
    return last_end >= 0 and _OBJECT.search(data, last_end) is not None


def _pages(pdf: Pdf, *, declared: int, is_repaired: bool) -> tuple[PageSize, ...]:
    pages = list(pdf.pages)
    if len(pages) < declared:
        raise PdfDamaged(reason="pages-lost", declared=declared, found=len(pages))
    if not pages:
        raise PdfWithoutPages
    if len(pages) > MAX_PAGES:
        raise TooManyPages(pages=len(pages), most=MAX_PAGES)
    if is_repaired and any(_lacks_content(page.obj) for page in pages):
        raise PdfDamaged(reason="page-without-content")
    return tuple(_frame(page.obj).size for page in pages)


def _declared_count(data: bytes, *, is_repaired: bool) -> int:
    """Return how many pages the file itself says it has; qpdf forgets that as soon as it looks at the pages."""
    with pikepdf.open(BytesIO(data), attempt_recovery=is_repaired, inherit_page_attributes=False) as pdf:
        tree = pdf.Root.get(Name.Pages) if isinstance(pdf.Root, Dictionary) else None
        count: Any = tree.get(Name.Count) if isinstance(tree, Dictionary) else None
        return count if isinstance(count, int) else 0


def _lacks_content(page: Dictionary) -> bool:
    contents = page.get(Name.Contents)
    parts = list(contents) if isinstance(contents, Array) else [contents]
    return not all(isinstance(part, pikepdf.Stream) for part in parts)


def _frame(page: Dictionary) -> Frame:
    media = _box(page, Name.MediaBox) or _LETTER
    rotation: Any = page.get(Name.Rotate, 0)
    unit: Any = page.get(Name.UserUnit, 1)
    turned = rotation if isinstance(rotation, int) else 0
    return Frame.of(
        media, _box(page, Name.CropBox) or media, turned, float(unit) if isinstance(unit, int | Decimal) else 1.0
    )


def _box(page: Dictionary, name: Name) -> Box | None:
    corners = page.get(name)
    if not isinstance(corners, Array):
        return None
    with suppress(TypeError, ValueError):
        left, bottom, right, top = (float(corner) for corner in corners)
        return Box.of((left, bottom, right, top))
    return None


def _check_readable(file: PdfFile) -> None:
    """Refuse a file with a signature that cannot be read: sealed, nobody could call it valid."""
    for signature in signatures.find(file, fields.every(file)):
        try:
            container.read(der.first(signature.container).whole)
        except (container.NotReadable, der.NotDer, TooWeak, NotKnown) as error:
            raise NotSealable(reason="signature-unreadable") from error


def _is_signed(pdf: Pdf) -> bool:
    return any(
        isinstance(value, Dictionary) and Name.ByteRange in value and Name.Contents in value for value in pdf.objects
    )


def _written(pdf: Pdf) -> bytes:
    output = BytesIO()
    pdf.save(
        output,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.disable,
        stream_decode_level=StreamDecodeLevel.none,
        compress_streams=False,
        fix_metadata_version=False,
    )
    return output.getvalue()
