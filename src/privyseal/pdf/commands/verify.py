"""``privyseal verify FILE``: judge a sealed file, and its receipt, with no database, no network and no Django."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.kernel import receipt
from privyseal.kernel.canonical import NotCanonical, parse, sha256
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.receipt import CheckedReceipt
from privyseal.pdf import confined
from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.confined import Task
from privyseal.pdf.judgement import Judgement, Reason, SignatureReport, Verdict, judgement

EXITS: Final[Mapping[Verdict, int]] = {
    Verdict.VALID: 0,
    Verdict.INVALID: 1,
    Verdict.CANNOT_VALIDATE: 2,
    Verdict.UNSUPPORTED: 3,
}
_MOST_READ: Final = 60_000_001


class ReceiptForAnotherFile(Refused):
    """The receipt proves a sealing, but of other bytes than these."""

    code = "receipt-for-another-file"


class NoLogKey(Refused):
    """No log key was given and this installation has published none."""

    code = "no-log-key"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a sealed PDF")
    parser.add_argument(
        "--trust",
        type=Path,
        action="append",
        metavar="CA.pem",
        help="a root certificate to trust; may be given again (default: this installation's)",
    )
    parser.add_argument("--receipt", type=Path, metavar="R", help="the receipt that came with the file")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's published key, or a file with it")
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 valid, 1 invalid, 2 cannot validate, 3 unsupported."""
    try:
        data = _start_of(arguments.file)
        found = _judged(data, trust=trusted_roots(arguments.trust))
        proof = _receipt_words(arguments, data) if arguments.receipt else {}
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return EXITS[Verdict.CANNOT_VALIDATE]
    exits = {EXITS[found.verdict]}
    if proof and not proof["proved"]:
        exits.add(EXITS[Verdict.CANNOT_VALIDATE if proof["code"] == NoLogKey.code else Verdict.INVALID])
    code = min(exits - {0}, default=0)
    sys.stdout.write(_as_json(found, proof, code) if arguments.json else _as_text(found, proof))
    return code


def trusted_roots(given: Iterable[Path] | None) -> tuple[bytes, ...]:
    """Return the certificates, DER, of the files given, or of this installation, or none."""
    own = Path(os.environ.get("PRIVYSEAL_DATA", ".data")) / "public" / "ca.pem"
    files = given or ([own] if own.is_file() else [])
    certificates = (one for file in files for one in x509.load_pem_x509_certificates(file.read_bytes()))
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)


def check_receipt(text: str, key: VerifierKey, *, result_sha256: str) -> CheckedReceipt:
    """Return what the receipt proves about the file of this digest, or refuse."""
    checked = receipt.check(text, key)
    said = parse(checked.fact).get("data")
    if not isinstance(said, dict) or said.get("result_sha256") != result_sha256:
        raise ReceiptForAnotherFile
    return checked


def _start_of(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_MOST_READ)


def _judged(data: bytes, *, trust: tuple[bytes, ...]) -> Judgement:
    if len(data) == _MOST_READ:
        return judgement([Reason.TOO_LARGE], [], sha256(data))
    try:
        return confined.run(Task.JUDGE, data, trust=trust, at=datetime.now(UTC))
    except PdfTooHard:
        return judgement([Reason.TOO_HARD], [], sha256(data))


def _receipt_words(arguments: Namespace, data: bytes) -> dict[str, Any]:
    try:
        text = arguments.receipt.read_text(encoding="utf-8")
        checked = check_receipt(text, _log_key(arguments.log_key), result_sha256=sha256(data))
    except UnicodeDecodeError:
        return {"proved": False, "code": receipt.ReceiptUnreadable.code}
    except NotCanonical:
        return {"proved": False, "code": "fact-unreadable"}
    except Refused as refusal:
        return {"proved": False, "code": refusal.code}
    head = checked.checkpoint
    return {"proved": True, "index": checked.index, "origin": head.origin, "size": head.size}


def _log_key(given: str | None) -> VerifierKey:
    file = Path(given) if given else Path(os.environ.get("PRIVYSEAL_DATA", ".data")) / "public" / "log.vkey"
    if file.is_file():
        return VerifierKey.parse(file.read_text(encoding="utf-8"))
    if given is None:
        raise NoLogKey
    return VerifierKey.parse(given)


def _as_json(found: Judgement, proof: Mapping[str, Any], code: int) -> str:
    said = {**found.to_json(), "receipt": dict(proof) or None, "exit": code}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: Judgement, proof: Mapping[str, Any]) -> str:
    lines = [_VERDICTS[found.verdict], *(f"  {_REASONS[reason]}" for reason in found.reasons)]
    for report in found.signatures:
        lines += _report_lines(report)
    if proof:
        lines.append(
            f"Receipt: fact {proof['index']} of {proof['origin']}."
            if proof["proved"]
            else f"Receipt: not proved ({proof['code']})."
        )
    return "\n".join([*lines, f"SHA-256 {found.sha256}"]) + "\n"


def _report_lines(report: SignatureReport) -> list[str]:
    by = ", ".join(word for word in (report.signer_name, report.organization, report.organization_identifier) if word)
    when = report.claimed_at.isoformat() if report.claimed_at else "no time"
    return [f"Signature {report.field}: {by or 'unknown'}; claims {when}; certificate {report.serial or 'unknown'}"]


_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.VALID: "VALID. The document is as it was sealed, and the seals are by the named holders.",
    Verdict.INVALID: "INVALID. Do not rely on this document.",
    Verdict.CANNOT_VALIDATE: "CANNOT VALIDATE. Nothing is known against the document, and nothing is proved.",
    Verdict.UNSUPPORTED: "UNSUPPORTED. There is nothing here that this program can judge.",
}
_REASONS: Final[Mapping[Reason, str]] = {
    Reason.NOT_A_PDF: "The file is not a PDF.",
    Reason.UNSIGNED: "The document carries no signature.",
    Reason.UNKNOWN_FORMAT: "A signature is of a format that this program does not know.",
    Reason.TOO_LARGE: "The file is larger than 60 MB.",
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
    Reason.PARTY_NOT_EXPECTED: "Somebody signed who was not expected.",
    Reason.PARTY_MISSING: "Somebody who was expected has not signed.",
    Reason.ATTRIBUTES_WRONG: "A signature was made for something else, or by another certificate than it names.",
    Reason.DOCUMENT_CHANGED: "The document was changed after it was signed.",
    Reason.SIGNATURE_BROKEN: "A signature was not made by the key of its certificate.",
    Reason.BYTE_RANGE_BROKEN: "A signature leaves out more of the file than itself.",
    Reason.PADDING_NOT_EMPTY: "Something was written into the empty space behind a signature.",
    Reason.BYTES_AFTER_SIGNATURE: "Something was appended after the last signature.",
    Reason.CHANGED_AFTER_SIGNING: "A later revision changed more than signing allows.",
}
