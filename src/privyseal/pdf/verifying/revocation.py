"""Was a certificate revoked at a moment? Answered from lists and responses that travel along, never by asking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from privyseal.pdf.verifying import algorithms, certificates, der
from privyseal.pdf.verifying.certificates import Certificate, Path, Purpose
from privyseal.pdf.verifying.der import Node

_HARMLESS_IN_LISTS: Final = frozenset({ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER})
_FIRST: Final = 0xA0
_MOST_CONSULTED: Final = 64


class Standing(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Lists and responses as they came, DER; nothing is known yet of who made them."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


def standing(path: Path, knowledge: Knowledge, at: datetime) -> Standing:
    """Return the worst that is known at this moment of any certificate below the root."""
    found = {_of_one(one, issuer, knowledge, at) for one, issuer in pairwise(path)}
    for worst in (Standing.REVOKED, Standing.UNKNOWN):
        if worst in found:
            return worst
    return Standing.GOOD


def _of_one(certificate: Certificate, issuer: Certificate, knowledge: Knowledge, at: datetime) -> Standing:
    found = {
        *_from_lists(certificate, issuer, knowledge.crls[:_MOST_CONSULTED], at),
        *_from_responses(certificate, issuer, knowledge.ocsps[:_MOST_CONSULTED], at),
    }
    if Standing.REVOKED in found:
        return Standing.REVOKED
    return Standing.GOOD if Standing.GOOD in found else Standing.UNKNOWN


def _from_lists(
    certificate: Certificate, issuer: Certificate, crls: Sequence[bytes], at: datetime
) -> Iterator[Standing]:
    for written in crls:
        found = _list_of(issuer, written)
        if found is not None:
            yield _listed(found, certificate, at)


def _list_of(issuer: Certificate, written: bytes) -> x509.CertificateRevocationList | None:
    """Return the list if it can be read and is the issuer's, None otherwise."""
    try:
        found = x509.load_der_x509_crl(written)
        return found if _is_usable(found, issuer) and algorithms.is_issued_by(written, issuer.der) else None
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return None


def _is_usable(crl: x509.CertificateRevocationList, issuer: Certificate) -> bool:
    """Tell whether this is the issuer's whole list: a list of part of them, or of others, is not read."""
    is_whole = all(extension.oid in _HARMLESS_IN_LISTS or not extension.critical for extension in crl.extensions)
    return is_whole and issuer.may_list and crl.issuer.public_bytes() == issuer.subject


def _listed(crl: x509.CertificateRevocationList, certificate: Certificate, at: datetime) -> Standing:
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial)
    if entry is not None and entry.revocation_date_utc <= at and not _is_taken_back(entry):
        return Standing.REVOKED
    until = crl.next_update_utc
    return Standing.UNKNOWN if until is not None and until < at else Standing.GOOD


def _is_taken_back(entry: x509.RevokedCertificate) -> bool:
    reasons = [one.value for one in entry.extensions if one.oid == CRLEntryExtensionOID.CRL_REASON]
    return any(isinstance(one, x509.CRLReason) and one.reason is x509.ReasonFlags.remove_from_crl for one in reasons)


def _from_responses(
    certificate: Certificate, issuer: Certificate, ocsps: Sequence[bytes], at: datetime
) -> Iterator[Standing]:
    for written in ocsps:
        yield from _answers_of(certificate, issuer, written, at)


def _answers_of(certificate: Certificate, issuer: Certificate, written: bytes, at: datetime) -> list[Standing]:
    """Return what a response says of the certificate if it can be read and is the issuer's, nothing otherwise."""
    try:
        found = ocsp.load_der_ocsp_response(written)
        is_theirs = found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL and _is_answered(written, issuer, at)
        answers = found.responses if is_theirs else ()
        return [_answered(one, at) for one in answers if _is_about(one, certificate, issuer)]
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return []


def _is_answered(written: bytes, issuer: Certificate, at: datetime) -> bool:
    """Tell whether the issuer made this response, or somebody the issuer certified for that."""
    wrapped = der.read(written).children(der.SEQUENCE)[1].expect(_FIRST).children()[0].children(der.SEQUENCE)
    signed, algorithm, made, *rest = der.read(wrapped[1].expect(der.OCTETS).body).children(der.SEQUENCE)
    embedded = rest[0].children()[0].children(der.SEQUENCE) if rest else []
    return any(
        _is_made_by(responder, signed, algorithm, made) for responder in (issuer, *_responders(embedded, issuer, at))
    )


def _responders(embedded: Sequence[Node], issuer: Certificate, at: datetime) -> Iterator[Certificate]:
    for node in embedded:
        found = certificates.read(node.whole)
        if (
            found
            and found.issuer == issuer.subject
            and found.is_in_force(at)
            and found.serves(Purpose.REVOCATION)
            and algorithms.is_issued_by(found.der, issuer.der)
        ):
            yield found


def _is_made_by(responder: Certificate, signed: Node, algorithm: Node, made: Node) -> bool:
    how = algorithms.signature(algorithm)
    key = algorithms.public_key(responder.der)
    return algorithms.is_made_by(key, signed.whole, algorithms.bits(made), how, how.digest or algorithms.SHA256)


def _is_about(answer: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    name, key = hashes.Hash(answer.hash_algorithm), hashes.Hash(answer.hash_algorithm)
    name.update(issuer.subject)
    key.update(_key_bits(issuer))
    return (
        answer.serial_number == certificate.serial
        and answer.issuer_name_hash == name.finalize()
        and answer.issuer_key_hash == key.finalize()
    )


def _key_bits(certificate: Certificate) -> bytes:
    """Return the key as OCSP hashes it: what stands inside the bit string of the SubjectPublicKeyInfo."""
    fields = der.read(certificate.der).children(der.SEQUENCE)[0].children(der.SEQUENCE)
    position = 6 if fields[0].tag == _FIRST else 5
    return algorithms.bits(fields[position].children(der.SEQUENCE)[1])


def _answered(answer: ocsp.OCSPSingleResponse, at: datetime) -> Standing:
    if answer.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        since = answer.revocation_time_utc
        return Standing.REVOKED if since is None or since <= at else Standing.GOOD
    if answer.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        return Standing.UNKNOWN
    until = answer.next_update_utc or answer.this_update_utc
    return Standing.UNKNOWN if until < at else Standing.GOOD
