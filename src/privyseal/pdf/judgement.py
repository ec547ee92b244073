"""What the judge answers, in words that need no PDF library."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Verdict(StrEnum):
    """The answer for the whole document; it is never VALID because one signature is."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_VALIDATE = "cannot-validate"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    NOT_A_PDF = "not-a-pdf"
    UNSIGNED = "unsigned"
    UNKNOWN_FORMAT = "unknown-signature-format"
    TOO_LARGE = "too-large"
    TOO_HARD = "too-hard"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    ISSUER_NOT_TRUSTED = "issuer-not-trusted"
    CERTIFICATE_NOT_IN_FORCE = "certificate-not-in-force"
    CERTIFICATE_REVOKED = "certificate-revoked"
    FIELD_CONSTRAINTS = "field-constraints"
    ADDITIONS_NOT_SIGNED = "additions-not-signed"
    DOCUMENT_CHANGED = "document-changed"
    SIGNATURE_BROKEN = "signature-broken"
    BYTE_RANGE_BROKEN = "byte-range-broken"
    PADDING_NOT_EMPTY = "padding-not-empty"
    BYTES_AFTER_SIGNATURE = "bytes-after-signature"
    CHANGED_AFTER_SIGNING = "changed-after-signing"


MEANS: Final[Mapping[Reason, Verdict]] = {
    Reason.NOT_A_PDF: Verdict.UNSUPPORTED,  # another kind of file
    Reason.UNSIGNED: Verdict.UNSUPPORTED,  # nothing to judge
    Reason.UNKNOWN_FORMAT: Verdict.UNSUPPORTED,  # signed in a way this judge does not know
    Reason.TOO_LARGE: Verdict.CANNOT_VALIDATE,  # not read
    Reason.TOO_HARD: Verdict.CANNOT_VALIDATE,  # reading was stopped
    Reason.ENCRYPTED: Verdict.CANNOT_VALIDATE,  # not readable without a password
    Reason.UNREADABLE: Verdict.CANNOT_VALIDATE,  # broken, or built to confuse
    Reason.ISSUER_NOT_TRUSTED: Verdict.CANNOT_VALIDATE,  # intact, but by whom is not known
    Reason.CERTIFICATE_NOT_IN_FORCE: Verdict.CANNOT_VALIDATE,  # nothing proves that it was made while in force
    Reason.CERTIFICATE_REVOKED: Verdict.CANNOT_VALIDATE,  # nothing proves that it was made before
    Reason.FIELD_CONSTRAINTS: Verdict.CANNOT_VALIDATE,  # the field asked for another kind of signature
    Reason.ADDITIONS_NOT_SIGNED: Verdict.CANNOT_VALIDATE,  # validation data stands after the last signature
    Reason.DOCUMENT_CHANGED: Verdict.INVALID,  # the signed bytes are not these bytes
    Reason.SIGNATURE_BROKEN: Verdict.INVALID,  # not made by the key of the certificate
    Reason.BYTE_RANGE_BROKEN: Verdict.INVALID,  # it leaves out more than itself
    Reason.PADDING_NOT_EMPTY: Verdict.INVALID,  # something hides behind the signature
    Reason.BYTES_AFTER_SIGNATURE: Verdict.INVALID,  # something was appended
    Reason.CHANGED_AFTER_SIGNING: Verdict.INVALID,  # a later revision did more than sign
}

_GRAVEST_LAST: Final = (Verdict.VALID, Verdict.UNSUPPORTED, Verdict.CANNOT_VALIDATE, Verdict.INVALID)


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What is known of one signature. ``claimed_at`` is the signer's word, not a proven time."""

    field: str
    signer_name: str
    organization: str
    organization_identifier: str
    serial: str
    claimed_at: datetime | None
    intact: bool
    trusted: bool
    covers_whole_document: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureReport, ...]
    sha256: str

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for report in value["signatures"]:
            report["claimed_at"] = report["claimed_at"] and report["claimed_at"].isoformat()
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Judgement":
        return cls(
            verdict=Verdict(value["verdict"]),
            reasons=_reasons(value["reasons"]),
            signatures=tuple(_report(report) for report in value["signatures"]),
            sha256=value["sha256"],
        )


def judgement(reasons: Iterable[Reason], signatures: Iterable[SignatureReport], sha256: str) -> Judgement:
    """Return the judgement on a document: the gravest of its own reasons and those of all its signatures."""
    reports = tuple(signatures)
    found = sorted({*reasons, *(reason for report in reports for reason in report.reasons)}, key=list(Reason).index)
    verdict = max((MEANS[reason] for reason in found), key=_GRAVEST_LAST.index, default=Verdict.VALID)
    return Judgement(verdict=verdict, reasons=tuple(found), signatures=reports, sha256=sha256)


def _report(value: Mapping[str, Any]) -> SignatureReport:
    claimed_at = value["claimed_at"] and datetime.fromisoformat(value["claimed_at"])
    return SignatureReport(**{**value, "claimed_at": claimed_at, "reasons": _reasons(value["reasons"])})


def _reasons(values: Iterable[str]) -> tuple[Reason, ...]:
    return tuple(Reason(value) for value in values)
