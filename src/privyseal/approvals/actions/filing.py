"""Papers of a use go to the file: filed with their number and scan, waived by another hand, or sent to the archive."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings

from privyseal.approvals.queries.filing import filing_visible_to, filings_to_transfer
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Filing, Transfer, UseBook
from privyseal.seals.places import place_of

MOST_SCAN_BYTES: Final = 50 * 1024 * 1024
_KINDS: Final = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG")


class NotAScan(Refused):
    code = "not-a-scan"


class ArchiveNumberMissing(Refused):
    code = "archive-number-missing"


class WaiverNotOwn(Refused):
    """Nobody lets themselves off what they owe to the file."""

    code = "waiver-not-own"


class WaiverMissing(Refused):
    code = "waiver-missing"


class NothingToTransfer(Refused):
    code = "nothing-to-transfer"


def file_papers(
    actor: Person, at: datetime, *, entry_id: int, archive_number: str, scan: bytes, is_copy_back: bool
) -> int:
    """Keep the scan of what was sealed, and put it on record under its number; return the entry's id."""
    if not scan.startswith(_KINDS) or len(scan) > MOST_SCAN_BYTES:
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
    filing = _owed(actor, at, entry_id)
    if filing.owed_by_id != actor.pk:
        identity.require(actor, at, Power.MANAGE, place_of(filing.entry.seal))
    number = archive_number.strip()
    if not number:
        raise ArchiveNumberMissing
    filing.archive_number, filing.scan_sha256, filing.is_copy_back = number, scan_sha256, is_copy_back
    filing.filed_by, filing.filed_at = actor, at
    filing.save(update_fields=["archive_number", "scan_sha256", "is_copy_back", "filed_by", "filed_at"])
    book.record("register.filed", by=actor, at=at, **_about(filing), scan_sha256=scan_sha256, is_copy_back=is_copy_back)
    return entry_id


@command("register.waive-filing")
def waive_filing(actor: Person, at: datetime, *, entry_id: int, reason: str) -> int:
    """Let somebody else off what they owe to the file, for a reason: whoever manages the seal."""
    filing = _owed(actor, at, entry_id)
    if filing.owed_by_id == actor.pk:
        raise WaiverNotOwn
    identity.require(actor, at, Power.MANAGE, place_of(filing.entry.seal))
    said = reason.strip()
    if not said:
        raise WaiverMissing
    filing.waived_by, filing.waived_at, filing.waiver = actor, at, said
    filing.save(update_fields=["waived_by", "waived_at", "waiver"])
    book.record(
        "register.filing-waived",
        by=actor,
        at=at,
        **_about(filing),
        person=filing.owed_by.pseudonym,
        text_sha256=sha256(said.encode()),
    )
    return entry_id


@command("register.transfer")
def transfer_filed(actor: Person, at: datetime, *, company_uid: str, year: int, archive: str) -> str:
    """Send to the archive what is filed of one book and has not gone there; return the transfer's uid."""
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


@transaction_required
def _owed(actor: Person, at: datetime, entry_id: int) -> Filing:
    """Return what is still owed, which nobody else files or waives meanwhile, or refuse."""
    filing_visible_to(actor, at, entry_id)
    identity.require_part(actor, at)
    filings = Filing.objects.select_for_update(of=("self",))
    found = filings.select_related("entry__book__company", "entry__seal", "owed_by").get(pk=entry_id)
    if found.filed_at is not None or found.waived_at is not None:
        raise OutOfTurn(entry=entry_id)
    return found


def _about(filing: Filing) -> dict[str, Json]:
    """Return what every fact about a filing says."""
    entry = filing.entry
    return {
        "seal": entry.seal.uid,
        "company": entry.book.company.uid,
        "register_year": entry.book.year,
        "register_number": entry.number,
    }
