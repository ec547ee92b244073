"""Papers of a use go to the file, with their number and scan, and a year's together to the archive."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings

from privyseal.approvals.filing import about, taken
from privyseal.approvals.queries.filing import filing_visible_to, filings_to_transfer
from privyseal.approvals.rules.filing import Step
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.kernel.file_kinds import SCAN
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.models import Filing, Transfer, UseBook

MOST_SCAN_BYTES: Final = SCAN.most_bytes


class NotAScan(Refused):
    code = "not-a-scan"


class ArchiveNumberMissing(Refused):
    code = "archive-number-missing"


class NothingToTransfer(Refused):
    code = "nothing-to-transfer"


def file_papers(
    actor: Person, at: datetime, *, entry_id: int, archive_number: str, scan: bytes, is_copy_back: bool
) -> int:
    """Keep the scan of what was sealed, and put it on record under its number; return the entry's id."""
    if not SCAN.takes(scan) or len(scan) > MOST_SCAN_BYTES:
        raise NotAScan(size=len(scan))
    filing_visible_to(actor, at, entry_id)
    digest: str = settings.VAULT.put(BytesIO(scan))
    return enter_filing(
        actor, at, entry_id=entry_id, archive_number=archive_number, scan_sha256=digest, is_copy_back=is_copy_back
    )


@command("register.file")
def enter_filing(
    actor: Person, at: datetime, *, entry_id: int, archive_number: str, scan_sha256: str, is_copy_back: bool
) -> int:
    """Say under which number the papers of a use are filed: by whoever owes them, or a manager of the seal."""
    filing = taken(actor, at, entry_id, Step.FILE)
    number = archive_number.strip()
    if not number:
        raise ArchiveNumberMissing
    filing.archive_number, filing.scan_sha256 = number, scan_sha256
    filing.filed_by, filing.filed_at = actor, at
    filing.waiver_asked_by, filing.waiver_asked_at, filing.waiver = None, None, ""
    if is_copy_back and not filing.is_copy_back:
        filing.is_copy_back, filing.copy_back_by, filing.copy_back_at = True, actor, at
    filing.save(
        update_fields=[
            "archive_number", "scan_sha256", "filed_by", "filed_at", "is_copy_back", "copy_back_by", "copy_back_at",
            "waiver_asked_by", "waiver_asked_at", "waiver",
        ]
    )  # fmt: skip
    book.record(
        "register.filed", by=actor, at=at, **about(filing), scan_sha256=scan_sha256, is_copy_back=filing.is_copy_back
    )
    return entry_id


@command("register.transfer")
def transfer_filed(actor: Person, at: datetime, *, company_uid: str, year: int, archive: str) -> str:
    """Send to the archive what is confirmed of one book and has not gone there; return the transfer's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    found = UseBook.objects.select_for_update().filter(company=company, year=year).first()
    keys = list(filings_to_transfer(actor, at, company, year).values_list("pk", flat=True))
    if found is None or not keys:
        raise NothingToTransfer(year=year)
    made = Transfer.objects.create(book=found, archive=archive.strip(), handed_by=actor, handed_at=at)
    Filing.objects.filter(pk__in=keys, transfer=None).update(transfer=made)
    book.record("register.transferred", by=actor, at=at, company=company.uid, register_year=year, count=len(keys))
    return made.uid
