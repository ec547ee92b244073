"""What an auditor adds to the record: that they read, what they remark. Nothing else is theirs to change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from privyseal.identity import queries
from privyseal.identity.models import AuditComment, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.queries import fact_with_id

MOST_COMMENTS: Final = 100
"""So many of one auditor on one entry: whoever opens it reads them all."""


class CommentMissing(Refused):
    code = "comment-missing"


class TooManyAuditComments(Refused):
    code = "too-many-audit-comments"


@command("audit.read")
def record_reading(actor: Person, at: datetime, *, page: str, about: Mapping[str, str]) -> None:
    """Say which page an auditor opened, and about which subjects of the ledger."""
    book.record("audit.page-read", by=actor, at=at, page=page, **about)


@command("audit.comment")
def comment(actor: Person, at: datetime, *, fact_id: int, text: str) -> int:
    """Remark something on an entry of the ledger, for auditors to read; return the remark's id."""
    queries.require(actor, at, Power.AUDIT, None)
    if fact_with_id(fact_id) is None:
        raise NotFound(fact=fact_id)
    if not text.strip():
        raise CommentMissing
    if AuditComment.objects.filter(fact_id=fact_id, by=actor).count() >= MOST_COMMENTS:
        raise TooManyAuditComments(most=MOST_COMMENTS)
    made = AuditComment.objects.create(fact_id=fact_id, by=actor, at=at, text=text.strip())
    book.record("audit.commented", by=actor, at=at, fact=fact_id, text_sha256=sha256(text.strip().encode()))
    return made.pk
