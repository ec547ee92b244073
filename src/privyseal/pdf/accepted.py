"""What intake answers, in words that need no PDF library."""

from dataclasses import dataclass
from mmap import mmap
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf.looks import Look
from privyseal.pdf.placement import PageSize

MAX_BYTES: Final = 50_000_000
"""What is taken in through memory; a larger file stays on the disk."""

MAX_PAGES: Final = 5_000
MAX_OBJECTS: Final = 500_000
MADE_A_PDF: Final = "made-a-pdf"
WATERMARKED: Final = "watermarked"
FONTS_NOT_EMBEDDED: Final = "fonts-not-embedded"
PROTECTION_REMOVED: Final = "protection-removed"
LONGEST_PASSWORD: Final = 127
"""So many bytes of a password count (ISO 32000-2, 7.6.4.3.3); a longer one is nobody's."""


class FileEmpty(Refused):
    code = "file-empty"


class FileTooLarge(Refused):
    code = "file-too-large"


class NotAPdf(Refused):
    code = "not-a-pdf"


class PdfEncrypted(Refused):
    """It is opened by a password, and none was given."""

    code = "pdf-encrypted"


class PdfPasswordWrong(Refused):
    code = "pdf-password-wrong"


class PdfRestricted(Refused):
    """It can be read, but whoever protected it keeps changing or copying it to those who know another password."""

    code = "pdf-restricted"


class PdfProtected(Refused):
    """Its protection cannot be taken off here; ``reason`` is signed or method."""

    code = "pdf-protected"


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
    ``look`` is what somebody should look at before it is sealed, where that was read.
    """

    data: bytes
    pages: tuple[PageSize, ...]
    changes: tuple[str, ...]
    signed: bool
    warnings: tuple[str, ...] = ()
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be, before anything is read of it, and how many pages it may have."""

    size: int = MAX_BYTES
    pages: int = MAX_PAGES

    def check_size(self, size: int) -> None:
        """Return if so many bytes are neither none nor too many, or refuse."""
        if not size:
            raise FileEmpty
        if size > self.size:
            raise FileTooLarge(size=size, most=self.size, megabytes=self.size // 1_000_000)


USUAL: Final = Limits()


def check_envelope(data: bytes | mmap, limits: Limits = USUAL) -> None:
    """Return if this has the size and the beginning of a PDF, or refuse."""
    limits.check_size(len(data))
    if b"%PDF-" not in data[:1024]:
        raise NotAPdf
