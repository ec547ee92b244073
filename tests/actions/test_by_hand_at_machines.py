"""A seal that a machine stamps with is used there, or taken out by two: until then it comes into nobody's hand."""

from datetime import datetime
from uuid import uuid4

import pytest

from privyseal.custody import actions as custody
from privyseal.custody.models import HandUse
from privyseal.custody.rules import Ending, Hand, SealIsOut
from privyseal.device.enrolment import DeviceKind
from privyseal.devices import actions
from privyseal.devices.models import Device, Mounting
from privyseal.devices.rules import DeviceAct, OnlyAtMachine, SealInMachine
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Permit, Seal
from tests.actions.keepers import forbidden
from tests.at_machine import Bench
from tests.conftest import recorded


@pytest.fixture
def seal(bench: Bench, stamp: Seal) -> Seal:
    """The seal that is in the machine."""
    return stamp


def _asked(bench: Bench, gu: Person, at: datetime, seal: Seal | None) -> str:
    uid = seal.uid if seal else ""
    return actions.ask_mounting(gu, at, device_uid=bench.device.uid, slot=1, seal_uid=uid)


def _moved(bench: Bench, gu: Person, zhao: Person, at: datetime, seal: Seal | None) -> None:
    """Have the seal put into its machine, or out of it."""
    actions.decide_mounting(zhao, at, mounting_uid=_asked(bench, gu, at, seal), is_agreed=True)
    assert actions.mount_at_signer(at, signer=bench.signer) == 1


@pytest.mark.invariant("T15", column="database")
def test_a_seal_that_a_machine_stamps_with_is_asked_for_and_given_out_by_nobody(
    bench: Bench, seal: Seal, permit: Permit, wang: Person, gu: Person, jian: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(OnlyAtMachine):
        actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    assert (HandUse.objects.count(), recorded()[-1]) == (0, "hand.ask.refused")
    with forbidden("nothing_by_hand_from_a_machine"):
        custody.begin_use.within(wang, noon, permit_uid=permit.uid)

    _moved(bench, gu, zhao, noon, None)
    command = uuid4()
    use, again = (actions.begin_by_hand.once(command, wang, noon, permit_uid=permit.uid) for _ in range(2))
    assert (use, recorded().count("hand.asked")) == (again, 1)
    actions.decide_mounting(zhao, noon, mounting_uid=_asked(bench, gu, noon, seal), is_agreed=True)
    for is_done in (False, True):  # agreed to, then in it
        if is_done:
            assert actions.mount_at_signer(noon, signer=bench.signer) == 1
        for person, hand in ((gu, Hand.KEEPER), (jian, Hand.SUPERVISOR)):
            with pytest.raises(OnlyAtMachine):
                actions.confirm_by_hand(person, noon, use_uid=use, hand=hand)
        for said in ({"keeper": gu, "keeper_at": noon}, {"supervisor": jian, "supervisor_at": noon}):
            with forbidden("nothing_by_hand_from_a_machine"):
                HandUse.objects.update(**said)

    _moved(bench, gu, zhao, noon, None)
    for person, hand in ((gu, Hand.KEEPER), (jian, Hand.SUPERVISOR)):
        actions.confirm_by_hand(person, noon, use_uid=use, hand=hand)
    assert recorded()[-2:] == ["hand.confirmed", "hand.confirmed"]


@pytest.mark.invariant("T15", column="database")
def test_a_seal_in_somebodys_hand_goes_into_no_machine_before_it_is_back(
    bench: Bench, seal: Seal, permit: Permit, wang: Person, gu: Person, jian: Person, zhao: Person, noon: datetime
) -> None:
    _moved(bench, gu, zhao, noon, None)
    uid = _asked(bench, gu, noon, seal)
    use = actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    actions.confirm_by_hand(gu, noon, use_uid=use, hand=Hand.KEEPER)

    with pytest.raises(SealIsOut):
        actions.decide_mounting(zhao, noon, mounting_uid=uid, is_agreed=True)
    with forbidden("no_seal_in_a_hand_goes_into_a_machine"):
        Mounting.objects.filter(uid=uid).update(decided_by=zhao, decided_at=noon, is_agreed=True)

    actions.confirm_by_hand(jian, noon, use_uid=use, hand=Hand.SUPERVISOR)
    custody.end_use(wang, noon, use_uid=use, ending=Ending.PAUSE)
    custody.put_back(gu, noon, use_uid=use, place="3号柜 B12")
    actions.decide_mounting(zhao, noon, mounting_uid=uid, is_agreed=True)
    assert recorded()[-1] == "device.mounting-agreed"


def test_out_of_a_cabinet_a_seal_is_taken_into_the_hand_and_out_of_a_lost_machine_it_is_freed_first(
    bench: Bench, seal: Seal, permit: Permit, wang: Person, gu: Person, zhao: Person, noon: datetime
) -> None:
    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)
    with pytest.raises(OnlyAtMachine):
        actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    with pytest.raises(NotFound):
        actions.begin_by_hand(wang, noon, permit_uid="0" * 64)
    with pytest.raises(NotFound):
        actions.confirm_by_hand(gu, noon, use_uid="0", hand=Hand.KEEPER)

    Device.objects.update(kind=DeviceKind.CABINET)
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    assert recorded()[-1] == "hand.asked"


def test_a_seal_that_is_agreed_to_go_into_one_machine_goes_into_no_other(
    bench: Bench, seal: Seal, gu: Person, zhao: Person, noon: datetime
) -> None:
    _moved(bench, gu, zhao, noon, None)
    other = Device.objects.get()
    other.pk, other.uid, other.serial = None, uuid4().hex, "M-OTHER"
    other.save(force_insert=True)
    second = actions.ask_mounting(gu, noon, device_uid=other.uid, slot=1, seal_uid=seal.uid)
    actions.decide_mounting(zhao, noon, mounting_uid=_asked(bench, gu, noon, seal), is_agreed=True)

    with pytest.raises(SealInMachine):
        actions.decide_mounting(zhao, noon, mounting_uid=second, is_agreed=True)
    with forbidden("one_agreed_mounting_a_seal"):
        Mounting.objects.filter(uid=second).update(decided_by=zhao, decided_at=noon, is_agreed=True)
