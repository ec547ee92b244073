"""Papers that are kept as they came, to be read by people: stored by their digest, and handed out again."""

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from privyseal.identity.rules import EvidenceNotReadable
from privyseal.kernel.file_kinds import BEGINS, EVIDENCE, Kind
from privyseal.web.downloads import attachment

# What a file begins with, the end of its name, and what it is sent as.
_KINDS: Final = (
    (BEGINS[Kind.PDF], "pdf", "application/pdf"),
    (BEGINS[Kind.JPEG], "jpg", "image/jpeg"),
    (BEGINS[Kind.PNG], "png", "image/png"),
)
# The first run takes the operator's word for what its files are.
_UNKNOWN: Final = ("bin", "application/octet-stream")


def handed_out(digest: str, name: str) -> HttpResponse:
    data: bytes = settings.BLOBS.get(digest)
    end, kind = next(((end, kind) for start, end, kind in _KINDS if data.startswith(start)), _UNKNOWN)
    return attachment(data, name=f"{name}.{end}", kind=kind)


def stored(file: "UploadedFile[Any] | None") -> str:
    """Keep a paper and return its digest, or refuse what is no PDF or picture; nothing brought is the empty digest."""
    if file is None:
        return ""
    if file.size is None or file.size > EVIDENCE.most_bytes:
        raise EvidenceNotReadable
    data = file.read()
    if not EVIDENCE.takes(data):
        raise EvidenceNotReadable
    digest: str = settings.BLOBS.put(data)
    return digest
