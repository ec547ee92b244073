"""Judge a signed PDF as a whole: every signature, every later revision, and the bytes between and behind them."""

import logging
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from privyseal.kernel.canonical import sha256
from privyseal.kernel.moments import can_be_shown
from privyseal.pdf.judgement import (
    Judgement,
    Reason,
    SignatureReport,
    Step,
    Verdict,
    check_list,
    judgement,
    sorted_reasons,
)
from privyseal.pdf.reading import pages, sections, syntax
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.sections import PLAIN
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.verifying import appearances, certificates, evidence, fields, history, signatory, signatures
from privyseal.pdf.verifying.algorithms import SHA256, HashAlgorithm
from privyseal.pdf.verifying.certificates import Holder, Purpose
from privyseal.pdf.verifying.evidence import Evidence
from privyseal.pdf.verifying.fields import Field
from privyseal.pdf.verifying.history import History
from privyseal.pdf.verifying.signatory import Findings, Imprint
from privyseal.pdf.verifying.signatures import Digests, Kind, Signature

__all__ = ["MAX_BYTES", "Judgement", "Reason", "SignatureReport", "Verdict", "judge", "judge_each"]

MAX_BYTES: Final = 600_000_000

_OF_DOCUMENT: Final = (Step.FILE, Step.FORMAT, Step.FORM, Step.PARTIES, Step.RECEIPT)
_OF_SIGNATURE: Final = (*(step for step in Step if step not in _OF_DOCUMENT), Step.PARTIES)
_NOBODY: Final = Holder("", "", "")

log = logging.getLogger(__name__)


# (1) a PDF of a size we read  (2) read strictly; whatever a reader cannot bear is not judged
# (3) every filled signature field is counted, those of unknown formats too  (4) the newest is examined first: a time
# stamp proves when those before it existed  (5) revisions after a signature did nothing but what it permits
# (6) the last signature ends where the file ends  (7) a form shows what it says  (8) those signed who were expected
# (9) the gravest finding is the verdict
def judge(
    data: Data,
    *,
    trust: Sequence[bytes],
    at: datetime,
    time_trust: Sequence[bytes] | None = None,
    crls: Sequence[bytes] = (),
    proven_at: datetime | None = None,
    parties: Collection[str] = (),
) -> Judgement:
    """Return the verdict on the document.

    ``trust`` are root certificates and ``crls`` revocation lists, DER. ``time_trust`` are the roots of time stamps,
    where they are not those of the signatures. ``proven_at`` is when this very file is known
    to have existed, by a receipt. ``parties`` are the organizations, by name or identifier, of which each must
    have signed and nobody else; empty for whoever it is.
    """
    (judged,) = _together([_steps(data, trust, time_trust, crls, at, proven_at or at, parties)])
    return judged


def judge_each(every: Iterable[Data], *, trust: Sequence[bytes], at: datetime) -> list[Judgement]:
    """Return the verdict on each document, as ``judge`` does; all are held in memory together.

    Each step is taken for all before the next one: code that has just run runs again a sixth faster.
    """
    return _together([_steps(data, trust, None, (), at, at, ()) for data in every])


def _together(going: Sequence[Generator[None, None, Judgement]]) -> list[Judgement]:
    """Take the steps of each in turn, until all have ended."""
    ended: dict[int, Judgement] = {}
    while len(ended) < len(going):
        for number, steps in enumerate(going):
            if number in ended:
                continue
            try:
                next(steps)
            except StopIteration as last:
                ended[number] = last.value
    return [ended[number] for number in range(len(going))]


def _steps(
    data: Data,
    trust: Sequence[bytes],
    time_trust: Sequence[bytes] | None,
    crls: Sequence[bytes],
    at: datetime,
    known_at: datetime,
    parties: Collection[str],
) -> Generator[None, None, Judgement]:
    if envelope := _envelope(data):  # (1)
        return _of_file(envelope, sha256(data))
    try:
        file = PdfFile.open(data)  # (2)
        if file.is_encrypted:
            return _of_file(Reason.ENCRYPTED, sha256(data))
        yield
        _read_pages(file)
        proofs = evidence.gathered(file, roots=trust, time_roots=trust if time_trust is None else time_trust, crls=crls)
        case = _Case(file, proofs, min(at, known_at), at, frozenset(parties))
        yield
        case.find()
        yield
        case.tell()
        yield
        return case.judged()
    except Exception as error:  # noqa: BLE001  a parser on a hostile file
        log.info("not judged", extra={"error": type(error).__name__})
        return _of_file(Reason.UNREADABLE, sha256(data))


def _envelope(data: Data) -> Reason | None:
    if len(data) > MAX_BYTES:
        return Reason.TOO_LARGE
    if data[:5] == b"%PDF-":
        return None
    return Reason.UNREADABLE if b"%PDF-" in data[:1024] else Reason.NOT_A_PDF


def _of_file(reason: Reason, digest: str) -> Judgement:
    return judgement([reason], [], digest, checks=check_list(_OF_DOCUMENT, [reason], done=[]))


def _read_pages(file: PdfFile) -> None:
    """Read every page and find its content, or refuse: what two readers would take for two pages proves nothing."""
    for page in pages.find(file).values():
        content = page.entries.get(b"/Contents")
        found = syntax.reference(content)
        written = file.resolved(content) if found is None or not _is_dictionary(file, found) else None
        if written is not None and written[:1] == b"[":
            for one in syntax.references(written):
                file.raw(one)


def _is_dictionary(file: PdfFile, reference: tuple[int, int]) -> bool:
    """Tell whether a dictionary stands where an object is said to be, and under its number."""
    entry = file.entry(reference[0])
    if entry is None or entry.kind != PLAIN:
        return False
    number, generation, start = sections.header(file.data, entry.place)
    return (number, generation) == (reference[0], entry.detail) and file.data[start : start + 2] == b"<<"


@dataclass
class _Case:
    """One document; ``known_at`` is when it is known to have existed, ``at`` when it is judged."""

    file: PdfFile
    proofs: Evidence
    known_at: datetime
    at: datetime
    parties: frozenset[str]

    @cached_property
    def form(self) -> tuple[Field, ...]:
        return fields.every(self.file)

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        return signatures.find(self.file, self.form)  # (3)

    @cached_property
    def whole(self) -> list[Signature]:
        return [one for one in self.signatures if one.is_whole]

    @cached_property
    def history(self) -> History:
        return history.told(self.file, self.signatures)  # (5)

    def find(self) -> None:
        """Read every signature, to be judged later."""
        _ = self.signatures

    def tell(self) -> None:
        """Read what was done after them, where there are any."""
        _ = self.history if self.signatures else None

    def judged(self) -> Judgement:
        digest = self._digests(SHA256).whole.hex()
        if not self.signatures:
            return _of_file(Reason.UNSIGNED, digest)
        reports = self._reports()
        reasons, done = set[Reason](), {Step.FILE, Step.FORMAT, Step.FORM}
        if any(True for _ in appearances.differing(self.file, self.form)):  # (7)
            reasons.add(Reason.FORM_SHOWS_OTHERWISE)
        if self.parties:  # (8)
            done.add(Step.PARTIES)
            reasons |= {Reason.PARTY_MISSING} if self._missing(reports) else set()
        of_document = reasons | {one for report in reports for one in report.reasons if one is Reason.UNKNOWN_FORMAT}
        checks = check_list(_OF_DOCUMENT, of_document, done=done)
        return judgement(reasons, reports, digest, checks=checks, revisions=self.history.reports)  # (9)

    def _reports(self) -> list[SignatureReport]:
        found: dict[str, SignatureReport] = {}
        known_at = self.known_at
        for signature, place in zip(reversed(self.signatures), reversed(self.history.places), strict=True):  # (4)
            findings = self._examined(signature, known_at) if signature.is_whole else Findings()
            if signature.kind is Kind.TIME_STAMP and findings.is_intact and not findings.reasons:
                known_at = min(known_at, findings.proven_at or known_at)
            elif findings.proven_at is None and known_at < self.at:
                findings.proven_at = known_at
                findings.done.add(Step.TIME)
                findings.unknown.discard(Step.TIME)
            found[signature.field.name] = self._report(signature, place, findings)
        return list(reversed(found.values()))

    def _examined(self, signature: Signature, known_at: datetime) -> Findings:
        return signatory.examine(
            signature.container,
            self._imprint(signature),
            evidence=self.proofs,
            at=known_at,
            purpose=Purpose.TIME if signature.kind is Kind.TIME_STAMP else Purpose.DOCUMENTS,
            names_certificate=signature.kind is Kind.CADES,
        )

    def _imprint(self, signature: Signature) -> Imprint:
        return lambda algorithm: self._digests(algorithm).covered[signature.hole]

    def _digests(self, algorithm: HashAlgorithm) -> Digests:
        known = self.__dict__.setdefault("_hashed", {})
        if algorithm.name not in known:
            known[algorithm.name] = signatures.digests(self.file.data, self.whole, algorithm)
        found: Digests = known[algorithm.name]
        return found

    def _report(self, signature: Signature, place: int | None, findings: Findings) -> SignatureReport:
        reasons = {*signature.reasons, *findings.reasons, *self._later(signature, place)}
        holder = certificates.holder(findings.certificate.der) if findings.certificate else _NOBODY
        is_stamp = signature.kind is Kind.TIME_STAMP
        if self.parties and not is_stamp and not self.parties & _names(holder):
            reasons.add(Reason.PARTY_NOT_EXPECTED)
        stated = signatures.stated_at(signature) or (findings.container.stated_at if findings.container else None)
        done = {*findings.done, *((Step.BYTE_RANGE, Step.LATER_REVISIONS, Step.COVERAGE) if signature.is_whole else ())}
        return SignatureReport(
            field=signature.field.name,
            signer_name=holder.name,
            organization=holder.organization,
            organization_identifier=holder.organization_identifier,
            serial=f"{findings.certificate.serial:x}" if findings.certificate else "",
            claimed_at=stated if stated and can_be_shown(stated) else None,
            intact=findings.is_intact,
            trusted=findings.is_intact and findings.is_trusted,
            covers_whole_document=signature.end == len(self.file.data),
            reasons=sorted_reasons(reasons),
            proven_at=findings.proven_at,
            is_time_stamp=is_stamp,
            signed_to=signature.end,
            checks=check_list(_OF_SIGNATURE, reasons, done=done, unknown=findings.unknown),
        )

    def _later(self, signature: Signature, place: int | None) -> Iterator[Reason]:
        if not signature.is_whole:
            return
        if place is None:
            yield Reason.BYTE_RANGE_BROKEN
            return
        if self.history.is_changed_after(place):
            yield Reason.CHANGED_AFTER_SIGNING
        data = self.file.data
        if signature.end == max(one.end for one in self.signatures) != len(data):  # (6)
            is_whole = self.file.revisions[-1].end == len(data)
            if not is_whole or not self.history.is_only_maintained_after(place):
                yield Reason.BYTES_AFTER_SIGNATURE
            elif not self.history.is_kept:
                yield Reason.ADDITIONS_NOT_SIGNED

    def _missing(self, reports: Iterable[SignatureReport]) -> frozenset[str]:
        signed = [Holder(one.signer_name, one.organization, one.organization_identifier) for one in reports]
        return self.parties - {name for one in signed for name in _names(one)}


def _names(holder: Holder) -> set[str]:
    return {holder.name, holder.organization, holder.organization_identifier} - {""}
