"""Keep a seal checkable for decades: what proves it goes into the file (B-LT), under a time stamp (B-LTA).

ETSI EN 319 142-1, 5.4 and 5.5. Certificates, CRLs and OCSP answers are handed in as bytes; somebody else fetches them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from privyseal.pdf import forms, marks
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import Data, Entries
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision, stream
from privyseal.pdf.timestamps import TOKEN_ROOM, TimestampAuthority
from privyseal.pdf.verifying import container, der, fields, signatures
from privyseal.pdf.verifying.container import Container
from privyseal.pdf.verifying.signatures import Kind

_HIDDEN_AND_LOCKED: Final = 2 | 128


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verifier needs to follow certificates to their roots and to see that they were not revoked, DER."""

    certificates: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()
    ocsp_answers: Sequence[bytes] = ()


def add_evidence(document: Data, evidence: Evidence) -> bytes:
    """Return the revision to append that keeps the evidence for every signature in the document."""
    revision = Revision(PdfFile.open(document))
    _store(revision, evidence)
    return revision.written()


def archive(document: Data, evidence: Evidence, *, authority: TimestampAuthority, field: str) -> bytes:
    """Return the revision to append that keeps the evidence and time-stamps the document with it.

    Called again before the authority's certificate ends, with evidence for that authority, it lasts as long again.
    """
    file = PdfFile.open(document)
    revision = Revision(file)
    if any(known.is_root and known.name == field for known in forms.fields(file)):
        raise NotSealable(reason="field-taken")
    _store(revision, evidence)
    signature = revision.reserve()
    _enter(revision, signature, field)
    entries = {b"/Type": b"/DocTimeStamp", b"/Filter": b"/Adobe.PPKLite", b"/SubFilter": b"/ETSI.RFC3161"}
    return revision.signed(signature, entries, reserve=TOKEN_ROOM, sign=authority.token, seed=field.encode())


def protected_until(document: Data) -> datetime | None:
    """Return when the newest time stamp of the document ends to protect it; None where there is none.

    It does when the first of its authority's certificates ends, for then nobody can ask any more whether one was
    revoked. Before that ``archive`` is called again.
    """
    file = PdfFile.open(document)
    stamps = [one for one in signatures.find(file, fields.every(file)) if one.kind is Kind.TIME_STAMP]
    if not stamps:
        return None
    (token,) = _containers([stamps[-1].container])
    return min(x509.load_der_x509_certificate(one).not_valid_after_utc for one in token.certificates)


def sealing_certificates(document: Data) -> tuple[bytes, ...]:
    """Return the certificates that came with the seals and signatures of a document, each once."""
    file = PdfFile.open(document)
    found = [one.container for one in signatures.find(file, fields.every(file)) if one.kind is not Kind.TIME_STAMP]
    return tuple(dict.fromkeys(one for read in _containers(found) for one in read.certificates))


def stamping_certificates(document: Data) -> tuple[bytes, ...]:
    """Return the certificates that came with the time stamps of a document, each once."""
    file = PdfFile.open(document)
    found = []
    for signature in signatures.find(file, fields.every(file)):
        tokens = [read.time_stamp for read in _containers([signature.container]) if read.time_stamp]
        if signature.kind is Kind.TIME_STAMP:
            tokens.append(signature.container)
        found += [one for token in _containers(tokens) for one in token.certificates]
    return tuple(dict.fromkeys(found))


def _containers(written: Iterable[bytes]) -> list[Container]:
    return [container.read(der.first(one).whole) for one in written if one]


def _store(revision: Revision, evidence: Evidence) -> None:
    """Put the evidence into the document's security store, beside what is kept there already."""
    catalog = revision.edit(revision.file.root)
    known = revision.body(catalog.get(b"/DSS"))
    store = syntax.entries(known)[0] if known else {b"/Type": b"/DSS"}
    kinds = {b"/Certs": evidence.certificates, b"/CRLs": evidence.crls, b"/OCSPs": evidence.ocsp_answers}
    places = {kind: _keep(revision, store, kind, parts) for kind, parts in kinds.items() if parts}
    before = revision.body(store.get(b"/VRI"))
    related = syntax.entries(before)[0] if before else {}
    own = {kind[:-1]: _array(found) for kind, found in places.items()}
    for name in _signatures(revision.file):
        related.setdefault(
            name, syntax.dictionary(own)
        )  # what was kept for a signature is never kept differently later
    store[b"/VRI"] = syntax.dictionary(related)
    catalog[b"/DSS"] = syntax.dictionary(store)


def _keep(revision: Revision, store: Entries, kind: bytes, parts: Iterable[bytes]) -> list[Reference]:
    written = revision.body(store.get(kind))
    kept = [Reference(*one) for one in syntax.references(written)] if written else []
    known = {revision.file.content(reference): reference for reference in kept}
    for part in parts:
        if part not in known:
            known[part] = revision.add(stream(part, {}, is_packed=True))
    store[kind] = _array(known.values())
    return [known[part] for part in parts]


def _signatures(file: PdfFile) -> list[bytes]:
    """Return the names under which evidence for each signature is kept: its SHA-1, which protects nothing here."""
    found = []
    for field in forms.fields(file):
        if forms.is_filled(file, field):
            written = file.resolved(file.entries(field.entries[b"/V"]).get(b"/Contents"))
            contents = values.parsed(written)[0] if written else None
            if isinstance(contents, bytes):
                name = hashlib.sha1(contents, usedforsecurity=False).hexdigest().upper()
                found.append(b"/%b" % name.encode("ascii"))
    return found


def _enter(revision: Revision, signature: Reference, field: str) -> None:
    page = marks.shown(revision.file, [1])[1].page
    widget = revision.add(
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T%b/V %d 0 R/F %d/P %d %d R/Rect[0 0 0 0]>>"
        % (values.text(field), signature.number, _HIDDEN_AND_LOCKED, *page.reference)
    )
    revision.annotate(page, widget)
    forms.enter(revision, [widget])


def _array(references: Iterable[Reference]) -> bytes:
    return b"[%b]" % b" ".join(b"%d %d R" % reference for reference in references)
