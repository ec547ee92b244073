"""Papers that need not be filed: one person asks and says why, another, who could approve the use, decides."""

from datetime import datetime

from privyseal.approvals.filing import about, taken
from privyseal.approvals.rules.filing import Step
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command


class WaiverMissing(Refused):
    code = "waiver-missing"


@command("register.ask-waiver")
def ask_to_waive_filing(actor: Person, at: datetime, *, entry_id: int, reason: str) -> int:
    """Say why papers need not be filed: whoever owes them, or a manager of the seal. They stay owed meanwhile."""
    filing = taken(actor, at, entry_id, Step.ASK_WAIVER)
    said = reason.strip()
    if not said:
        raise WaiverMissing
    filing.waiver_asked_by, filing.waiver_asked_at, filing.waiver = actor, at, said
    filing.save(update_fields=["waiver_asked_by", "waiver_asked_at", "waiver"])
    book.record("register.waiver-asked", by=actor, at=at, **about(filing), text_sha256=sha256(said.encode()))
    return entry_id


@command("register.waive-filing")
def waive_filing(actor: Person, at: datetime, *, entry_id: int) -> int:
    """Let somebody else off what they owe to the file, as was asked: whoever may approve uses of the seal."""
    filing = taken(actor, at, entry_id, Step.WAIVE)
    filing.waived_by, filing.waived_at = actor, at
    filing.save(update_fields=["waived_by", "waived_at"])
    book.record(
        "register.filing-waived",
        by=actor,
        at=at,
        **about(filing),
        person=filing.owed_by.pseudonym,
        text_sha256=sha256(filing.waiver.encode()),
    )
    return entry_id


@command("register.keep-owed")
def keep_owed(actor: Person, at: datetime, *, entry_id: int) -> int:
    """Decide that papers are owed as before: whoever may approve uses of the seal, and neither owes them nor asked."""
    filing = taken(actor, at, entry_id, Step.KEEP_OWED)
    said = sha256(filing.waiver.encode())
    filing.waiver_asked_by, filing.waiver_asked_at, filing.waiver = None, None, ""
    filing.save(update_fields=["waiver_asked_by", "waiver_asked_at", "waiver"])
    person = filing.owed_by.pseudonym
    book.record("register.waiver-declined", by=actor, at=at, **about(filing), person=person, text_sha256=said)
    return entry_id
