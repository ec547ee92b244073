"""What is found over rubber seals: one incident a cause, however often it is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from privyseal.custody import actions
from privyseal.custody.models import Alarm, AlarmRule
from privyseal.custody.queries.alarms import alarms_visible_to, thresholds_visible_to
from privyseal.custody.rules.alarms import AlarmKind, Thresholds, ThresholdsNotPossible, incident_of
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled
from privyseal.seals.actions import end_incident
from privyseal.seals.models import Incident, Seal
from tests.by_hand import Out, turn
from tests.conftest import recorded

pytestmark = pytest.mark.documents


@dataclass(frozen=True, slots=True)
class Case:
    out: Out
    wang: Person
    jian: Person
    gu: Person
    noon: datetime


def nothing_is_stamped(case: Case) -> datetime:
    return case.noon + timedelta(days=8)


def nobody_uses_it(case: Case) -> datetime:
    Seal.objects.filter(pk=case.out.permit.seal_id).update(created_at=case.noon - timedelta(days=181))
    return case.noon


def it_is_stamped_at_night(case: Case) -> datetime:
    night = case.noon.replace(hour=18, minute=30)  # after two in the morning in Shanghai
    night = night if night > case.noon else night + timedelta(days=1)
    turn(case.out, case.wang, case.jian, night, impressions=1)
    return night


def impressions_go_back_again_and_again(case: Case) -> datetime:
    for _ in range(3):
        uid = actions.reserve(case.wang, case.noon, use_uid=case.out.uid, line_id=case.out.line, impressions=1)
        actions.release(case.jian, case.noon, turn_uid=uid, reason="盖歪")
    return case.noon


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (nothing_is_stamped, AlarmKind.UNUSED),
        (nobody_uses_it, AlarmKind.IDLE),
        (it_is_stamped_at_night, AlarmKind.OFF_HOURS),
        (impressions_go_back_again_and_again, AlarmKind.RESTAMPS),
    ],
)
def test_a_cause_is_one_incident_with_its_owner_however_often_it_is_found(
    happens: Callable[[Case], datetime],
    kind: AlarmKind,
    out: Out,
    wang: Person,
    jian: Person,
    gu: Person,
    zhao: Person,
    noon: datetime,
) -> None:
    at = happens(Case(out, wang, jian, gu, noon))

    actions.watch_alarms(at)
    again = actions.watch_alarms(at + timedelta(minutes=10))

    alarm = Alarm.objects.get(kind=kind.value)
    assert (again, alarm.incident.seal, alarm.incident.owner) == (0, out.permit.seal, zhao)
    assert alarm.incident.kind == incident_of(kind).value
    assert alarm in list(alarms_visible_to(zhao, at))
    Incident.objects.update(ended_at=at, outcome="settled", proposed_by=zhao, ended_by=gu)
    assert actions.watch_alarms(at + timedelta(minutes=20)) == 0


def test_a_use_in_its_time_and_hours_raises_nothing(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    assert {AlarmKind.UNUSED.value, AlarmKind.IDLE.value} & set(_found(noon)) == set()


def _found(at: datetime) -> list[str]:
    actions.watch_alarms(at)
    return list(Alarm.objects.order_by("kind").values_list("kind", flat=True))


def test_what_one_ends_needs_no_proposal_and_says_how_it_ended(out: Out, zhao: Person, noon: datetime) -> None:
    late = noon + timedelta(days=8)
    actions.watch_alarms(late)
    unused = Alarm.objects.get(kind=AlarmKind.UNUSED.value).incident

    end_incident(zhao, late, incident_uid=unused.uid)

    unused.refresh_from_db()
    assert (unused.outcome, unused.ended_by, unused.proposed_by) == ("settled", zhao, None)


def test_a_company_says_from_when_on(out: Out, company: Company, zhao: Person, wang: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        actions.set_thresholds(wang, noon, company_uid=company.uid, said=Thresholds(unused_days=2))
    with pytest.raises(ThresholdsNotPossible):
        actions.set_thresholds(zhao, noon, company_uid=company.uid, said=Thresholds(unused_days=0))
    assert not AlarmRule.objects.exists()

    actions.set_thresholds(zhao, noon, company_uid=company.uid, said=Thresholds(unused_days=2))

    assert recorded()[-1] == "alarm.thresholds-set"
    assert thresholds_visible_to(zhao, noon, company.uid).unused_days == 2
    assert AlarmKind.UNUSED.value not in _found(noon + timedelta(days=1))
    assert AlarmKind.UNUSED.value in _found(noon + timedelta(days=3))
