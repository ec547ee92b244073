"""Many people, units, posts or holdings at once, within the transaction that enters their table.

It is short even for a large table, since every fact of the installation waits for it to have its place in the tree.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.timezone import make_aware

from privyseal.identity import queries
from privyseal.identity.actions.mappings import bring_with_unit
from privyseal.identity.actions.organisation import open_post
from privyseal.identity.actions.people import AlreadyRegistered
from privyseal.identity.actions.posts import fill_post
from privyseal.identity.models import Company, Membership, Person, PowerMapping, Unit
from privyseal.identity.rules import HoldingLine, PersonLine, PostLine, Power, UnitLine
from privyseal.identity.tables import Tell
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required

_BATCH: Final = 500
_Each = TypeVar("_Each")
Path: TypeAlias = tuple[str, ...]


@transaction_required
def enter_people(actor: Person, at: datetime, *, lines: Sequence[PersonLine], sha256: str, tell: Tell) -> int:
    """Enrol everybody in the table and enter where they belong; return how many there are."""
    queries.require(actor, at, Power.SECURITY, None)
    companies = queries.companies_by_code(actor, at, (line.uscc for line in lines))
    units = queries.units_by_path(actor, at, companies.values())
    mapped = PowerMapping.objects.filter(unit__isnull=False, ended_at=None).order_by()
    bringing = set(mapped.values_list("unit", flat=True))
    done = 0
    for some in _batches(lines):
        members = _enrolled(actor, at, some, companies, units)
        for member in (each for each in members if each.unit_id in bringing):
            bring_with_unit(actor, at, membership=member)
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
    for done, line in enumerate(lines, start=1):
        open_post.within(
            actor,
            at,
            company_uid=companies[line.uscc].uid,
            name=line.name,
            office=line.office,
            unit_uid=units[(line.uscc, *line.unit)].uid if line.unit else None,
        )
        _tell_now_and_then(tell, done)
    book.record("post.imported", by=actor, at=at, count=len(lines), table_sha256=sha256)
    return len(lines)


@transaction_required
def enter_holdings(actor: Person, at: datetime, *, lines: Sequence[HoldingLine], sha256: str, tell: Tell) -> int:
    """Put everybody in the table into their post, with the powers it brings; return how many holdings there are."""
    queries.require(actor, at, Power.SECURITY, None)
    posts = queries.posts_by_path(actor, at, lines)
    people = queries.people_by_login(actor, at, (line.login for line in lines))
    for done, line in enumerate(lines, start=1):
        fill_post.within(
            actor,
            at,
            post_uid=posts[(line.uscc, *line.unit, line.post)].uid,
            person_pseudonym=people[line.login].pseudonym,
            starts_at=_morning_of(line.starts_on),
            ends_at=_morning_of(line.ends_on + timedelta(days=1)) if line.ends_on else None,
        )
        _tell_now_and_then(tell, done)
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
            Person.objects.bulk_create(people)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    members = Membership.objects.bulk_create(
        Membership(
            person=person,
            company=companies[line.uscc],
            unit=units[(line.uscc, *line.unit)] if line.unit else None,
            joined_on=line.joined_on,
        )
        for line, person in zip(lines, people, strict=True)
    )
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
            Unit.objects.bulk_create(units)
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


def _tell_now_and_then(tell: Tell, done: int) -> None:
    if done % _BATCH == 0:
        tell(done)


def _morning_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
