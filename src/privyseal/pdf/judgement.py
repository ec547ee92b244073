"""What the judge answers, in words that need no PDF library."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final


class Verdict(StrEnum):
    """The answer for the whole document; it is never VALID because one signature is."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_VALIDATE = "cannot-validate"
    UNSUPPORTED = "unsupported"


class Step(StrEnum):
    """What is looked at, in this order; a step's number is its place."""

    FILE = "file"
    FORMAT = "format"
    BYTE_RANGE = "byte-range"
    PADDING = "padding"
    CONTAINER = "container"
    ALGORITHM = "algorithm"
    DIGEST = "digest"
    ATTRIBUTES = "attributes"
    SIGNATURE = "signature"
    TIME = "time"
    CHAIN = "chain"
    VALIDITY = "validity"
    REVOCATION = "revocation"
    LATER_REVISIONS = "later-revisions"
    COVERAGE = "coverage"
    FORM = "form"
    PARTIES = "parties"
    RECEIPT = "receipt"

    @property
    def number(self) -> int:
        return list(Step).index(self) + 1


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """There was nothing to tell by: no time stamp, no revocation list."""
    SKIPPED = "skipped"
    """Not asked for, or an earlier step failed first."""


class Reason(StrEnum):
    NOT_A_PDF = "not-a-pdf"
    UNSIGNED = "unsigned"
    UNKNOWN_FORMAT = "unknown-signature-format"
    TOO_LARGE = "too-large"
    TOO_HARD = "too-hard"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    CONTAINER_UNREADABLE = "container-unreadable"
    ALGORITHM_NOT_KNOWN = "algorithm-not-known"
    ALGORITHM_TOO_WEAK = "algorithm-too-weak"
    ISSUER_NOT_TRUSTED = "issuer-not-trusted"
    CERTIFICATE_PURPOSE = "certificate-purpose"
    CERTIFICATE_NOT_IN_FORCE = "certificate-not-in-force"
    CERTIFICATE_REVOKED = "certificate-revoked"
    TIME_STAMP_BROKEN = "time-stamp-broken"
    ADDITIONS_NOT_SIGNED = "additions-not-signed"
    FORM_SHOWS_OTHERWISE = "form-shows-otherwise"
    PARTY_NOT_EXPECTED = "party-not-expected"
    PARTY_MISSING = "party-missing"
    DOCUMENT_CHANGED = "document-changed"
    SIGNATURE_BROKEN = "signature-broken"
    ATTRIBUTES_WRONG = "attributes-wrong"
    BYTE_RANGE_BROKEN = "byte-range-broken"
    PADDING_NOT_EMPTY = "padding-not-empty"
    BYTES_AFTER_SIGNATURE = "bytes-after-signature"
    CHANGED_AFTER_SIGNING = "changed-after-signing"


@dataclass(frozen=True, slots=True)
class _Meaning:
    verdict: Verdict
    step: Step


# fmt: off
_MEANINGS: Final[Mapping[Reason, _Meaning]] = {
    Reason.NOT_A_PDF: _Meaning(Verdict.UNSUPPORTED, Step.FILE),  # another kind of file
    Reason.UNSIGNED: _Meaning(Verdict.UNSUPPORTED, Step.FORMAT),  # nothing to judge
    Reason.UNKNOWN_FORMAT: _Meaning(Verdict.UNSUPPORTED, Step.FORMAT),  # signed in a way this judge does not know
    Reason.TOO_LARGE: _Meaning(Verdict.CANNOT_VALIDATE, Step.FILE),  # not read
    Reason.TOO_HARD: _Meaning(Verdict.CANNOT_VALIDATE, Step.FILE),  # reading was stopped
    Reason.ENCRYPTED: _Meaning(Verdict.CANNOT_VALIDATE, Step.FILE),  # not readable without a password
    Reason.UNREADABLE: _Meaning(Verdict.CANNOT_VALIDATE, Step.FILE),  # broken, or built to confuse
    Reason.CONTAINER_UNREADABLE: _Meaning(Verdict.CANNOT_VALIDATE, Step.CONTAINER),  # no signature found in it
    Reason.ALGORITHM_NOT_KNOWN: _Meaning(Verdict.UNSUPPORTED, Step.ALGORITHM),  # not one this judge can compute
    Reason.ALGORITHM_TOO_WEAK: _Meaning(Verdict.CANNOT_VALIDATE, Step.ALGORITHM),  # others could have made it
    Reason.ISSUER_NOT_TRUSTED: _Meaning(Verdict.CANNOT_VALIDATE, Step.CHAIN),  # intact, but by whom is not known
    Reason.CERTIFICATE_PURPOSE: _Meaning(Verdict.CANNOT_VALIDATE, Step.CHAIN),  # issued for something else
    Reason.CERTIFICATE_NOT_IN_FORCE: _Meaning(Verdict.CANNOT_VALIDATE, Step.VALIDITY),  # nothing proves it was
    Reason.CERTIFICATE_REVOKED: _Meaning(Verdict.CANNOT_VALIDATE, Step.REVOCATION),  # nothing proves it was made before
    Reason.TIME_STAMP_BROKEN: _Meaning(Verdict.CANNOT_VALIDATE, Step.TIME),  # it stamps something else, or nothing
    Reason.ADDITIONS_NOT_SIGNED: _Meaning(Verdict.CANNOT_VALIDATE, Step.COVERAGE),  # behind the last signature
    Reason.FORM_SHOWS_OTHERWISE: _Meaning(Verdict.CANNOT_VALIDATE, Step.FORM),  # two readers read two values
    Reason.PARTY_NOT_EXPECTED: _Meaning(Verdict.CANNOT_VALIDATE, Step.PARTIES),  # somebody else signed as well
    Reason.PARTY_MISSING: _Meaning(Verdict.CANNOT_VALIDATE, Step.PARTIES),  # somebody has not signed
    Reason.DOCUMENT_CHANGED: _Meaning(Verdict.INVALID, Step.DIGEST),  # the signed bytes are not these bytes
    Reason.SIGNATURE_BROKEN: _Meaning(Verdict.INVALID, Step.SIGNATURE),  # not made by the key of the certificate
    Reason.ATTRIBUTES_WRONG: _Meaning(Verdict.INVALID, Step.ATTRIBUTES),  # it was made for something else
    Reason.BYTE_RANGE_BROKEN: _Meaning(Verdict.INVALID, Step.BYTE_RANGE),  # it leaves out more than itself
    Reason.PADDING_NOT_EMPTY: _Meaning(Verdict.INVALID, Step.PADDING),  # something hides behind the signature
    Reason.BYTES_AFTER_SIGNATURE: _Meaning(Verdict.INVALID, Step.COVERAGE),  # something was appended
    Reason.CHANGED_AFTER_SIGNING: _Meaning(Verdict.INVALID, Step.LATER_REVISIONS),  # it did more than sign
}
# fmt: on
_RANKS: Final[Mapping[Reason, int]] = {reason: rank for rank, reason in enumerate(Reason)}
MEANS: Final[Mapping[Reason, Verdict]] = {reason: meaning.verdict for reason, meaning in _MEANINGS.items()}

_GRAVEST_LAST: Final = (Verdict.VALID, Verdict.UNSUPPORTED, Verdict.CANNOT_VALIDATE, Verdict.INVALID)


class ChangeKind(StrEnum):
    """What a later revision did. The first group is what signing needs; anything else is a change."""

    SIGNED = "signed"
    TIME_STAMPED = "time-stamped"
    VALIDATION_DATA = "validation-data"
    METADATA = "metadata"
    FIELD_PREPARED = "field-prepared"
    FORM_FILLED = "form-filled"

    CATALOG = "catalog"
    PAGE = "page"
    ANNOTATION = "annotation"
    FORM = "form"
    FIELD = "field"
    COVERED = "covered"
    CONTENT = "content"
    REMOVED = "removed"
    MISSING_BEFORE = "missing-before"
    HIDDEN = "hidden"

    @property
    def is_permitted(self) -> bool:
        return self in _PERMITTED


_PERMITTED: Final = frozenset(
    {
        ChangeKind.SIGNED,
        ChangeKind.TIME_STAMPED,
        ChangeKind.VALIDATION_DATA,
        ChangeKind.METADATA,
        ChangeKind.FIELD_PREPARED,
        ChangeKind.FORM_FILLED,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """``where`` is a field's name or an object's number, as text."""

    kind: ChangeKind
    where: str = ""


@dataclass(frozen=True, slots=True)
class RevisionReport:
    """One revision: the file up to ``end`` is the document as it was then."""

    number: int
    end: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Check:
    step: Step
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What is known of one signature. ``claimed_at`` is the signer's word, ``proven_at`` a trusted time stamp's.

    The bytes up to ``signed_to`` are the document that was signed.
    """

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
    proven_at: datetime | None = None
    is_time_stamp: bool = False
    signed_to: int = 0
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureReport, ...]
    sha256: str
    checks: tuple[Check, ...] = ()
    revisions: tuple[RevisionReport, ...] = ()

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for report in value["signatures"]:
            for name in ("claimed_at", "proven_at"):
                report[name] = report[name] and report[name].isoformat()
            report["checks"] = [_numbered(check) for check in report["checks"]]
        value["checks"] = [_numbered(check) for check in value["checks"]]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Judgement":
        return cls(
            verdict=Verdict(value["verdict"]),
            reasons=_reasons(value["reasons"]),
            signatures=tuple(_report(report) for report in value["signatures"]),
            sha256=value["sha256"],
            checks=_checks(value["checks"]),
            revisions=tuple(_revision(one) for one in value["revisions"]),
        )


def judgement(
    reasons: Iterable[Reason],
    signatures: Iterable[SignatureReport],
    sha256: str,
    *,
    checks: Iterable[Check] = (),
    revisions: Iterable[RevisionReport] = (),
) -> Judgement:
    """Return the judgement on a document: the gravest of its own reasons and those of all its signatures."""
    reports = tuple(signatures)
    found = sorted_reasons({*reasons, *(reason for report in reports for reason in report.reasons)})
    verdict = max((MEANS[reason] for reason in found), key=_GRAVEST_LAST.index, default=Verdict.VALID)
    return Judgement(
        verdict=verdict,
        reasons=found,
        signatures=reports,
        sha256=sha256,
        checks=tuple(checks),
        revisions=tuple(revisions),
    )


def check_list(
    steps: Iterable[Step], reasons: Collection[Reason], *, done: Collection[Step], unknown: Collection[Step] = ()
) -> tuple[Check, ...]:
    """Return what came of each step; ``done`` were carried out, ``unknown`` found nothing to tell by."""
    return _checked(tuple(steps), frozenset(reasons), frozenset(done), frozenset(unknown))


@lru_cache(maxsize=256)
def _checked(
    steps: tuple[Step, ...], reasons: frozenset[Reason], done: frozenset[Step], unknown: frozenset[Step]
) -> tuple[Check, ...]:
    """Signatures that nothing is wrong with all have the same list."""
    checks = []
    for step in steps:
        failed = sorted_reasons([reason for reason in reasons if _MEANINGS[reason].step is step]) if reasons else ()
        if failed:
            checks.append(Check(step, Outcome.FAILED, failed))
        elif step in unknown:
            checks.append(Check(step, Outcome.UNKNOWN))
        else:
            checks.append(Check(step, Outcome.PASSED if step in done else Outcome.SKIPPED))
    return tuple(checks)


def sorted_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=_RANKS.__getitem__))


def _numbered(check: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": Step(check["step"]).number, **check}


def _report(value: Mapping[str, Any]) -> SignatureReport:
    times = {name: value[name] and datetime.fromisoformat(value[name]) for name in ("claimed_at", "proven_at")}
    parts = {"reasons": _reasons(value["reasons"]), "checks": _checks(value["checks"])}
    return SignatureReport(**{**value, **times, **parts})


def _checks(values: Iterable[Mapping[str, Any]]) -> tuple[Check, ...]:
    return tuple(Check(Step(one["step"]), Outcome(one["outcome"]), _reasons(one["reasons"])) for one in values)


def _revision(value: Mapping[str, Any]) -> RevisionReport:
    changes = tuple(Change(ChangeKind(one["kind"]), one["where"]) for one in value["changes"])
    return RevisionReport(value["number"], value["end"], changes)


def _reasons(values: Iterable[str]) -> tuple[Reason, ...]:
    return tuple(Reason(value) for value in values)
