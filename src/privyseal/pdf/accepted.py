"""What intake answers, in words that need no PDF library."""

from dataclasses import dataclass
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import PageSize

MAX_BYTES: Final = 50_000_000
MAX_PAGES: Final = 2_000
MAX_OBJECTS: Final = 200_000
MADE_A_PDF: Final = "made-a-pdf"
WATERMARKED: Final = "watermarked"
FONTS_NOT_EMBEDDED: Final = "fonts-not-embedded"


class FileEmpty(Refused):
    code = "file-empty"


class FileTooLarge(Refused):
    code = "file-too-large"


class NotAPdf(Refused):
    code = "not-a-pdf"


class PdfEncrypted(Refused):
    code = "pdf-encrypted"


class PdfDamaged(Refused):
    """The file is cut off, or so broken that pages could be lost by repairing it."""

    code = "pdf-damaged"


class TooManyPages(Refused):
    code = "too-many-pages"


class PdfWithoutPages(Refused):
    code = "pdf-without-pages"


class NotSealable(Refused):
    """A seal cannot be appended to this file; ``reason`` names the structure that forbids it."""

    code = "pdf-not-sealable"


class PdfTooHard(Refused):
    """Reading the file takes more time or memory than any honest document needs."""

    code = "pdf-too-hard"


class CopyOfSealed(Refused):
    """Words across the pages would break the seals that the file bears already."""

    code = "copy-of-sealed"


class PlaceNotBlank(Refused):
    """Something is written or drawn where a code was to stand."""

    code = "place-not-blank"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that a seal can be put on.

    ``changes`` says in stable words what intake altered, ``warnings`` what it left and people should know.
    """

    data: bytes
    pages: tuple[PageSize, ...]
    changes: tuple[str, ...]
    signed: bool
    warnings: tuple[str, ...] = ()


def check_size(data: bytes) -> None:
    """Return if this is not empty and not too large, or refuse."""
    if not data:
        raise FileEmpty
    if len(data) > MAX_BYTES:
        raise FileTooLarge(size=len(data), most=MAX_BYTES)


def check_envelope(data: bytes) -> None:
    """Return if this has the size and the beginning of a PDF, or refuse."""
    check_size(data)
    if b"%PDF-" not in data[:1024]:
        raise NotAPdf
