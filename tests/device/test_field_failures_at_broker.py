"""What really goes wrong with seal machines in the field, at a real broker: what the product's tables say afterwards.

Each row is also done to the simulator alone (`test_field_failures.py`), and to seals in people's hands where it can be.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.device.signed import Frame, said_by_itself
from privyseal.devices import actions
from privyseal.devices.models import Device as Row
from privyseal.devices.models import DeviceEvent, DevicePicture, MachineUse
from privyseal.devices.rules import DeviceAct
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home
from tests.by_hand import line, watched
from tests.conftest import apply, permit_of, say_yes
from tests.device.brokers import attended, broker, enrolled, house_in, registered
from tests.device.test_real_gateway import _holds, _opened
from tests.device.test_simulator import Here


@pytest.fixture
def db(committed: str) -> str:
    return committed


@dataclass(frozen=True)
class Scene:
    """A machine at a broker, with its operator's use of six impressions, and another use that waits."""

    device: Device
    operator: Person
    keeper: Person
    use: MachineUse
    pending: MachineUse

    def do(self, words: str) -> str:
        return Here(self.device).do(words).how

    def press(self) -> bool:
        return self.device.press() is None

    def synced(self) -> MachineUse:
        """Tell everything, and return the use as the product knows it then."""
        assert self.device.exchange("console") is None
        return MachineUse.objects.select_related("turn").get(pk=self.use.pk)

    @property
    def row(self) -> Row:
        return Row.objects.get(serial=self.device.own.serial)

    def told(self, told: Told) -> list[DeviceEvent]:
        return [*self.row.events.filter(type=told.value).order_by("pk")]

    def has_raised(self, kind: AlarmKind) -> bool:
        return Alarm.objects.filter(kind=kind.value).exists()


@pytest.mark.failure("quota")
@pytest.mark.failure("wrong-task")
@pytest.mark.failure("reconnect")
@pytest.mark.failure("syncing")
@pytest.mark.failure("continuous")
@pytest.mark.failure("logouts")
@pytest.mark.failure("wrong-seal")
@pytest.mark.failure("stolen-impression")
@pytest.mark.failure("risk-flag")
@pytest.mark.failure("clock")
def test_what_goes_wrong_in_the_field_is_counted_right_or_raised_at_a_broker(
    *,
    tmp_path: Path,
    signer_folder: Path,
    signer: Client,
    db: str,
    company: Company,
    zhao: Person,
    gu: Person,
    wang: Person,
    li: Person,
    jian: Person,
    stamp: Seal,
    contract: str,
    permit: Permit,
    noon: datetime,
    folder: Path,
) -> None:
    again = apply(wang, noon, stamp, contract, lines=(line(stamp, contract, copies=1),), papers=watched(jian))
    say_yes(li, noon, again)
    with broker(tmp_path, signer_folder) as here:
        house = house_in(tmp_path, here.address)
        home = Home(folder)
        own = home.own(serial="FIELD-1", kind="desktop", slots=2)
        code = registered(zhao, company, "FIELD-1", kind=DeviceKind.DESKTOP)
        known = enrolled(own, code, house, signer)
        home.save_own(known)
        made = Device(home, known, lambda seal, number: f"{seal} {number}".encode(), lambda: datetime.now(UTC))
        with attended(house, signer, here.inside), closing(made) as device:
            _holds(device, stamp, gu, zhao, signer)
            use, pending = (_opened(one, wang, signer) for one in (permit, permit_of(again)))
            scene = Scene(device, wang, gu, use, pending)
            scene.synced()
            assert device.at_it(lambda one, at: one.open(use.ticket, wang.pseudonym, at)) is None
            for step in _STEPS:
                step(scene)


def _a_door_that_jams_takes_nothing_off_the_quota(scene: Scene) -> None:
    scene.do("jam 2")
    assert [scene.press() for _ in range(3)] == [False, False, True]
    use = scene.synced()
    assert (use.left, use.fired, use.turn.made) == (5, 1, 1)


def _no_other_pending_task_is_charged(scene: Scene) -> None:
    other = MachineUse.objects.select_related("turn").get(pk=scene.pending.pk)
    assert (other.left, other.fired, other.turn.made, other.is_open) == (2, 0, None, False)
    assert {event.ticket for event in scene.told(Told.FIRED)} == {scene.use.ticket}


def _both_count_alike_after_a_reconnect(scene: Scene) -> None:
    scene.do("network off")
    assert [scene.press() for _ in range(2)] == [True, True]
    scene.do("network on")
    use = scene.synced()
    assert scene.device.machine is not None
    assert (use.left, use.spent) == (3, scene.device.machine.kept.spent[use.ticket])


def _photographs_that_are_owed_are_known(scene: Scene) -> None:
    owed = DevicePicture.objects.filter(device=scene.row, use=scene.use, received_at=None)
    assert [*owed.order_by("impression").values_list("impression", flat=True)] == [3, 4, 5]  # two jammed before them


def _a_cut_leaves_the_session_open(scene: Scene) -> None:
    scene.do("cut")
    scene.do("power")
    assert scene.press()
    assert scene.synced().left == 2
    assert [len(scene.told(told)) for told in (Told.SESSION_OPENED, Told.SESSION_CLOSED)] == [1, 0]


def _the_session_says_by_which_policy_it_was_opened(scene: Scene) -> None:
    ticket = said_by_itself(scene.row.orders.get(ticket=scene.use.ticket).frame, Frame.TICKET)
    (opened,) = scene.told(Told.SESSION_OPENED)
    assert opened.said["said"]["policy"] == ticket["policy"]


def _a_door_that_is_open_without_an_impression_is_raised_with_its_time(scene: Scene) -> None:
    scene.do("door 1 open")
    scene.device.parts.change(clock=130)  # the next answer of the gateway sets it right
    scene.do("door 1 shut")
    scene.synced()
    assert int(str(scene.told(Told.DOOR_SHUT)[-1].said["said"]["seconds"])) >= 130
    assert scene.has_raised(AlarmKind.DOOR_HELD)


def _what_was_stamped_past_the_machine_is_raised(scene: Scene) -> None:
    assert not scene.has_raised(AlarmKind.EXCESS)
    scene.do("stamp")
    use = scene.synced()
    assert (use.fired, scene.row.counted) == (4, scene.device.parts.counter)
    assert scene.has_raised(AlarmKind.EXCESS)


def _a_wrong_seal_stamps_nothing_and_is_raised(scene: Scene) -> None:
    before = DevicePicture.objects.count()
    scene.do("mount 1 " + "0" * 32)
    assert not scene.press()
    assert scene.synced().fired == 4
    assert DevicePicture.objects.count() == before
    assert scene.has_raised(AlarmKind.WRONG_SEAL)


def _what_a_machine_lacks_and_when_it_was_heard_is_known(scene: Scene) -> None:
    scene.device.parts.change(clock=-600)
    for fault in ("disk 900", "battery 7"):
        scene.do(fault)
    actions.ask(scene.keeper, datetime.now(UTC), device_uid=scene.row.uid, act=DeviceAct.HEALTH)
    scene.do("sync")
    row, (full, *_) = scene.row, scene.told(Told.ALARM)[-2:]
    assert (row.health["battery"], row.health["free_kilobytes"]) == (7, 900)
    assert full.received_at - full.at > timedelta(minutes=9)


_STEPS: Final = (
    _a_door_that_jams_takes_nothing_off_the_quota,
    _no_other_pending_task_is_charged,
    _both_count_alike_after_a_reconnect,
    _photographs_that_are_owed_are_known,
    _a_cut_leaves_the_session_open,
    _the_session_says_by_which_policy_it_was_opened,
    _a_door_that_is_open_without_an_impression_is_raised_with_its_time,
    _what_was_stamped_past_the_machine_is_raised,
    _a_wrong_seal_stamps_nothing_and_is_raised,
    _what_a_machine_lacks_and_when_it_was_heard_is_known,
)
