"""What a cabinet tells late, of what it may not, or never: where the seal is said to be, and what opens no more."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.custody.models import Alarm
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Head, Told, payload
from privyseal.device.signed import Frame, signed
from privyseal.devices import actions
from privyseal.devices.actions.cabinets import ask_cabinet
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.models import CabinetOpening, Device, DeviceOrder
from privyseal.devices.rules import DeviceAct
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from tests.at_machine import KEY, Bench, benched, enrolled
from tests.conftest import recorded


@pytest.fixture
def cabinet(stamp: Seal, company: Company, zhao: Person, gu: Person, signer: Client, noon: datetime) -> Bench:
    return benched(stamp, company, zhao, gu, signer, noon, kind=DeviceKind.CABINET)


@pytest.fixture
def asked(cabinet: Bench, permit: Permit, wang: Person, noon: datetime) -> Permit:
    """A permit for which the seal is to come out of the cabinet."""
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    return permit


def let_out(cabinet: Bench, keeper: Person, permit: Permit, at: datetime, *, minutes: int = 0) -> CabinetOpening:
    said = {"command_id": uuid4(), "permit_uid": permit.uid, "minutes": minutes}
    uid, _ = actions.open_cabinet(keeper, at, **said, signer=cabinet.signer)  # type: ignore[arg-type]  # each is of its kind
    cabinet.sync(at)
    return CabinetOpening.objects.get(uid=uid)


def move(cabinet: Bench, keeper: Person, one: CabinetOpening, at: datetime, *, is_there: bool) -> None:
    """Let the keeper take the seal by a ticket, or put it back, while nobody hears the cabinet."""
    assert cabinet.machine.open(one.uid, keeper.pseudonym, at) is None
    seal = one.permit.seal.uid if is_there else ""
    cabinet.parts.seals = frozenset({seal} - {""})
    cabinet.machine.look({1: seal}, at)
    cabinet.machine.door_shut(1, at)


def alarms() -> list[str]:
    return sorted(Alarm.objects.values_list("kind", flat=True))


def test_what_went_out_in_time_and_is_told_late_is_out_missed_and_back(
    cabinet: Bench, asked: Permit, gu: Person, noon: datetime
) -> None:
    one = let_out(cabinet, gu, asked, noon)
    move(cabinet, gu, one, noon, is_there=False)
    over = one.closes_at
    actions.stop_uses(over)
    cabinet.sync(over)

    one.refresh_from_db()
    assert (one.taken_at, one.closed_at, alarms()) == (noon, over, [])
    for _ in range(2):
        actions.stop_uses(over)
    assert alarms() == ["not-returned"]
    move(cabinet, gu, one, over, is_there=True)
    cabinet.sync(over)
    one.refresh_from_db()
    assert (one.back_at, one.missed_at, alarms()) == (over, over, ["not-returned"])
    assert recorded().count("cabinet.taken") == recorded().count("cabinet.returned") == 1


@pytest.mark.parametrize("minutes", [0, 30])
@pytest.mark.parametrize("way", ["lost", "unmounted", "enrolled anew"])
def test_an_opening_ends_with_its_cabinet_and_its_slot(
    way: str, minutes: int, cabinet: Bench, asked: Permit, gu: Person, zhao: Person, noon: datetime
) -> None:
    one, device = let_out(cabinet, gu, asked, noon, minutes=minutes), cabinet.device

    def unmounted() -> None:
        mounting = actions.ask_mounting(gu, noon, device_uid=device.uid, slot=1)
        actions.decide_mounting(zhao, noon, mounting_uid=mounting, is_agreed=True)
        actions.mount_at_signer(noon, signer=cabinet.signer)

    ends: dict[str, Callable[[], object]] = {
        "lost": lambda: actions.end_device(zhao, noon, device_uid=device.uid, act=DeviceAct.LOSE),
        "unmounted": unmounted,
        "enrolled anew": lambda: enrolled(
            device, zhao, noon, cabinet.signer, key=ec.generate_private_key(ec.SECP256R1())
        ),
    }
    ends[way]()

    one.refresh_from_db()
    assert one.closed_at == noon
    assert not DeviceOrder.objects.filter(ticket=one.uid, withdrawn_at=None).exists()
    missed = ["not-returned"] if minutes else []  # whoever has a code may have used it, and nobody will hear of it
    assert alarms() == {"lost": ["lost"], "unmounted": [], "enrolled anew": missed}[way]
    actions.stop_uses(one.closes_at)
    assert CabinetOpening.objects.filter(closed_at=noon).count() == 1
    if way == "enrolled anew":
        said = {"command_id": uuid4(), "permit_uid": asked.uid, "minutes": 30}
        assert actions.open_cabinet(gu, noon, **said, signer=cabinet.signer)[1]  # type: ignore[arg-type]  # as above


def test_what_nobody_allowed_yet_lets_nothing_out(cabinet: Bench, asked: Permit, gu: Person, noon: datetime) -> None:
    uid = ask_cabinet(gu, noon, permit_uid=asked.uid)
    device = Device.objects.get(pk=cabinet.device.pk)
    head, said = Head(device.known, device.head), dict[str, Json](slot=1, seal=asked.seal.uid)
    event = head.next(device.serial, Told.SEAL_TAKEN.value, noon, ticket=uid, said=said)
    frame = signed(Frame.EVENTS, payload(device.serial, [event]), KEY)
    actions.keep_events(GATEWAY, noon, serial=device.serial, frame=frame)

    assert (CabinetOpening.objects.get().taken_at, alarms()) == (None, ["no-permit"])
