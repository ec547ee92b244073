"""A face as a picture of dots. Only for what ``face`` has drawn: other people's files are rendered in ``confined``."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from pypdfium2 import raw

from privyseal.kernel.errors import Refused
from privyseal.pdf.face import sheet
from privyseal.pdf.template import Face

MAX_PIXELS: Final = 25_000_000
_MICROMETRES_PER_INCH: Final = 25_400
_METRES_PER_INCH: Final = 0.0254
_BLACK: Final = "#000000"
_WHITE: Final = (255, 255, 255, 255)
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PALETTE: Final = 3
_CLEARNESS: Final = bytes(range(255, -1, -1))
_LEVEL: Final = 1


class TooManyPixels(Refused):
    """So many dots an inch that nobody could need the picture."""

    code = "too-many-pixels"


def png(face: Face, *, dpi: int) -> bytes:
    """Return the face as a PNG to scale, clear where there is no ink, or refuse."""
    if dpi < 1 or face.size.width * face.size.height * (dpi / _MICROMETRES_PER_INCH) ** 2 > MAX_PIXELS:
        raise TooManyPixels(dpi=dpi, most=MAX_PIXELS)
    width, height = (max(1, round(side * dpi / _MICROMETRES_PER_INCH)) for side in (face.size.width, face.size.height))
    with pypdfium2.PdfDocument(sheet(replace(face, colour=_BLACK))) as document:
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
        bitmap.fill_rect(_WHITE, 0, 0, width, height)
        raw.FPDF_RenderPageBitmap(bitmap, document[0], 0, 0, width, height, 0, 0)
        rows = b"".join(_rows(bytes(bitmap.buffer), width, height, bitmap.stride))
    return b"".join((_SIGNATURE, *_chunks(face.colour, dpi, width, height, rows)))


def _rows(pixels: bytes, width: int, height: int, stride: int) -> Iterator[bytes]:
    """Yield each row behind its filter byte. How grey a dot is, is the number of its colour: black on white is ink."""
    return (b"\0" + pixels[at : at + width] for at in range(0, height * stride, stride))


def _chunks(colour: str, dpi: int, width: int, height: int, rows: bytes) -> Iterator[bytes]:
    # Long runs of clear dots: matching runs alone is quicker than looking for repetitions, and smaller here.
    packer = zlib.compressobj(_LEVEL, strategy=zlib.Z_RLE)
    dots = round(dpi / _METRES_PER_INCH)
    yield chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0))
    yield chunk(b"PLTE", bytes.fromhex(colour[1:]) * 256)
    yield chunk(b"tRNS", _CLEARNESS)
    yield chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))
    yield chunk(b"IDAT", packer.compress(rows) + packer.flush())
    yield chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
