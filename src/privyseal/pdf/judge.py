"""Judge a signed PDF as a whole. Stands on pyHanko's validator and asks more of the bytes than it does."""

# pyHanko types its classes only in part.
# mypy: allow-untyped-calls

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import parser  # type: ignore[import-untyped]  # asn1crypto ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import ByteStringObject, TextStringObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from privyseal.kernel.canonical import sha256
from privyseal.pdf.judgement import Judgement, Reason, SignatureReport, Verdict, judgement

__all__ = ["MAX_BYTES", "Judgement", "Reason", "SignatureReport", "Verdict", "judge"]

MAX_BYTES: Final = 60_000_000
_KNOWN_FORMATS: Final = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"})
_HEX: Final = re.compile(rb"(?:[0-9A-F]{2})+|(?:[0-9a-f]{2})+")
_RANGE_NUMBERS: Final = 4

_MAINTENANCE: Final = ModificationLevel.LTA_UPDATES
_ONLY_SIGNING: Final = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        DocInfoRule().as_qualified(_MAINTENANCE),
        XrefStreamRule().as_qualified(_MAINTENANCE),
        ObjectStreamRule().as_qualified(_MAINTENANCE),
        DSSCompareRule().as_qualified(_MAINTENANCE),
        MetadataUpdateRule().as_qualified(_MAINTENANCE),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
)
"""What a revision after a signature may do: sign, and keep validation data. Never fill in a form."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    data: bytes
    reader: PdfFileReader
    trust: tuple[asn1_x509.Certificate, ...]
    at: datetime
    signed_to: int


# (1) a PDF of a size we read  (2) parsed strictly; whatever a parser cannot bear is not judged
# (3) every filled signature field is counted, those of unknown formats too
# (4) the last signature ends where the file ends  (5) each leaves out exactly its own bytes, zeros behind them
# (6) each is intact and made by its certificate's key  (7) later revisions did nothing but sign
# (8) each certificate leads to a trusted root, at the moment asked for  (9) the gravest finding is the verdict
def judge(data: bytes, *, trust: Sequence[bytes], at: datetime) -> Judgement:
    """Return the verdict on the document; ``trust`` are root certificates, DER."""
    digest = sha256(data)
    # (1) a PDF of a size we read
    if len(data) > MAX_BYTES:
        return judgement([Reason.TOO_LARGE], [], digest)
    if b"%PDF-" not in data[:1024]:
        return judgement([Reason.NOT_A_PDF], [], digest)
    roots = tuple(asn1_x509.Certificate.load(root) for root in trust)
    # (2) parsed strictly; whatever a parser cannot bear is not judged
    try:
        reader = PdfFileReader(BytesIO(data))
        if reader.encrypted:
            return judgement([Reason.ENCRYPTED], [], digest)
        reports = _reports(data, reader, roots, at)
    except Exception as error:  # noqa: BLE001  hostile files make parsers raise anything
        log.info("not judged", extra={"error": type(error).__name__})
        return judgement([Reason.UNREADABLE], [], digest)
    # (9) the gravest finding is the verdict
    return judgement([] if reports else [Reason.UNSIGNED], reports, digest)


def _reports(
    data: bytes, reader: PdfFileReader, trust: tuple[asn1_x509.Certificate, ...], at: datetime
) -> list[SignatureReport]:
    # (3) every filled signature field is counted, those of unknown formats too
    fields = [(str(name), field.get_object()) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
    ends = [_range_end(field["/V"]) for _, field in fields]
    case = _Case(data=data, reader=reader, trust=trust, at=at, signed_to=max(ends, default=0))
    return [_report(case, name, field) for name, field in fields]


def _report(case: _Case, name: str, field: Any) -> SignatureReport:  # noqa: ANN401  a PDF dictionary
    value = field["/V"]
    if value.get("/SubFilter") not in _KNOWN_FORMATS:
        return _unknown(name)
    signature = EmbeddedPdfSignature(case.reader, field, name)
    context = ValidationContext(trust_roots=list(case.trust), moment=case.at, allow_fetching=False)
    status = validate_pdf_signature(signature, context, diff_policy=_ONLY_SIGNING)
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    reasons = {*_byte_reasons(case, value), *_content_reasons(case, value, status), *_trust_reasons(status)}
    if Reason.ISSUER_NOT_TRUSTED in reasons and not _is_in_force(certificate, case.at):
        reasons = reasons - {Reason.ISSUER_NOT_TRUSTED} | {Reason.CERTIFICATE_NOT_IN_FORCE}
    return SignatureReport(
        field=name,
        signer_name=_subject(certificate, NameOID.COMMON_NAME),
        organization=_subject(certificate, NameOID.ORGANIZATION_NAME),
        organization_identifier=_subject(certificate, NameOID.ORGANIZATION_IDENTIFIER),
        serial=f"{certificate.serial_number:x}",
        claimed_at=status.signer_reported_dt,
        intact=status.intact and status.valid,
        trusted=status.trusted,
        covers_whole_document=_range_end(value) == len(case.data),
        reasons=tuple(sorted(reasons, key=list(Reason).index)),
    )


def _byte_reasons(case: _Case, value: Any) -> Iterator[Reason]:  # noqa: ANN401  a PDF dictionary
    # (5) each leaves out exactly its own bytes, zeros behind them
    byte_range = [int(number) for number in value["/ByteRange"]]
    start, before, after, _ = byte_range
    gap = case.data[before:after]
    is_whole = start == 0 and gap[:1] == b"<" and gap[-1:] == b">" and _range_end(value) <= len(case.data)
    if not is_whole or not _HEX.fullmatch(gap[1:-1]):
        yield Reason.BYTE_RANGE_BROKEN
        return
    contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    if contents != _raw(value.raw_get("/Contents")):
        yield Reason.BYTE_RANGE_BROKEN
    if contents[parser.peek(contents) :].strip(b"\0"):
        yield Reason.PADDING_NOT_EMPTY


def _content_reasons(case: _Case, value: Any, status: PdfSignatureStatus) -> Iterator[Reason]:  # noqa: ANN401  a PDF dictionary
    # (6) each is intact and made by its certificate's key
    if not status.intact:
        yield Reason.DOCUMENT_CHANGED
    elif not status.valid:
        yield Reason.SIGNATURE_BROKEN
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        yield Reason.BYTE_RANGE_BROKEN
    # (7) later revisions did nothing but sign
    if (
        not status.docmdp_ok
        or status.modification_level is None
        or status.modification_level > ModificationLevel.FORM_FILLING
    ):
        yield Reason.CHANGED_AFTER_SIGNING
    # (4) the last signature ends where the file ends
    if _range_end(value) == case.signed_to != len(case.data):
        is_maintenance = status.modification_level is _MAINTENANCE
        yield Reason.ADDITIONS_NOT_SIGNED if is_maintenance else Reason.BYTES_AFTER_SIGNATURE


def _trust_reasons(status: PdfSignatureStatus) -> Iterator[Reason]:
    # (8) each certificate leads to a trusted root, at the moment asked for
    if status.revoked:
        yield Reason.CERTIFICATE_REVOKED
    if status.intact and status.valid and not status.trusted:
        yield Reason.ISSUER_NOT_TRUSTED
    if not status.seed_value_ok:
        yield Reason.FIELD_CONSTRAINTS


def _is_in_force(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _range_end(value: Any) -> int:  # noqa: ANN401  a PDF dictionary
    byte_range = value.get("/ByteRange", ())
    return int(byte_range[2]) + int(byte_range[3]) if len(byte_range) == _RANGE_NUMBERS else 0


def _raw(contents: object) -> bytes:
    if isinstance(contents, TextStringObject):
        return bytes(contents.original_bytes)
    return bytes(contents) if isinstance(contents, ByteStringObject) else b""


def _subject(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    return ", ".join(str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(kind))


def _unknown(name: str) -> SignatureReport:
    return SignatureReport(
        field=name,
        signer_name="",
        organization="",
        organization_identifier="",
        serial="",
        claimed_at=None,
        intact=False,
        trusted=False,
        covers_whole_document=False,
        reasons=(Reason.UNKNOWN_FORMAT,),
    )
