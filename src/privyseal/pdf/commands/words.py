"""What a judgement says on the command line: English alone, as all of it."""

from collections.abc import Iterator, Mapping
from typing import Final

from privyseal.pdf.judgement import (
    ChangeKind,
    Check,
    Judgement,
    Outcome,
    Reason,
    RevisionReport,
    SignatureReport,
    Step,
    Verdict,
)


def told(found: Judgement) -> Iterator[str]:
    """Yield the judgement line by line: the verdict and why, each signature with its steps, each later revision."""
    yield VERDICTS[found.verdict]
    yield from (f"  {REASONS[reason]}" for reason in found.reasons)
    for report in found.signatures:
        yield _signature(report)
        yield from (_check(check) for check in report.checks if check.outcome is not Outcome.SKIPPED)
    yield from (_check(check) for check in found.checks if found.signatures and check.outcome is not Outcome.SKIPPED)
    yield from (_revision(report) for report in found.revisions)


def _signature(report: SignatureReport) -> str:
    by = ", ".join(word for word in (report.signer_name, report.organization, report.organization_identifier) if word)
    when = report.claimed_at.isoformat() if report.claimed_at else "no time"
    proven = f"; existed by {report.proven_at.isoformat()}" if report.proven_at else ""
    kind = "Time stamp" if report.is_time_stamp else "Signature"
    name = f"{kind} {report.field}: {by or 'unknown'}"
    return f"{name}; claims {when}{proven}; certificate {report.serial or 'unknown'}"


def _check(check: Check) -> str:
    why = "".join(f" {REASONS[reason]}" for reason in check.reasons)
    return f"  {check.step.number:2}. {STEPS[check.step]}: {OUTCOMES[check.outcome]}.{why}"


def _revision(report: RevisionReport) -> str:
    changes = (f"{CHANGES[change.kind]}{change.where and f' ({change.where})'}" for change in report.changes)
    return f"Revision {report.number}, up to byte {report.end}: {'; '.join(changes) or 'nothing'}"


STEPS: Final[Mapping[Step, str]] = {
    Step.FILE: "The file can be read in one way only",
    Step.FORMAT: "Every signature is of a known format",
    Step.BYTE_RANGE: "It leaves out nothing but itself",
    Step.PADDING: "Nothing is hidden behind it",
    Step.CONTAINER: "Its container can be read",
    Step.ALGORITHM: "Its algorithms count",
    Step.DIGEST: "The document is what was signed",
    Step.ATTRIBUTES: "It was made for this, with the certificate it names",
    Step.SIGNATURE: "It was made by the key of that certificate",
    Step.TIME: "Its time is proven",
    Step.CHAIN: "The certificate leads to a trusted root",
    Step.VALIDITY: "The certificates were in force",
    Step.REVOCATION: "The certificates were not revoked",
    Step.LATER_REVISIONS: "Later revisions did nothing but sign",
    Step.COVERAGE: "Nothing follows the last signature",
    Step.FORM: "Form fields show the values they have",
    Step.PARTIES: "Everybody who was expected has signed",
    Step.RECEIPT: "The receipt belongs to this file",
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PASSED: "yes",
    Outcome.FAILED: "NO",
    Outcome.UNKNOWN: "nothing to tell by",
    Outcome.SKIPPED: "not checked",
}
CHANGES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.SIGNED: "signed",
    ChangeKind.TIME_STAMPED: "time-stamped",
    ChangeKind.VALIDATION_DATA: "validation data added",
    ChangeKind.METADATA: "metadata changed",
    ChangeKind.FIELD_PREPARED: "a signature field added",
    ChangeKind.FORM_FILLED: "a form field filled in, as certified",
    ChangeKind.CATALOG: "CATALOG CHANGED",
    ChangeKind.PAGE: "PAGE CHANGED",
    ChangeKind.ANNOTATION: "ANNOTATIONS CHANGED",
    ChangeKind.FORM: "FORM CHANGED",
    ChangeKind.FIELD: "FIELD CHANGED",
    ChangeKind.COVERED: "PAGE COVERED",
    ChangeKind.CONTENT: "CONTENT CHANGED",
    ChangeKind.REMOVED: "OBJECT REMOVED",
    ChangeKind.MISSING_BEFORE: "MISSING OBJECT BROUGHT",
    ChangeKind.HIDDEN: "HIDDEN OBJECT PUT IN FORCE",
}
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.VALID: "VALID. The document is as it was sealed, and the seals are by the named holders.",
    Verdict.INVALID: "INVALID. Do not rely on this document.",
    Verdict.CANNOT_VALIDATE: "CANNOT VALIDATE. Nothing is known against the document, and nothing is proved.",
    Verdict.UNSUPPORTED: "UNSUPPORTED. There is nothing here that this program can judge.",
}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.NOT_A_PDF: "The file is not a PDF.",
    Reason.UNSIGNED: "The document carries no signature.",
    Reason.UNKNOWN_FORMAT: "A signature is of a format that this program does not know.",
    Reason.TOO_LARGE: "The file is larger than 600 MB.",
    Reason.TOO_HARD: "Reading the file takes more time or memory than an honest document needs.",
    Reason.ENCRYPTED: "The file is encrypted.",
    Reason.UNREADABLE: "The file is damaged, or built to confuse its readers.",
    Reason.ISSUER_NOT_TRUSTED: "A certificate does not lead to a trusted root; give one with --trust.",
    Reason.CERTIFICATE_NOT_IN_FORCE: "A certificate was not in force, as far as the time is proven.",
    Reason.CERTIFICATE_REVOKED: "A certificate was revoked, and no proven time says that it was later.",
    Reason.CONTAINER_UNREADABLE: "A signature cannot be read.",
    Reason.ALGORITHM_NOT_KNOWN: "A signature is made with an algorithm that this program does not know.",
    Reason.ALGORITHM_TOO_WEAK: "A signature or a certificate is made with an algorithm that others can forge.",
    Reason.CERTIFICATE_PURPOSE: "A certificate was not issued for signing documents.",
    Reason.TIME_STAMP_BROKEN: "A time stamp belongs to something else.",
    Reason.ADDITIONS_NOT_SIGNED: "Something was added after the last signature and is not covered by it.",
    Reason.FORM_SHOWS_OTHERWISE: "A form field does not show the value it has.",
    Reason.PARTY_NOT_EXPECTED: "Somebody signed who was not expected to.",
    Reason.PARTY_MISSING: "Somebody who was expected has not signed.",
    Reason.ATTRIBUTES_WRONG: "A signature was made for something else, or by another certificate than it names.",
    Reason.DOCUMENT_CHANGED: "The document was changed after it was signed.",
    Reason.SIGNATURE_BROKEN: "A signature was not made by the key of its certificate.",
    Reason.BYTE_RANGE_BROKEN: "A signature leaves out more of the file than itself.",
    Reason.PADDING_NOT_EMPTY: "Something was written into the empty space behind a signature.",
    Reason.BYTES_AFTER_SIGNATURE: "Something was appended after the last signature.",
    Reason.CHANGED_AFTER_SIGNING: "A later revision changed more than signing allows.",
}
