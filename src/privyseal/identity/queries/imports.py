"""What stands in the way of a table of people or units, as things are now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import Company, Person, Post, TableImport, Unit
from privyseal.identity.queries.companies import companies_visible_to
from privyseal.identity.queries.people import people_visible_to
from privyseal.identity.queries.powers import powers_of
from privyseal.identity.rules import CellError, Column, HoldingLine, PersonLine, PostLine, UnitLine, Wrong
from privyseal.kernel.errors import NotFound


def imports_visible_to(actor: Person, at: datetime) -> QuerySet[TableImport]:
    """Return the tables that the actor brought, the last one first; the auditor sees everybody's."""
    everything = TableImport.objects.select_related("brought_by").order_by("-pk")
    return everything if powers_of(actor, at).reads_everything else everything.filter(brought_by=actor)


def import_visible_to(actor: Person, at: datetime, uid: str) -> TableImport:
    found = imports_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def table_of_import(uid: str) -> str:
    """Return which table an import is of, for the job that goes on with it."""
    return TableImport.objects.only("table").get(uid=uid).table


def companies_by_code(actor: Person, at: datetime, codes: Iterable[str]) -> Mapping[str, Company]:
    """Return the companies with these credit codes, as far as the actor has to do with them."""
    return {company.uscc: company for company in companies_visible_to(actor, at).filter(uscc__in=set(codes))}


def units_by_path(actor: Person, at: datetime, companies: Iterable[Company]) -> Mapping[tuple[str, ...], Unit]:
    """Return the open units of companies by the company's code and the names that lead to them."""
    visible = companies_visible_to(actor, at).filter(pk__in=[company.pk for company in companies]).order_by()
    units = {
        unit.pk: unit
        for unit in Unit.objects.filter(company__in=visible, closed_at=None).select_related("company").order_by("pk")
    }

    def path(unit: Unit) -> tuple[str, ...]:
        above = units.get(unit.parent_id) if unit.parent_id else None
        return (*(path(above) if above else (unit.company.uscc,)), unit.name)

    return {path(unit): unit for unit in units.values()}


def wrong_people(actor: Person, at: datetime, lines: Sequence[PersonLine]) -> list[CellError]:
    companies = companies_by_code(actor, at, (line.uscc for line in lines))
    units = units_by_path(actor, at, companies.values())
    logins = {line.login for line in lines}
    taken = set(Person.objects.filter(login__in=logins).order_by().values_list("login", flat=True))
    errors = []
    for line in lines:
        if line.login in taken:
            errors.append(CellError(line.row, Column.LOGIN, Wrong.TAKEN))
        if line.uscc and line.uscc not in companies:
            errors.append(CellError(line.row, Column.COMPANY, Wrong.NO_SUCH_COMPANY))
        elif line.unit and (line.uscc, *line.unit) not in units:
            errors.append(CellError(line.row, Column.UNIT, Wrong.NO_SUCH_UNIT))
    return errors


def wrong_units(actor: Person, at: datetime, lines: Sequence[UnitLine]) -> list[CellError]:
    companies = companies_by_code(actor, at, (line.uscc for line in lines))
    units = units_by_path(actor, at, companies.values())
    errors = []
    for line in lines:
        if line.uscc and line.uscc not in companies:
            errors.append(CellError(line.row, Column.COMPANY, Wrong.NO_SUCH_COMPANY))
        elif (line.uscc, *line.path) in units:
            errors.append(CellError(line.row, Column.UNIT, Wrong.TAKEN))
    return errors


def posts_by_path(
    actor: Person, at: datetime, lines: Iterable[PostLine | HoldingLine]
) -> Mapping[tuple[str, ...], Post]:
    """Return the open posts of the lines' companies by the company's code, the names of their units, and their own."""
    companies = companies_by_code(actor, at, (line.uscc for line in lines))
    led = {unit.pk: path for path, unit in units_by_path(actor, at, companies.values()).items()}
    posts = Post.objects.filter(company__in=list(companies.values()), closed_at=None).select_related("company")
    return {
        (*(led[post.unit_id] if post.unit_id else (post.company.uscc,)), post.name): post
        for post in posts.order_by("pk")
        if post.unit_id is None or post.unit_id in led
    }


def people_by_login(actor: Person, at: datetime, logins: Iterable[str]) -> Mapping[str, Person]:
    found = people_visible_to(actor, at).filter(login__in=set(logins), is_active=True)
    return {person.login: person for person in found}


def wrong_posts(actor: Person, at: datetime, lines: Sequence[PostLine]) -> list[CellError]:
    companies = companies_by_code(actor, at, (line.uscc for line in lines))
    units = units_by_path(actor, at, companies.values())
    known = posts_by_path(actor, at, lines)
    errors = []
    for line in lines:
        if line.uscc and line.uscc not in companies:
            errors.append(CellError(line.row, Column.COMPANY, Wrong.NO_SUCH_COMPANY))
        elif line.unit and (line.uscc, *line.unit) not in units:
            errors.append(CellError(line.row, Column.UNIT, Wrong.NO_SUCH_UNIT))
        elif (line.uscc, *line.unit, line.name) in known:
            errors.append(CellError(line.row, Column.POST, Wrong.TAKEN))
    return errors
