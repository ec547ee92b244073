"""Uses at machines of which others see each impression first, and emergencies, of which they see it after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import uuid4

import pytest

from privyseal.approvals.models import Application
from privyseal.approvals.queries import application_visible_to
from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, said_by_itself
from privyseal.device.tickets import Mode, Ticket
from privyseal.devices import actions
from privyseal.devices.actions.opening import ask_opening
from privyseal.devices.confirming import agreed_to, is_unreviewed, waits_with
from privyseal.devices.exposure import Exposure, exposure_of
from privyseal.devices.models import Confirmation, Device, DeviceOrder, MachineUse
from privyseal.devices.queries import emergencies_to_review, uses_to_confirm
from privyseal.devices.rules import (
    ConfirmationNeedsNetwork,
    ConfirmersMissing,
    DeviceAct,
    DeviceDiffers,
    EmergencyNotApproved,
    EmergencyUnreviewed,
    PictureChanged,
)
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Incident, Permit
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer.terms import AtMachine
from tests.actions.keepers import forbidden
from tests.at_machine import Bench, opened, page
from tests.conftest import holding, recorded

_PAGES = count(100)


@pytest.fixture
def lu(stranger: Person, bench: Bench, noon: datetime) -> Person:
    """One more who approves here, and had no part in what was approved."""
    return holding(stranger, Power.APPROVE, bench.device.company, noon - timedelta(days=1))


@pytest.fixture
def seen(bench: Bench, permit: Permit, wang: Person, zhao: Person, lu: Person, noon: datetime) -> MachineUse:
    """A use whose first impression waits for two others, with a picture of what lies there."""
    actions.set_confirmations(zhao, noon, device_uid=bench.device.uid, confirmations=2)
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    assert bench.machine.reserve(noon) is None
    look(bench, noon)
    return use


def look(bench: Bench, at: datetime) -> str:
    """Have the machine try to stamp, and send the picture of what lies there; return its digest."""
    assert bench.machine.fire(at) is Cannot.NOT_CONFIRMED
    bench.parts.picture = page(next(_PAGES))
    picture = bench.machine.photograph(at)
    assert picture is not None
    bench.pictures[sha256(picture)] = picture
    bench.sync(at)
    return sha256(picture)


def shown(person: Person, at: datetime) -> str:
    (waiting,) = uses_to_confirm(person, at)
    return waiting[1].sha256


def test_each_impression_waits_until_two_others_saw_its_newest_picture(
    bench: Bench, seen: MachineUse, li: Person, lu: Person, wang: Person, zhao: Person, noon: datetime
) -> None:
    frame = DeviceOrder.objects.get(ticket=seen.ticket).frame
    ticket = Ticket.of(said_by_itself(frame, Frame.TICKET))
    assert (ticket.mode, ticket.confirmations, recorded().count("machine.confirmation-asked")) == (Mode.CONFIRMED, 2, 1)
    old = shown(li, noon)
    newest = look(bench, noon)
    for person, picture, refusal in (
        (li, old, PictureChanged),
        (wang, newest, NotEntitled),
        (zhao, newest, NotEntitled),
    ):
        with pytest.raises(refusal):
            actions.confirm(person, noon, use_uid=seen.uid, picture_sha256=picture)
    assert uses_to_confirm(zhao, noon) == uses_to_confirm(wang, noon) == []

    actions.confirm(li, noon, use_uid=seen.uid, picture_sha256=newest)
    with pytest.raises(OutOfTurn):
        actions.confirm(li, noon, use_uid=seen.uid, picture_sha256=newest)
    assert [actions.confirm_at_signer(noon, signer=bench.signer) for _ in range(2)] == [1, 0]
    bench.sync(noon)
    assert bench.machine.fire(noon) is Cannot.NOT_CONFIRMED

    newest = look(bench, noon)  # what lies there is seen anew by all, and the page lists nobody as yet
    assert agreed_to(seen, waits_with(MachineUse.objects.get())) == []
    for person in (li, lu):
        actions.confirm(person, noon, use_uid=seen.uid, picture_sha256=newest)
    actions.confirm_at_signer(noon, signer=bench.signer)
    bench.sync(noon)
    assert [bench.machine.fire(noon), bench.machine.commit(noon), bench.machine.reserve(noon)] == [None, None, None]
    assert bench.machine.fire(noon) is Cannot.NOT_CONFIRMED
    bench.sync(noon)
    assert uses_to_confirm(li, noon) == []
    assert {one.impression for one in Confirmation.objects.all()} == {1}
    assert not Alarm.objects.exists()

    kept, session = bench.machine.kept, bench.machine.kept.session
    assert session is not None  # a machine that was tampered with: it believes that two agreed
    bench.machine.kept = replace(kept, session=replace(session, confirmed_by=(li.pseudonym, lu.pseudonym)))
    assert bench.machine.fire(noon) is None
    bench.sync(noon)
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.UNCONFIRMED]
    assert [*Incident.objects.values_list("kind", flat=True)] == [IncidentKind.MACHINE_OPENED]


def test_what_nobody_can_say_still_lies_there_waits_for_another_picture(
    bench: Bench, seen: MachineUse, li: Person, noon: datetime
) -> None:
    def fail() -> None:
        bench.parts.picture = None
        assert bench.machine.photograph(noon) is None

    picture = shown(li, noon)

    def open_a_door() -> None:
        bench.machine.door_opened(0, noon)

    happenings: tuple[Callable[[], None], ...] = (partial(bench.restart, noon), open_a_door, fail)
    for happens in happenings:
        happens()
        bench.sync(noon)
        assert uses_to_confirm(li, noon) == []
        with pytest.raises(PictureChanged):
            actions.confirm(li, noon, use_uid=seen.uid, picture_sha256=picture)
        picture = look(bench, noon)
        assert shown(li, noon) == picture


def test_an_agreement_that_the_key_does_not_take_is_on_record_once_and_given_anew(
    bench: Bench, seen: MachineUse, li: Person, noon: datetime
) -> None:
    picture = shown(li, noon)
    actions.confirm(li, noon, use_uid=seen.uid, picture_sha256=picture)
    # It says something else than what was agreed to.
    Confirmation.objects.update(picture_sha256="0" * 64)

    assert [actions.confirm_at_signer(noon, signer=bench.signer) for _ in range(2)] == [0, 0]
    assert recorded()[-2:] == ["machine.confirmed", "machine.confirmation-refused"]
    with forbidden("refused_confirmation_tells_nothing"):
        Confirmation.objects.update(done_at=noon)
    actions.confirm(li, noon, use_uid=seen.uid, picture_sha256=picture)
    assert actions.confirm_at_signer(noon, signer=bench.signer) == 1


def test_one_of_those_who_would_have_to_agree_stops_a_use(
    bench: Bench, seen: MachineUse, li: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.decline(zhao, noon, use_uid=seen.uid)
    actions.decline(li, noon, use_uid=seen.uid)
    bench.sync(noon)
    assert bench.machine.release("stopped", noon) is None
    assert bench.machine.reserve(noon) is Cannot.WITHDRAWN
    with pytest.raises(PictureChanged):
        actions.confirm(li, noon, use_uid=seen.uid, picture_sha256="0" * 64)


def test_more_eyes_take_one_persons_word_and_fewer_that_of_security(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, chen: Person, gu: Person, noon: datetime
) -> None:
    uid = bench.device.uid
    actions.set_confirmations(gu, noon, device_uid=uid, confirmations=2)
    for person in (zhao, gu):
        with pytest.raises(NotEntitled):
            actions.set_confirmations(person, noon, device_uid=uid, confirmations=1)
    with pytest.raises(DeviceDiffers):
        actions.set_confirmations(zhao, noon, device_uid=uid, confirmations=11)
    for minutes, refusal in ((0, ConfirmersMissing), (60, ConfirmationNeedsNetwork)):
        with pytest.raises(refusal):
            opened(bench, permit, wang, noon, minutes=minutes)
    actions.set_confirmations(gu, noon, device_uid=uid, confirmations=2, is_dual=True)
    with pytest.raises(NotEntitled):
        actions.set_confirmations(zhao, noon, device_uid=uid, confirmations=2, is_dual=False)
    actions.set_confirmations(chen, noon, device_uid=uid, confirmations=0)
    assert Device.objects.get(uid=uid).is_dual
    assert recorded()[-1] == "device.confirmations-set"
    assert opened(bench, permit, wang, noon).mode == Mode.COUNTED.value


def test_what_was_approved_before_others_had_to_see_each_impression_knows_no_emergency(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):
        emergency(bench, permit, wang, noon)  # nobody has to see its impressions: there is nothing to do without
    actions.set_confirmations(zhao, noon, device_uid=bench.device.uid, confirmations=1)
    with pytest.raises(EmergencyNotApproved):
        emergency(bench, permit, wang, noon)


def test_as_many_see_each_impression_as_was_approved_though_the_machine_asks_for_fewer_now(
    bench: Bench, waited: Permit, wang: Person, chen: Person, noon: datetime
) -> None:
    (stated,) = application_visible_to(wang, noon, waited.application_uid).statements
    assert stated.machine == AtMachine(1, 10, 120)
    actions.set_confirmations(chen, noon, device_uid=bench.device.uid, confirmations=0)
    with pytest.raises(ConfirmationNeedsNetwork):
        opened(bench, waited, wang, noon, minutes=60)

    assert opened(bench, waited, wang, noon).mode == Mode.CONFIRMED.value
    with forbidden("papers_stay_as_submitted"):
        Application.objects.filter(uid=waited.application_uid).update(terms={})


def test_an_emergency_is_bounded_and_blocks_the_next_until_it_is_reviewed(
    bench: Bench, waited: Permit, wang: Person, li: Person, noon: datetime
) -> None:
    permit = waited
    use = emergency(bench, permit, wang, noon)
    assert (use.mode, use.impressions <= 10, use.closes_at <= noon + timedelta(hours=2)) == ("emergency", True, True)
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon)
    bench.machine.close("done", noon)
    with pytest.raises(OutOfTurn):
        actions.review(li, noon, use_uid=use.uid, is_right=True)  # it is not over yet
    actions.finish(wang, noon, use_uid=use.uid)
    bench.sync(noon)
    with pytest.raises(EmergencyUnreviewed):
        emergency(bench, permit, wang, noon)
    another = Device(pk=0)  # a machine that the seal was moved to
    assert (is_unreviewed(another, permit.seal_id), is_unreviewed(another, 0)) == (True, False)
    assert (emergencies_to_review(li, noon), emergencies_to_review(wang, noon)) == ([use], [])
    with pytest.raises(NotEntitled):
        actions.review(wang, noon, use_uid=use.uid, is_right=True)
    with forbidden("one_unreviewed_emergency_a_machine"):
        window = {"opens_at": noon, "closes_at": use.closes_at}
        MachineUse.objects.create(device=bench.device, turn_id=0, impressions=1, mode="emergency", **window)

    actions.review(li, noon, use_uid=use.uid, is_right=False)

    assert (Incident.objects.get().owner, recorded().count("machine.emergency")) == (li, 1)
    with pytest.raises(OutOfTurn):
        actions.review(li, noon, use_uid=use.uid, is_right=True)
    assert ask_opening(wang, noon, permit_uid=permit.uid, line_id=permit.lines.get().pk, is_emergency=True)


@pytest.mark.parametrize("minutes", [0, 60])
def test_what_a_lost_machine_could_still_stamp_is_bounded_and_on_record(
    bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime, minutes: int
) -> None:
    use = opened(bench, permit, wang, noon, minutes=minutes)
    bench.sync(noon)
    if not minutes:
        bench.machine.open(use.ticket, wang.pseudonym, noon)
        bench.stamp(noon)
        bench.sync(noon)
        actions.finish(wang, noon, use_uid=use.uid)  # the machine does not hear of it
    left = use.impressions - (0 if minutes else 1)
    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)

    assert exposure_of(bench.device, noon) == Exposure(1, left, use.closes_at)
    assert exposure_of(bench.device, use.closes_at) == Exposure(0, 0, None)
    fact = last_fact_about("device.lost", "company", bench.device.company.uid)
    assert fact is not None
    assert (fact.data["grants"], fact.data["impressions"]) == (1, left)


def emergency(bench: Bench, permit: Permit, operator: Person, at: datetime) -> MachineUse:
    uid, _ = actions.open_machine(
        operator,
        at,
        command_id=uuid4(),
        permit_uid=permit.uid,
        line_id=permit.lines.get().pk,
        minutes=0,
        signer=bench.signer,
        is_emergency=True,
    )
    return MachineUse.objects.get(uid=uid)
