"""The stages that an application has to pass: which a policy asks for, and who can fill their seats now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from privyseal.approvals.casting import cast_of, places_of
from privyseal.approvals.models import Application, Line, Policy, SeatAsked
from privyseal.approvals.rules import POLICY, People, asks, free_to_approve
from privyseal.approvals.rules.attachments import Kind, check_attached
from privyseal.approvals.rules.policies import Case, Row, Table, counterparty_of, folded, required_by, stages_for
from privyseal.approvals.rules.seats import Seat, SeatOpen, Stage, Who, builtin_stages, everybody
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Membership, Person, Post, Unit
from privyseal.identity.rules import Office, Power
from privyseal.seals.models import Seal
from privyseal.seals.rules import Level
from privyseal.signer.statement import Purpose

# A company's own policy, or that of the nearest one above it which is for the group.
_IN_FORCE: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS above FROM company WHERE id = %s
        UNION SELECT company.id, company.parent_id, line.above + 1 FROM company JOIN line ON company.id = line.parent_id
    )
    SELECT policy.id, policy.number, policy.company_id FROM policy JOIN line ON line.id = policy.company_id
    WHERE confirmed_at IS NOT NULL AND ended_at IS NULL AND (above = 0 OR is_for_group) ORDER BY above LIMIT 1
"""
_HUNDREDTHS: Final = 100


def policy_in_force(company_id: int) -> Policy | None:
    """Return the policy that decides in a company, without its rows; none where the product's own stages do."""
    return next(iter(Policy.objects.raw(_IN_FORCE, [company_id])), None)


@lru_cache(maxsize=512)
def table_of(policy_id: int) -> Table:
    """Return the rows of a policy that is in force or was: they never change."""
    return rows_of(Policy.objects.only("rows").get(pk=policy_id))


def rows_of(policy: Policy) -> Table:
    return tuple(Row.from_json(row) for row in policy.rows)


def types_of(seal: Seal) -> frozenset[str]:
    """Return how policies call the type of a seal: the built-in one, and the group's own where it is of one."""
    return frozenset({seal.type, seal.own_type.uid} if seal.own_type is not None else {seal.type})


def cases_of(
    application: Application, lines: Iterable[Line], *, units: frozenset[str], inside: frozenset[str]
) -> set[Case]:
    """Return what is decided on, one case for each kind of seal that is asked for."""
    amount = None if application.amount is None else int(application.amount * _HUNDREDTHS)
    parties = counterparty_of(application.counterparty, inside=inside)
    category = application.category.code if application.category else ""
    return {
        Case(
            Purpose(application.purpose),
            types_of(line.seal),
            units,
            amount,
            category,
            Level.UNIT if line.seal.unit_id else Level.COMPANY,
            parties,
            bool(application.off_site),
        )
        for line in lines
    }


def companies_inside(table: Table) -> frozenset[str]:
    """Return how the rows call the companies of the installation; none where no row asks."""
    if not any(row.parties for row in table):
        return frozenset()
    names = Company.objects.filter(verified_at__isnull=False).values_list("name", flat=True)
    return frozenset(folded(name) for name in names)


def seats_to_ask(application: Application, lines: Sequence[Line]) -> list[SeatAsked]:
    """Return the seats, unsaved, that the policy in force asks to be filled; none where the product's own stages do.

    The application is called by the number of that policy from then on, and refused where a paper is not there that
    the policy asks for.
    """
    policy = policy_in_force(application.company_id)
    if policy is None:
        return []
    table = table_of(policy.pk)
    units = units_of(application.applicant_id, application.company) if any(row.units for row in table) else []
    stands_in = frozenset(unit.uid for unit in units)
    cases = cases_of(application, lines, units=stands_in, inside=companies_inside(table))
    stages, required = stages_for(table, cases), required_by(table, cases)
    check_attached(required, [Kind(kind) for kind in application.attached_kinds])
    application.policy = str(policy.number)
    application.required_kinds = sorted({*application.required_kinds, *(kind.value for kind in required)})
    return [
        _asked(application, seat, number, position)
        for number, stage in enumerate(stages, start=1)
        for position, seat in enumerate(stage, start=1)
    ]


def _asked(application: Application, seat: Seat, stage: int, position: int) -> SeatAsked:
    posts, people = _meant(application, seat)
    return SeatAsked(
        application=application,
        stage=stage,
        position=position,
        who=seat.who.value,
        name=seat.name,
        needed=seat.needed,
        posts=posts,
        people=people,
    )


def stages_of(
    application: Application,
    at: datetime,
    *,
    asked: Iterable[SeatAsked],
    tied: People | None = None,
    among: Collection[int] | None = None,
) -> list[list[SeatOpen]]:
    """Return the seats of each stage with those who may fill them now, whatever else they do in the application.

    With ``among`` nobody else is asked for. Whoever is tied to the applicant fills no seat; ``tied`` is who, if known.
    """
    apart = tied_to_applicant(application, at) if tied is None else tied
    approvers = approvers_of(application, at, among=among) - apart
    if application.policy == POLICY:
        own = builtin_stages(asks(Purpose(application.purpose)))
        return [[SeatOpen(seat.needed, approvers) for seat in stage] for stage in own]
    asked = sorted(asked, key=lambda seat: (seat.stage, seat.position))
    holders = _holders({post for seat in asked for post in seat.posts}, at)
    stages: dict[int, list[SeatOpen]] = defaultdict(list)
    for seat in asked:
        stages[seat.stage].append(SeatOpen(seat.needed, _able(seat, approvers, holders)))
    return [stages[number] for number in sorted(stages)]


def stages_asked(application: Application) -> tuple[Stage, ...]:
    """Return whose yes an application asks for, stage by stage."""
    stages: dict[int, list[Seat]] = {}
    for seat in application.seats.all():
        stages.setdefault(seat.stage, []).append(Seat(Who(seat.who), seat.name, seat.needed))
    if not stages:
        return builtin_stages(asks(Purpose(application.purpose)))
    return tuple(tuple(stages[number]) for number in sorted(stages))


def tied_to_applicant(application: Application, at: datetime) -> People:
    """Return who acts for the applicant, or for whom the applicant acts, at any time since it was submitted."""
    return identity.tied_to(application.applicant_id, since=application.submitted_at, at=at)


def approvers_of(application: Application, at: datetime, *, among: Collection[int] | None = None) -> People:
    """Return who may approve for each seal that the application names, and in its company."""
    places = places_of(application)
    return frozenset.intersection(*(identity.people_with(Power.APPROVE, place, at, among=among) for place in places))


def voters_of(application: Application, at: datetime, *, among: Collection[int] | None = None) -> People:
    """Return whose turn it is, or whose of these people: who could fill a seat and plays no part against it."""
    seats = stages_of(application, at, asked=application.seats.all(), among=among)[application.stage - 1]
    voted = {vote.person_id for vote in application.votes.all()}
    return free_to_approve(everybody(seats), cast=cast_of(application)) - voted


def units_of(person_id: int, company: Company) -> list[Unit]:
    """Return the units of a company in which somebody is, the nearest first."""
    own = Membership.objects.filter(person=person_id, company=company, left_on=None).values_list("unit_id", flat=True)
    unit = Unit.objects.filter(pk__in=own).select_related("parent").first()
    chain: list[Unit] = []
    while unit is not None:
        chain.append(unit)
        unit = unit.parent
    return chain


def _able(seat: SeatAsked, approvers: People, holders: dict[int, set[int]]) -> People:
    if seat.who == Who.APPROVER.value:
        return approvers
    named = set(seat.people).union(*(holders[post] for post in seat.posts))
    return approvers & named


def _holders(posts: Collection[int], at: datetime) -> dict[int, set[int]]:
    holders: dict[int, set[int]] = defaultdict(set)
    if posts:
        held = identity.holdings_in_force(at).filter(post__in=posts)
        for post, person in held.values_list("post_id", "person_id"):
            holders[post].add(person)
    return holders


def _meant(application: Application, seat: Seat) -> tuple[list[int], list[int]]:
    """Return the posts and the people, by key, whom a seat of a policy means in this application."""
    company = application.company
    match seat.who:
        case Who.APPROVER:
            return [], []
        case Who.PERSON:
            return [], list(Person.objects.filter(pseudonym=seat.name).values_list("pk", flat=True))
        case Who.POST:
            return list(Post.objects.filter(uid=seat.name).values_list("pk", flat=True)), []
        case Who.OFFICE:
            return _posts_of_office(company, Office(seat.name)), []
        case Who.MANAGER:
            return _posts_of_manager(application), []


def _posts_of_office(company: Company | None, office: Office) -> list[int]:
    """Return the posts of an office in the company; where it has none, in the nearest one above it that does."""
    while company is not None:
        posts = list(
            Post.objects.filter(company=company, office=office.value, closed_at=None).values_list("pk", flat=True)
        )
        if posts:
            return posts
        company = company.parent
    return []


def _posts_of_manager(application: Application) -> list[int]:
    """Return the posts that head the nearest unit of the applicant's which somebody else heads; else the company's."""
    applicant, company = application.applicant_id, application.company
    for unit in units_of(applicant, company):
        heads = Post.objects.filter(unit=unit, office=Office.UNIT_HEAD.value, closed_at=None)
        held = identity.holdings_in_force(application.submitted_at).filter(post__in=heads).exclude(person=applicant)
        if posts := sorted(set(held.values_list("post_id", flat=True))):
            return posts
    return _posts_of_office(company, Office.GENERAL_MANAGER)
