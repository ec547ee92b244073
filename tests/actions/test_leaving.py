"""What people have in hand with rubber seals when they leave."""

from datetime import datetime, timedelta

import pytest

from privyseal.custody import actions
from privyseal.custody.models import Alarm, StockTake, TakeOut
from privyseal.custody.queries.leaving import left_behind
from privyseal.custody.rules import Ending
from privyseal.custody.rules.leaving import LEFT_BEHIND, Left
from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
from privyseal.seals import actions as seals
from privyseal.seals.models import Custody, Incident, Permit, Seal
from tests.by_hand import Out, turn
from tests.conftest import holding, new_company, new_person, recorded


def gone(chen: Person, person: Person, at: datetime) -> None:
    identity.leave_group(chen, at, person_pseudonym=person.pseudonym, left_on=at.date())


def settled(at: datetime) -> tuple[int, int]:
    """Return how many things were settled, and how many a second time."""
    return actions.watch_leavers(at), actions.watch_leavers(at)


@pytest.mark.documents
@pytest.mark.parametrize("who", ["bearer", "companion"])
def test_a_take_out_that_has_not_begun_is_given_up_with_its_permit(
    booked: TakeOut, chen: Person, wang: Person, jian: Person, noon: datetime, who: str
) -> None:
    person = {"bearer": wang, "companion": jian}[who]
    assert [one.left for one in left_behind(chen, noon, person.pseudonym)] == [Left.BOOKED]
    gone(chen, person, noon)

    assert settled(noon) == (1, 0)

    assert (TakeOut.objects.get().stage, Permit.objects.get(pk=booked.permit_id).revoked_at) == ("released", noon)
    assert left_behind(chen, noon, person.pseudonym) == []


@pytest.mark.documents
def test_a_seal_outside_with_somebody_who_left_is_an_incident_at_once(
    away: TakeOut, chen: Person, wang: Person, jian: Person, noon: datetime
) -> None:
    gone(chen, jian, noon)
    assert settled(noon) == (0, 0)  # the bearer is there, and brings it back
    gone(chen, wang, noon)

    assert settled(noon) == (1, 0)

    assert (Alarm.objects.get().kind, Incident.objects.get().seal) == ("not-returned", away.seal)
    actions.watch_take_outs(away.due_at + timedelta(days=30))
    assert Alarm.objects.count() == 1


def test_photographs_owed_by_somebody_who_left_are_an_incident_at_once(
    out: Out, chen: Person, wang: Person, jian: Person, gu: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=2)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert [one.left for one in left_behind(wang, noon, wang.pseudonym)] == [Left.DEBT]
    gone(chen, wang, noon)

    assert settled(noon) == (1, 0)
    assert Alarm.objects.get().kind == "evidence-debt"


def test_a_count_pauses_and_an_incident_goes_to_a_manager(
    stamp: Seal, chen: Person, zhao: Person, wang: Person, long_ago: datetime, noon: datetime
) -> None:
    uid = actions.open_stock_take(zhao, noon, company_uid=stamp.company.uid, counter_pseudonym=wang.pseudonym)
    seals.raise_incident(wang, noon, seal_uid=stamp.uid, said=seals.Report(account="印泥不对"))
    mo = holding(new_person("mo", "莫管"), Power.MANAGE, stamp.company, long_ago)
    for person in (wang, zhao):
        gone(chen, person, noon)

    assert settled(noon) == (2, 0)

    assert (StockTake.objects.get(uid=uid).count, Incident.objects.get().owner) == ("paused", mo)
    assert {"stock.left", "incident.reassigned"} <= set(recorded())


def test_whoever_leaves_one_company_settles_what_they_have_in_hand_there_and_nothing_else(
    stamp: Seal, chen: Person, zhao: Person, wang: Person, long_ago: datetime, noon: datetime
) -> None:
    elsewhere = new_company("北方贸易有限公司", "91110000100000001A", registrar=chen, verifier=zhao, at=long_ago)
    other = Incident.objects.create(
        kind="other", company=elsewhere, owner=wang, account="账实不符", opened_at=noon, due_at=noon
    )
    holding(wang, Power.MANAGE, elsewhere, long_ago)
    uid = actions.open_stock_take(zhao, noon, company_uid=stamp.company.uid, counter_pseudonym=wang.pseudonym)
    raised = seals.raise_incident(wang, noon, seal_uid=stamp.uid, said=seals.Report(account="印泥不对"))
    Incident.objects.filter(uid=raised).update(owner=wang)
    assert settled(noon) == (0, 0)

    identity.leave_company(
        chen, noon, person_pseudonym=wang.pseudonym, company_uid=stamp.company.uid, left_on=noon.date()
    )

    assert settled(noon) == (2, 0)
    assert StockTake.objects.get(uid=uid).count == "paused"
    assert (Incident.objects.get(uid=raised).owner, Incident.objects.get(pk=other.pk).owner) == (zhao, wang)


def test_a_leave_cover_ends_as_an_incident_when_either_of_the_two_has_left(
    stamp: Seal, chen: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    Custody.objects.filter(seal=stamp).update(keeper=jian, covers_for=gu, due_at=noon + timedelta(days=9))
    assert seals.watch_seals(noon) == 0
    gone(chen, gu, noon)

    assert (seals.watch_seals(noon), seals.watch_seals(noon)) == (1, 0)
    assert Incident.objects.get().kind == "cover-overdue"


def test_what_somebody_leaves_is_for_security_auditor_and_themselves(
    chen: Person, sun: Person, wang: Person, li: Person, noon: datetime
) -> None:
    for reader in (chen, sun, wang):
        assert left_behind(reader, noon, wang.pseudonym) == []
    with pytest.raises(NotEntitled):
        left_behind(li, noon, wang.pseudonym)


def test_every_thing_that_is_left_has_its_row() -> None:
    assert [row.left for row in LEFT_BEHIND] == list(Left)
