"""A machine that was set back and enrolled anew: nothing of before opens it, and no lock comes that was taken away."""

from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import wrapping
from privyseal.device.kept import Kept
from privyseal.device.parts import Cannot
from privyseal.devices import actions
from privyseal.devices.models import DeviceRequest
from privyseal.devices.rules import Because, DeviceAct
from privyseal.identity.models import Person
from privyseal.seals.models import Permit
from tests.at_machine import AGREEMENT, Bench, enrolled, opened


def set_back(bench: Bench, manager: Person, at: datetime) -> None:
    """Have the machine forget everything but its mechanical count, and be enrolled by other keys."""
    key = ec.generate_private_key(ec.SECP256R1())
    told = enrolled(bench.device, manager, at, bench.signer, key=key)
    holder = replace(bench.identity.holder, epoch=told.epoch)
    code_key = wrapping.unwrapped(told.code_key, AGREEMENT)
    bench.identity = replace(bench.identity, key=key, holder=holder, code_key=code_key)
    last = bench.device.orders.filter(ticket="").latest("number").number or 0  # all of this is in one second
    bench.parts.disk = Kept(counter=bench.parts.counter, orders=last).to_bytes()
    bench.restart(at)


def test_a_ticket_of_before_opens_nothing_at_a_machine_that_forgot_what_it_stamped(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, noon: datetime
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    frames = [*bench.device.orders.exclude(ticket="").values_list("frame", flat=True)]
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    bench.stamp(noon)
    bench.machine.close("done", noon)
    bench.sync(noon)

    set_back(bench, zhao, noon + timedelta(minutes=1))
    bench.sync(noon + timedelta(minutes=1))
    for frame in frames:
        bench.machine.take(frame, noon + timedelta(minutes=1))  # as whoever kept it brings it

    assert bench.machine.open(use.ticket, wang.pseudonym, noon + timedelta(minutes=1)) is Cannot.NO_TICKET
    use.refresh_from_db()
    assert (use.closed_at is not None, use.fired) == (True, 1)


def test_a_ticket_of_before_opens_nothing_though_somebody_keeps_its_withdrawal_back(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, noon: datetime
) -> None:
    use = opened(bench, permit, wang, noon)
    frame = bench.device.orders.exclude(ticket="").get().frame

    set_back(bench, zhao, noon + timedelta(minutes=1))
    bench.machine.take(frame, noon + timedelta(minutes=1))

    assert bench.machine.open(use.ticket, wang.pseudonym, noon + timedelta(minutes=1)) is Cannot.NO_TICKET
    assert not bench.machine.kept.tickets


def test_a_machine_of_before_is_given_tickets_as_it_reads_them(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, noon: datetime
) -> None:
    told = enrolled(bench.device, zhao, noon, bench.signer, reads_epochs=False)
    bench.identity = replace(bench.identity, names_epochs=told.names_epochs)
    bench.restart(noon)

    use = opened(bench, permit, wang, noon)
    bench.sync(noon)

    assert "epoch" not in bench.machine.kept.tickets[use.ticket]
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None


def test_a_lock_that_was_taken_away_does_not_come_again_and_one_that_was_not_does(
    bench: Bench, zhao: Person, gu: Person, noon: datetime
) -> None:
    actions.ask(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOCK)
    actions.ask(gu, noon, device_uid=bench.device.uid, act=DeviceAct.FIND)
    bench.sync(noon)
    asked = actions.ask_unlocking(gu, noon, device_uid=bench.device.uid, because=Because.LOOKED_AT)
    actions.decide_unlocking(zhao, noon, unlocking_uid=asked, is_agreed=True)
    later = noon + timedelta(minutes=1)
    actions.unlock_at_signer(later, signer=bench.signer)
    bench.sync(later)

    set_back(bench, zhao, later)
    bench.sync(later)

    assert not bench.machine.kept.is_locked
    assert bench.machine.kept.requests == DeviceRequest.objects.order_by("-number")[0].number
    actions.ask(gu, later, device_uid=bench.device.uid, act=DeviceAct.LOCK)
    set_back(bench, zhao, later + timedelta(minutes=1))
    bench.sync(later + timedelta(minutes=1))
    assert bench.machine.kept.is_locked
