"""What becomes of papers that are filed or late: the copy is back, an archivist confirms, a manager chases them."""

from datetime import datetime

from privyseal.approvals.filing import about, taken
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import CopyNotBack, Step, check_chased, check_filing_days
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.models import FilingRule


class NotSaidWhatIsWrong(Refused):
    code = "not-said-what-is-wrong"


@command("register.copy-back")
def say_copy_is_back(actor: Person, at: datetime, *, entry_id: int) -> int:
    """Say that one has received the counterparty's copy of what was sealed."""
    filing = taken(actor, at, entry_id, Step.COPY_BACK)
    if filing.is_copy_back:
        raise OutOfTurn(entry=entry_id)
    filing.is_copy_back, filing.copy_back_by, filing.copy_back_at = True, actor, at
    filing.save(update_fields=["is_copy_back", "copy_back_by", "copy_back_at"])
    book.record("register.copy-back", by=actor, at=at, **about(filing))
    return entry_id


@command("register.confirm-filing")
def confirm_filing(actor: Person, at: datetime, *, entry_id: int, scan_sha256: str) -> int:
    """Confirm the scan that was shown and its number: somebody who neither filed nor owed it."""
    filing = taken(actor, at, entry_id, Step.CONFIRM)
    if filing.scan_sha256 != scan_sha256:
        raise OutOfTurn(entry=entry_id)
    if filing.needs_copy_back and not filing.is_copy_back:
        raise CopyNotBack(entry=entry_id)
    filing.confirmed_by, filing.confirmed_at = actor, at
    filing.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("register.filing-confirmed", by=actor, at=at, **about(filing), scan_sha256=filing.scan_sha256)
    return entry_id


@command("register.return-filing")
def return_filing(actor: Person, at: datetime, *, entry_id: int, reason: str) -> int:
    """Give filed papers back to whoever owes them, and say what is wrong; the scan stays where it is."""
    filing = taken(actor, at, entry_id, Step.SEND_BACK)
    said = reason.strip()
    if not said:
        raise NotSaidWhatIsWrong
    scan = filing.scan_sha256
    filing.filed_by, filing.filed_at, filing.archive_number, filing.scan_sha256 = None, None, "", ""
    filing.returned = said
    filing.save(update_fields=["filed_by", "filed_at", "archive_number", "scan_sha256", "returned"])
    book.record(
        "register.filing-returned",
        by=actor,
        at=at,
        **about(filing),
        person=filing.owed_by.pseudonym,
        scan_sha256=scan,
        text_sha256=sha256(said.encode()),
    )
    return entry_id


@command("register.chase")
def chase_papers(actor: Person, at: datetime, *, entry_id: int) -> int:
    """Tell whoever owes papers once more, at most once a day: whoever manages the seal."""
    filing = taken(actor, at, entry_id, Step.CHASE)
    check_chased(at, last=filing.chased_at)
    filing.chased_at = at
    filing.save(update_fields=["chased_at"])
    book.record("register.chased", by=actor, at=at, **about(filing), person=filing.owed_by.pseudonym)
    return entry_id


@command("register.set-filing-rule")
def set_filing_rule(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    days: int | None,
    retention: Retention,
    is_blocking: bool,
    needs_copy_back: bool,
) -> str:
    """Say what is owed to the file in a company after a use without a category: nothing, or within so many days."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_filing_days(days)
    said = {
        "days": days,
        "retention": retention.value,
        "is_blocking": is_blocking and days is not None,
        "needs_copy_back": needs_copy_back and days is not None,
    }
    FilingRule.objects.update_or_create(company=company, defaults={**said, "set_by": actor, "set_at": at})
    book.record("register.filing-rule-set", by=actor, at=at, company=company.uid, **said)
    return company.uid
