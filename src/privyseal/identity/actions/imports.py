"""Many people, units, posts or holdings at once, within the transaction that enters their table.

Everything is looked up before the first row is written, and then written in few statements: from that row on every
fact of the installation waits for the transaction's end to have its place in the tree.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from privyseal.identity import queries
from privyseal.identity.actions.mappings import bring_with_units
from privyseal.identity.actions.organisation import Opening, open_each
from privyseal.identity.actions.people import AlreadyRegistered
from privyseal.identity.actions.posts import Filling, fill_each
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.locks import lock_each
from privyseal.identity.models import Company, Membership, Person, Post, Unit
from privyseal.identity.rules import HoldingLine, PersonLine, PostLine, Power, UnitLine
from privyseal.identity.tables import Tell
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required

_BATCH: Final = 5_000
_Each = TypeVar("_Each")
Path: TypeAlias = tuple[str, ...]


@transaction_required
def enter_people(actor: Person, at: datetime, *, lines: Sequence[PersonLine], sha256: str, tell: Tell) -> int:
    """Enrol everybody in the table and enter where they belong; return how many there are."""
    queries.require(actor, at, Power.SECURITY, None)
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    units = queries.units_by_path(actor, at, companies.values())
    done = 0
    for some in _batches(lines):
        bring_with_units(actor, at, memberships=_enrolled(actor, at, some, companies, units))
        done += len(some)
        tell(done)
    book.record("person.imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)


@transaction_required
def enter_units(actor: Person, at: datetime, *, lines: Sequence[UnitLine], sha256: str, tell: Tell) -> int:
    """Open every unit in the table, with what stands above it; return how many were opened."""
    queries.require(actor, at, Power.SECURITY, None)
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    known = dict(queries.units_by_path(actor, at, companies.values()))
    wanted = {(line.uscc, *line.path[:depth]) for line in lines for depth in range(1, len(line.path) + 1)} - set(known)
    done = 0
    # A level at a time: what stands below needs what stands above.
    for depth in sorted({len(path) for path in wanted}):
        for some in _batches(sorted(path for path in wanted if len(path) == depth)):
            known.update(_opened(actor, at, some, companies, known))
            done += len(some)
            tell(done)
    book.record("unit.imported", by=actor, at=at, count=done, table_sha256=sha256)
    return done


@transaction_required
def enter_posts(actor: Person, at: datetime, *, lines: Sequence[PostLine], sha256: str, tell: Tell) -> int:
    """Open every post in the table; return how many there are."""
    queries.require(actor, at, Power.SECURITY, None)
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    units = queries.units_by_path(actor, at, companies.values())
    openings = [
        Opening(companies[line.uscc], units[(line.uscc, *line.unit)] if line.unit else None, line.name, line.office)
        for line in lines
    ]
    lock_each(Company, {opening.company.pk for opening in openings})
    lock_each(Unit, {opening.unit.pk for opening in openings if opening.unit}, closed_at=None)
    open_each(actor, at, openings=openings)
    tell(len(lines))
    book.record("post.imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)


@transaction_required
def enter_holdings(actor: Person, at: datetime, *, lines: Sequence[HoldingLine], sha256: str, tell: Tell) -> int:
    """Put everybody in the table into their post, with the powers it brings; return how many holdings there are."""
    queries.require(actor, at, Power.SECURITY, None)
    staff = queries.staff_of(actor, at, lines)
    fillings = [
        Filling(
            staff.posts[(line.uscc, *line.unit, line.post)],
            staff.people[line.login],
            *queries.term_of(line),
            staff.people[line.deputy_for] if line.deputy_for else None,
        )
        for line in lines
    ]
    lock_each(Post, {filling.post.pk for filling in fillings}, closed_at=None)
    lock_each(Person, {person.pk for filling in fillings for person in filling.people}, is_active=True)
    fill_each(actor, at, fillings=fillings)
    tell(len(lines))
    book.record("post.holdings-imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)


def _enrolled(
    actor: Person,
    at: datetime,
    lines: Sequence[PersonLine],
    companies: Mapping[str, Company],
    units: Mapping[Path, Unit],
) -> list[Membership]:
    people = [Person(login=line.login, name=line.name, password=make_password(None)) for line in lines]
    try:
        with transaction.atomic():
            Person.objects.bulk_create(people, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    memberships = [
        Membership(
            person=person,
            company=companies[line.uscc],
            unit=units[(line.uscc, *line.unit)] if line.unit else None,
            joined_on=line.joined_on,
        )
        for line, person in zip(lines, people, strict=True)
    ]
    members = Membership.objects.bulk_create(memberships, batch_size=ROWS_AT_ONCE)
    book.record_each("person.enrolled", ({"person": person.pseudonym} for person in people), by=actor, at=at)
    joined = (
        {
            "person": each.person.pseudonym,
            "company": each.company.uid,
            "unit": each.unit.uid if each.unit else None,
            "joined_on": each.joined_on.isoformat(),
        }
        for each in members
    )
    book.record_each("person.joined", joined, by=actor, at=at)
    return members


def _opened(
    actor: Person, at: datetime, paths: Sequence[Path], companies: Mapping[str, Company], known: Mapping[Path, Unit]
) -> Mapping[Path, Unit]:
    units = [
        Unit(company=companies[path[0]], parent=known.get(path[:-1]), name=path[-1], opened_at=at) for path in paths
    ]
    try:
        with transaction.atomic():
            Unit.objects.bulk_create(units, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    opened = (
        {"unit": unit.uid, "company": unit.company.uid, "parent": unit.parent.uid if unit.parent else None}
        for unit in units
    )
    book.record_each("unit.opened", opened, by=actor, at=at)
    return dict(zip(paths, units, strict=True))


def _batches(items: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
