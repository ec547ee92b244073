"""A rubber seal leaves the company for one approved use and comes back, or somebody answers for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.custody import actions, queries
from privyseal.custody.actions import Whereabouts
from privyseal.custody.models import Alarm, HandUse, PlaceReport, TakeOut
from privyseal.custody.queries.losses import seals_one_may_miss
from privyseal.custody.queries.places import where_now
from privyseal.custody.queries.takeout import take_outs_at_hand
from privyseal.custody.rules import Ending, Hand, PlaceMissing, SealIsOut, TurnOpen
from privyseal.custody.rules.places import Where
from privyseal.custody.rules.takeout import (
    BearerNotOne,
    FaceNotShown,
    Fence,
    FenceWidened,
    Late,
    NothingToFence,
    NotTakenOut,
    Point,
    SealBooked,
    Stage,
    WhereaboutsMissing,
)
from privyseal.identity.models import Grant, Person
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.seals import actions as seals
from privyseal.seals.models import Filing, Incident, Permit, Seal, UseEntry
from privyseal.seals.permits import ApproverNoLongerEntitled, PermitExpired, PermitRevoked, PermitSpent
from privyseal.seals.rules import Act, SealNotInForce
from privyseal.signer import terms
from privyseal.signer.statement import parse, parse_approved
from tests.actions.keepers import forbidden, photo
from tests.by_hand import Out, line, watched
from tests.conftest import apply, permit_of, recorded, say_yes
from tests.trips import HERE, back, trip, use_outside

pytestmark = pytest.mark.documents


def test_a_seal_goes_out_is_used_comes_back_and_is_closed_once_its_papers_are_filed(
    away: TakeOut, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    (now,) = where_now(gu, noon, [away.seal])
    use_outside(away, wang, gu, jian, noon, impressions=4)

    found = back(away, wang, gu, noon)
    actions.finish_over(noon)
    actions.watch_take_outs(noon)

    assert (now.where, now.in_hands_of) == (Where.OUTSIDE, wang)
    assert (found.stage, UseEntry.objects.get().impressions, HandUse.objects.get().put_back) == (
        "back", 4, "上海对方公司"
    )  # fmt: skip
    assert (TakeOut.objects.get().stage, Filing.objects.get().owed_by) == ("back", wang)
    Filing.objects.update(waiver_asked_at=noon, waiver_asked_by=wang, waiver="原件已由对方留存")
    Filing.objects.update(waived_at=noon, waived_by=gu)
    actions.watch_take_outs(noon)
    actions.watch_take_outs(noon)
    assert TakeOut.objects.get().stage == "closed"
    assert [kind for kind in recorded() if kind.startswith("take-out.")] == [
        "take-out.booked",
        "take-out.given",
        "take-out.received",
        "take-out.brought",
        "take-out.taken-back",
        "take-out.closed",
    ]


def test_a_permit_ends_with_the_return(away: TakeOut, wang: Person, gu: Person, noon: datetime) -> None:
    back(away, wang, gu, noon)

    with pytest.raises(PermitRevoked):
        actions.begin_use(wang, noon, permit_uid=away.permit.uid)


def test_whoever_keeps_it_gives_it_out_and_nobody_else(
    booked: TakeOut, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    face = photo(gu, noon, booked.seal)
    for person in (wang, jian):
        with pytest.raises(NotEntitled):
            actions.give_out(person, noon, take_out_uid=booked.uid, photo_sha256=face)
    with pytest.raises(FaceNotShown):
        actions.give_out(gu, noon, take_out_uid=booked.uid, photo_sha256="0" * 64)
    with pytest.raises(OutOfTurn):
        actions.receive(wang, noon, take_out_uid=booked.uid)
    with pytest.raises(PermitExpired):
        actions.give_out(gu, booked.due_at, take_out_uid=booked.uid, photo_sha256=face)
    assert TakeOut.objects.get().stage == "booked"


def test_a_second_word_is_not_needed_and_changes_nothing(
    away: TakeOut, wang: Person, gu: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):
        actions.receive(wang, noon, take_out_uid=away.uid)
    with pytest.raises(OutOfTurn):
        actions.give_out(gu, noon, take_out_uid=away.uid, photo_sha256=away.given_sha256)
    assert TakeOut.objects.get().stage == "out"


def test_a_clash_is_refused_when_asked_when_approved_and_by_the_database(
    stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, gu: Person, noon: datetime
) -> None:
    papers = replace(watched(jian), off_site="北京")
    late = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)
    first = TakeOut.objects.get(permit=trip(stamp, contract, wang, jian, li, noon))

    with pytest.raises(SealBooked):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)
    with pytest.raises(SealBooked):
        say_yes(li, noon, late)
    assert TakeOut.objects.count() == 1
    other = permit_of(apply_in_house(stamp, contract, wang, jian, li, noon))
    with forbidden("take_outs_of_a_seal_do_not_clash"):
        TakeOut.objects.create(
            permit=other,
            seal=stamp,
            place="北京",
            bearer=wang,
            companion=jian,
            starts_at=first.starts_at,
            due_at=first.due_at,
        )
    seals.end_permit(wang, noon, permit_uid=first.permit.uid, reason="改期")
    say_yes(li, noon, late)
    assert sorted(TakeOut.objects.values_list("stage", flat=True)) == ["booked", "released"]


def apply_in_house(seal: Seal, document: str, wang: Person, jian: Person, li: Person, at: datetime) -> str:
    uid = apply(wang, at, seal, document, lines=(line(seal, document),), papers=watched(jian))
    say_yes(li, at, uid)
    return uid


def test_a_seal_that_is_outside_is_used_by_its_own_permit_alone(
    away: TakeOut, contract: str, wang: Person, jian: Person, li: Person, noon: datetime
) -> None:
    inside = permit_of(apply_in_house(away.seal, contract, wang, jian, li, noon))

    with pytest.raises(SealIsOut):
        actions.begin_use(wang, noon, permit_uid=inside.uid)
    actions.begin_use(wang, noon, permit_uid=away.permit.uid)


def test_nobody_stamps_for_the_trip_before_the_seal_was_received(booked: TakeOut, wang: Person, noon: datetime) -> None:
    with pytest.raises(NotTakenOut):
        actions.begin_use(wang, noon, permit_uid=booked.permit.uid)


def test_it_does_not_leave_while_it_is_out_for_a_use_in_the_house(
    booked: TakeOut, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime
) -> None:
    inside = permit_of(apply_in_house(booked.seal, contract, wang, jian, li, noon))
    use = actions.begin_use(wang, noon, permit_uid=inside.uid)
    actions.confirm_use(gu, noon, use_uid=use, hand=Hand.KEEPER)

    with pytest.raises(SealIsOut):
        actions.give_out(gu, noon, take_out_uid=booked.uid, photo_sha256=photo(gu, noon, booked.seal))


def test_what_was_taken_for_stamping_is_settled_before_it_is_back(
    away: TakeOut, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    uid = actions.begin_use(wang, noon, permit_uid=away.permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=uid, hand=Hand.SUPERVISOR)
    actions.reserve(wang, noon, use_uid=uid, line_id=away.permit.lines.get().pk, impressions=1)

    with pytest.raises(TurnOpen):
        actions.bring_back(wang, noon, take_out_uid=away.uid)
    assert TakeOut.objects.get().stage == "out"


def test_it_comes_back_to_a_place(away: TakeOut, wang: Person, gu: Person, noon: datetime) -> None:
    actions.bring_back(wang, noon, take_out_uid=away.uid)

    with pytest.raises(PlaceMissing):
        actions.take_back(gu, noon, take_out_uid=away.uid, photo_sha256=away.given_sha256, place=" ")
    with pytest.raises(NotEntitled):
        actions.take_back(wang, noon, take_out_uid=away.uid, photo_sha256=away.given_sha256, place="3号柜")
    assert TakeOut.objects.get().stage == "brought"


def test_time_alone_says_of_each_step_once_and_ends_in_one_incident(away: TakeOut, noon: datetime) -> None:
    steps = [
        (-timedelta(hours=2), ""),
        (-timedelta(minutes=30), Late.DUE_SOON),
        (timedelta(minutes=1), Late.OVERDUE),
        (timedelta(hours=3), Late.LOST_RISK),
        (timedelta(days=2), Late.NOT_RETURNED),
        (timedelta(days=3), Late.NOT_RETURNED),
    ]
    for after, late in steps:
        actions.watch_take_outs(away.due_at + after)
        assert TakeOut.objects.get().late == late

    said = [kind for kind in recorded() if kind.startswith("take-out.") or kind == "alarm.raised"]
    assert said[3:] == [
        "take-out.due-soon", "take-out.overdue", "take-out.lost-risk", "take-out.not-returned", "alarm.raised"
    ]  # fmt: skip
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.incident.owner, alarm.incident.ended_at) == (
        "not-returned", away.seal.created_by, None
    )  # fmt: skip


def test_what_nobody_took_is_given_up(booked: TakeOut) -> None:
    actions.watch_take_outs(booked.due_at)

    assert TakeOut.objects.get().stage == "released"


def test_places_are_reported_and_one_far_from_the_approved_one_is_an_incident(
    away: TakeOut, wang: Person, jian: Person, gu: Person, noon: datetime
) -> None:
    near, far = Point(31_231_000, 121_474_000), Point(31_330_400, 121_473_700)
    actions.report_place(jian, noon, take_out_uid=away.uid, said=Whereabouts(words="高铁上"))
    actions.report_place(
        wang, noon, take_out_uid=away.uid, said=Whereabouts(point=near, accuracy_metres=30, has_arrived=True)
    )
    assert (PlaceReport.objects.count(), Alarm.objects.count()) == (2, 0)

    for where in (far, far, near, far):
        said = Whereabouts(point=where, accuracy_metres=30)
        actions.report_place(wang, noon, take_out_uid=away.uid, said=said)

    assert (list(Alarm.objects.values_list("kind", flat=True)), Incident.objects.count()) == (["place"] * 2, 2)
    fact = last_fact_about("take-out.reported", "seal", away.seal.uid)
    assert fact is not None
    assert "121473700" not in str(fact.data)
    with pytest.raises(WhereaboutsMissing):
        actions.report_place(wang, noon, take_out_uid=away.uid, said=Whereabouts(words=" "))
    with pytest.raises(NotEntitled):
        actions.report_place(gu, noon, take_out_uid=away.uid, said=Whereabouts(words="公司"))
    with forbidden("report_stays"):
        PlaceReport.objects.update(words="别处")


def test_the_place_is_approved_signed_and_drawn_closer_but_never_wider(
    stamp: Seal, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime
) -> None:
    asked = replace(watched(jian), off_site="上海对方公司", fence=Fence(point=HERE, metres=500))
    lines = (line(stamp, contract),)
    with pytest.raises(NothingToFence):
        apply(wang, noon, stamp, contract, lines=lines, papers=replace(asked, off_site=""))
    uid = apply(wang, noon, stamp, contract, lines=lines, papers=asked)
    with forbidden("papers_stay_as_submitted"):
        Application.objects.filter(uid=uid).update(terms={"fence": Fence(point=HERE, metres=501).to_json()})
    say_yes(li, noon, uid)
    permit = permit_of(uid)
    (approved,) = parse_approved(permit.evidence)
    one = TakeOut.objects.get(permit=permit)
    assert parse(approved.statement).fence == terms.Fence(HERE.latitude, HERE.longitude, 500)
    assert one.fence == asked.fence

    face = photo(gu, noon, stamp)
    elsewhere = Point(HERE.latitude + 1, HERE.longitude)
    for wider in (Fence(point=HERE, metres=501), Fence(point=elsewhere, metres=1)):
        with pytest.raises(FenceWidened):
            actions.give_out(gu, noon, take_out_uid=one.uid, photo_sha256=face, fence=wider)
        one.fence = wider
        with forbidden("fence_is_as_approved"):
            one.save(update_fields=["fence_latitude", "fence_metres"])
    with forbidden("fence_is_as_approved"):
        TakeOut.objects.update(fence_latitude=None, fence_longitude=None, fence_metres=None)
    actions.give_out(gu, noon, take_out_uid=one.uid, photo_sha256=face, fence=Fence(point=HERE, metres=100))
    assert TakeOut.objects.get(pk=one.pk).fence_metres == 100
    with forbidden("fence_is_as_approved"):
        TakeOut.objects.update(fence_metres=101)


def test_one_person_bears_it_and_another_goes_along(
    stamp: Seal, contract: str, wang: Person, ma: Person, jian: Person, noon: datetime
) -> None:
    papers = replace(watched(jian), off_site="北京")
    with pytest.raises(BearerNotOne):
        approvals.apply_for_use(
            wang,
            noon,
            company_uid=stamp.company.uid,
            reason="签约",
            starts_at=noon,
            expires_at=noon + timedelta(days=1),
            operator_pseudonyms=(wang.pseudonym, ma.pseudonym),
            lines=(line(stamp, contract),),
            papers=papers,
        )
    with pytest.raises(DutiesNotSeparate):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(wang))


def test_the_database_keeps_bearer_companion_giver_and_approver_apart(
    booked: TakeOut, wang: Person, jian: Person, li: Person, gu: Person, noon: datetime
) -> None:
    mine = TakeOut.objects.filter(pk=booked.pk)
    with forbidden("companion_is_not_the_bearer"):
        mine.update(companion=wang)
    with forbidden("take_out_is_of_its_permit"):
        mine.update(bearer=li)
    with forbidden("bearer_gives_the_seal_to_nobody_but_another"):
        mine.update(given_by=wang)
    with forbidden("seal_is_given_and_taken_by_its_keeper"):
        mine.update(given_by=booked.seal.created_by)
    with forbidden("seal_leaves_by_two_words_and_a_photo"):
        mine.update(stage=Stage.OUT.value, given_by=gu, given_at=noon)
    with forbidden("seal_is_back_by_two_words_and_a_photo"):
        mine.update(stage=Stage.BACK.value, given_by=gu, given_at=noon, received_at=noon, given_sha256="0" * 64)


def test_an_approver_who_lost_the_power_keeps_the_seal_in_the_house(
    booked: TakeOut, li: Person, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.give_out(gu, noon, take_out_uid=booked.uid, photo_sha256=photo(gu, noon, booked.seal))
    Grant.objects.filter(person=li).update(revoked_at=noon)

    with pytest.raises(ApproverNoLongerEntitled):
        actions.receive(wang, noon, take_out_uid=booked.uid)


@pytest.mark.incident("qidong")
def test_qidong_the_seal_taken_to_the_lender_stamps_nothing_but_what_was_approved(
    away: TakeOut, contract: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    """The custodian carried the seal to the lender, added words to an old note, and stamped it."""
    use_outside(away, wang, gu, jian, noon, impressions=6)

    assert [one.document_sha256 for one in away.permit.lines.all()] == [contract]
    with pytest.raises(PermitSpent):
        actions.begin_use(wang, noon, permit_uid=away.permit.uid)
    assert Permit.objects.get(pk=away.permit_id).used == 6
    assert queries.permits_at_hand(gu, noon).count() == 0


@pytest.mark.incident("dangdang-2020")
def test_dangdang_a_seal_carried_off_while_it_is_out_is_stopped_by_one_report(
    away: TakeOut, wang: Person, jian: Person, zhao: Person, noon: datetime
) -> None:
    """Seals were carried off; nobody could say at once that they were void."""
    actions.report_seal(zhao, noon, seal_uid=away.seal.uid, act=Act.ROB, said=seals.Report(account="外带途中被抢"))

    with pytest.raises(SealNotInForce):
        actions.begin_use(wang, noon, permit_uid=away.permit.uid)
    assert Permit.objects.get(pk=away.permit_id).revoked_at == noon
    (now,) = where_now(zhao, noon, [Seal.objects.get(pk=away.seal_id)])
    assert (now.where, now.in_hands_of) == (Where.OUT_OF_HAND, wang)


@pytest.mark.parametrize("who", ["bearer", "companion", "keeper"])
def test_whoever_has_it_in_hand_reports_it_lost_without_any_power(
    away: TakeOut, wang: Person, jian: Person, gu: Person, noon: datetime, who: str
) -> None:
    person = {"bearer": wang, "companion": jian, "keeper": gu}[who]
    Grant.objects.filter(person=person).update(revoked_at=noon)
    said = seals.Report(account="下车后发现章袋不见了")

    uid = actions.report_seal(person, noon, seal_uid=away.seal.uid, act=Act.LOSE, said=said)

    found = Incident.objects.get(uid=uid)
    assert (Seal.objects.get().state, found.opened_by, found.kind) == ("lost", person, "loss")
    assert Permit.objects.get(pk=away.permit_id).revoked_at == noon
    assert seals_one_may_miss(person, noon, most=50) == []


def test_whoever_stamps_with_it_reports_it_and_whoever_did_yesterday_does_not(
    out: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    seal, said = out.permit.seal, seals.Report(account="盖章时被人夺走")
    assert seals_one_may_miss(wang, noon, most=50) == [seal]
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    actions.put_back(gu, noon, use_uid=out.uid, place="3号柜 B12")

    assert seals_one_may_miss(wang, noon, most=50) == []
    with pytest.raises(NotEntitled):
        actions.report_seal(wang, noon, seal_uid=seal.uid, act=Act.ROB, said=said)
    assert (Seal.objects.get().state, Incident.objects.count()) == ("active", 0)


@pytest.mark.incident("shenwu-2019")
def test_shenwu_a_seal_kept_away_for_weeks_is_an_incident_after_a_day(away: TakeOut, wang: Person) -> None:
    """The director kept the seals away for a month, and nobody was told."""
    actions.watch_take_outs(away.due_at + timedelta(days=30))

    assert Alarm.objects.get().kind == "not-returned"
    assert list(take_outs_at_hand(wang, away.due_at)) == [away]
