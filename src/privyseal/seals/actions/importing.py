"""A stock of existing seals entered at once: all of a table, or nothing of it."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import check_whole
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals import queries
from privyseal.seals.actions.entering import ExistingSeal, enter_existing
from privyseal.seals.rules import SealLine


@command("seal.import")
def import_seals(actor: Person, at: datetime, *, lines: tuple[SealLine, ...], table_sha256: str) -> int:
    """Enter every seal in the table, each with its keeper and at rest; return how many there are."""
    check_whole(queries.wrong_seals(actor, at, lines))
    companies = identity.companies_by_code(actor, at, (line.uscc for line in lines))
    keepers = queries.keepers_by_login(actor, at, lines)
    for line in lines:
        existing = ExistingSeal(
            name=line.name,
            type=line.type,
            keeper_pseudonym=keepers[line.keeper].pseudonym,
            maker=line.maker,
            filing_number=line.filing_number,
            made_on=line.made_on,
            ends_on=line.ends_on,
        )
        enter_existing.within(actor, at, company_uid=companies[line.uscc].uid, existing=existing)
    book.record("seal.imported", by=actor, at=at, count=len(lines), table_sha256=table_sha256)
    return len(lines)
