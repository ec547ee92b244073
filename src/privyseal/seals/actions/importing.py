"""A stock of existing seals entered at once, within the transaction that enters their table."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.locks import lock_each
from privyseal.identity.models import Person, Unit
from privyseal.identity.tables import Tell
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.actions.entering import Entry, ExistingSeal, enter_each
from privyseal.seals.rules import SealLine, SealType


@transaction_required
def enter_seals(actor: Person, at: datetime, *, lines: Sequence[SealLine], sha256: str, tell: Tell) -> int:
    """Enter every seal in the table, each with its keeper and at rest; return how many there are."""
    companies = identity.companies_by_code(actor, at, (line.uscc for line in lines))
    keepers = queries.keepers_by_login(actor, at, lines)
    units = identity.units_by_path(actor, at, companies.values())
    own_types = (
        queries.types_by_name(actor, at, list(companies.values())) if any(line.own_type for line in lines) else {}
    )
    entries = [
        Entry(
            companies[line.uscc],
            units[line.uscc, *line.unit] if line.unit else None,
            keepers[line.keeper],
            ExistingSeal(
                name=line.name,
                type=SealType(own.like) if own else line.type,
                own_type_uid=own.uid if own else "",
                keeper_pseudonym=keepers[line.keeper].pseudonym,
                maker=line.maker,
                filing_number=line.filing_number,
                made_on=line.made_on,
                ends_on=line.ends_on,
            ),
        )
        for line in lines
        for own in [own_types.get((companies[line.uscc].pk, line.own_type))]
    ]
    lock_each(Unit, {entry.unit.pk for entry in entries if entry.unit}, closed_at=None)
    enter_each(actor, at, entries=entries)
    tell(len(lines))
    book.record("seal.imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)
