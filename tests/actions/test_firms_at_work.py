"""Random tables in random companies, through the real actions: what may be applied for is decided, late or in time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Final

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions.deciding import NeededLater
from privyseal.approvals.actions.outside import Said, vote_outside
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Casting, OutsideSystem, Vote
from privyseal.approvals.rules import KEPT_APART, Part, Step
from privyseal.approvals.rules.deadlines import Deadline, Lapse
from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.approvals.stages import free_seats, stages_of
from privyseal.approvals.turns import gone_of, voters_of
from privyseal.identity.models import Company, Membership, Person, PostHolding, Unit
from privyseal.identity.rules import Office, Power
from privyseal.identity.rules.working_days import Counted, Span
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, Refused
from privyseal.seals.models import Seal
from tests import long
from tests.actions.policies import InForce, asks_for, post
from tests.conftest import apply, holding, new_person
from tests.rules.test_firms import FINANCE, GENERAL, OUTSIDE, PEOPLE, Firm

pytestmark = pytest.mark.documents
CASES: Final = 10
MANY: Final = 2_000
CHUNK: Final = 50
_MOSTLY: Final = 0.8
REACHED: Final = {"seat-not-filled", "late", "widened", "here", "outside", "approved"}


@dataclass(frozen=True, slots=True)
class Place:
    """A company with a seal, and who applies, writes and confirms there."""

    company: Company
    seal: Seal
    document: str
    in_force: InForce
    chen: Person
    at: datetime


@pytest.fixture
def place(
    company: Company, official: Seal, contract: str, in_force: InForce, chen: Person, noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:  # fmt: skip
    monkeypatch.setattr(django_settings, "WEBHOOK_KEY", "key-of-tests")
    return Place(company, official, contract, in_force, chen, noon)


@pytest.mark.invariant("S3", "S5", "T24", column="database")
def test_what_may_be_applied_for_is_decided_by_people_without_another_part(place: Place) -> None:
    reached: Counter[str] = Counter()

    for seed in range(CASES):
        with _undone():
            reached.update(_case(place, Random(seed)))  # noqa: S311  the same cases in every run

    assert reached.keys() >= REACHED, reached


@pytest.mark.long("firms-at-work")
def test_of_two_thousand_tables_none_leaves_anything_stuck(place: Place) -> None:
    with long.Run("firms-at-work", goal=MANY, unit="tables in as many companies, nothing stuck") as counted:
        while counted.left:
            seeds = range(CASES + MANY - counted.left, CASES + MANY - counted.left + CHUNK)
            for seed in seeds:
                with _undone():
                    list(_case(place, Random(seed)))  # noqa: S311  a case that went wrong is found again
            counted.add(CHUNK)


def _case(place: Place, draw: Random) -> Iterator[str]:
    """Found a firm, put a table into force, ask for a use, and have it decided; yield what came of each."""
    people, system = _founded(place, _firm(draw)), _system(place)
    names = {f"person {one}": person.pseudonym for one, person in people.items()} | {OUTSIDE: system.uid}
    try:
        uid = _applied_for(place, _row(names, draw), people, draw)
    except Refused as refusal:  # that is an answer too: nothing waits
        yield refusal.code
    else:
        yield from _decided(uid, place, system, draw)


def _firm(draw: Random) -> Firm:
    def some(fewest: int, most: int) -> frozenset[int]:
        return frozenset(draw.sample(PEOPLE, draw.randint(fewest, most)))

    return Firm(some(5, 7), (some(0, 2), some(0, 2)), (some(1, 2), some(1, 3)))


def _row(names: dict[str, str], draw: Random) -> Row:
    """Return a row of one to three stages, most of them with a deadline."""
    stages = [tuple(_seat(names, draw) for _ in range(draw.choice((1, 1, 2)))) for _ in range(draw.randint(1, 3))]
    deadlines = tuple(_deadline(names, draw) if draw.random() < _MOSTLY else None for _ in stages)
    return asks_for(*stages, deadlines=deadlines)


def _seat(names: dict[str, str], draw: Random) -> Seat:
    who = draw.choice((Who.APPROVER, Who.MANAGER, Who.OFFICE, Who.PERSON, Who.OUTSIDE))
    return {
        Who.APPROVER: Seat(who, needed=draw.choice((1, 1, 2))),
        Who.MANAGER: Seat(who, needed=draw.choice((0, 1))),
        Who.OFFICE: Seat(who, draw.choice((FINANCE, GENERAL)), draw.choice((0, 1))),
        Who.PERSON: Seat(who, names[f"person {draw.choice(PEOPLE)}"]),
        Who.OUTSIDE: Seat(who, names[OUTSIDE]),
    }[who]


def _deadline(names: dict[str, str], draw: Random) -> Deadline:
    told = draw.choice(
        (Seat(Who.APPROVER), Seat(Who.APPROVER), Seat(Who.OFFICE, GENERAL), Seat(Who.PERSON, names["person 1"]))
    )
    return Deadline(
        Span(draw.randint(2, 6), Counted.HOURS),
        draw.choice(((), (1,))),
        draw.choice((Lapse.ADD, Lapse.ADD, Lapse.TELL)),
        told,
    )


@contextmanager
def _undone() -> Iterator[None]:
    """Leave nothing of what is done; a command opens the only transaction, so that this can be none."""
    here = transaction.savepoint()
    yield
    transaction.savepoint_rollback(here)


def _founded(place: Place, firm: Firm) -> dict[int, Person]:
    """Seat a firm's people: who may approve, who heads which unit, who holds which office."""
    people, before = {one: new_person(f"p{one}", f"员工{one}") for one in PEOPLE}, place.at - timedelta(days=30)
    for one in sorted(firm.approvers):
        holding(people[one], Power.APPROVE, place.company, before)
    sales = Unit.objects.create(company=place.company, name="营销中心", opened_at=before)
    east = Unit.objects.create(company=place.company, parent=sales, name="东区", opened_at=before)
    seated = [
        (Office.UNIT_HEAD, east, firm.heads[0]),
        (Office.UNIT_HEAD, sales, firm.heads[1]),
        (Office.GENERAL_MANAGER, None, firm.offices[0]),
        (Office.FINANCE_HEAD, None, firm.offices[1]),
    ]
    for office, unit, held_by in seated:
        for number, one in enumerate(sorted(held_by)):
            name = f"{office}{unit.pk if unit else ''}-{number}"
            post(place.company, people[one], office, before, place.chen, unit=unit, name=name)
    for person in people.values():
        Membership.objects.create(person=person, company=place.company, unit=east, joined_on=before.date())
    assert PostHolding.objects.count() >= sum(len(held_by) for *_, held_by in seated)
    return people


def _system(place: Place) -> OutsideSystem:
    security = new_person("an", "安二")
    said = {"name": "OA", "address": "https://oa.example/seals", "key": "whpk_unused"}
    return OutsideSystem.objects.create(
        company=place.company,
        registered_by=place.chen,
        registered_at=place.at,
        confirmed_by=security,
        confirmed_at=place.at,
        **said,
    )


def _applied_for(place: Place, row: Row, people: dict[int, Person], draw: Random) -> str:
    """Put a table into force and ask for a use, or refuse either."""
    applicant, operator = (people[draw.choice(PEOPLE)] for _ in range(2))
    for person in {applicant, operator}:
        holding(person, Power.USE, place.company, place.at - timedelta(days=30))
    place.in_force(row)
    return apply(
        applicant,
        place.at,
        place.seal,
        place.document,
        operator_pseudonyms=(operator.pseudonym,),
        expires_at=place.at + timedelta(days=300),
    )


def _decided(uid: str, place: Place, system: OutsideSystem, draw: Random) -> Iterator[str]:
    """Have it decided by whoever may, in time or late: at each moment somebody can, and nobody else. Yield how."""
    at = place.at
    while (application := _now(uid)).state == "pending":
        asked = application.stage
        if application.due_at is not None and draw.random() < _MOSTLY:
            at = max(at, application.due_at + timedelta(seconds=1))
            before = voters_of(application, at)
            approvals.sweep_deadlines(at)
            application = _now(uid)
            assert application.state == "pending"
            assert before <= voters_of(application, at)
            yield "widened" if before < voters_of(application, at) else "late"
        may = [(one, False) for one in sorted(voters_of(application, at))]
        may += [(one, True) for one in sorted(_outside(application, at, system))]
        _refused_to_another(application, at, {one for one, _ in may}, draw)
        draw.shuffle(may)
        said = next((way for way in may if _votes(uid, at, way[0], system if way[1] else None)), None)
        assert said is not None, (asked, may)
        yield "outside" if said[1] else "here"
        _nobody_has_two_parts(application)
        at += timedelta(minutes=1)
    yield application.state
    assert Vote.objects.filter(application__uid=uid).count() >= application.stage


def _now(uid: str) -> Application:
    with transaction.atomic():
        return locked(uid)


def _outside(application: Application, at: datetime, system: OutsideSystem) -> frozenset[int]:
    """Return whose yes the outside system could tell now."""
    stages = stages_of(application, at, asked=application.seats.all())[application.stage - 1 :]
    cast = {part: frozenset(_playing(application, part)) for part in Part}
    present = [seat for seat in free_seats(stages, cast=cast)[0] if seat.system == system.uid]
    return frozenset[int]().union(*(seat.able for seat in present)) - gone_of(application.votes.all())


def _votes(uid: str, at: datetime, key: int, system: OutsideSystem | None) -> bool:
    """Let somebody say yes; not so where the yes is needed at a later stage, and somebody else can say this one."""
    person, shown = Person.objects.get(pk=key), _now(uid).shown_sha256
    said = {"step": Step.APPROVE, "shown_sha256": shown, "comment": ""}
    try:
        if system is None:
            approvals.vote(person, at, application_uid=uid, **said)  # type: ignore[arg-type]  # each is of its kind
        else:
            words = {"name": f"oa-{key}-{at}", "signature": "", "body": "", "approver": person.pseudonym}
            told = Said(seconds=0, application=uid, **words, **said)  # type: ignore[arg-type]  # likewise
            vote_outside(person, at, system_uid=system.uid, said=told)
    except NeededLater:
        return False
    return True


def _refused_to_another(application: Application, at: datetime, may: set[int], draw: Random) -> None:
    """Have somebody else try: who applies or operates, an approver whose turn it is not, or whoever is there."""
    others = Person.objects.filter(memberships__company=application.company_id).exclude(pk__in=may).order_by("pk")
    if others:
        with pytest.raises((NotEntitled, DutiesNotSeparate, approvals.AlreadyVoted)):
            approvals.vote(
                draw.choice(others),
                at,
                application_uid=application.uid,
                step=Step.APPROVE,
                shown_sha256=application.shown_sha256,
            )


def _nobody_has_two_parts(application: Application) -> None:
    for one, other in permutations(Part, 2):
        if frozenset({one, other}) in KEPT_APART:
            assert not _playing(application, one) & _playing(application, other)


def _playing(application: Application, part: Part) -> set[int]:
    castings = Casting.objects.filter(application__uid=application.uid, **{f"is_{part}": True})
    return set(castings.order_by("person_id").values_list("person_id", flat=True))
