"""A company says after how many days without a use a seal is idle."""

from datetime import datetime
from typing import Final

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.models import IdleRule

MOST_DAYS: Final = 3650


class DaysNotPossible(Refused):
    code = "days-not-possible"


@command("register.set-idle-days")
def set_idle_days(actor: Person, at: datetime, *, company_uid: str, days: int) -> int:
    """Set the number for a company that one manages; return it."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    if not 1 <= days <= MOST_DAYS:
        raise DaysNotPossible(days=days, most=MOST_DAYS)
    IdleRule.objects.update_or_create(company=company, defaults={"days": days, "set_by": actor, "set_at": at})
    book.record("register.idle-days-set", by=actor, at=at, company=company.uid, days=days)
    return days
