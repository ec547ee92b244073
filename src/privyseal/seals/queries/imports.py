"""What stands in the way of a table of existing seals, as things are now."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.names import skeleton
from privyseal.identity.rules import CellError, Place, Power, Wrong, may_act
from privyseal.seals.models import Seal, SealVersion
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import FINAL, SealColumn, SealLine


def keepers_by_login(actor: Person, at: datetime, lines: Sequence[SealLine]) -> Mapping[str, Person]:
    logins = {line.keeper for line in lines}
    found = identity.people_visible_to(actor, at).filter(login__in=logins, is_active=True)
    return {person.login: person for person in found}


def wrong_seals(actor: Person, at: datetime, lines: Sequence[SealLine]) -> list[CellError]:
    """Return every cell that would be refused: names that look alike within a company among them."""
    companies = identity.companies_by_code(actor, at, (line.uscc for line in lines))
    keepers = keepers_by_login(actor, at, lines)
    units = identity.units_by_path(actor, at, companies.values())
    taken = _names_taken(actor, at, companies)
    named = {units[line.uscc, *line.unit].pk for line in lines if line.unit and (line.uscc, *line.unit) in units}
    above = {pk: identity.units_above(pk) for pk in (None, *named)}
    filed = _filings(lines)
    held = identity.powers_of_each({keeper.pk for keeper in keepers.values()}, at)
    managed = identity.powers_of(actor, at)
    alike = Counter((line.uscc, skeleton(line.name)) for line in lines if line.name)
    errors = []
    for line in lines:
        company, keeper = companies.get(line.uscc), keepers.get(line.keeper)
        unit = units.get((line.uscc, *line.unit)) if line.unit else None
        place = Place(company.pk, units=above[unit.pk if unit else None]) if company else None
        if line.uscc:
            errors += _wrong_company(managed, line, company, place)
        if company and line.unit and unit is None:
            errors.append(CellError(line.row, SealColumn.UNIT, Wrong.NO_SUCH_UNIT))
        if line.name and (skeleton(line.name) in taken[line.uscc] or alike[line.uscc, skeleton(line.name)] > 1):
            errors.append(CellError(line.row, SealColumn.NAME, Wrong.LOOKS_TAKEN))
        if line.keeper and keeper is None:
            errors.append(CellError(line.row, SealColumn.KEEPER, Wrong.NO_SUCH_PERSON))
        elif keeper and place and not may_act(Power.CUSTODY, place, held=held[keeper.pk]):
            errors.append(CellError(line.row, SealColumn.KEEPER, Wrong.MAY_NOT_KEEP))
        if filed[line.filing_number] > 1:
            errors.append(CellError(line.row, SealColumn.FILING_NUMBER, Wrong.TAKEN))
    return errors


def _wrong_company(
    powers: identity.Powers, line: SealLine, company: Company | None, place: Place | None
) -> list[CellError]:
    if company is None or place is None:
        return [CellError(line.row, SealColumn.COMPANY, Wrong.NO_SUCH_COMPANY)]
    is_managed = powers.over(Power.MANAGE, place)
    return [] if is_managed and company.verified_at else [CellError(line.row, SealColumn.COMPANY, Wrong.NOT_YOURS)]


def _names_taken(actor: Person, at: datetime, companies: Mapping[str, Company]) -> Mapping[str, set[str]]:
    """Return, by credit code, what the names of a company's living seals look like."""
    living = visible_to(actor, at).filter(company__in=list(companies.values())).exclude(state__in=FINAL).order_by()
    taken: dict[str, set[str]] = defaultdict(set)
    for uscc, look in living.values_list("company__uscc", "skeleton"):
        taken[uscc].add(look)
    return taken


def _filings(lines: Sequence[SealLine]) -> Counter[str]:
    """Count how often each filing number would stand in the register; whoever has none is not counted."""
    numbers = Counter(line.filing_number for line in lines if line.filing_number)
    living = Seal.objects.exclude(state__in=FINAL).order_by()
    there = SealVersion.objects.filter(seal__in=living, filing_number__in=numbers, voided_at=None).order_by()
    numbers.update(there.values_list("filing_number", flat=True))
    return numbers
