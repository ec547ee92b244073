"""Rubber seals on paper: confirmed by two, counted by two, put back; the record says by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, Vote
from privyseal.approvals.rules.additions import NothingToAdd
from privyseal.approvals.wishes import (
    CountNotPossible,
    NothingDrawnByHand,
    SealsNotTogether,
    WitnessesMissing,
)
from privyseal.custody import actions, queries
from privyseal.custody.models import HandUse, Turn
from privyseal.custody.rules import (
    CountNotInTurn,
    Ending,
    EndsUnexplained,
    Hand,
    HandsMissing,
    KeeperChanged,
    KeeperNotApart,
    LineSpent,
    PlaceMissing,
    ReleaseUnexplained,
    SealIsOut,
    SupervisorGone,
    TurnOpen,
)
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf import confined
from privyseal.pdf.confined import Task
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Custody, Incident, Permit, PermitPart, Seal, UseEntry
from privyseal.seals.permits import NotTheHolder, PermitExpired, PermitRevoked, PermitSpent
from privyseal.seals.rules import Act, Role, SealNotInForce
from privyseal.seals.rules.additions import AdditionNotPossible
from privyseal.seals.rules.permits import SealNotElectronic, SealNotPhysical
from privyseal.signer.client import Client
from tests.actions.keepers import forbidden
from tests.actions.policies import TWO, InForce, asks_for
from tests.by_hand import Out, line, turn, watched
from tests.conftest import Use, apply, bring, holding, new_person, permit_of, recorded, say_yes
from tests.pdfs import one_page


@pytest.fixture
def accepted_letter(company: Company, wang: Person, noon: datetime) -> str:
    """Another document of wang's."""
    return bring(wang, noon, company, confined.run(Task.ACCEPT, one_page("Letter no. 12")))


def test_what_is_stamped_is_counted_entered_and_on_record_as_by_hand(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=4)
    turn(out, wang, jian, noon, impressions=2)
    actions.put_back(gu, noon, use_uid=out.uid, place="3号柜 B12 封袋 00417")

    use, entry = HandUse.objects.get(uid=out.uid), UseEntry.objects.get(line=out.line)
    assert (use.ending, use.put_back, out.used) == ("count", "3号柜 B12 封袋 00417", 6)
    assert (entry.impressions, entry.operator, entry.number) == (6, wang, 1)
    fact = last_fact_about("hand.entered", "permit", out.permit.uid)
    assert fact is not None
    assert (fact.data["how"], fact.data["impressions"], fact.data["keeper"]) == ("by-hand", 6, gu.pseudonym)
    assert recorded()[-5:] == [
        "hand.committed", "hand.ended", "hand.photographs-owed", "hand.entered", "hand.put-back",
    ]  # fmt: skip


def test_the_permit_names_who_watches(permit: Permit, jian: Person) -> None:
    assert [part.person for part in permit.parts.filter(part="witness")] == [jian]
    assert (permit.impressions, permit.lines.get().impressions) == (6, 6)


def test_applied_for_without_somebody_to_watch_a_use_by_hand_is_refused(
    stamp: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    with pytest.raises(WitnessesMissing):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),))


def test_nobody_watches_over_a_key(official: Seal, contract: str, wang: Person, jian: Person, noon: datetime) -> None:
    with pytest.raises(WitnessesMissing):
        apply(wang, noon, official, contract, papers=watched(jian))


def test_the_keeper_does_not_stamp(
    stamp: Seal,
    contract: str,
    wang: Person,
    gu: Person,
    jian: Person,
    company: Company,
    long_ago: datetime,
    noon: datetime,
) -> None:
    holding(gu, Power.USE, company, long_ago)

    with pytest.raises(DutiesNotSeparate):
        apply(
            wang,
            noon,
            stamp,
            contract,
            lines=(line(stamp, contract),),
            papers=watched(jian),
            operator_pseudonyms=(gu.pseudonym,),
        )


def test_whoever_keeps_the_seal_decides_on_no_use_of_it_and_is_not_counted_on(
    stamp: Seal, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime, long_ago: datetime
) -> None:
    holding(gu, Power.APPROVE, stamp.company, long_ago)
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))

    with pytest.raises(DutiesNotSeparate):
        say_yes(gu, noon, uid)
    with forbidden("keeper_decides_on_no_use"):
        Vote.objects.create(
            application=Application.objects.get(uid=uid), stage=1, person=gu, decision="approve", at=noon
        )
    assert say_yes(li, noon, uid) == "approved"


def test_whoever_approved_and_keeps_the_seal_since_is_found_before_anybody_waits_for_them(
    permit: Permit, wang: Person, li: Person, gu: Person, noon: datetime
) -> None:
    Custody.objects.filter(seal=permit.seal, keeper=gu).update(keeper=li)

    with pytest.raises(KeeperNotApart) as refused:
        actions.begin_use(wang, noon, permit_uid=permit.uid)

    assert refused.value.facts == {"already": "approver"}
    assert not HandUse.objects.exists()
    Custody.objects.filter(seal=permit.seal, keeper=li).update(keeper=gu)
    assert actions.begin_use(wang, noon, permit_uid=permit.uid)


def test_a_file_has_one_copy_and_paper_bears_nothing_drawn(
    official: Seal, stamp: Seal, contract: str, wang: Person, jian: Person, noon: datetime
) -> None:
    with pytest.raises(CountNotPossible):
        apply(wang, noon, official, contract, lines=(replace(line(official, contract), copies=2),))
    with pytest.raises(NothingDrawnByHand):
        apply(
            wang, noon, stamp, contract, lines=(replace(line(stamp, contract), field="Seal_1"),), papers=watched(jian)
        )
    both = (replace(line(official, contract), copies=1), line(stamp, contract))
    with pytest.raises(SealsNotTogether):
        apply(wang, noon, official, contract, lines=both, papers=watched(jian))


def test_no_key_is_asked_for_a_rubber_seal(permit: Permit, contract: str, wang: Person, noon: datetime) -> None:
    with pytest.raises(SealNotElectronic):
        sealing.intend_to_seal(wang, noon, permit_uid=permit.uid, document_sha256=contract)

    assert Permit.objects.get(pk=permit.pk).used == 0


def test_no_hand_stamps_with_a_key(approved: Use, wang: Person, noon: datetime) -> None:
    with pytest.raises(SealNotPhysical):
        actions.begin_use(wang, noon, permit_uid=approved.permit.uid)


def test_only_a_holder_asks_for_the_seal_and_once(permit: Permit, wang: Person, ma: Person, noon: datetime) -> None:
    with pytest.raises(NotTheHolder):
        actions.begin_use(ma, noon, permit_uid=permit.uid)
    actions.begin_use(wang, noon, permit_uid=permit.uid)
    with pytest.raises(OutOfTurn):
        actions.begin_use(wang, noon, permit_uid=permit.uid)
    with pytest.raises(NotFound):
        actions.begin_use(wang, noon, permit_uid="0" * 32)


def test_nothing_is_stamped_before_both_have_confirmed(
    permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)

    with pytest.raises(HandsMissing):
        actions.reserve(wang, noon, use_uid=uid, line_id=permit.lines.get().pk, impressions=1)
    assert Permit.objects.get(pk=permit.pk).used == 0
    with forbidden("impressions_take_two_confirmations"):
        use = HandUse.objects.get(uid=uid)
        Turn.objects.create(use=use, line=permit.lines.get(), reserved=1, reserved_at=noon)


@pytest.mark.invariant("T25", column="database")
def test_keeper_and_supervisor_are_who_they_are_asked_to_be(
    permit: Permit, wang: Person, li: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)

    for person, hand in ((jian, Hand.KEEPER), (gu, Hand.SUPERVISOR), (wang, Hand.SUPERVISOR), (li, Hand.KEEPER)):
        with pytest.raises(NotEntitled):
            actions.confirm_use(person, noon, use_uid=uid, hand=hand)
    with pytest.raises(NotEntitled):
        actions.confirm_use(wang, noon, use_uid=uid, hand=Hand.OPERATOR)

    use = HandUse.objects.filter(uid=uid)
    with forbidden("operator_is_not_the_keeper"):
        use.update(keeper=wang, keeper_at=noon)
    with forbidden("operator_is_not_the_supervisor"):
        use.update(supervisor=wang, supervisor_at=noon)
    with forbidden("hands_stand_apart"):
        use.update(keeper=li, keeper_at=noon)
    with forbidden("seal_is_given_out_by_its_keeper"):
        use.update(keeper=jian, keeper_at=noon)
    with forbidden("use_is_watched_by_whom_the_permit_names"):
        use.update(supervisor=gu, supervisor_at=noon)


def test_a_word_is_given_once(out: Out, gu: Person, jian: Person, noon: datetime) -> None:
    for person, hand in ((gu, Hand.KEEPER), (jian, Hand.SUPERVISOR)):
        with pytest.raises(OutOfTurn):
            actions.confirm_use(person, noon, use_uid=out.uid, hand=hand)


def test_a_seal_that_is_out_is_given_out_for_nothing_else(
    out: Out, stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, gu: Person, noon: datetime
) -> None:
    other = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))
    say_yes(li, noon, other)
    uid = actions.begin_use(wang, noon, permit_uid=permit_of(other).uid)

    with pytest.raises(SealIsOut):
        actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)


@pytest.mark.failure("reconnect")
def test_a_second_click_and_a_lost_answer_count_once(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    sent = {"use_uid": out.uid, "line_id": out.line, "impressions": 2}

    turns = {actions.reserve.once(first, wang, noon, **sent) for _ in range(3)}  # type: ignore[arg-type]  # as a form says it
    (uid,) = turns
    for _ in range(2):
        actions.fire.once(second, wang, noon, turn_uid=uid, made=2)
        actions.commit.once(third, jian, noon, turn_uid=uid, counted=2)

    assert (out.used, Turn.objects.get().committed) == (2, 2)
    assert recorded().count("hand.committed") == 1


def test_one_turn_is_settled_before_the_next(out: Out, wang: Person, noon: datetime) -> None:
    actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)

    with pytest.raises(TurnOpen):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    with pytest.raises(TurnOpen):
        actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert out.used == 1


def test_no_more_than_the_permit_allows(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    with pytest.raises(PermitSpent):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=7)
    turn(out, wang, jian, noon, impressions=5)
    with pytest.raises(PermitSpent):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)

    assert out.used == 5


def test_no_more_of_one_document_than_its_line_allows(
    stamp: Seal,
    contract: str,
    accepted_letter: str,
    wang: Person,
    jian: Person,
    li: Person,
    gu: Person,
    noon: datetime,
) -> None:
    lines = (line(stamp, contract, copies=1), line(stamp, accepted_letter, copies=1))
    uid = apply(wang, noon, stamp, contract, lines=lines, papers=watched(jian))
    say_yes(li, noon, uid)
    permit = permit_of(uid)
    use = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=use, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=use, hand=Hand.SUPERVISOR)
    first = permit.lines.order_by("pk").first()
    assert first is not None

    with pytest.raises(LineSpent):
        actions.reserve(wang, noon, use_uid=use, line_id=first.pk, impressions=3)

    assert Permit.objects.get(pk=permit.pk).used == 0
    with forbidden("line_is_not_overstamped"):
        Turn.objects.create(use=HandUse.objects.get(uid=use), line=first, reserved=3, reserved_at=noon)


@pytest.mark.failure("quota")
def test_applied_seven_stamped_three_shows_four_left_and_not_less(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    """The quota is not gone where the seal was not put down: what was taken and not made goes back, with its reason."""
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=5)
    actions.fire(wang, noon, turn_uid=uid, made=3)
    with pytest.raises(ReleaseUnexplained):
        actions.commit(jian, noon, turn_uid=uid, counted=3)

    actions.commit(jian, noon, turn_uid=uid, counted=3, reason="印油用尽")

    settled = Turn.objects.get(uid=uid)
    assert (out.used, settled.committed, settled.released) == (3, 3, 2)
    assert recorded()[-2:] == ["hand.released", "hand.committed"]


def test_a_turn_of_which_nothing_was_made_goes_back_by_the_supervisors_word(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    with pytest.raises(NotEntitled):
        actions.release(wang, noon, turn_uid=uid, reason="没盖")
    with pytest.raises(ReleaseUnexplained):
        actions.release(jian, noon, turn_uid=uid, reason=" ")
    actions.release(jian, noon, turn_uid=uid, reason="纸张未到")

    assert (out.used, Turn.objects.get().phase) == (0, "released")
    with pytest.raises(OutOfTurn):
        actions.release(jian, noon, turn_uid=uid, reason="纸张未到")
    with forbidden("turn_stays_as_settled"):
        Turn.objects.filter(uid=uid).update(reserved=1)


def test_nothing_goes_back_to_a_permit_but_by_a_turn(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    turn(out, wang, jian, noon, impressions=3)

    with forbidden("impressions_go_back_by_a_turn"):
        Permit.objects.filter(pk=out.permit.pk).update(used=1)


@pytest.mark.failure("continuous")
def test_two_people_who_count_differently_open_an_incident_and_the_more_stand(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=4)
    actions.fire(wang, noon, turn_uid=uid, made=2)
    actions.commit(jian, noon, turn_uid=uid, counted=3, reason="一处未盖")

    assert (out.used, Turn.objects.get().made, Turn.objects.get().counted) == (3, 2, 3)
    assert (Incident.objects.get().seal, Incident.objects.get().kind) == (out.permit.seal, "count-mismatch")
    assert "hand.count-differs" in recorded()


def test_counts_are_of_what_was_taken(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    with pytest.raises(CountNotInTurn):
        actions.fire(wang, noon, turn_uid=uid, made=3)
    with pytest.raises(OutOfTurn):
        actions.commit(jian, noon, turn_uid=uid, counted=2)
    with pytest.raises(NotEntitled):
        actions.fire(jian, noon, turn_uid=uid, made=2)
    actions.fire(wang, noon, turn_uid=uid, made=2)
    with pytest.raises(CountNotInTurn):
        actions.commit(jian, noon, turn_uid=uid, counted=3)
    with pytest.raises(NotEntitled):
        actions.commit(wang, noon, turn_uid=uid, counted=2)


def test_a_seal_that_is_suspended_stamps_no_more(
    out: Out, zhao: Person, wang: Person, jian: Person, noon: datetime, signer: Client
) -> None:
    turn(out, wang, jian, noon, impressions=1)
    seals.suspend(zhao, noon, seal_uid=out.permit.seal.uid, reason="核查", signer=signer)

    with pytest.raises(SealNotInForce):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    assert out.used == 1


def test_a_seal_that_is_reported_lost_stamps_no_more(
    out: Out, gu: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    actions.report(
        gu, noon, seal_uid=out.permit.seal.uid, act=Act.LOSE, said=seals.Report(account="不见了"), signer=signer
    )

    actions.fire(wang, noon, turn_uid=uid, made=1)  # what was made before is still said
    with pytest.raises((SealNotInForce, PermitRevoked)):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)


def test_a_permit_that_expires_between_confirming_and_stamping_is_over(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=2)
    later = noon + timedelta(days=8)

    with pytest.raises(PermitExpired):
        actions.reserve(wang, later, use_uid=out.uid, line_id=out.line, impressions=1)
    assert actions.finish_over(later) == 1
    assert actions.finish_over(later) == 0
    assert (HandUse.objects.get().ending, UseEntry.objects.get().impressions) == ("time", 2)


def test_a_keeper_who_gave_the_seal_away_or_may_keep_none_stands_by_nothing(
    out: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    Grant.objects.filter(person=gu).update(revoked_at=noon)

    with pytest.raises(KeeperChanged):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    assert out.used == 0


def test_a_supervisor_who_left_watches_nothing(out: Out, wang: Person, jian: Person, noon: datetime) -> None:
    Person.objects.filter(pk=jian.pk).update(is_active=False)

    with pytest.raises(SupervisorGone):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    assert out.used == 0


@pytest.mark.failure("logouts")
def test_a_seal_that_rests_for_the_night_is_out_again_and_all_enters_the_register_once(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=4)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert not UseEntry.objects.exists()
    with pytest.raises(NotEntitled):
        actions.put_back(jian, noon, use_uid=out.uid, place="柜")
    with pytest.raises(PlaceMissing):
        actions.put_back(gu, noon, use_uid=out.uid, place="  ")
    actions.put_back(gu, noon, use_uid=out.uid, place="1号柜")
    with pytest.raises(OutOfTurn):
        actions.put_back(gu, noon, use_uid=out.uid, place="1号柜")

    again = replace(out, uid=actions.begin_use(wang, noon, permit_uid=out.permit.uid))
    actions.confirm_use(gu, noon, use_uid=again.uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=again.uid, hand=Hand.SUPERVISOR)
    turn(again, wang, jian, noon, impressions=2)

    assert UseEntry.objects.get().impressions == 6


def test_a_use_that_ends_early_says_why_and_ends_its_permit(
    out: Out, wang: Person, jian: Person, ma: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=1)
    with pytest.raises(EndsUnexplained):
        actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.EARLY)
    with pytest.raises(NotEntitled):
        actions.end_use(ma, noon, use_uid=out.uid, ending=Ending.EARLY, reason="够了")
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.EARLY, reason="对方只要一份")

    permit = Permit.objects.get(pk=out.permit.pk)
    assert (permit.revoked_at, permit.ended_reason) == (noon, "对方只要一份")
    assert UseEntry.objects.get().impressions == 1
    with pytest.raises(PermitRevoked):
        actions.begin_use(wang, noon, permit_uid=permit.uid)


def test_what_was_stamped_by_a_permit_that_was_ended_while_the_seal_rested_is_entered(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=1)
    actions.end_use(gu, noon, use_uid=out.uid, ending=Ending.PAUSE)
    seals.end_permit(wang, noon, permit_uid=out.permit.uid, reason="不再需要")

    assert actions.finish_over(noon) == 1
    assert actions.finish_over(noon) == 0
    assert UseEntry.objects.get().impressions == 1


def test_everybody_whose_hand_it_is_sees_the_use_and_nobody_else(
    out: Out,
    wang: Person,
    gu: Person,
    jian: Person,
    zhao: Person,
    sun: Person,
    stranger: Person,
    ma: Person,
    noon: datetime,
) -> None:
    for person in (wang, gu, jian, zhao, sun):
        assert list(queries.permits_visible_to(person, noon)) == [out.permit]
    for person in (stranger, ma):
        assert not queries.permits_visible_to(person, noon)
    for person in (wang, gu, jian):
        assert list(queries.permits_at_hand(person, noon)) == [out.permit]
    assert not queries.permits_at_hand(zhao, noon)


def test_a_seal_keeps_one_custody_while_it_is_out(out: Out, gu: Person) -> None:
    assert [custody.keeper for custody in Custody.objects.filter(seal=out.permit.seal, until=None)] == [gu]


def test_a_use_is_no_act_that_words_carry_out(permit: Permit, jian: Person, noon: datetime) -> None:
    with pytest.raises(NotFound):
        seals.attest(jian, noon, permit_uid=permit.uid, role=Role.WITNESS)


def more(person: Person, at: datetime, permit: Permit, copies: dict[int, int]) -> str:
    return approvals.apply_to_top_up(
        person, at, application_uid=permit.application_uid, reason="对方要多留两份", copies=copies
    )


@pytest.mark.invariant("T22", column="rule")
def test_more_copies_that_were_approved_are_stamped_on_the_same_slip(
    out: Out, wang: Person, jian: Person, li: Person, noon: datetime
) -> None:
    turn(out, wang, jian, noon, impressions=4)
    say_yes(li, noon, more(wang, noon, out.permit, {1: 2}))

    raised = Permit.objects.get(pk=out.permit.pk)
    assert (raised.impressions, raised.lines.get().impressions, recorded()[-1]) == (10, 10, "permit.topped-up")
    (count,) = queries.counts_of(wang, noon, raised)
    assert count.left == 6
    turn(out, wang, jian, noon, impressions=6)
    assert (HandUse.objects.get().ending, UseEntry.objects.get().impressions) == ("count", 10)
    with pytest.raises(NothingToAdd):
        more(wang, noon, raised, {1: 1})


@pytest.mark.invariant("T22", column="database")
def test_nobody_asks_for_no_copies_or_too_many_and_no_line_is_raised_but_by_what_was_approved(
    out: Out, wang: Person, li: Person, noon: datetime
) -> None:
    for copies, refused in (({}, NothingToAdd), ({2: 1}, NothingToAdd), ({1: 997}, AdditionNotPossible)):
        with pytest.raises(refused):
            more(wang, noon, out.permit, copies)
    uid = more(wang, noon, out.permit, {1: 2})
    with forbidden("line_is_raised_by_an_addition"):
        out.permit.lines.update(impressions=10)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.EARLY, reason="改为电子用印")
    with pytest.raises(PermitRevoked):
        say_yes(li, noon, uid)
    assert out.permit.lines.get().impressions == 6


@pytest.mark.invariant("T22", "T25", column="database")
def test_whoever_gave_the_seal_out_does_not_allow_it_for_longer(
    out: Out, wang: Person, gu: Person, li: Person, company: Company, long_ago: datetime, noon: datetime
) -> None:
    holding(gu, Power.APPROVE, company, long_ago)
    until = out.permit.expires_at + timedelta(days=1)
    uid = approvals.apply_to_prolong(
        wang, noon, application_uid=out.permit.application_uid, reason="对方推迟", expires_at=until
    )

    with pytest.raises(DutiesNotSeparate):
        say_yes(gu, noon, uid)
    assert not out.permit.parts.filter(person=gu).exists()
    with forbidden("approver_has_no_hand_in_it"):
        PermitPart.objects.create(permit=out.permit, person=gu, part="approver")

    assert say_yes(li, noon, uid) == "approved"


def test_whoever_allowed_more_before_they_gave_the_seal_out_is_found_when_the_last_yes_comes(
    permit: Permit, in_force: InForce, wang: Person, wu: Person, li: Person, company: Company,
    long_ago: datetime, noon: datetime,
) -> None:  # fmt: skip
    jia = holding(
        holding(new_person("jia", "贾守"), Power.CUSTODY, company, long_ago), Power.APPROVE, company, long_ago
    )
    in_force(asks_for((TWO,)))
    until = permit.expires_at + timedelta(days=1)
    uid = approvals.apply_to_prolong(
        wang, noon, application_uid=permit.application_uid, reason="对方推迟", expires_at=until
    )
    assert say_yes(jia, noon, uid) == "pending"
    Custody.objects.filter(seal=permit.seal_id, until=None).update(keeper=jia)
    use = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(jia, noon, use_uid=use, hand=Hand.KEEPER)

    assert say_yes(wu, noon, uid) == "pending"
    with pytest.raises(DutiesNotSeparate):
        say_yes(li, noon, uid)
    assert Permit.objects.get(pk=permit.pk).expires_at == permit.expires_at


def test_what_one_saw_of_rubber_is_planned_for_whoever_asks(gu: Person, permit: Permit, noon: datetime) -> None:
    kept: list[int | None] = []

    def noted(execute: Any, sql: str, *arguments: Any) -> Any:  # noqa: ANN401 - Django's own interface
        if "UNION" in sql:
            kept.append(connection.connection.prepare_threshold)
        return execute(sql, *arguments)

    with connection.execute_wrapper(noted):
        assert queries.last_keys_visible_to(gu, noon, applied=[], most=5) == [permit.pk]
    assert kept == [None]


@pytest.mark.parametrize("few", [0, 1])
def test_a_manager_sees_the_last_permits_of_the_companys_rubber_seals(
    zhao: Person, permit: Permit, noon: datetime, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(queries, "FEW", few)

    assert queries.last_keys_visible_to(zhao, noon, applied=[], most=5) == [permit.pk]
