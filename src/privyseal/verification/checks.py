"""What a stranger learns of a file: the judge's verdict, and what our record says of these exact bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from privyseal.identity import attempts
from privyseal.identity.queries import earlier_names_of, installation
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger.queries import Fact, last_fact_about
from privyseal.pdf import confined, slots
from privyseal.pdf.accepted import PdfDamaged, PdfTooHard
from privyseal.pdf.compared import ComparedPage
from privyseal.pdf.confined import Task
from privyseal.pdf.judgement import ChangeKind, Judgement
from privyseal.sealing.signing import client
from privyseal.seals.models import Seal


class TooManyChecks(Refused):
    """One address asked for more checks within a minute than the installation answers."""

    code = "too-many-checks"


@dataclass(frozen=True, slots=True)
class Record:
    """The use that made a file, as far as a stranger who holds the file may know it."""

    company: str
    earlier_names: tuple[str, ...]
    uscc: str
    seal_name: str
    seal_number: str
    seal_state: str
    sealed_at: datetime
    fact_id: int
    index: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """``record`` is None where these bytes were not sealed here; no pages where there is no seal or no picture.

    ``earlier`` are the uses that made the file as it was before, each found by the digest of the bytes up to there.
    """

    judgement: Judgement
    record: Record | None
    earlier: tuple[Record, ...] = ()
    pages: tuple[ComparedPage, ...] = ()


def count_check(what: str, address: str, at: datetime) -> None:
    """Count one more question of an address, or refuse: too-many-checks."""
    if attempts.count(what, address, at) > settings.VERIFICATIONS_PER_MINUTE:
        raise TooManyChecks


def check_file(data: bytes, *, address: str, at: datetime) -> Answer:
    """Judge a file and look its digest up, or refuse: busy, too-many-checks, pdf-too-hard, signer-unavailable.

    Only so many files are checked at once, by all processes together: the others' pages need the machine as well.
    (1) this address has not asked too often; (2) the ledger is asked for exactly these bytes: its time is proven;
    (3) the file is judged in a confined process against this installation's own authority and its list of revoked
    certificates as of now; (4) the ledger is asked for the file as it was after each earlier seal, and the last seal's
    revision is drawn beside the file as it is
    """
    with slots.one_of(settings.CHECKS_AT_ONCE, settings.DATA / "slots"):
        return _checked(data, address, at)


def _checked(data: bytes, address: str, at: datetime) -> Answer:
    count_check("verify", address, at)  # (1)
    founded = installation()
    trust = (*((bytes(founded.authority),) if founded else ()), *settings.OUTSIDE_ROOTS)
    record = record_of(sha256(data))  # (2)
    proven_at = record.sealed_at if record else None
    crls = (client().public().crl,) if founded else ()
    judged = confined.run(  # (3)
        Task.JUDGE, data, trust=trust, time_trust=settings.TSA_ROOTS, at=at, crls=crls, proven_at=proven_at
    )
    sealed = [one.end for one in judged.revisions if any(each.kind is ChangeKind.SIGNED for each in one.changes)]
    return Answer(judged, record, _records_up_to(sealed, data), _pictures(sealed, data))  # (4)


def _records_up_to(sealed: Sequence[int], data: bytes) -> tuple[Record, ...]:
    digest, begin, found = hashlib.sha256(), 0, list[Record | None]()
    whole = memoryview(data)
    for end in sealed:
        digest.update(whole[begin:end])
        begin = end
        found.append(record_of(digest.hexdigest()) if end < len(data) else None)
    return tuple(record for record in found if record)


def _pictures(sealed: Sequence[int], data: bytes) -> tuple[ComparedPage, ...]:
    if not sealed:
        return ()
    try:
        return confined.run(Task.COMPARE, data, end=sealed[-1])
    except (PdfTooHard, PdfDamaged):
        return ()  # the verdict stands without them, and the page shows none


def record_asked(digest: str, *, address: str, at: datetime) -> Record | None:
    """Return the use that produced the file with this SHA-256, for whoever keeps it, or refuse: too-many-checks."""
    count_check("verify", address, at)
    return record_of(digest)


def record_of(digest: str) -> Record | None:
    """Return the use that produced the file with this SHA-256, with its evidence or without, if there was one."""
    sealed = last_fact_about("document.sealed", "document", digest)
    if sealed is not None:
        return _record(sealed, sealed)
    kept = last_fact_about("document.kept", "document", digest)
    before = kept and last_fact_about("document.sealed", "intent", str(kept.subjects["intent"]))
    return _record(before, kept) if kept and before else None


def _record(sealed: Fact, fact: Fact) -> Record:
    """Return what the sealing's fact says; ``fact`` is the one that proves these bytes."""
    seal = Seal.objects.select_related("company").get(uid=sealed.subjects["seal"])
    return Record(
        company=seal.company.name,
        earlier_names=tuple(earlier_names_of([seal.company_id])[seal.company_id]),
        uscc=seal.company.uscc,
        seal_name=seal.name,
        seal_number=seal.number,
        seal_state=seal.state,
        sealed_at=sealed.at,
        fact_id=fact.id,
        index=fact.index,
    )
