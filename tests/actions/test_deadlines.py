"""Stages that have a deadline: who is reminded, what a late one becomes, and that it all happens once."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, localtime

from privyseal.approvals import actions as approvals
from privyseal.approvals.fitness import findings_on
from privyseal.approvals.models import Application, Due, SeatAsked
from privyseal.approvals.queries import application_visible_to, newest_visible, waiting_for
from privyseal.approvals.queries.estimates import FEWEST, Estimate, estimate
from privyseal.approvals.queries.lateness import Kept, lateness
from privyseal.approvals.queries.policies import replay
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.deadlines import Deadline, Lapse
from privyseal.approvals.rules.policies import Flaw, Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity import actions as identity
from privyseal.identity.models import CalendarYear, Company, Person
from privyseal.identity.rules import Office, Power
from privyseal.identity.rules.working_days import NATIONAL, Span
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled
from privyseal.ledger.models import FactRow
from privyseal.notification.audiences import Around, Subject, everybody_in
from privyseal.notification.rules import Audience
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from tests.actions.policies import ONE, InForce, asks_for, post, write
from tests.conftest import apply, digest_shown, holding, new_person, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents
SOON = timedelta(seconds=1)
KINDS = ("application.reminded", "application.overdue")


@pytest.fixture(autouse=True)
def every_day(company: Company, zhao: Person, noon: datetime) -> None:
    """Let every day be worked, so that what is due falls into the days asked for whenever the test runs."""
    for year in (noon.year, noon.year + 1):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        weekends = [day for day in days if day.isoweekday() > 5]
        CalendarYear.objects.create(
            company=company, year=year, version=1, made_up=weekends, written_by=zhao, written_at=noon
        )


def only(person: Person) -> Seat:
    return Seat(Who.PERSON, person.pseudonym)


def within(days: int, *reminders: int, to: Seat | None = None, lapse: Lapse = Lapse.TELL) -> Deadline:
    return Deadline(Span(days), reminders, lapse, to)


def sweep(at: datetime) -> list[str]:
    """Sweep and return what came on record by it."""
    before = FactRow.objects.count()
    approvals.sweep_deadlines(at)
    return recorded()[before:]


def due_of(uid: str) -> datetime:
    due = Application.objects.get(uid=uid).due_at
    assert due is not None
    return due


@pytest.fixture
def late(in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime) -> str:
    """Return a use that li decides within two days, and after them wu as well; the time is over."""
    in_force(asks_for((only(li),), deadlines=(within(2, 1, to=only(wu), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract)
    approvals.sweep_deadlines(due_of(uid))
    return uid


@pytest.mark.usefixtures("wu")
def test_a_stage_says_by_when_it_decides_and_each_seat_which_row_asked_for_it(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), (only(li),), deadlines=(within(2, 1),)))

    uid = apply(wang, noon, official, contract)

    due = localtime(due_of(uid))
    assert (due.date(), due.time()) == (localtime(noon).date() + timedelta(days=2), time(18))
    assert list(SeatAsked.objects.filter(application__uid=uid).values_list("row", flat=True)) == [1, 1]


@pytest.mark.invariant("T24", column="rule")
def test_those_who_decide_are_reminded_once_and_told_once_that_it_is_late(
    in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime, li: Person
) -> None:
    in_force(asks_for((ONE,), deadlines=(within(3, 2, 1),)))
    uid = apply(wang, noon, official, contract)
    first, second = Due.objects.get().reminders_at

    assert sweep(first - SOON) == []
    assert [sweep(first), sweep(first), sweep(second), sweep(second)] == [[KINDS[0]], [], [KINDS[0]], []]
    assert [sweep(due_of(uid)), sweep(due_of(uid) + timedelta(days=1))] == [[KINDS[1]], []]
    assert Application.objects.get(uid=uid).state == "pending"
    assert say_yes(li, due_of(uid) + SOON, uid) == "approved"


def test_a_worker_that_was_away_reminds_once_and_says_nothing_that_is_past(
    in_force: InForce, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), deadlines=(within(5, 4, 3, 2),)))
    uid = apply(wang, noon, official, contract)
    _, second, _ = Due.objects.get().reminders_at

    assert sweep(second + timedelta(hours=3)) == [KINDS[0]]
    assert sweep(due_of(uid) + timedelta(days=1)) == [KINDS[1]]


def test_where_the_row_says_so_others_may_decide_a_late_stage_and_not_before(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    in_force(asks_for((only(li),), deadlines=(within(2, to=only(wu), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract)
    assert waiting_for(wu, noon, most=9, counted=9).count == 0
    with pytest.raises(NotEntitled):
        say_yes(wu, noon, uid)

    approvals.sweep_deadlines(due_of(uid))

    at = due_of(uid) + SOON
    assert [waiting_for(person, at, most=9, counted=9).count for person in (li, wu)] == [1, 1]
    assert "approve" in application_visible_to(wu, at, uid).may
    assert say_yes(wu, at, uid) == "approved"


def test_the_key_seals_what_was_approved_by_somebody_who_was_added_since_it_was_late(
    in_force: InForce,
    official: Seal,
    contract: str,
    wang: Person,
    li: Person,
    wu: Person,
    noon: datetime,
    signer: Client,
) -> None:
    in_force(asks_for((only(li),), deadlines=(within(2, to=only(wu), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract)
    approvals.sweep_deadlines(due_of(uid))
    at = due_of(uid) + SOON
    say_yes(wu, at, uid)
    permit = permit_of(uid)

    sealed = sealing.seal_document(wang, at, permit_uid=permit.uid, document_sha256=contract, signer=signer)

    ((assertion,),) = ([one.approver for one in each.assertions] for each in evidence_of(permit))
    assert (Intent.objects.get(uid=sealed).state, assertion) == ("sealed", wu.pseudonym)


def test_where_the_row_only_tells_nobody_else_may_decide(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    in_force(asks_for((only(li),), deadlines=(within(2, to=only(wu)),)))
    uid = apply(wang, noon, official, contract)
    approvals.sweep_deadlines(due_of(uid))
    at = due_of(uid) + SOON

    around = Around([{"application": uid}], at)
    told = [everybody_in([who], Subject({"application": uid}, around)) for who in (Audience.VOTERS, Audience.LATE)]
    assert told == [{li.pk}, {wu.pk}]
    with pytest.raises(NotEntitled):
        say_yes(wu, at, uid)


def test_a_late_stage_goes_to_nobody_who_has_another_part_or_may_not_approve(
    in_force: InForce, official: Seal, contract: str, wang: Person, ma: Person, li: Person, noon: datetime
) -> None:
    for other in (wang, ma):
        in_force(asks_for((only(li),), deadlines=(within(2, to=only(other), lapse=Lapse.ADD),)))
        uid = apply(wang, noon, official, contract)
        assert sweep(due_of(uid)) == [KINDS[1]]
        shown = digest_shown(uid)

        with pytest.raises((NotEntitled, DutiesNotSeparate)):
            approvals.vote(other, due_of(uid), application_uid=uid, step=Step.APPROVE, shown_sha256=shown)


def test_who_decides_a_late_stage_decides_no_later_one_and_not_where_only_they_could(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    in_force(asks_for((only(li),), (only(wu),), deadlines=(within(2, to=only(wu), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract)
    approvals.sweep_deadlines(due_of(uid))

    with pytest.raises(approvals.NeededLater):
        say_yes(wu, due_of(uid), uid)

    assert say_yes(li, due_of(uid), uid) == "pending"
    assert say_yes(wu, noon + timedelta(days=3), uid) == "approved"


def test_a_late_stage_of_two_takes_two_when_others_may_decide_too(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, company: Company,
    long_ago: datetime, noon: datetime,
) -> None:  # fmt: skip
    third = holding(new_person("zheng", "郑三"), Power.APPROVE, company, long_ago)
    both = (only(li), only(wu))
    in_force(asks_for(both, deadlines=(within(2, to=only(third), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract)
    approvals.sweep_deadlines(due_of(uid))

    assert say_yes(third, due_of(uid), uid) == "pending"
    assert say_yes(li, due_of(uid), uid) == "approved"


def test_a_stage_that_is_asked_again_begins_its_time_anew(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    in_force(asks_for((only(li),), (only(wu),), deadlines=(within(1, to=only(wu), lapse=Lapse.ADD), within(2))))
    uid = apply(wang, noon, official, contract)
    first = due_of(uid)
    approvals.sweep_deadlines(first)
    say_yes(li, first + SOON, uid)
    assert due_of(uid) > first

    at = first + timedelta(hours=1)
    shown = digest_shown(uid)
    approvals.send_back(wu, at, application_uid=uid, to_stage=1, shown_sha256=shown, reason="请再核对")

    stage = Due.objects.get(stage=1)
    assert (stage.lapsed_at, stage.due_at) == (None, due_of(uid))
    assert due_of(uid) > first
    assert list(Due.objects.filter(next_at__isnull=False).values_list("stage", flat=True)) == [1]


@pytest.mark.parametrize("end", ["yes", "no", "withdrawn", "over"])
def test_nothing_more_comes_of_a_time_once_it_has_ended(
    end: str, in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), deadlines=(within(3, 1),)))
    uid = apply(wang, noon, official, contract, expires_at=noon + timedelta(days=2))
    shown = digest_shown(uid)
    if end in {"yes", "no"}:
        step = Step.APPROVE if end == "yes" else Step.REJECT
        approvals.vote(li, noon, application_uid=uid, step=step, shown_sha256=shown)
    elif end == "withdrawn":
        approvals.withdraw(wang, noon, application_uid=uid)

    assert sweep(noon + timedelta(days=5)) == []
    assert Application.objects.get(uid=uid).due_at is None
    assert not Due.objects.filter(next_at__isnull=False).exists()


def test_a_calendar_written_later_moves_nothing_that_has_begun(
    in_force: InForce, official: Seal, contract: str, company: Company, zhao: Person, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((ONE,), deadlines=(within(2),)))
    uid = apply(wang, noon, official, contract)
    due = due_of(uid)
    year = localtime(due).year
    off = [localtime(due).date(), *NATIONAL.get(year, NATIONAL[2026]).off][:1]

    identity.write_calendar(zhao, noon, company_uid=company.uid, year=year, off=off, made_up=[], version=1)

    assert due_of(uid) == due
    assert due_of(apply(wang, noon, official, contract)) > due


def test_what_is_due_first_is_seen_first_and_what_is_late_is_found(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    plain = apply(wang, noon, official, contract)
    uids = {}
    for days in (4, 2):
        in_force(asks_for((ONE,), deadlines=(within(days),)))
        uids[days] = apply(wang, noon, official, contract)

    waiting = waiting_for(li, noon, most=9, counted=9)
    late = newest_visible(li, due_of(uids[2]) + SOON, limit=9, is_late=True)

    assert [one.uid for one in waiting.oldest] == [uids[2], uids[4], plain]
    assert [one.uid for one in late] == [uids[2]]


def test_a_policy_whose_late_stage_goes_to_nobody_who_could_decide_is_told_of(
    company: Company, zhao: Person, ma: Person, li: Person, wu: Person, noon: datetime
) -> None:
    def flaws(*stages: tuple[Seat, ...], to: Seat) -> list[Flaw]:
        row = asks_for(*stages, deadlines=(within(2, to=to, lapse=Lapse.ADD),))
        shown = "" if not drafts else drafts[-1]
        policy = write(zhao, noon, company, row, rows_sha256=shown)
        drafts.append(policy.rows_sha256)
        return [finding.flaw for finding in findings_on(policy, noon)]

    drafts: list[str] = []
    assert flaws((only(li),), to=only(wu)) == []
    assert flaws((only(li),), to=only(ma)) == [Flaw.NO_HELP]
    assert flaws((only(li),), (only(wu),), to=only(wu)) == [Flaw.NO_HELP]


def test_a_replay_finds_what_would_have_had_another_time(
    in_force: InForce, official: Seal, contract: str, company: Company, zhao: Person, wang: Person, noon: datetime
) -> None:
    row = asks_for((ONE,), deadlines=(within(2),))
    in_force(row)
    uid = apply(wang, noon, official, contract)
    draft = write(zhao, noon, company, Row(stages=row.stages, purposes=row.purposes, deadlines=(within(3),)))

    found = [one for one in replay(zhao, noon, draft, days=30).changed if one.application.uid == uid]

    assert [(one.before[0][1], (one.after or ())[0][1]) for one in found] == [(within(2), within(3))]


@pytest.mark.invariant("T24", column="database")
def test_the_database_keeps_a_deadline_as_it_was_asked(late: str) -> None:
    due = Due.objects.filter(application__uid=late)
    asked: list[dict[str, object]] = [{"number": 9}, {"people": []}, {"lapse": "tell"}]
    for changed in asked:
        with pytest.raises(IntegrityError, match="due_stays_as_asked"), transaction.atomic():
            due.update(**changed)
    with pytest.raises(IntegrityError, match="late_is_after_due"), transaction.atomic():
        due.update(lapsed_at=Due.objects.get().begun_at)
    with pytest.raises(IntegrityError, match="only_what_waits_is_due"), transaction.atomic():
        Application.objects.filter(uid=late).update(state="withdrawn", decided_at=due_of(late))


def test_late_stages_are_counted_by_stage_unit_and_category_for_those_who_see_them(
    late: str, company: Company, zhao: Person, ma: Person, noon: datetime
) -> None:
    year = localdate(noon).year

    counted = lateness(zhao, noon, company, year)

    assert late
    assert counted.stages == [Kept("1", 1, 1)]
    assert [one.late for one in (*counted.units, *counted.categories)] == [1, 1]
    assert lateness(ma, noon, company, year).stages == []
    assert lateness(zhao, noon, company, year - 1).stages == []


def test_an_estimate_says_what_was_usual_and_by_when_the_deadlines_end(
    in_force: InForce, company: Company, official: Seal, contract: str, wang: Person, li: Person, wu: Person,
    noon: datetime,
) -> None:  # fmt: skip
    asked = Application(company=company, purpose="use", applicant=wang)
    assert estimate(wang, noon, asked, [official]) == Estimate(None, 0, None, 1)
    in_force(asks_for((only(li),), (only(wu),), deadlines=(within(2), within(1))))

    first = estimate(wang, noon, asked, [official])

    assert (first.usual_on, first.stages) == (None, 2)
    assert first.latest_at is not None
    assert localdate(first.latest_at) == localdate(noon) + timedelta(days=3)
    for _ in range(FEWEST):
        uid = apply(wang, noon, official, contract)
        shown = digest_shown(uid)
        approvals.vote(
            li, noon + timedelta(days=1), application_uid=uid, step=Step.REJECT, shown_sha256=shown, comment="金额不符"
        )
    usual = estimate(wang, noon, asked, [official])
    assert (usual.usual_on, usual.uses) == (localdate(noon) + timedelta(days=1), FEWEST)


def test_of_an_office_that_is_late_whoever_has_another_part_is_not_asked(
    in_force: InForce, official: Seal, contract: str, wang: Person, li: Person, wu: Person, chen: Person, noon: datetime
) -> None:
    company, long_ago = official.company, noon - timedelta(days=30)
    holding(wu, Power.USE, company, long_ago)
    for number, person in enumerate((li, wu)):
        post(company, person, Office.GENERAL_MANAGER, long_ago, chen, name=f"总经理{number}")
    both = Seat(Who.OFFICE, Office.GENERAL_MANAGER, needed=0)
    in_force(asks_for((both,), deadlines=(within(2, to=only(li), lapse=Lapse.ADD),)))
    uid = apply(wang, noon, official, contract, operator_pseudonyms=(wu.pseudonym,))
    approvals.sweep_deadlines(due_of(uid))

    assert say_yes(li, due_of(uid) + SOON, uid) == "approved"
