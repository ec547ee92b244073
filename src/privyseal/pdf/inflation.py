"""Streams that swell: how much a document's compressed streams unfold to, within a budget."""

import zlib
from collections.abc import Callable
from typing import Final

import pikepdf
from pikepdf import Array, Name, Pdf, Stream

from privyseal.pdf.accepted import PdfTooHard

_MOST_PER_STREAM: Final = 100_000_000
_MOST_PER_DOCUMENT: Final = 250_000_000
_DEFLATED: Final = frozenset({Name.FlateDecode, Name.Fl})


def check_streams(pdf: Pdf, *, size: int, tell: Callable[[int], None]) -> None:
    """Return if the streams that viewers unfold whole stay within the budget, or refuse; tell how far it is in percent.

    Images are left out: their size is bounded by their own width and height. A file of this ``size`` may unfold to
    twice as much, if that is more.
    """
    total, count = 0, len(pdf.objects)
    for number, value in enumerate(pdf.objects):
        tell(100 * number // count)
        if isinstance(value, Stream) and value.get(Name.Subtype) != Name.Image:
            total += _unfolded(value)
            if total > max(_MOST_PER_DOCUMENT, 2 * size):
                raise PdfTooHard(reason="decompression")


def _unfolded(stream: Stream) -> int:
    data = b""
    for position, name in enumerate(_filters(stream)):
        if name not in _DEFLATED:
            break
        data = _inflated(data if position else stream.read_raw_bytes())
    return len(data)


def _filters(stream: Stream) -> list[pikepdf.Object]:
    value = stream.get(Name.Filter)
    parts = list(value) if isinstance(value, Array) else [value]
    return [part for part in parts if isinstance(part, pikepdf.Name)]


def _inflated(data: bytes) -> bytes:
    unfold = zlib.decompressobj()
    try:
        inflated = unfold.decompress(data, _MOST_PER_STREAM)
    except zlib.error:
        return b""  # a broken stream shows nothing and swells to nothing
    if unfold.unconsumed_tail:
        raise PdfTooHard(reason="decompression")
    return inflated
