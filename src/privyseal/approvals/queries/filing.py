"""Papers that are owed to the file, as far as an actor may see the uses that they are of."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.queries.registers import uses_visible_to
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Filing, Transfer


def filings_visible_to(actor: Person, at: datetime) -> QuerySet[Filing]:
    """Return the duties to file of the uses that an actor may see, what is due first."""
    filings = Filing.objects.filter(entry__in=uses_visible_to(actor, at).order_by())
    filings = filings.select_related("entry__book__company", "entry__seal", "entry__line__permit", "owed_by")
    return filings.order_by("due_on", "pk")


def filings_owed(actor: Person, at: datetime, *, by: Person | None = None) -> QuerySet[Filing]:
    """Return what is still owed: by somebody, or by everybody whose uses the actor sees."""
    if by is not None:
        mine = Filing.objects.filter(owed_by=by, filed_at=None, waived_at=None, owed_by__in=[actor])
        found = filings_visible_to(actor, at).filter(pk__in=mine.order_by().values("pk"))
    else:
        found = filings_visible_to(actor, at)
    return found.filter(filed_at=None, waived_at=None)


def filing_visible_to(actor: Person, at: datetime, entry_id: int) -> Filing:
    filing = filings_visible_to(actor, at).filter(pk=entry_id).first()
    if filing is None:
        raise NotFound(entry=entry_id)
    return filing


def filings_to_transfer(actor: Person, at: datetime, company: Company, year: int) -> QuerySet[Filing]:
    """Return what is filed of one book and has not gone to the archive."""
    filed = filings_visible_to(actor, at).filter(entry__book__company=company, entry__book__year=year)
    return filed.filter(filed_at__isnull=False, transfer=None).order_by("entry__number")


def transfers_visible_to(actor: Person, at: datetime) -> QuerySet[Transfer]:
    """Return what went to the archive together, where an actor sees some of it."""
    filings = filings_visible_to(actor, at).exclude(transfer=None).order_by().values("transfer")
    return Transfer.objects.filter(pk__in=filings).select_related("book__company", "handed_by").order_by("-pk")


def transfer_visible_to(actor: Person, at: datetime, uid: str) -> Transfer:
    transfer = transfers_visible_to(actor, at).filter(uid=uid).first()
    if transfer is None:
        raise NotFound(transfer=uid)
    return transfer
