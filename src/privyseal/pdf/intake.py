"""Make every accepted file fit the sealing engine, before anyone approves it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import Any, BinaryIO, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, StreamDecodeLevel

from privyseal.pdf import cleaning, copies, fonts, measured, protection
from privyseal.pdf.accepted import (
    FONTS_NOT_EMBEDDED,
    MAX_OBJECTS,
    PROTECTION_REMOVED,
    USUAL,
    WATERMARKED,
    Accepted,
    CopyOfSealed,
    Limits,
    NotSealable,
    PdfDamaged,
    PdfProtected,
    PdfTooHard,
    PdfWithoutPages,
    TooManyPages,
    check_envelope,
)
from privyseal.pdf.inflation import check_streams
from privyseal.pdf.placement import PageSize
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.seal import check_sealable
from privyseal.pdf.verifying import container, der, fields, signatures
from privyseal.pdf.verifying.algorithms import NotKnown, TooWeak

_TAIL: Final = 1_054
_UNREADABLE: Final = (pikepdf.PdfError, pikepdf.QpdfRuntimeError)
_READ_PERCENT: Final = 50
"""How far it is once everything is read and looked at; what is left is to write it."""

_OBJECT: Final = re.compile(rb"[0-9]\s+[0-9]+\s+obj\b")
_LINEARIZED: Final = re.compile(rb"/Linearized\b[^>]*?/L\s+([0-9]+)")


def accept(data: bytes, *, copy_says: str = "", password: str = "", limits: Limits = USUAL) -> Accepted:
    """Return the file as it can be approved and sealed, or refuse.

    An unsigned file is written anew: repaired, one revision, nothing active in it, forms flattened; the same
    input gives the same bytes. One that is protected comes out open to everybody, where the password is that of
    somebody who may do that. A signed file comes back as it is. A copy says on every page what it is for.
    """
    work = _Work(limits)
    if not copy_says:
        return _accept(data, replace(work, password=password))
    try:
        accepted = _accept(data, replace(work, password=password))
    except NotSealable as refusal:
        if refusal.facts.get("reason") == "certified":
            raise CopyOfSealed from refusal
        raise
    marked = _accept(accepted.data + copies.watermarked(accepted.data, copy_says), work)
    return replace(marked, changes=(*accepted.changes, WATERMARKED), warnings=accepted.warnings)


def accept_large(
    source: BinaryIO, into: BinaryIO, *, limits: Limits, tell: Callable[[int], None], password: str = ""
) -> Accepted:
    """Write a file of any size as it can be approved and sealed, as ``accept`` does; tell how far that is in percent.

    What is returned holds no data: that is in ``into``, and nowhere in memory.
    """
    return _accept(mmap(source.fileno(), 0, access=ACCESS_READ), _Work(limits, source, into, tell, password))


@dataclass(frozen=True, slots=True)
class _Work:
    """How a file is taken in: within which limits, from file to file or through memory, and who hears how far it is.

    ``opens_with`` is what opens it, once that is known.
    """

    limits: Limits
    source: BinaryIO | None = None
    into: BinaryIO | None = None
    tell: Callable[[int], None] = lambda _percent: None
    password: str = field(default="", repr=False)
    opens_with: bytes = field(default=b"", repr=False)

    def open(self, data: Data, *, is_repaired: bool, inherits: bool = True) -> Pdf:
        return pikepdf.open(
            self.source or BytesIO(data),
            password=self.opens_with,
            attempt_recovery=is_repaired,
            inherit_page_attributes=inherits,
        )

    def unlocked(self, data: Data, *, is_repaired: bool) -> "tuple[Pdf, _Work]":
        """Return the open file and how it is opened again, or refuse."""
        pdf, opens_with = protection.unlocked(
            lambda tried: replace(self, opens_with=tried).open(data, is_repaired=is_repaired), self.password
        )
        return pdf, replace(self, opens_with=opens_with)

    def written(self, pdf: Pdf) -> bytes:
        """Write the file anew; return it where it is not written into a file."""
        output = self.into or BytesIO()
        output.seek(0)
        output.truncate()  # a first try may have ended half way
        pdf.save(
            output,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=ObjectStreamMode.disable,
            stream_decode_level=StreamDecodeLevel.none,
            compress_streams=False,
            fix_metadata_version=False,
            progress=lambda percent: self.tell(_READ_PERCENT + percent * (100 - _READ_PERCENT) // 100),
        )
        return output.getvalue() if isinstance(output, BytesIO) else b""

    def unchanged(self, data: Data) -> bytes:
        """Keep the file as it is, where a file is written; return it where not."""
        if self.into is None:
            return data[:]
        self.into.seek(0)
        self.into.truncate()
        self.into.write(data)
        return b""


def _accept(data: Data, work: _Work) -> Accepted:
    # (1) size and beginning
    check_envelope(data, work.limits)
    # (2) the end: a file that was cut off is refused, not repaired to fewer pages
    if _is_cut_off(data):
        raise PdfDamaged(reason="cut-off")
    # (3) read as written; only a file with a whole end is repaired
    try:
        return _accepted(data, work, is_repaired=False)
    except _UNREADABLE as error:
        if b"%%EOF" not in data[-_TAIL:]:
            raise PdfDamaged(reason="cut-off") from error
    try:
        return _accepted(data, work, is_repaired=True)
    except _UNREADABLE as error:
        raise PdfDamaged(reason="structure") from error


def _accepted(data: Data, work: _Work, *, is_repaired: bool) -> Accepted:
    pdf, work = work.unlocked(data, is_repaired=is_repaired)
    with pdf:
        # (4) counted, before anything is built from it
        if len(pdf.objects) > MAX_OBJECTS:
            raise PdfTooHard(objects=len(pdf.objects))
        declared = _declared_count(data, work, is_repaired=is_repaired)
        pages, are_mended = _pages(pdf, declared=declared, most=work.limits.pages, is_repaired=is_repaired)
        check_streams(pdf, size=len(data), tell=lambda percent: work.tell(percent * _READ_PERCENT // 100))
        # (5) a signed file is never rewritten
        if _is_signed(pdf):
            if pdf.is_encrypted:
                raise PdfProtected(reason="signed")
            _check_as_it_is(data, is_repaired=is_repaired)
            return Accepted(work.unchanged(data), pages, changes=(), signed=True, warnings=_warnings(pdf))
        # (6) an unsigned one is cleaned and written in one revision
        repairs = ["repaired"] if is_repaired or are_mended or pdf.get_warnings() else []
        opened = (PROTECTION_REMOVED,) if pdf.is_encrypted else ()
        changes = (*opened, *repairs, *cleaning.clean(pdf))
        warnings = (*opened, *_warnings(pdf))
        return Accepted(data=work.written(pdf), pages=pages, changes=changes, signed=False, warnings=warnings)


def _warnings(pdf: Pdf) -> tuple[str, ...]:
    return (FONTS_NOT_EMBEDDED,) if fonts.are_missing(page.obj for page in pdf.pages) else ()


def _check_as_it_is(data: Data, *, is_repaired: bool) -> None:
    if is_repaired:
        raise PdfDamaged(reason="signed-and-broken")
    check_sealable(data)
    _check_readable(PdfFile.open(data))


def _is_cut_off(data: Data) -> bool:
    linearized = _LINEARIZED.search(data[:1024])
    if linearized and len(data) < int(linearized[1]):
        return True
    last_end = data.rfind(b"%%EOF")
    return last_end >= 0 and _OBJECT.search(data, last_end) is not None


def _pages(pdf: Pdf, *, declared: int, most: int, is_repaired: bool) -> tuple[tuple[PageSize, ...], bool]:
    """Return how large each page is, and whether how it is shown had to be written anew; or refuse."""
    pages = list(pdf.pages)
    if len(pages) < declared:
        raise PdfDamaged(reason="pages-lost", declared=declared, found=len(pages))
    if not pages:
        raise PdfWithoutPages
    if len(pages) > most:
        raise TooManyPages(pages=len(pages), most=most)
    if not all(isinstance(page.obj, Dictionary) for page in pages):
        raise PdfDamaged(reason="no-page")
    if is_repaired and any(_lacks_content(page.obj) for page in pages):
        raise PdfDamaged(reason="page-without-content")
    shown = [measured.frame(page.obj) for page in pages]
    return tuple(frame.size for frame, _ in shown), any(is_mended for _, is_mended in shown)


def _declared_count(data: Data, work: _Work, *, is_repaired: bool) -> int:
    """Return how many pages the file itself says it has; qpdf forgets that as soon as it looks at the pages."""
    with work.open(data, is_repaired=is_repaired, inherits=False) as pdf:
        tree = pdf.Root.get(Name.Pages) if isinstance(pdf.Root, Dictionary) else None
        count: Any = tree.get(Name.Count) if isinstance(tree, Dictionary) else None
        return count if isinstance(count, int) else 0


def _lacks_content(page: Dictionary) -> bool:
    contents = page.get(Name.Contents)
    parts = list(contents) if isinstance(contents, Array) else [contents]
    return not all(isinstance(part, pikepdf.Stream) for part in parts)


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
