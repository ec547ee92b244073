"""``privyseal verify FILE``: judge a sealed file, and its receipt, with no database, no network and no Django."""

import hashlib
import json
import os
import ssl
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.kernel import receipt
from privyseal.kernel.canonical import NotCanonical, parse
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.receipt import CheckedReceipt
from privyseal.pdf import confined, foreign
from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.commands import photograph, words
from privyseal.pdf.commands.files import FileUnusable, certificates_in, holding, opened, public
from privyseal.pdf.commands.large import parts_of
from privyseal.pdf.confined import Task
from privyseal.pdf.judgement import Check, Judgement, Outcome, Reason, Step, Verdict, judgement

EXITS: Final[Mapping[Verdict, int]] = {
    Verdict.VALID: 0,
    Verdict.INVALID: 1,
    Verdict.CANNOT_VALIDATE: 2,
    Verdict.UNSUPPORTED: 3,
}
_START: Final = 16
_MOST_READ: Final = 600_000_000


class ReceiptForAnotherFile(Refused):
    """The receipt proves a sealing, but of other bytes than these."""

    code = "receipt-for-another-file"


class NoLogKey(Refused):
    """No log key was given and this installation has published none."""

    code = "no-log-key"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a sealed PDF, or a photograph of a code on paper")
    parser.add_argument(
        "--trust",
        type=Path,
        action="append",
        metavar="CA.pem",
        help="a root certificate to trust; may be given again (default: this installation's)",
    )
    parser.add_argument(
        "--trust-time",
        type=Path,
        action="append",
        metavar="TSA.pem",
        help="a root certificate of time stamps, which vouches for nothing else (default: this installation's)",
    )
    parser.add_argument("--trust-system", action="store_true", help="trust the roots of this machine as well")
    parser.add_argument(
        "--crl",
        type=Path,
        action="append",
        metavar="CRL",
        help="a revocation list, DER or PEM; may be given again (default: this installation's)",
    )
    parser.add_argument(
        "--party",
        action="append",
        metavar="NAME",
        help="an organization that must have signed, by name or identifier; given once or more, nobody else may have",
    )
    parser.add_argument(
        "--revisions", type=Path, metavar="FOLDER", help="write the document as it was at each signature, and since"
    )
    parser.add_argument("--receipt", type=Path, metavar="R", help="the receipt that came with the file")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's published key, or a file with it")
    parser.add_argument(
        "--paper",
        type=Path,
        metavar="PAPER",
        help="of a photograph: certificates of codes on paper in PEM, or the manifest (default: this installation's)",
    )
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 valid, 1 invalid, 2 cannot validate, 3 unsupported."""
    try:
        with opened(), arguments.file.open("rb") as stream:
            if foreign.is_picture(stream.read(_START)):
                return photograph.judge(arguments.file.read_bytes(), arguments)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            proof = _receipt_words(arguments, digest) if arguments.receipt else {}
            found = _with_receipt(_judged(stream, digest, _question(arguments, proof)), proof)
            if arguments.revisions:
                _write_revisions(arguments.revisions, stream, found)
    except FileUnusable as refusal:
        sys.stderr.write(f"privyseal: {refusal} [{refusal.code}]\n")
        return EXITS[Verdict.CANNOT_VALIDATE]
    exits = {EXITS[found.verdict]}
    if proof and not proof["proved"]:
        exits.add(EXITS[Verdict.CANNOT_VALIDATE if proof["code"] == NoLogKey.code else Verdict.INVALID])
    code = min(exits - {0}, default=0)
    sys.stdout.write(_as_json(found, proof, code) if arguments.json else _as_text(found, proof))
    return code


def trusted_roots(given: Iterable[Path] | None) -> tuple[bytes, ...]:
    """Return the certificates, DER, of the files given, or of this installation, or none."""
    own = public("ca.pem")
    files = given or ([own] if own.is_file() else [])
    return tuple(certificate for file in files for certificate in certificates_in(file))


def time_roots(given: Iterable[Path] | None) -> tuple[bytes, ...]:
    """Return the roots of time stamps, DER, of the files given, or those that this installation is set to trust."""
    own = os.environ.get("PRIVYSEAL_TSA_ROOTS")
    files = given or ([Path(own)] if own else [])
    return trusted_roots(files) if files else ()


def revocation_lists(given: Iterable[Path] | None, *, is_own: bool) -> tuple[bytes, ...]:
    """Return the lists, DER, of the files given; for this installation's own authority its own list, if it is there."""
    own = public("ca.crl")
    files = given or ([own] if is_own and own.is_file() else [])
    return tuple(_crl(file) for file in files)


def check_receipt(text: str, key: VerifierKey, *, result_sha256: str) -> CheckedReceipt:
    """Return what the receipt proves about the file of this digest, or refuse."""
    checked = receipt.check(text, key)
    said = parse(checked.fact).get("data")
    if not isinstance(said, dict) or said.get("result_sha256") != result_sha256:
        raise ReceiptForAnotherFile
    return checked


def _question(arguments: Namespace, proof: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the judge is asked beside the file; a proved receipt says when the file existed."""
    system = _system_roots() if arguments.trust_system else ()
    sealed_at = proof.get("sealed_at")
    return {
        "trust": (*trusted_roots(arguments.trust), *system),
        "time_trust": (*time_roots(arguments.trust_time), *system),
        "crls": revocation_lists(arguments.crl, is_own=not arguments.trust),
        "parties": tuple(arguments.party or ()),
        "proven_at": datetime.fromisoformat(sealed_at) if isinstance(sealed_at, str) else None,
    }


def _system_roots() -> tuple[bytes, ...]:
    return tuple(ssl.create_default_context().get_ca_certs(binary_form=True))


def _crl(file: Path) -> bytes:
    data = file.read_bytes()
    load = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
    with holding("revocation list", file):
        return load(data).public_bytes(Encoding.DER)


def _judged(stream: BinaryIO, digest: str, question: Mapping[str, Any]) -> Judgement:
    if (size := os.fstat(stream.fileno()).st_size) > _MOST_READ:
        return judgement([Reason.TOO_LARGE], [], digest)
    try:
        return confined.run(Task.JUDGE, stream if size else b"", at=datetime.now(UTC), **question)
    except PdfTooHard:
        return judgement([Reason.TOO_HARD], [], digest)


def _with_receipt(found: Judgement, proof: Mapping[str, Any]) -> Judgement:
    """Return the judgement with what came of its last step, if a receipt was given."""
    if not proof:
        return found
    outcome = Outcome.PASSED if proof["proved"] else Outcome.FAILED
    others = [check for check in found.checks if check.step is not Step.RECEIPT]
    return replace(found, checks=(*others, Check(Step.RECEIPT, outcome)))


def _write_revisions(folder: Path, stream: BinaryIO, found: Judgement) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for revision in found.revisions:
        stream.seek(0)
        with (folder / f"revision-{revision.number}.pdf").open("wb") as copy:
            for part in parts_of(stream, revision.end):
                copy.write(part)


def _receipt_words(arguments: Namespace, digest: str) -> dict[str, Any]:
    try:
        text = arguments.receipt.read_text(encoding="utf-8")
        checked = check_receipt(text, receipt.key_for(text, _log_keys(arguments.log_key)), result_sha256=digest)
    except UnicodeDecodeError:
        return {"proved": False, "code": receipt.ReceiptUnreadable.code}
    except NotCanonical:
        return {"proved": False, "code": "fact-unreadable"}
    except Refused as refusal:
        return {"proved": False, "code": refusal.code}
    head = checked.checkpoint
    sealed_at = parse(checked.fact).get("at")
    return {"proved": True, "index": checked.index, "origin": head.origin, "size": head.size, "sealed_at": sealed_at}


def _log_keys(given: str | None) -> tuple[VerifierKey, ...]:
    """Return the log's keys: those given, or lying in a file, or this installation's own, the one of now first."""
    if given is not None and not Path(given).is_file():
        return VerifierKey.parse_all(given)
    files = [public("log.vkey"), public("log.before.vkey")] if given is None else [Path(given)]
    found = " ".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    if given is None and not found:
        raise NoLogKey
    return VerifierKey.parse_all(found)


def _as_json(found: Judgement, proof: Mapping[str, Any], code: int) -> str:
    said = {**found.to_json(), "receipt": dict(proof) or None, "exit": code}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: Judgement, proof: Mapping[str, Any]) -> str:
    lines = list(words.told(found))
    if proof:
        lines.append(
            f"Receipt: fact {proof['index']} of {proof['origin']}."
            if proof["proved"]
            else f"Receipt: not proved ({proof['code']})."
        )
    return "\n".join([*lines, f"SHA-256 {found.sha256}"]) + "\n"
