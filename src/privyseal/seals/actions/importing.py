"""A stock of existing seals entered at once, within the transaction that enters their table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.tables import Tell
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.actions.entering import ExistingSeal, enter_existing
from privyseal.seals.rules import SealLine

_TOLD_EVERY: Final = 100


@transaction_required
def enter_seals(actor: Person, at: datetime, *, lines: Sequence[SealLine], sha256: str, tell: Tell) -> int:
    """Enter every seal in the table, each with its keeper and at rest; return how many there are."""
    companies = identity.companies_by_code(actor, at, (line.uscc for line in lines))
    keepers = queries.keepers_by_login(actor, at, lines)
    units = identity.units_by_path(actor, at, companies.values())
    for done, line in enumerate(lines, start=1):
        existing = ExistingSeal(
            name=line.name,
            type=line.type,
            keeper_pseudonym=keepers[line.keeper].pseudonym,
            unit_uid=units[line.uscc, *line.unit].uid if line.unit else "",
            maker=line.maker,
            filing_number=line.filing_number,
            made_on=line.made_on,
            ends_on=line.ends_on,
        )
        enter_existing.within(actor, at, company_uid=companies[line.uscc].uid, existing=existing)
        if done % _TOLD_EVERY == 0:
            tell(done)
    book.record("seal.imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)
