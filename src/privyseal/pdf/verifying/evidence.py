"""What a judgement may lean on besides the signature: roots, and what travels in the document's security store."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.x509 import ocsp

from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.verifying.revocation import Knowledge

_MOST_OF_A_KIND: Final = 256


@dataclass(frozen=True, slots=True)
class Evidence:
    """Only the roots prove anything; the rest has to be signed by somebody under them.

    ``time_roots`` vouch for time stamps and for nothing else, and the other roots for no time stamp.
    """

    roots: tuple[bytes, ...]
    time_roots: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = ()
    knowledge: Knowledge = field(default_factory=Knowledge)


def gathered(
    file: PdfFile, *, roots: Iterable[bytes], time_roots: Iterable[bytes], crls: Iterable[bytes] = ()
) -> Evidence:
    """Return the roots and lists given, and what the newest revision of the file brings."""
    written = file.resolved(file.catalog.get(b"/DSS"))
    store = syntax.entries(written)[0] if written is not None else {}
    found = {name: _streams(file, store.get(name)) for name in (b"/Certs", b"/CRLs", b"/OCSPs")}
    knowledge = Knowledge((*crls, *found[b"/CRLs"]), found[b"/OCSPs"])
    return Evidence(tuple(roots), tuple(time_roots), found[b"/Certs"], knowledge)


def is_evidence(content: bytes) -> bool:
    """Tell whether these bytes are wholly a certificate, a revocation list or an OCSP response."""
    kinds = (x509.load_der_x509_certificate, x509.load_der_x509_crl, ocsp.load_der_ocsp_response)
    return any(_is_read(load, content) for load in kinds)


def _is_read(load: Callable[[bytes], object], content: bytes) -> bool:
    try:
        load(content)
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return False
    return True


def _streams(file: PdfFile, array: bytes | None) -> tuple[bytes, ...]:
    written = file.resolved(array)
    if written is None:
        return ()
    return tuple(file.content(one) for one in syntax.references(written)[:_MOST_OF_A_KIND])
