"""Rosters: what waits, and whose yes counts where, for those who know everybody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from privyseal.approvals.models import ApprovalPasskey, RosterSeat, SeatList
from privyseal.approvals.queries.charters import charters_of_companies
from privyseal.approvals.rules.rosters import Counts, Held, counts
from privyseal.approvals.seating import companies_with_roster, lists_open, seats_open, seats_waiting
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.signer.charters import APPROVERS, Charter


@dataclass(frozen=True, slots=True)
class InCompany:
    """Whether one person's yes counts in one company, under the charter that holds there."""

    person: Person
    company: Company
    charter: Charter
    counts: Counts


def companies_visible_to(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies that go by their own roster, for those who know everybody."""
    rows = companies_with_roster()
    return rows if identity.powers_of(actor, at).knows_everybody else rows.none()


def waiting_visible_to(actor: Person, at: datetime) -> QuerySet[RosterSeat]:
    """Return what waits to come onto a roster, for those who know everybody."""
    rows = seats_waiting()
    return rows if identity.powers_of(actor, at).knows_everybody else rows.none()


def lists_visible_to(actor: Person, at: datetime) -> QuerySet[SeatList]:
    """Return the lists on their way, for those who know everybody."""
    rows = lists_open()
    return rows if identity.powers_of(actor, at).knows_everybody else rows.none()


def failed_visible_to(actor: Person, at: datetime) -> SeatList | None:
    """Return the last list that the key did not take, for those who know everybody."""
    rows = SeatList.objects.exclude(failure="").order_by("-pk")
    return rows.first() if identity.powers_of(actor, at).knows_everybody else None


def sizes(actor: Person, at: datetime) -> Mapping[str, int]:
    """Return how many people are on each of the rosters that every company shares."""
    if not identity.powers_of(actor, at).knows_everybody:
        return {}
    on = ApprovalPasskey.objects.filter(
        entered_at__isnull=False, removed_at=None, denied_at=None, person__is_active=True
    )
    found = on.order_by().values_list("roster").annotate(people=Count("person", distinct=True))
    return dict(found.values_list("roster", "people"))


def seated_in(actor: Person, at: datetime, companies: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Return, by company, how many people are on its roster, and how many wait to be."""
    own = companies_visible_to(actor, at).filter(pk__in=companies)
    rows = seats_open().filter(company__in=own).order_by().values_list("company")
    people = Count("passkey__person", distinct=True, filter=Q(entered_at__isnull=False))
    waiting = Count("passkey__person", distinct=True, filter=Q(entered_at=None))
    found = rows.annotate(people=people, waiting=waiting).values_list("company", "people", "waiting")
    return {company: (seated, waits) for company, seated, waits in found}


def approvers_in(actor: Person, at: datetime, company: Company) -> list[InCompany]:
    """Return everybody who may approve in a company, with whether their yes counts there, by name."""
    if not identity.powers_of(actor, at).knows_everybody:
        return []
    ids = identity.grants_in_force(at).filter(power=Power.APPROVE.value, company=company).values("person")
    return _in_companies(Person.objects.filter(pk__in=ids).order_by("name", "pk"), {company.pk: company}, None, at)


def of_people(actor: Person, at: datetime, people: Iterable[Person]) -> list[InCompany]:
    """Return, for each of these people, the companies in which they may approve, and whether their yes counts there."""
    each = list(people) if identity.powers_of(actor, at).knows_everybody else []
    grants = identity.grants_in_force(at).filter(power=Power.APPROVE.value, person__in=each).order_by("company")
    where: dict[int, set[int]] = defaultdict(set)
    for person, company in grants.values_list("person", "company"):
        where[person].add(company)
    companies = Company.objects.in_bulk({one for all_ in where.values() for one in all_})
    return _in_companies(each, companies, where, at)


def _in_companies(
    people: Iterable[Person], companies: Mapping[int, Company], where: Mapping[int, set[int]] | None, at: datetime
) -> list[InCompany]:
    each = list(people)
    charters = charters_of_companies(companies)
    passkeys: dict[int, list[ApprovalPasskey]] = defaultdict(list)
    for passkey in ApprovalPasskey.objects.filter(person__in=each, roster=APPROVERS).order_by("pk"):
        passkeys[passkey.person_id].append(passkey)
    seats = seats_open().filter(passkey__person__in=each, company__in=companies).select_related("of_list")
    by_place = {(seat.passkey_id, seat.company_id): seat for seat in seats}
    return [
        InCompany(
            person=person,
            company=companies[company],
            charter=charters[company],
            counts=counts(
                [_held(one, by_place.get((one.pk, company))) for one in passkeys[person.pk]],
                charters[company],
                is_here=person.is_active,
                at=at,
            ),
        )
        for person in each
        for company in (sorted(where[person.pk]) if where is not None else companies)
    ]


def _held(passkey: ApprovalPasskey, seat: RosterSeat | None) -> Held:
    return Held(
        confirmed=sum(one is not None for one in (passkey.first_by_id, passkey.second_by_id)),
        is_entered=passkey.entered_at is not None,
        starts_at=passkey.starts_at,
        is_bound=passkey.is_bound and not passkey.is_software,
        is_over=passkey.removed_at is not None or passkey.denied_at is not None,
        seat=_seat(seat),
    )


def _seat(seat: RosterSeat | None) -> Counts:
    if seat is None or seat.of_list is None:
        return Counts.SEAT_WAITS
    if seat.entered_at is not None:
        return Counts.COUNTS
    return Counts.SEAT_AGREED if seat.of_list.agreed_at else Counts.SEAT_LISTED
