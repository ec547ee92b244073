"""The stages that an application has to pass: which a policy asks for, and who can fill their seats now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from privyseal.approvals.casting import cast_of, places_of
from privyseal.approvals.models import Application, Detour, Due, Line, Policy, SeatAsked
from privyseal.approvals.models.policies import ANYBODY
from privyseal.approvals.rules import POLICY, Cast, People, asks, free_to_approve
from privyseal.approvals.rules.asked import Asked, asked_for, required_by
from privyseal.approvals.rules.attachments import Kind, check_attached
from privyseal.approvals.rules.course import Course, Further, Handed, Turn, with_courses
from privyseal.approvals.rules.deadlines import Lapse, with_others
from privyseal.approvals.rules.policies import Case, Row, Table, counterparty_of, folded
from privyseal.approvals.rules.seats import Seat, SeatOpen, Stage, Who, builtin_stages, everybody
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Membership, Person, Post, Unit
from privyseal.identity.rules import Office, Power
from privyseal.seals.models import Custody, Seal
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
            decided_as(application),
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


def decided_as(application: Application) -> Purpose:
    """Return the purpose that policies judge an application by: an addition is judged like the use it adds to."""
    return Purpose(application.adds_to.purpose if application.adds_to is not None else application.purpose)


def companies_inside(table: Table) -> frozenset[str]:
    """Return how the rows call the companies of the installation; none where no row asks."""
    if not any(row.parties for row in table):
        return frozenset()
    names = Company.objects.filter(verified_at__isnull=False).values_list("name", flat=True)
    return frozenset(folded(name) for name in names)


def seats_to_ask(application: Application, lines: Sequence[Line]) -> tuple[list[SeatAsked], list[Due]]:
    """Return the seats and deadlines, unsaved, that the policy in force asks; none where the product's stages do.

    The application is called by the number of that policy from then on, and refused where a paper is not there that
    the policy asks for.
    """
    policy = policy_in_force(application.company_id)
    if policy is None:
        return [], []
    table = table_of(policy.pk)
    units = units_of(application.applicant_id, application.company) if any(row.units for row in table) else []
    stands_in = frozenset(unit.uid for unit in units)
    cases = cases_of(application, lines, units=stands_in, inside=companies_inside(table))
    stages, required = asked_for(table, cases), required_by(table, cases)
    check_attached(required, [Kind(kind) for kind in application.attached_kinds])
    application.policy = str(policy.number)
    application.required_kinds = sorted({*application.required_kinds, *(kind.value for kind in required)})
    seats = [
        _asked(application, seat, number, position, by=one)
        for number, one in enumerate(stages, start=1)
        for position, seat in enumerate(one.stage, start=1)
    ]
    return seats, list(_dues(application, stages))


def _dues(application: Application, stages: Sequence[Asked]) -> Iterator[Due]:
    for number, one in enumerate(stages, start=1):
        if (deadline := one.deadline) is None:
            continue
        posts, people = _meant(application, deadline.to) if deadline.to else ([], [])
        yield Due(
            application=application,
            stage=number,
            number=deadline.span.number,
            counted=deadline.span.counted.value,
            reminders=list(deadline.reminders),
            lapse=deadline.lapse.value,
            who=deadline.to.who.value if deadline.to else "",
            name=deadline.to.name if deadline.to else "",
            posts=posts,
            people=people,
        )


def _asked(application: Application, seat: Seat, stage: int, position: int, *, by: Asked) -> SeatAsked:
    posts, people = _meant(application, seat)
    return SeatAsked(
        application=application,
        stage=stage,
        position=position,
        who=seat.who.value,
        name=seat.name,
        needed=seat.needed,
        row=by.row,
        is_together=by.is_together,
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
    taken: Sequence[Detour] | None = None,
) -> list[list[SeatOpen]]:
    """Return the seats of each stage with those who may fill them now, whatever else they do in the application.

    With ``among`` nobody else is asked for. Whoever is tied to the applicant fills no seat; ``tied`` is who, if known.
    ``taken`` is what was done on its way, where it is more than the application knows of.
    """
    apart = tied_to_applicant(application, at) if tied is None else tied
    approvers = approvers_of(application, at, among=among) - apart
    stages = _stages_named(application, at, asked=asked, approvers=approvers)
    if application.due_at is not None and (others := _others(application, at, approvers)):
        present = application.stage - 1
        free = free_to_approve(everybody(stages[present]), cast=cast_of(application))
        stages[present] = with_others(stages[present], others, free=free)
    if not application.detours_made:
        return stages
    taken = detours_of(application) if taken is None else taken
    return [
        with_courses(seats, approvers=approvers, handed=handed_at(taken, number), further=further_at(taken, number))
        for number, seats in enumerate(stages, start=1)
    ]


def _stages_named(
    application: Application, at: datetime, *, asked: Iterable[SeatAsked], approvers: People
) -> list[list[SeatOpen]]:
    if application.policy == POLICY:
        own = builtin_stages(asks(Purpose(application.purpose)))
        return [[SeatOpen(seat.needed, approvers) for seat in stage] for stage in own]
    asked = sorted(asked, key=lambda seat: (seat.stage, seat.position))
    holders = _holders({post for seat in asked for post in seat.posts}, at)
    stages: dict[int, list[SeatOpen]] = defaultdict(list)
    for seat in asked:
        system = seat.name if seat.who == Who.OUTSIDE.value else ""
        stages[seat.stage].append(SeatOpen(seat.needed, _able(seat, approvers, holders), system))
    return [stages[number] for number in sorted(stages)]


def _others(application: Application, at: datetime, approvers: People) -> People:
    """Return who may decide the present stage because it is late."""
    due = next((one for one in application.dues.all() if one.stage == application.stage), None)
    if due is None or due.lapsed_at is None or due.lapse != Lapse.ADD.value:
        return frozenset()
    return _able(due, approvers, _holders(due.posts, at))


def late_for(application: Application, at: datetime, due: Due) -> People:
    """Return who else hears of it when a stage is late: whom its deadline names, as far as they may approve there."""
    if not due.who:
        return frozenset()
    approvers = approvers_of(application, at) - tied_to_applicant(application, at)
    return _able(due, approvers, _holders(due.posts, at))


def free_seats(stages: Sequence[Sequence[SeatOpen]], *, cast: Cast) -> list[list[SeatOpen]]:
    """Return the stages with those alone who play no part against it."""
    free = free_to_approve(everybody(seat for stage in stages for seat in stage), cast=cast)
    return [[seat.among(free) for seat in stage] for stage in stages]


def detours_of(application: Application) -> list[Detour]:
    """Return what was done about an application on its way, in turn; without a question where nothing was."""
    return sorted(application.detours.all(), key=lambda one: one.number) if application.detours_made else []


def handed_at(detours: Iterable[Detour], stage: int) -> list[Handed]:
    taken = (one for one in detours if (one.course, one.stage) == (Course.FORWARD.value, stage))
    return [Handed(giver=one.by_id, taker=one.person_id) for one in taken if one.person_id is not None]


def further_at(detours: Iterable[Detour], stage: int) -> list[Further]:
    taken = (one for one in detours if (one.course, one.stage) == (Course.ASK_FURTHER.value, stage))
    return [Further(one.by_id, one.person_id, Turn(one.turn)) for one in taken if one.person_id is not None]


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


def apart_from_deciding(application: Application, at: datetime) -> People:
    """Return who may be asked in nobody's place: who has another duty here, keeps a seal of it, or is tied to those."""
    cast = cast_of(application)
    everyone = frozenset[int]().union(*cast.values())
    keepers = Custody.objects.filter(seal__in=[line.seal_id for line in application.lines.all()], until=None)
    busy = (everyone - free_to_approve(everyone, cast=cast)) | frozenset(keepers.values_list("keeper_id", flat=True))
    tied = (identity.tied_to(one, since=application.submitted_at, at=at) for one in sorted(busy))
    return busy.union(*tied)


def units_of(person_id: int, company: Company) -> list[Unit]:
    """Return the units of a company in which somebody is, the nearest first."""
    own = Membership.objects.filter(person=person_id, company=company, left_on=None).values_list("unit_id", flat=True)
    unit = Unit.objects.filter(pk__in=own).select_related("parent").first()
    chain: list[Unit] = []
    while unit is not None:
        chain.append(unit)
        unit = unit.parent
    return chain


def _able(seat: SeatAsked | Due, approvers: People, holders: dict[int, set[int]]) -> People:
    if seat.who in ANYBODY:
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
        case Who.APPROVER | Who.OUTSIDE:
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
