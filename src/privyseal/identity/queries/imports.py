"""What stands in the way of a table of people or units, as things are now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.queries.companies import companies_visible_to
from privyseal.identity.rules import CellError, Column, PersonLine, UnitLine, Wrong


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
