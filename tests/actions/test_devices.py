"""Machines: registered by managers, enrolled by a code, heard by their key alone, and stopped by anybody near them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.approvals import actions as approvals
from privyseal.config.backup import proving
from privyseal.device import enrolment, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Again, Asked, DeviceKind, DeviceUnknown
from privyseal.device.events import ChainBroken, Event, EventsMissing, Head, payload
from privyseal.device.hello import Hello
from privyseal.device.orders import Request
from privyseal.device.parts import Identity
from privyseal.device.signed import Frame, FrameForged, FrameKey, signed
from privyseal.device.watched import Alarm, Watched
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.actions.mounting import keep_mounting
from privyseal.devices.hearing import lacking
from privyseal.devices.models import Device, DeviceOrder, DeviceSlot, Mounting, Unlocking
from privyseal.devices.mounted import in_machines
from privyseal.devices.queries import devices_visible_to
from privyseal.devices.rules import (
    Because,
    DeviceAct,
    DeviceDiffers,
    DeviceRevoked,
    DeviceState,
    EnrolmentRefused,
    SealInMachine,
    SerialTaken,
)
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import facts_beyond, last_fact_about
from privyseal.seals import actions as seals
from privyseal.seals.models import Seal
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.replaying import Moved
from tests.actions.keepers import forbidden
from tests.at_machine import Bench
from tests.conftest import permit_of, recorded, say_yes
from tests.device.test_machine import Parts

KEY, AGREEMENT, HOUSE, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
OURS: Final = FrameKey.of(HOUSE.public_key())


@pytest.fixture
def serial() -> str:
    """Return a number that the signer of the session does not know yet."""
    return f"D-{uuid4().hex[:12].upper()}"


@pytest.fixture
def device(serial: str, company: Company, zhao: Person, noon: datetime) -> Device:
    uid = actions.register(
        zhao, noon, company_uid=company.uid, kind=DeviceKind.HANDHELD, serial=serial.lower(), name="三楼前台", slots=1
    )
    return Device.objects.get(uid=uid)


@pytest.fixture
def code(device: Device, zhao: Person, noon: datetime) -> str:
    made = enrolment.new_code()
    actions.give_code(zhao, noon, device_uid=device.uid, secret=enrolment.secret_of(made).hex())
    return made


@pytest.fixture
def enrolled(serial: str, code: str, device: Device, signer: Client, noon: datetime) -> enrolment.Enrolled:
    text, _ = _enrol(noon, _asked(serial, code, noon), signer)
    device.refresh_from_db()
    return enrolment.enrolled(text)


def _asked(serial: str, code: str, at: datetime, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    mine, agreement = FrameKey.of(key.public_key()), FrameKey.of(AGREEMENT.public_key())
    bare = Asked(serial, DeviceKind.HANDHELD, 1, "K6", "1.0", mine, agreement, at)
    said = replace(bare, proof=bare.proved(enrolment.secret_of(code)))
    return signed(Frame.ENROLMENT, said.to_json(), key)


def _enrol(at: datetime, frame: str, signer: Client) -> tuple[str, str]:
    return actions.enrol(at, frame=frame, gateway=OURS, broker="", signer=signer)


def _told(*chain: Event, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    return signed(Frame.EVENTS, payload(chain[0].device, chain), key)


def _chain(serial: str, at: datetime, *types: str) -> list[Event]:
    head, found = Head(), []
    for number, told in enumerate(types):
        event = head.next(serial, told, at, said={"counter": number, "of_tomorrow": {"x": 1}})
        found.append(event)
        head = Head.after(event)
    return found


def _hello(serial: str, at: datetime, *, requests: int = 0, known: int = 9) -> str:
    said = Hello(serial, at, known, 0, requests, ())
    return signed(Frame.HELLO, said.to_json(), KEY)


def test_a_manager_registers_a_machine_once(
    serial: str, device: Device, company: Company, zhao: Person, noon: datetime
) -> None:
    assert (device.serial, device.state, recorded()[-1]) == (serial, DeviceState.REGISTERED, "device.registered")
    with pytest.raises(SerialTaken):
        actions.register(
            zhao, noon, company_uid=company.uid, kind=DeviceKind.DESKTOP, serial=serial, name="另一台", slots=6
        )


def test_nobody_else_registers_one_or_sees_it(
    serial: str, device: Device, company: Company, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.register(
            wang, noon, company_uid=company.uid, kind=DeviceKind.DESKTOP, serial="D-1", name="台式机", slots=6
        )
    assert [list(devices_visible_to(person, noon)) for person in (wang, li)] == [[], []]


def test_a_machine_that_knows_its_code_is_told_who_it_is_and_the_same_again(
    serial: str, code: str, device: Device, signer: Client, noon: datetime
) -> None:
    frame = _asked(serial, code, noon)
    (first, proof), (again, _) = _enrol(noon, frame, signer), _enrol(noon, frame, signer)

    assert proof == enrolment.answered(enrolment.secret_of(code), serial, first)
    assert [enrolment.enrolled(text).epoch for text in (first, again)] == [1, 1]
    device.refresh_from_db()
    assert (device.state, device.model, recorded().count("device.enrolled")) == (DeviceState.IN_SERVICE, "K6", 2)
    assert [asked.type for asked in device.requests.all()] == [Request.HEALTH.value]


def test_a_code_is_for_one_machine_its_hour_and_five_mistakes(
    serial: str, code: str, device: Device, signer: Client, noon: datetime
) -> None:
    late = noon + timedelta(hours=1)
    for at, frame in (
        (late, _asked(serial, code, noon)),
        (noon, _asked("D-0010", code, noon)),
        *((noon, _asked(serial, "0" * 20, noon)) for _ in range(5)),
        (noon, _asked(serial, code, noon)),
    ):
        with pytest.raises(EnrolmentRefused):
            _enrol(at, frame, signer)

    device.refresh_from_db()
    assert device.state is DeviceState.REGISTERED


def test_a_code_that_was_spent_enrols_no_other_keys(
    serial: str, code: str, enrolled: enrolment.Enrolled, signer: Client, noon: datetime
) -> None:
    with pytest.raises(EnrolmentRefused):
        _enrol(noon, _asked(serial, code, noon, key=OTHER), signer)


def test_a_renewal_is_by_the_key_in_force(
    serial: str, enrolled: enrolment.Enrolled, signer: Client, noon: datetime
) -> None:
    said = Again(serial, FrameKey.of(OTHER.public_key()), FrameKey.of(AGREEMENT.public_key()), noon).to_json()

    with pytest.raises(FrameForged):
        actions.renew(noon, frame=signed(Frame.RENEWAL, said, OTHER), gateway=OURS, broker="", signer=signer)
    text = actions.renew(noon, frame=signed(Frame.RENEWAL, said, KEY), gateway=OURS, broker="", signer=signer)

    assert enrolment.again_enrolled(text, enrolled.signer).epoch == 1
    (event,) = _chain(serial, noon, "started")
    assert actions.take_events(GATEWAY, noon, serial=serial, frame=_told(event, key=OTHER)).number == 1


def test_the_old_key_holds_until_the_new_one_is_heard_and_a_day_at_most(
    serial: str, enrolled: enrolment.Enrolled, device: Device, signer: Client, noon: datetime
) -> None:
    said = Again(serial, FrameKey.of(OTHER.public_key()), FrameKey.of(AGREEMENT.public_key()), noon).to_json()
    ask, chain = signed(Frame.RENEWAL, said, KEY), _chain(serial, noon, "started", "hatched", "health")
    over = noon + timedelta(days=1)
    for _ in range(2):  # the first answer is lost
        text = actions.renew(noon, frame=ask, gateway=OURS, broker="", signer=signer)
    assert enrolment.again_enrolled(text, enrolled.signer).epoch == 1

    actions.take_events(GATEWAY, over - timedelta(seconds=1), serial=serial, frame=_told(chain[0]))
    with pytest.raises(FrameForged):
        actions.take_events(GATEWAY, over, serial=serial, frame=_told(*chain[:2]))
    actions.take_events(GATEWAY, noon, serial=serial, frame=_told(*chain[:2], key=OTHER))
    with pytest.raises(FrameForged):
        actions.take_events(GATEWAY, noon, serial=serial, frame=_told(*chain))
    with pytest.raises(FrameForged):
        actions.renew(noon, frame=ask, gateway=OURS, broker="", signer=signer)


def test_what_a_machine_tells_is_kept_once_and_whole(
    serial: str, enrolled: enrolment.Enrolled, device: Device, noon: datetime
) -> None:
    chain = _chain(serial, noon, "started", "hatched", "health")
    for frame in (_told(*chain[:2]), _told(*chain[:2]), _told(*chain)):
        kept = actions.take_events(GATEWAY, noon, serial=serial, frame=frame)

    assert (kept.number, kept.digest) == (3, chain[-1].digest)
    assert [event.said for event in device.events.order_by("number")] == [event.to_json() for event in chain]
    device.refresh_from_db()
    assert (device.counter, device.health["counter"]) == (2, 2)
    assert recorded().count("device.told") == 2


def test_what_alarms_is_on_record_for_those_who_are_told_at_once(
    serial: str, enrolled: enrolment.Enrolled, device: Device, noon: datetime
) -> None:
    chain = _chain(serial, noon, "started", "excess", "wrong-seal", "alarm", "fired")
    for _ in range(2):
        actions.take_events(GATEWAY, noon, serial=serial, frame=_told(*chain))

    assert recorded()[-4:] == ["device.alarmed"] * 3 + ["device.told"]
    fact = last_fact_about("device.alarmed", "company", device.company.uid)
    assert fact is not None
    assert (fact.data["of"], fact.data["number"]) == ("alarm", 4)


def test_a_gap_another_story_and_another_key_change_nothing(
    serial: str, enrolled: enrolment.Enrolled, device: Device, noon: datetime
) -> None:
    chain, other = _chain(serial, noon, "started", "health", "found"), _chain(serial, noon, "started", "locked")
    actions.take_events(GATEWAY, noon, serial=serial, frame=_told(*chain[:1]))

    for frame, refusal in (
        (_told(chain[2]), EventsMissing),
        (_told(replace(other[1], previous="1" * 64)), ChainBroken),
        (_told(chain[1], key=OTHER), FrameForged),
    ):
        with pytest.raises(refusal):
            actions.take_events(GATEWAY, noon, serial=serial, frame=frame)

    assert device.events.count() == 1
    with pytest.raises(DeviceUnknown):
        actions.take_events(GATEWAY, noon, serial="D-0010", frame=_told(chain[1]))


def test_whoever_is_near_a_machine_locks_it_and_it_does_so_once(
    serial: str, enrolled: enrolment.Enrolled, device: Device, gu: Person, noon: datetime
) -> None:
    number = actions.ask(gu, noon, device_uid=device.uid, act=DeviceAct.LOCK)
    more = actions.ask(gu, noon, device_uid=device.uid, act=DeviceAct.FIND)

    _, said = actions.hear(noon, serial=serial, frame=_hello(serial, noon))
    assert [(one.number, one.type) for one in lacking(device, said, noon).requests] == [
        (number - 1, Request.HEALTH),
        (number, Request.LOCK),
        (more, Request.FIND),
    ]
    _, said = actions.hear(noon, serial=serial, frame=_hello(serial, noon, requests=more))
    assert lacking(device, said, noon).is_nothing
    _, said = actions.hear(noon, serial=serial, frame=_hello(serial, noon - timedelta(minutes=2), requests=more))
    assert lacking(device, said, noon).is_clock_wrong


@pytest.mark.usefixtures("enrolled")
def test_whoever_carried_a_hello_late_keeps_no_machine_in_sight_and_blames_no_clock(
    serial: str, device: Device, noon: datetime
) -> None:
    late = noon + timedelta(hours=5)
    for minutes in (0, 40, 20):
        actions.hear(late, serial=serial, frame=_hello(serial, noon + timedelta(minutes=minutes)), is_carried=True)

    device.refresh_from_db()
    assert (device.seen_at, device.clock_behind) == (noon + timedelta(minutes=40), 0)
    actions.hear(late, serial=serial, frame=_hello(serial, noon))
    device.refresh_from_db()
    assert (device.seen_at, device.clock_behind) == (noon + timedelta(minutes=40), 5 * 3_600)


def test_nobody_else_asks_a_machine_for_anything(
    enrolled: enrolment.Enrolled, device: Device, wang: Person, gu: Person, noon: datetime
) -> None:
    for person, act in ((wang, DeviceAct.LOCK), (gu, DeviceAct.CODE), (gu, DeviceAct.RETIRE)):
        with pytest.raises(NotEntitled):
            _do(person, noon, device, act)
    assert device.requests.count() == 1


def test_a_lost_machine_is_locked_if_it_can_be_reached_and_opens_nothing_any_more(
    serial: str, enrolled: enrolment.Enrolled, device: Device, gu: Person, signer: Client, noon: datetime
) -> None:
    actions.end_device(gu, noon, device_uid=device.uid, act=DeviceAct.LOSE)
    assert [actions.stop_at_signer(noon, signer=signer) for _ in range(2)] == [1, 0]

    gone, said = actions.hear(noon, serial=serial, frame=_hello(serial, noon))
    (lock,) = lacking(gone, said, noon).requests
    machine = _machine(serial, enrolled, noon)
    machine.take(signed(Frame.REQUEST, lock.to_json(), HOUSE), noon)
    assert machine.kept.is_locked
    with pytest.raises(DeviceRevoked):
        lacking(gone, replace(said, requests=lock.number), noon)
    with pytest.raises(DeviceRevoked):
        actions.take_events(GATEWAY, noon, serial=serial, frame=_told(*_chain(serial, noon, "started")))
    with pytest.raises(DeviceUnknown):
        signer.close_device(serial, "0" * 12)
    with pytest.raises(OutOfTurn):
        actions.ask(gu, noon, device_uid=device.uid, act=DeviceAct.FIND)
    assert recorded()[-1] == "device.ask.refused"


def test_the_database_keeps_who_a_machine_is_and_how_it_ended(device: Device) -> None:
    with forbidden("ended_device_says_how_and_by_whom"):
        Device.objects.filter(pk=device.pk).update(ending="lost")
    with forbidden("enrolled_device_has_a_key"):
        Device.objects.filter(pk=device.pk).update(epoch=1)


@pytest.fixture
def seal(stamp: Seal, enrolled: enrolment.Enrolled) -> Seal:
    """A rubber seal of the company of a machine that is in service."""
    return stamp


def test_a_seal_is_mounted_once_another_agrees_and_the_machine_believes_the_signer(
    serial: str, seal: Seal, enrolled: enrolment.Enrolled, device: Device, zhao: Person, gu: Person,
    signer: Client, noon: datetime,
) -> None:  # fmt: skip
    asked = actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1, seal_uid=seal.uid)
    assert actions.mount_at_signer(noon, signer=signer) == 0
    with pytest.raises(DutiesNotSeparate):
        actions.decide_mounting(gu, noon, mounting_uid=asked, is_agreed=True)
    actions.decide_mounting(zhao, noon, mounting_uid=asked, is_agreed=True)
    assert [actions.mount_at_signer(noon, signer=signer) for _ in range(2)] == [1, 0]

    _, said = actions.hear(noon, serial=serial, frame=_hello(serial, noon))
    (order,) = lacking(device, said, noon).frames
    machine = _machine(serial, enrolled, noon)
    machine.take(order, noon)
    assert machine.kept.mounted == {"1": seal.uid}
    assert [(place.number, place.seal) for place in device.places.all()] == [(1, seal)]
    assert recorded()[-1] == "device.mounted"


def test_a_slot_holds_one_seal_and_gives_it_back_by_two_peoples_word(
    seal: Seal, device: Device, zhao: Person, gu: Person, wang: Person, signer: Client, noon: datetime
) -> None:
    for uid in (seal.uid, ""):
        asked = actions.ask_mounting(zhao, noon, device_uid=device.uid, slot=1, seal_uid=uid)
        with pytest.raises(OutOfTurn):
            actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1, seal_uid=uid)
        with pytest.raises(NotEntitled):
            actions.decide_mounting(wang, noon, mounting_uid=asked, is_agreed=True)
        actions.decide_mounting(gu, noon, mounting_uid=asked, is_agreed=True)
        assert actions.mount_at_signer(noon, signer=signer) == 1
        told = Moved(asked, device.serial, 1, uid)
        assert proving.moved(facts_beyond(0, proving.MOVED))[-1] == told  # a restored key is told so
        if uid:
            with pytest.raises(SealInMachine):
                actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1, seal_uid=uid)

    assert not device.places.exists()
    with pytest.raises(OutOfTurn):
        actions.ask_mounting(zhao, noon, device_uid=device.uid, slot=1)
    with pytest.raises(DeviceDiffers):
        actions.ask_mounting(zhao, noon, device_uid=device.uid, slot=2, seal_uid=seal.uid)


def test_a_seal_found_in_a_lost_machine_is_freed_by_two_and_goes_into_another(
    bench: Bench, seal: Seal, device: Device, zhao: Person, gu: Person, wang: Person, noon: datetime
) -> None:
    lost, signer = bench.device, bench.signer
    actions.end_device(gu, noon, device_uid=lost.uid, act=DeviceAct.LOSE)
    with pytest.raises(SealInMachine):
        actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1, seal_uid=seal.uid)
    with pytest.raises(OutOfTurn):
        actions.ask_mounting(gu, noon, device_uid=lost.uid, slot=1, seal_uid=seal.uid)
    asked = actions.ask_mounting(gu, noon, device_uid=lost.uid, slot=1)
    for person, refused in ((gu, DutiesNotSeparate), (wang, NotEntitled)):
        with pytest.raises(refused):
            actions.decide_mounting(person, noon, mounting_uid=asked, is_agreed=True)
    actions.decide_mounting(zhao, noon, mounting_uid=asked, is_agreed=True)
    assert (actions.mount_at_signer(noon, signer=signer), lost.places.count()) == (0, 1)
    actions.stop_at_signer(noon, signer=signer)
    assert [actions.mount_at_signer(noon, signer=signer) for _ in range(2)] == [1, 0]
    assert (lost.places.count(), recorded()[-1]) == (0, "device.unmounted")

    again = actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1, seal_uid=seal.uid)
    actions.decide_mounting(zhao, noon, mounting_uid=again, is_agreed=True)
    assert actions.mount_at_signer(noon, signer=signer) == 1
    assert device.places.get().seal == seal


def test_what_the_key_does_not_mount_is_over_and_on_record_and_may_be_asked_for_anew(
    bench: Bench, seal: Seal, device: Device, zhao: Person, gu: Person, noon: datetime
) -> None:
    signer = bench.signer
    DeviceSlot.objects.all().delete()  # the key knows better: another machine holds it
    _agree_to_mount(gu, zhao, noon, device, seal)
    assert [actions.mount_at_signer(noon, signer=signer) for _ in range(2)] == [0, 0]
    assert (in_machines([seal.pk]), recorded()[-1]) == (set(), "device.mounting-refused")
    with forbidden("refused_mounting_is_agreed_to_no_more"):
        Mounting.objects.filter(refused__isnull=False).update(is_agreed=True)

    _agree_to_mount(gu, zhao, noon, device, seal)
    actions.end_device(gu, noon, device_uid=device.uid, act=DeviceAct.LOSE)
    keep_mounting(GATEWAY, noon, mounting_uid=device.mountings.latest("pk").uid, frame="ordered before it was lost")
    assert (actions.mount_at_signer(noon, signer=signer), device.places.exists()) == (0, False)
    assert in_machines([seal.pk]) == {seal.pk}  # until the signer makes nothing more for it
    actions.stop_at_signer(noon, signer=signer)
    assert actions.mount_at_signer(noon, signer=signer) == 0
    assert in_machines([seal.pk]) == set()
    assert [one.refused for one in device.mountings.order_by("pk")] == ["seal-in-two-devices", "device-unknown"]
    assert recorded().count("device.mounting-refused") == 2


def _agree_to_mount(keeper: Person, manager: Person, at: datetime, device: Device, seal: Seal) -> None:
    asked = actions.ask_mounting(keeper, at, device_uid=device.uid, slot=1, seal_uid=seal.uid)
    actions.decide_mounting(manager, at, mounting_uid=asked, is_agreed=True)
    assert in_machines([seal.pk]) == {seal.pk}


def test_the_key_is_told_that_a_rubber_seal_of_a_machine_rests_and_wakes_it_by_approval_alone(
    seal: Seal, device: Device, zhao: Person, gu: Person, li: Person, signer: Client, noon: datetime, tmp_path: Path
) -> None:
    nobody = Client(tmp_path / "nobody.sock")
    _agree_to_mount(zhao, gu, noon, device, seal)
    assert actions.mount_at_signer(noon, signer=signer) == 1
    seals.suspend(zhao, noon, seal_uid=seal.uid, reason="盘点", signer=nobody)
    uid = approvals.apply_to_resume(zhao, noon, seal_uid=seal.uid, reason="盘点完毕")
    say_yes(li, noon, uid)
    with pytest.raises(OutOfTurn):  # the key has not heard yet: what it would say to a waking is no answer
        seals.carry_out(zhao, noon, permit_uid=permit_of(uid).uid, signer=signer)
    assert [seals.tell_signer(noon, signer=signer) for _ in range(2)] == [1, 0]
    assert recorded()[-1] == "seal.suspended-at-signer"

    with pytest.raises(SignerUnavailable):
        seals.carry_out(zhao, noon, permit_uid=permit_of(uid).uid, signer=nobody)
    seal.refresh_from_db()
    assert (seal.state, seal.signer_state) == ("suspended", "suspended")
    assert [seals.finish_open_acts(noon, signer=signer) for _ in range(2)] == [1, 0]
    seal.refresh_from_db()
    assert (seal.state, seal.signer_state) == ("active", "active")


def test_what_is_dropped_is_not_done_and_nobody_agrees_with_themselves_in_the_database(
    seal: Seal, device: Device, zhao: Person, signer: Client, noon: datetime
) -> None:
    asked = actions.ask_mounting(zhao, noon, device_uid=device.uid, slot=1, seal_uid=seal.uid)
    with forbidden("nobody_agrees_to_own_mounting"):
        Mounting.objects.filter(uid=asked).update(decided_by=zhao, decided_at=noon, is_agreed=True)
    actions.decide_mounting(zhao, noon, mounting_uid=asked, is_agreed=False)

    assert actions.mount_at_signer(noon, signer=signer) == 0
    assert recorded()[-1] == "device.mounting-dropped"
    assert actions.ask_mounting(zhao, noon, device_uid=device.uid, slot=1, seal_uid=seal.uid) != asked


def _do(person: Person, at: datetime, device: Device, act: DeviceAct) -> None:
    if act is DeviceAct.CODE:
        actions.give_code(person, at, device_uid=device.uid, secret="0" * 64)
    elif act is DeviceAct.RETIRE:
        actions.end_device(person, at, device_uid=device.uid, act=act)
    else:
        actions.ask(person, at, device_uid=device.uid, act=act)


def _machine(serial: str, told: enrolment.Enrolled, at: datetime) -> Watched:
    parts, key = Parts(), wrapping.unwrapped(told.code_key, AGREEMENT)
    identity = Identity(serial, KEY, told.signer, told.gateway, Holder(serial, "", told.epoch), key)
    return Watched(identity, parts, parts.save, at=at)


@pytest.fixture
def locked(serial: str, enrolled: enrolment.Enrolled, device: Device, noon: datetime) -> Watched:
    """The machine, locked by somebody who was at its case, as it told."""
    machine = _machine(serial, enrolled, noon)
    machine.alarm(Alarm.TAMPER, noon)
    _hear_out(machine, serial, noon)
    return machine


def _hear_out(machine: Watched, serial: str, at: datetime) -> None:
    told = machine.told()
    if told is not None:
        actions.take_events(GATEWAY, at, serial=serial, frame=told)


def test_a_machine_is_unlocked_once_another_agrees_and_by_the_signers_order(
    serial: str, locked: Watched, device: Device, zhao: Person, gu: Person, wang: Person, signer: Client, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.ask_unlocking(wang, noon, device_uid=device.uid, because=Because.LOOKED_AT)
    asked = actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.LOOKED_AT)
    for again, refusal in ((gu, DutiesNotSeparate), (wang, NotEntitled)):
        with pytest.raises(refusal):
            actions.decide_unlocking(again, noon, unlocking_uid=asked, is_agreed=True)
    with pytest.raises(OutOfTurn):
        actions.ask_unlocking(zhao, noon, device_uid=device.uid, because=Because.MISTAKEN)
    assert actions.unlock_at_signer(noon, signer=signer) == 0
    actions.decide_unlocking(zhao, noon, unlocking_uid=asked, is_agreed=True)
    assert [actions.unlock_at_signer(noon, signer=signer) for _ in range(2)] == [1, 0]
    assert recorded()[-2:] == ["device.unlocking-agreed", "device.unlocking-ordered"]

    locked.take(DeviceOrder.objects.get(device=device).frame, noon)
    _hear_out(locked, serial, noon)

    device.refresh_from_db()
    assert (locked.kept.is_locked, device.is_locked) == (False, False)
    with pytest.raises(OutOfTurn):
        actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.MISTAKEN)


def test_what_the_key_does_not_unlock_is_on_record_once_and_asked_for_anew(
    locked: Watched, device: Device, zhao: Person, gu: Person, signer: Client, noon: datetime
) -> None:
    asked = actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.LOOKED_AT)
    actions.decide_unlocking(zhao, noon, unlocking_uid=asked, is_agreed=True)
    # It says something else than what was agreed to.
    Unlocking.objects.filter(uid=asked).update(known=9)

    assert [actions.unlock_at_signer(noon, signer=signer) for _ in range(2)] == [0, 0]
    assert recorded()[-2:] == ["device.unlocking-agreed", "device.unlocking-refused"]
    assert locked.kept.is_locked
    assert actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.LOOKED_AT) != asked


def test_what_locked_it_after_somebody_asked_keeps_it_locked(
    serial: str, locked: Watched, device: Device, zhao: Person, gu: Person, signer: Client, noon: datetime
) -> None:
    asked = actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.LOOKED_AT)
    locked.alarm(Alarm.TAMPER, noon)
    kept, head = locked.kept.unsent, locked.kept.head
    _hear_out(locked, serial, noon)
    with pytest.raises(OutOfTurn):
        actions.decide_unlocking(zhao, noon, unlocking_uid=asked, is_agreed=True)
    assert (len(kept), head.number) == (3, 3)

    # Agreed to before the gateway heard of it: the order comes too late for the machine itself.
    Unlocking.objects.filter(uid=asked).update(decided_by=zhao, decided_at=noon, is_agreed=True)
    assert actions.unlock_at_signer(noon, signer=signer) == 1
    locked.take(DeviceOrder.objects.get(device=device).frame, noon)
    assert locked.kept.is_locked


def test_the_database_keeps_that_nobody_agrees_to_their_own_unlocking(
    locked: Watched, device: Device, gu: Person, noon: datetime
) -> None:
    asked = actions.ask_unlocking(gu, noon, device_uid=device.uid, because=Because.REPAIRED)
    with forbidden("nobody_agrees_to_own_unlocking"):
        Unlocking.objects.filter(uid=asked).update(decided_by=gu, decided_at=noon, is_agreed=True)
    with forbidden("unlocking_says_why"):
        Unlocking.objects.filter(uid=asked).update(because="")
    actions.decide_unlocking(gu, noon, unlocking_uid=asked, is_agreed=False)
    assert recorded()[-1] == "device.unlocking-dropped"


def test_a_machine_has_a_keeper_and_a_group_that_is_locked_at_once(
    enrolled: enrolment.Enrolled, device: Device, zhao: Person, gu: Person, wang: Person, noon: datetime
) -> None:
    for person, refusal in ((gu, NotEntitled), (wang, NotEntitled)):
        with pytest.raises(refusal):
            actions.place_device(person, noon, device_uid=device.uid, group="三楼")
    with pytest.raises(NotFound):
        actions.place_device(zhao, noon, device_uid=device.uid, keeper_uid=wang.pseudonym)
    with pytest.raises(NotFound):
        actions.lock_group(gu, noon, device_uid=device.uid)
    actions.place_device(zhao, noon, device_uid=device.uid, keeper_uid=gu.pseudonym, group=" 三楼 ")

    assert actions.lock_group(gu, noon, device_uid=device.uid) == 1
    device.refresh_from_db()
    assert (device.keeper, device.group, device.requests.latest("number").type) == (gu, "三楼", "lock")
    assert recorded()[-1] == "device.group-asked"
