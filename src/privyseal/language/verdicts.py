"""What the verifier says of a file, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.pdf.judgement import ChangeKind, Outcome, Reason, Step, Verdict

VERDICT: Final[Mapping[Verdict, Promise]] = {
    Verdict.VALID: _("Genuine: sealed by the company named below, and unchanged since"),
    Verdict.INVALID: _("Not genuine: the file was changed after it was sealed, or the seal is forged"),
    Verdict.CANNOT_VALIDATE: _("Not confirmed: this cannot be judged here"),
    Verdict.UNSUPPORTED: _("Nothing to judge: no seal that we can check was found"),
}
ADVICE: Final[Mapping[Verdict, Promise]] = {
    Verdict.VALID: _("Compare the company and the seal below with the party you expect."),
    Verdict.INVALID: _(
        "Do not rely on this file. Ask the sender for the original file, not for a copy that was saved again."
    ),
    Verdict.CANNOT_VALIDATE: _("Do not take this as genuine. Ask the company that is said to have sealed it."),
    Verdict.UNSUPPORTED: _(
        "A scan, a photo or a print carries no electronic seal: ask for the sealed PDF file itself."
    ),
}
REASON: Final[Mapping[Reason, Promise]] = {
    Reason.NOT_A_PDF: _("The file is not a PDF."),
    Reason.UNSIGNED: _("The file carries no electronic seal or signature."),
    Reason.UNKNOWN_FORMAT: _("The file is signed in a form that is not known here."),
    Reason.TOO_LARGE: _("The file is too large to be checked here."),
    Reason.TOO_HARD: _("The file takes too long to read, so the check was stopped."),
    Reason.ENCRYPTED: _("The file is protected by a password and cannot be read."),
    Reason.UNREADABLE: _("The file is damaged or built in a way that cannot be read."),
    Reason.ISSUER_NOT_TRUSTED: _("The seal was not issued by this installation, so it is not known here whose it is."),
    Reason.CERTIFICATE_NOT_IN_FORCE: _("The seal’s certificate is not in force."),
    Reason.CERTIFICATE_REVOKED: _("The seal’s certificate has been revoked."),
    Reason.CONTAINER_UNREADABLE: _("The signature itself cannot be read."),
    Reason.ALGORITHM_NOT_KNOWN: _("The signature is made with an algorithm that is not known here."),
    Reason.ALGORITHM_TOO_WEAK: _("The signature is made with an algorithm that others can forge today."),
    Reason.CERTIFICATE_PURPOSE: _("The seal’s certificate was not issued for signing documents."),
    Reason.TIME_STAMP_BROKEN: _("A time stamp in the file belongs to something else."),
    Reason.FORM_SHOWS_OTHERWISE: _("A form field does not show the value it has."),
    Reason.PARTY_NOT_EXPECTED: _("Somebody signed who was not expected to."),
    Reason.PARTY_MISSING: _("Somebody who was expected has not signed."),
    Reason.ATTRIBUTES_WRONG: _("The signature was made for something else, or not with the certificate it names."),
    Reason.ADDITIONS_NOT_SIGNED: _("Something was added after the last signature that no signature covers."),
    Reason.DOCUMENT_CHANGED: _("The content is not what was sealed."),
    Reason.SIGNATURE_BROKEN: _("The signature was not made with the key of the seal."),
    Reason.BYTE_RANGE_BROKEN: _("The signature leaves out parts of the file."),
    Reason.PADDING_NOT_EMPTY: _("Something is hidden behind the signature."),
    Reason.BYTES_AFTER_SIGNATURE: _("Something was appended after the seal."),
    Reason.CHANGED_AFTER_SIGNING: _("The file was changed after it was sealed."),
}
STEP: Final[Mapping[Step, Promise]] = {
    Step.FILE: _("The file can be read, in one way only"),
    Step.FORMAT: _("Every signature is of a known form"),
    Step.BYTE_RANGE: _("The signature covers everything but itself"),
    Step.PADDING: _("Nothing is hidden behind the signature"),
    Step.CONTAINER: _("The signature can be read"),
    Step.ALGORITHM: _("Its algorithms count today"),
    Step.DIGEST: _("The content is what was signed"),
    Step.ATTRIBUTES: _("It was made for this, with the certificate it names"),
    Step.SIGNATURE: _("It was made with the key of that certificate"),
    Step.TIME: _("The time of sealing is proven by a time stamp"),
    Step.CHAIN: _("The certificate comes from an issuer that is trusted here"),
    Step.VALIDITY: _("The certificate was in force"),
    Step.REVOCATION: _("The certificate was not revoked"),
    Step.LATER_REVISIONS: _("Later versions did nothing but sign"),
    Step.COVERAGE: _("Nothing follows the last signature"),
    Step.FORM: _("Form fields show the values they have"),
    Step.PARTIES: _("Everybody who was expected has signed"),
    Step.RECEIPT: _("The receipt belongs to this file"),
}
OUTCOME: Final[Mapping[Outcome, Promise]] = {
    Outcome.PASSED: _("Yes"),
    Outcome.FAILED: _("No"),
    Outcome.UNKNOWN: _("Cannot be judged"),
    Outcome.SKIPPED: _("Not checked"),
}
REVISION_CHANGE: Final[Mapping[ChangeKind, Promise]] = {
    ChangeKind.SIGNED: _("Signed"),
    ChangeKind.TIME_STAMPED: _("Time-stamped"),
    ChangeKind.VALIDATION_DATA: _("Proofs of validity added"),
    ChangeKind.METADATA: _("Information about the file changed"),
    ChangeKind.FIELD_PREPARED: _("A place for a signature added"),
    ChangeKind.FORM_FILLED: _("A form field filled in, as the certification permits"),
    ChangeKind.CATALOG: _("The structure of the document changed"),
    ChangeKind.PAGE: _("A page changed"),
    ChangeKind.ANNOTATION: _("Something was put on a page, or taken off it"),
    ChangeKind.FORM: _("The form changed"),
    ChangeKind.FIELD: _("A form field or a seal changed"),
    ChangeKind.COVERED: _("A signature covers a large part of a page"),
    ChangeKind.CONTENT: _("Content changed"),
    ChangeKind.REMOVED: _("Something was removed"),
    ChangeKind.MISSING_BEFORE: _("Something was brought that the signed document lacked"),
    ChangeKind.HIDDEN: _("Something hidden in the signed document was put in force"),
}
