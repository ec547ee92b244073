"""What an auditor adds to the record: that they read, and nothing else by reading."""

from collections.abc import Mapping
from datetime import datetime

from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("audit.read")
def record_reading(actor: Person, at: datetime, *, page: str, about: Mapping[str, str]) -> None:
    """Say which page an auditor opened, and about which subjects of the ledger."""
    book.record("audit.page-read", by=actor, at=at, page=page, **about)
