"""Which kinds of files are taken where, by what they begin with, and how large: one table for all."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    OFFICE = "office files"
    XLSX = "XLSX"
    CERTIFICATE = "certificates (PEM, DER)"
    RECEIPT = "receipts"


BEGINS: Final = {
    Kind.PDF: b"%PDF-",
    Kind.JPEG: b"\xff\xd8\xff",
    Kind.PNG: b"\x89PNG\r\n\x1a\n",
}
"""Of each kind whose content is looked at by its first bytes alone."""

OFFICE_NAMES: Final = (
    *(".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".rtf"),
    *(".odt", ".ods", ".odp", ".wps", ".et", ".dps"),
)
_SHOWN: Final = {
    Kind.PDF: ("application/pdf",),
    Kind.JPEG: ("image/jpeg",),
    Kind.PNG: ("image/png",),
    Kind.TIFF: ("image/tiff",),
    Kind.OFFICE: OFFICE_NAMES,
    Kind.XLSX: (".xlsx",),
    Kind.CERTIFICATE: (".pem", ".crt", ".cer", ".der"),
    Kind.RECEIPT: (".txt", ".tlog-proof", "text/plain"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What is brought, of which kinds; ``most_bytes`` is how large it may be, ``code`` how another is refused."""

    what: str
    kinds: tuple[Kind, ...]
    most_bytes: int
    code: str

    @property
    def accept(self) -> str:
        """Return what a form's ``accept`` says, by which browsers offer files; it keeps nobody out."""
        return ",".join(shown for kind in self.kinds for shown in _SHOWN[kind])

    def takes(self, data: bytes) -> bool:
        """Return whether the content begins as one of these kinds does."""
        return data.startswith(tuple(BEGINS[kind] for kind in self.kinds))


_PAPERS: Final = (Kind.PDF, Kind.JPEG, Kind.PNG)
_PICTURES: Final = (Kind.JPEG, Kind.PNG)
_ALL: Final = (*_PAPERS, Kind.TIFF, Kind.OFFICE)
DOCUMENT: Final = Upload("a document to be sealed, or a paper beside it", _ALL, 550_000_000, "file-too-large")
CHECKED: Final = Upload("a file that a stranger has judged, or a photograph", _PAPERS, 50_000_000, "file-too-large")
SCAN: Final = Upload("a scan of a paper that was sealed", _PAPERS, 50 << 20, "not-a-scan")
EVIDENCE: Final = Upload("a proof of a company, or a signed mandate", _PAPERS, 10 << 20, "evidence-not-readable")
PHOTOGRAPH: Final = Upload("a photograph of a seal or a stamped page", _PICTURES, 10_000_000, "not-a-photo")
IMPRINT: Final = Upload("a picture of an imprint, for a face", _PICTURES, 10_000_000, "imprint-unreadable")
TABLE: Final = Upload("a table of people, units or seals", (Kind.XLSX,), 10 << 20, "sheet-unreadable")
CERTIFICATES: Final = Upload("certificates from outside", (Kind.CERTIFICATE,), 84_000, "certificate-unreadable")
RECEIPT: Final = Upload("a receipt", (Kind.RECEIPT,), 256_000, "receipt-unreadable")
UPLOADS: Final = (DOCUMENT, CHECKED, SCAN, EVIDENCE, PHOTOGRAPH, IMPRINT, TABLE, CERTIFICATES, RECEIPT)
