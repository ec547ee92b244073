"""The signer's key for codes on paper: its own purpose, with a certificate by the authority; and what it signs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID

from privyseal.kernel import paper_code
from privyseal.kernel.canonical import utc_text, utc_time
from privyseal.kernel.paper_code import Said
from privyseal.kernel.paper_keys import PURPOSE
from privyseal.signer import authority
from privyseal.signer.authority import Issued
from privyseal.signer.database import Database
from privyseal.signer.documents import Code, Document
from privyseal.signer.keys import PAPER, Keys
from privyseal.signer.store import Store

_VALID: Final = timedelta(days=1096)
_RENEWED_BEFORE: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Use:
    """What a code says of a use beside its document's digest and where it leads."""

    certificate: bytes
    uscc: str
    amount: str
    pages: int
    at: datetime


class PaperCodes:
    def __init__(self, database: Database, keys: Keys, store: Store) -> None:
        self._database = database
        self._keys = keys
        self._store = store

    def certificates(self) -> tuple[bytes, ...]:
        """Return every certificate by which codes on paper were ever signed, oldest first: paper is kept for long."""
        return tuple(row[0] for row in self._database.every("SELECT certificate FROM paper_key ORDER BY rowid"))

    def signed(self, document: Document, use: Use) -> Document:
        """Return the document with what is really drawn for each code that is to be signed."""
        if not any(code.is_signed for code in document.codes):
            return document
        key = self._key(use.at)
        codes = [self._drawn(code, document, use, key) if code.is_signed else code for code in document.codes]
        return replace(document, codes=tuple(codes))

    def _drawn(self, code: Code, document: Document, use: Use, key: Issued) -> Code:
        ca = self._store.founded().ca_certificate
        names = x509.load_der_x509_certificate(use.certificate).subject
        said = Said(
            certificate=paper_code.reference(authority=ca, certificate=key.certificate),
            at=use.at,
            use=code.use,
            document=document.sha256[: 2 * paper_code.DIGEST_BYTES],
            company=_named(names, NameOID.ORGANIZATION_NAME),
            uscc=use.uscc,
            seal=_named(names, NameOID.COMMON_NAME),
            pages=use.pages,
            amount=use.amount,
        )
        made = paper_code.signed(said, authority.private_key(key.key))
        return replace(code, text=paper_code.text_of(made, address=code.text), is_signed=False)

    def _key(self, at: datetime) -> Issued:
        """Return the key of now, made anew in time; the one before leaves the file, its certificate stays."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT key, certificate, not_after FROM paper_key WHERE length(key) > 0"
            ).fetchone()
            known = None if row is None else Issued(self._keys.reveal(row[0], PAPER), row[1], "", utc_time(row[2]))
        if known is not None and known.not_after - at > _RENEWED_BEFORE:
            return known
        made = _new_key(self._store.authority_key(), self._store.founded().ca_certificate, at)
        with self._database.writing() as connection:
            connection.execute("UPDATE paper_key SET key = x'' WHERE length(key) > 0")
            connection.execute(
                "INSERT INTO paper_key VALUES (?, ?, ?)",
                (self._keys.protect(made.key, PAPER), made.certificate, utc_text(made.not_after)),
            )
        return made


def _new_key(authority_key: bytes, ca: bytes, at: datetime) -> Issued:
    issuer = x509.load_der_x509_certificate(ca)
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Privyseal codes on paper")])
    builder = (
        authority.begun(
            name, issuer.subject, key.public_key(), at=at, valid=min(_VALID, issuer.not_valid_after_utc - at)
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(authority.usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([PURPOSE]), critical=True)
        .add_extension(authority.identifier_of(issuer), critical=False)
    )
    return authority.issued(key, builder, authority_key=authority_key)


def _named(names: x509.Name, oid: x509.ObjectIdentifier) -> str:
    said: Sequence[x509.NameAttribute[str | bytes]] = names.get_attributes_for_oid(oid)
    return str(said[0].value) if said else ""
