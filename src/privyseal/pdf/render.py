"""Pages as pictures. Runs only in the confined process: a renderer reads everything a hostile file can hold."""

import struct
import zlib
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types

from privyseal.pdf.accepted import PdfDamaged, PdfTooHard, PlaceNotBlank
from privyseal.pdf.compared import MOST_PICTURES, ComparedPage
from privyseal.pdf.marks import frame_of
from privyseal.pdf.placement import NoSuchPage, PageSize, Size
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.viewer import opened

MAX_PIXELS: Final = 25_000_000
_POINTS_PER_INCH: Final = 72
_BLANK_DPI: Final = 96
_COMPARE_DPI: Final = 60
_MOST_COMPARED: Final = 40
_WHITE: Final = 255
_RGB: Final = 2
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def page_png(data: Data, *, page: int, dpi: int) -> bytes:
    """Return a page, counted from 1, as a PNG with everything that is printed on it, or refuse."""
    with opened(data) as document:
        document.init_forms()
        if not 1 <= page <= len(document):
            raise NoSuchPage(page=page)
        return _png(document[page - 1], dpi / _POINTS_PER_INCH)


def page_sizes(data: Data) -> tuple[PageSize, ...]:
    """Return the size of each page as the engine that seals them sees it, or refuse where the renderer sees others."""
    file = PdfFile.open(data)
    found = pages.find(file)
    with opened(data) as document:
        if len(document) != len(found):
            raise PdfDamaged(reason="page-count")
    return tuple(frame_of(file, found[number]).size for number in sorted(found))


def compared(data: bytes, *, end: int) -> tuple[ComparedPage, ...]:
    """Return the first pages that look otherwise now than in the revision that ends there; the first one if none does.

    Looks at so many pages as time allows; a page that was taken away is told by its missing picture.
    """
    with opened(data[:end]) as sealed, opened(data) as now:
        sealed.init_forms()
        now.init_forms()
        differing = []
        for index in range(min(max(len(sealed), len(now)), _MOST_COMPARED)):
            before, after = _seen(sealed, index), _seen(now, index)
            if before != after:
                differing.append(ComparedPage(index + 1, before, after))
            if len(differing) == MOST_PICTURES:
                break
        return tuple(differing) or (ComparedPage(1, _seen(sealed, 0), _seen(now, 0)),)


def _seen(document: pypdfium2.PdfDocument, index: int) -> bytes | None:
    return _png(document[index], _COMPARE_DPI / _POINTS_PER_INCH) if index < len(document) else None


def check_blank(data: Data, *, page: int, size: Size, left: float, bottom: float, box: Size) -> None:
    """Return if nothing is shown in a box of a page, in micrometres from its lower left; or refuse."""
    with opened(data) as document:
        document.init_forms()
        if not 1 <= page <= len(document):
            raise NoSuchPage(page=page)
        across, up = document[page - 1].get_size()
        wide, high = across / size.width, up / size.height
        crop = (left * wide, bottom * high, across - (left + box.width) * wide, up - (bottom + box.height) * high)
        crop = tuple(max(0.0, side) for side in crop)
        shown = document[page - 1].render(scale=_BLANK_DPI / _POINTS_PER_INCH, crop=crop, grayscale=True)
        dots = bytes(shown.buffer)
        rows = (dots[at : at + shown.width] for at in range(0, shown.height * shown.stride, shown.stride))
        if any(min(row) < _WHITE for row in rows):
            raise PlaceNotBlank(page=page)


def _png(page: pypdfium2.PdfPage, scale: float) -> bytes:
    width, height = page.get_size()
    if width * height * scale * scale > MAX_PIXELS:
        raise PdfTooHard(reason="pixels")
    bitmap = page.render(scale=scale, rev_byteorder=True)
    pixels, row = bytes(bitmap.buffer), bitmap.width * 3
    rows = (b"\0" + pixels[at : at + row] for at in range(0, bitmap.height * bitmap.stride, bitmap.stride))
    header = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, _RGB, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 6)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
