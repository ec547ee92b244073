"""A document in the renderer, which sees the same fonts on every machine: ours, and none of the system's.

Chinese contracts often name a font and do not carry it. Without ours their words would be neither shown nor found.
"""

import ctypes
from functools import cache
from mmap import mmap

import pylopdf_fonts_zh_cn
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from pypdfium2 import raw

from privyseal.pdf.accepted import PdfDamaged
from privyseal.pdf.reading.syntax import Data


def opened(data: Data) -> pypdfium2.PdfDocument:
    """Return the document, to be closed, or refuse what the renderer cannot read."""
    _with_our_fonts()
    try:
        return pypdfium2.PdfDocument(data if isinstance(data, bytes) else _lent(data))
    except pypdfium2.PdfiumError as error:
        raise PdfDamaged(reason="renderer") from error


def _lent(data: mmap) -> ctypes.Array[ctypes.c_char]:
    """Return a mapped file as the renderer takes it, without a copy: the mapping must be one that could be written."""
    return (ctypes.c_char * len(data)).from_buffer(data)


@cache
def _with_our_fonts() -> ctypes.Array[ctypes.c_char_p]:
    """Start the renderer anew with our folder of fonts, and keep the list of folders alive for it."""
    folder = str(pylopdf_fonts_zh_cn.serif_path().parent).encode()
    folders = (ctypes.c_char_p * 2)(folder, None)
    config = raw.FPDF_LIBRARY_CONFIG(
        version=2, m_pUserFontPaths=ctypes.cast(folders, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    )
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(config)
    return folders
