"""Many people or units at once: all of a table, or nothing of it."""

from datetime import datetime

from privyseal.identity import queries
from privyseal.identity.actions.membership import join_company
from privyseal.identity.actions.organisation import open_unit
from privyseal.identity.actions.people import enrol_person
from privyseal.identity.models import Person
from privyseal.identity.rules import PersonLine, Power, UnitLine, check_whole
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("person.import")
def import_people(actor: Person, at: datetime, *, lines: tuple[PersonLine, ...], table_sha256: str) -> int:
    """Enrol everybody in the table and enter where they belong; return how many there are."""
    queries.require(actor, at, Power.SECURITY, None)
    check_whole(queries.wrong_people(actor, at, lines))
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    units = queries.units_by_path(actor, at, companies.values())
    for line in lines:
        person = enrol_person.within(actor, at, login=line.login, name=line.name)
        join_company.within(
            actor,
            at,
            person_pseudonym=person,
            company_uid=companies[line.uscc].uid,
            joined_on=line.joined_on,
            unit_uid=units[(line.uscc, *line.unit)].uid if line.unit else None,
        )
    book.record("person.imported", by=actor, at=at, count=len(lines), table_sha256=table_sha256)
    return len(lines)


@command("unit.import")
def import_units(actor: Person, at: datetime, *, lines: tuple[UnitLine, ...], table_sha256: str) -> int:
    """Open every unit in the table, with what stands above it; return how many were opened."""
    queries.require(actor, at, Power.SECURITY, None)
    check_whole(queries.wrong_units(actor, at, lines))
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    known = {path: unit.uid for path, unit in queries.units_by_path(actor, at, companies.values()).items()}
    opened = 0
    for line in sorted(lines, key=lambda each: len(each.path)):
        for depth in range(1, len(line.path) + 1):
            path = (line.uscc, *line.path[:depth])
            if path in known:
                continue
            known[path] = open_unit.within(
                actor,
                at,
                company_uid=companies[line.uscc].uid,
                name=path[-1],
                parent_uid=known[path[:-1]] if depth > 1 else None,
            )
            opened += 1
    book.record("unit.imported", by=actor, at=at, count=opened, table_sha256=table_sha256)
    return opened
