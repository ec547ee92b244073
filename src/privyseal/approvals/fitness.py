"""Whether a policy fits the companies that it is for: what is wrong with it, and which seats nobody there can fill."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from django.db.models import Count, Exists, OuterRef

from privyseal.approvals.models import OutsideSystem, Policy
from privyseal.approvals.rules import Asks, People, asks
from privyseal.approvals.rules.paths import Hangs, hangs_on
from privyseal.approvals.rules.policies import Finding, Flaw, Table, findings_in, meetings_of
from privyseal.approvals.rules.seats import Seat, SeatOpen, Stage, Who, first_missing
from privyseal.approvals.stages import rows_of
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person, Post, Unit
from privyseal.identity.rules import Office, Power
from privyseal.seals.models import OwnType
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose

MOST_COMPANIES: Final = 5
# Stands for all who hold a power and approve nothing there: one of them fits as well as any other.
_SOMEBODY_ELSE: Final = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which power in a company, and which office or post, and which outside systems count.

    Of those who do not approve there, ``able`` names one for all.
    """

    name: str
    approvers: People
    able: Mapping[str, People]
    holders: Mapping[str, People]
    systems: frozenset[str]

    def could_fill(self, seat: Seat) -> SeatOpen:
        names: tuple[str, ...] = (seat.name,)
        if seat.who is Who.APPROVER or (seat.who is Who.OUTSIDE and seat.name in self.systems):
            return SeatOpen(seat.needed, self.approvers)
        needed = seat.needed
        if seat.who is Who.MANAGER:
            # All who head the applicant's unit are one at least; of other units nobody is asked.
            needed = max(needed, 1)
            names = (Office.UNIT_HEAD.value, Office.GENERAL_MANAGER.value)
        able = frozenset[int]().union(*(self.holders.get(name, frozenset()) for name in names))
        return SeatOpen(needed, able & self.approvers)


def findings_on(policy: Policy, at: datetime) -> list[Finding]:
    """Return what is wrong with a policy, what forbids it first."""
    table = rows_of(policy)
    met = meetings_of(table, types=_types(), chains=_chains(table))
    found = [*findings_in(table, met), *_in_companies(policy, table, met.decides, at)]
    return sorted(found, key=lambda finding: (not finding.forbids, finding.row))


def companies_under(policy: Policy) -> list[Company]:
    """Return the companies for which the policy decides, or would: its own, and those below it that have none."""
    if not policy.is_for_group:
        return [policy.company]
    in_force = Policy.objects.filter(confirmed_at__isnull=False, ended_at=None).exclude(company=policy.company)
    own = dict(in_force.values_list("company_id", "is_for_group"))
    under, layer = [policy.company], [policy.company]
    while layer:
        below = list(Company.objects.filter(parent__in=layer).order_by("name", "pk"))
        under += [company for company in below if company.pk not in own]
        layer = [company for company in below if not own.get(company.pk)]
    return under


def first_unfilled(staff: Staff, stages: tuple[Stage, ...]) -> Seat | None:
    """Return the first seat that nobody could fill beside those before it, whoever applies; None where all can be."""
    seats = [seat for stage in stages for seat in stage]
    found = first_missing([staff.could_fill(seat) for seat in seats], staff.approvers)
    return None if found is None else seats[found]


def _in_companies(
    policy: Policy, table: Table, decides: Mapping[int, Collection[str]], at: datetime
) -> Iterator[Finding]:
    staffs = _staffs(companies_under(policy), at, table)
    yield from _unfilled(staffs, table)
    yield from _hanging(staffs, table, decides)
    yield from _no_help(staffs, table)


def _no_help(staffs: list[Staff], table: Table) -> Iterator[Finding]:
    """Yield, for each row, the first companies in which whoever a late stage goes to could not decide it."""
    for number, row in enumerate(table, start=1):
        helped = [(place, one.to) for place, one in enumerate(row.deadlines) if one and one.to]
        found = [(staff, to) for place, to in helped for staff in staffs if not _helps(staff, row.stages, place, to)]
        for staff, to in found[:MOST_COMPANIES]:
            yield Finding(Flaw.NO_HELP, number, about={"company": staff.name, "who": to.who.value, "name": to.name})


def _helps(staff: Staff, stages: tuple[Stage, ...], place: int, to: Seat) -> bool:
    """Tell whether one of those who hear of a late stage fills a seat of it, and different people all the others."""
    able = staff.could_fill(to).able
    before, late, after = stages[:place], stages[place], stages[place + 1 :]
    others = [staff.could_fill(seat) for stage in (*before, *after) for seat in stage]
    for taken in range(len(late)):
        seats = [staff.could_fill(seat) for seat in late]
        left = SeatOpen(max(seats[taken].slots - 1, 0), seats[taken].able | able)
        rest = [*seats[:taken], *seats[taken + 1 :], *([left] if left.needed else [])]
        if first_missing([SeatOpen(1, able), *rest, *others], staff.approvers) is None:
            return True
    return False


def _unfilled(staffs: list[Staff], table: Table) -> Iterator[Finding]:
    """Yield, for each row, the first companies in which different people could not fill its seats."""
    missing: dict[tuple[Stage, ...], list[tuple[Staff, Seat]]] = {}
    for number, row in enumerate(table, start=1):
        if row.stages not in missing:
            missing[row.stages] = [(staff, seat) for staff in staffs if (seat := first_unfilled(staff, row.stages))]
        for staff, seat in missing[row.stages][:MOST_COMPANIES]:
            about = {"company": staff.name, "who": seat.who.value, "name": seat.name}
            yield Finding(Flaw.UNFILLED, number, about=about)


def _hanging(staffs: list[Staff], table: Table, decides: Mapping[int, Collection[str]]) -> Iterator[Finding]:
    """Yield, for each row, the first companies in which one person would have to play two parts that are kept apart."""
    known: dict[tuple[tuple[Stage, ...], Power, Power], list[tuple[Staff, Hangs]]] = {}
    found: dict[int, tuple[Purpose, list[tuple[Staff, Hangs]]]] = {}
    for number, row in enumerate(table):
        for purpose in map(Purpose, sorted(decides.get(number, ()))):
            parts = (row.stages, *_apart_from_approvers(asks(purpose)))
            if parts not in known:
                known[parts] = [(staff, hangs) for staff in staffs if (hangs := _hangs(staff, *parts))]
            if known[parts]:
                found[number] = (purpose, known[parts][:MOST_COMPANIES])
                break
    alone = {hangs.person for _, those in found.values() for _, hangs in those if hangs.person}
    names = dict(Person.objects.filter(pk__in=alone).values_list("pk", "name")) if alone else {}
    for number, (purpose, those) in found.items():
        seats = list(chain.from_iterable(table[number].stages))
        for staff, hangs in those:
            seat = seats[hangs.seat]
            about = {"company": staff.name, "who": seat.who.value, "name": seat.name, "purpose": purpose.value}
            only = {"person": names[hangs.person]} if hangs.person else {}
            yield Finding(Flaw.ONE_PERSON, number + 1, about=about | only)


def _apart_from_approvers(asked: Asks) -> tuple[Power, Power]:
    """Return the powers of whoever applies and of whoever carries it out; for some purposes nobody besides."""
    return asked.applicant, asked.operator or asked.applicant


def _hangs(staff: Staff, stages: tuple[Stage, ...], applying: Power, operating: Power) -> Hangs | None:
    """Return on whom it hangs that these stages are passed; None where it does not, or a seat is filled by nobody."""
    if first_unfilled(staff, stages) is not None:
        return None
    seats = [staff.could_fill(seat) for stage in stages for seat in stage]
    applicants, operators = (staff.able.get(power.value, frozenset()) for power in (applying, operating))
    return hangs_on(seats, approvers=staff.approvers, applicants=applicants, operators=operators)


def _able(keys: list[int], at: datetime) -> dict[int, dict[str, set[int]]]:
    """Return by company and power who could apply or operate: whoever approves there too, and one for all others."""
    held = identity.grants_in_force(at).filter(among("company_id", keys), person__is_active=True)
    approving = held.filter(company=OuterRef("company"), person=OuterRef("person"), power=Power.APPROVE)
    able: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    beside = held.exclude(power=Power.APPROVE).filter(Exists(approving.order_by()))
    for company, power, person in beside.values_list("company_id", "power", "person_id"):
        able[company][power].add(person)
    counted = held.order_by().values("company_id", "power").annotate(people=Count("person_id", distinct=True))
    for company, power, people in counted.values_list("company_id", "power", "people"):
        if people > len(able[company][power]):
            able[company][power].add(_SOMEBODY_ELSE)
    return able


def _staffs(companies: list[Company], at: datetime, table: Table) -> list[Staff]:
    keys = [company.pk for company in companies]
    approvers: dict[int, set[int]] = defaultdict(set)
    granted = identity.grants_in_force(at).filter(
        among("company_id", keys), power=Power.APPROVE, person__is_active=True
    )
    for company, person in granted.values_list("company_id", "person_id"):
        approvers[company].add(person)
    holders: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    answering = _answering(keys)
    held = identity.holdings_in_force(at)
    of_offices = held.filter(among("post__company_id", sorted({answers for answers, _ in answering})))
    for answers, office, person in of_offices.values_list("post__company_id", "post__office", "person_id"):
        for company in answering.get((answers, office), ()):
            holders[company][office].add(person)
    seats = [seat for row in table for stage in row.stages for seat in stage]
    seats += [one.to for row in table for one in row.deadlines if one and one.to]
    named = {seat.name for seat in seats if seat.who is Who.PERSON}
    found = Person.objects.filter(pseudonym__in=named).values_list("pseudonym", "pk")
    people = {name: {key} for name, key in found}
    posts = {seat.name for seat in seats if seat.who is Who.POST}
    for post, person in held.filter(post__uid__in=posts).values_list("post__uid", "person_id"):
        people.setdefault(post, set()).add(person)
    systems = frozenset(
        OutsideSystem.objects.filter(confirmed_at__isnull=False, ended_at=None).values_list("uid", flat=True)
    )
    able = _able(keys, at)
    return [
        Staff(
            company.name,
            frozenset(approvers[company.pk]),
            {power: frozenset(those) for power, those in able[company.pk].items()},
            {name: frozenset(those) for name, those in {**people, **holders[company.pk]}.items()},
            systems,
        )
        for company in companies
    ]


def _answering(keys: list[int]) -> dict[tuple[int, str], list[int]]:
    """Return, by company and office, for which companies that office answers: the nearest from each one upwards."""
    parents = dict(Company.objects.values_list("pk", "parent_id"))
    offices = set(Post.objects.filter(closed_at=None).values_list("company_id", "office").distinct())
    answering: dict[tuple[int, str], list[int]] = defaultdict(list)
    for key in keys:
        for office in Office:
            above: int | None = key
            while above is not None and (above, office.value) not in offices:
                above = parents[above]
            if above is not None:
                answering[above, office.value].append(key)
    return answering


def _types() -> dict[str, frozenset[str]]:
    """Return every type that a seal under the policy can be of, with how it is called."""
    own = OwnType.objects.filter(retired_at=None).values_list("uid", "like")
    return {kind.value: frozenset({kind.value}) for kind in SealType} | {
        uid: frozenset({uid, like}) for uid, like in own
    }


def _chains(table: Table) -> dict[str, frozenset[str]]:
    """Return of each unit that some row names which units it stands in."""
    named = {uid for row in table for uid in row.units}
    chains: dict[str, frozenset[str]] = {}
    for unit in Unit.objects.filter(uid__in=named):
        above = Unit.objects.filter(pk__in=identity.units_above(unit.pk)).values_list("uid", flat=True)
        chains[unit.uid] = frozenset(above)
    return chains
