"""The receipt of a cabinet's code is held against its events, also where these come late, differ or leave it out."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.enrolment import DeviceKind
from privyseal.device.keypad import Entered
from privyseal.devices import actions
from privyseal.devices.models import CabinetOpening
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from tests.at_machine import Bench, benched


@pytest.fixture
def cabinet(stamp: Seal, company: Company, zhao: Person, gu: Person, signer: Client, noon: datetime) -> Bench:
    return benched(stamp, company, zhao, gu, signer, noon, kind=DeviceKind.CABINET)


@pytest.fixture
def asked(cabinet: Bench, permit: Permit, wang: Person, noon: datetime) -> Permit:
    """A permit for which the seal is to come out of the cabinet."""
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    return permit


def out_and_back(cabinet: Bench, keeper: Person, permit: Permit, at: datetime) -> CabinetOpening:
    """Let the keeper take the seal out by a code, and put it back, while nobody hears the cabinet."""
    uid, digits = actions.open_cabinet(
        keeper, at, command_id=uuid4(), permit_uid=permit.uid, signer=cabinet.signer, minutes=30
    )
    seal = permit.seal.uid
    for is_there in (False, True):
        assert cabinet.machine.enter(digits, at) is Entered.ACCEPTED
        cabinet.parts.seals = frozenset({seal} if is_there else ())
        cabinet.machine.look({1: seal if is_there else ""}, at)
        cabinet.machine.door_shut(1, at)
    return CabinetOpening.objects.get(uid=uid)


def read(cabinet: Bench, keeper: Person, permit: Permit, at: datetime) -> None:
    digits = cabinet.machine.receipt(at) or ""
    actions.read_cabinet_receipt(keeper, at, permit_uid=permit.uid, digits=digits, signer=cabinet.signer)


def test_a_cabinet_that_leaves_its_receipt_out_of_what_it_tells_later_opens_an_incident(
    cabinet: Bench, asked: Permit, gu: Person, noon: datetime
) -> None:
    one = out_and_back(cabinet, gu, asked, noon)
    kept = cabinet.machine.kept
    read(cabinet, gu, asked, noon)
    cabinet.machine.kept = kept  # it forgets that it showed one
    cabinet.sync(noon)
    assert actions.compare_receipts(noon, signer=cabinet.signer) == 0  # what it told may end here
    later = noon + timedelta(hours=25)
    for at in (noon, later):
        cabinet.machine.tick(at)  # and tells next day how it is
    cabinet.sync(later)

    assert [actions.compare_receipts(later, signer=cabinet.signer) for _ in range(2)] == [1, 0]
    one.refresh_from_db()
    assert one.head_agrees is False
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.RECEIPT_DIFFERS]


def test_a_cabinet_that_tells_of_its_next_opening_and_not_of_the_receipt_before_it_opens_an_incident(
    cabinet: Bench, asked: Permit, gu: Person, noon: datetime
) -> None:
    first = out_and_back(cabinet, gu, asked, noon)
    read(cabinet, gu, asked, noon)
    cabinet.sync(noon)
    CabinetOpening.objects.filter(pk=first.pk).update(told_head=None)  # as one that leaves it out
    later = noon + timedelta(minutes=1)
    second = out_and_back(cabinet, gu, asked, later)
    assert actions.compare_receipts(later, signer=cabinet.signer) == 0  # nothing was told since
    read(cabinet, gu, asked, later)
    cabinet.sync(later)

    assert [actions.compare_receipts(later, signer=cabinet.signer) for _ in range(2)] == [2, 0]
    agree = dict(CabinetOpening.objects.values_list("pk", "head_agrees"))
    assert agree == {first.pk: False, second.pk: True}
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.RECEIPT_DIFFERS]


def test_a_receipt_of_a_cabinet_that_the_signer_will_not_look_at_keeps_no_other_waiting(
    cabinet: Bench, asked: Permit, gu: Person, noon: datetime
) -> None:
    first = out_and_back(cabinet, gu, asked, noon)
    read(cabinet, gu, asked, noon)
    cabinet.sync(noon)
    CabinetOpening.objects.filter(pk=first.pk).update(sequence=None)  # no code has this number: it is no question
    out_and_back(cabinet, gu, asked, noon)
    read(cabinet, gu, asked, noon)
    cabinet.sync(noon)

    assert actions.compare_receipts(noon, signer=cabinet.signer, most=1) == 1
    assert [*CabinetOpening.objects.order_by("pk").values_list("head_agrees", flat=True)] == [None, True]
