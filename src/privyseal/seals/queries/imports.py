"""What stands in the way of a table of existing seals, as things are now."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.identity.names import skeleton
from privyseal.identity.rules import CellError, Column, HoldingLine, Office, Place, Power, Wrong, may_act
from privyseal.seals.keeping import reasons_against
from privyseal.seals.models import Custody, OwnType, Seal, SealVersion
from privyseal.seals.queries.register import visible_to
from privyseal.seals.queries.types import types_by_name
from privyseal.seals.rules import FINAL, KEEPS_NOTHING, Level, SealColumn, SealKind, SealLine, SealType


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
    own_types = types_by_name(actor, at, list(companies.values())) if any(line.own_type for line in lines) else {}
    alike = Counter((line.uscc, skeleton(line.name)) for line in lines if line.name)
    errors = _wrong_keepers(at, lines, companies, keepers, own_types)
    for line in lines:
        company, keeper = companies.get(line.uscc), keepers.get(line.keeper)
        unit = units.get((line.uscc, *line.unit)) if line.unit else None
        place = Place(company.pk, units=above[unit.pk if unit else None]) if company else None
        if line.uscc:
            errors += _wrong_company(managed, line, company, place)
        if company and line.own_type and not _is_physical(own_types.get((company.pk, line.own_type))):
            errors.append(CellError(line.row, SealColumn.TYPE, Wrong.NO_SUCH_TYPE))
        own = own_types.get((company.pk, line.own_type)) if company else None
        if own and own.level and (own.level == Level.UNIT.value) != bool(line.unit):
            errors.append(CellError(line.row, SealColumn.UNIT, Wrong.OTHER_LEVEL))
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


def wrong_holdings_and_keepers(actor: Person, at: datetime, lines: Sequence[HoldingLine]) -> list[CellError]:
    """Return every wrong cell of a table of holders: also whose post goes with no custody, while they keep a seal."""
    staff = identity.staff_of(actor, at, lines)
    people = [person.pk for person in staff.people.values()]
    kept: dict[tuple[int, int], list[Custody]] = defaultdict(list)
    custodies = Custody.objects.filter(among("keeper_id", people), until=None).select_related("seal__own_type")
    for custody in custodies.order_by("pk"):
        kept[custody.keeper_id, custody.seal.company_id].append(custody)
    errors = identity.wrong_holdings(actor, at, lines)
    for line in lines:
        post, person = staff.post(line), staff.person(line)
        if post is None or person is None:
            continue
        _, ends_at = identity.term_of(line)
        mine = [each for each in kept[person.pk, post.company_id] if ends_at is None or ends_at > each.since]
        if any(_bars(Office(post.office), custody.seal) for custody in mine):
            errors.append(CellError(line.row, Column.POST, Wrong.KEEPS_A_SEAL))
    return errors


def _bars(office: Office, seal: Seal) -> bool:
    return office in KEEPS_NOTHING or bool(seal.own_type and office.value in seal.own_type.barred)


def _is_physical(own: OwnType | None) -> bool:
    return own is not None and own.kind != SealKind.ELECTRONIC.value


def _wrong_keepers(
    at: datetime,
    lines: Sequence[SealLine],
    companies: Mapping[str, Company],
    keepers: Mapping[str, Person],
    own_types: Mapping[tuple[int, str], OwnType],
) -> list[CellError]:
    wanted = []
    for line in lines:
        if line.uscc not in companies or line.keeper not in keepers:
            continue
        company = companies[line.uscc].pk
        own = own_types.get((company, line.own_type))
        kind, barred = (SealType(own.like), own.barred) if own else (line.type, ())
        wanted.append((line.row, (keepers[line.keeper].pk, company, kind, [Office(office) for office in barred])))
    reasons = reasons_against([asked for _, asked in wanted], at)
    told = zip((row for row, _ in wanted), reasons, strict=True)
    return [CellError(row, SealColumn.KEEPER, Wrong(reason)) for row, reason in told if reason]


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
