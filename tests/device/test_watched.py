"""Doors, slots and tags: what belongs to a session, what is an alarm, and what locks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.device.kept import Kept
from privyseal.device.orders import Instruction, Order, Request
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame
from privyseal.device.tickets import Mode, Ticket
from privyseal.device.watched import Alarm, Watched
from tests.device.test_machine import (
    GATEWAY,
    IDENTITY,
    NOON,
    OPERATOR,
    OTHER_SEAL,
    SEAL,
    SHANGHAI,
    Parts,
    frame,
    ticket,
    told,
    types,
)

FULL: Final = {1: SEAL, 2: OTHER_SEAL}


def cabinet(parts: Parts) -> Watched:
    parts.seals = frozenset(FULL.values())
    parts.disk = parts.disk or Kept(mounted={str(slot): seal for slot, seal in FULL.items()}).to_bytes()
    return Watched(IDENTITY, parts, parts.save, kept=parts.disk, at=NOON)


def said(machine: Watched) -> list[tuple[str, object, bool]]:
    return [(event.type, event.said.get("kind", event.said.get("slot")), bool(event.ticket)) for event in told(machine)]


def test_a_seal_is_taken_out_and_put_back_in_the_session_of_its_ticket() -> None:
    machine = cabinet(Parts())
    machine.take(frame(ticket()), NOON)
    assert machine.open(ticket().uid, OPERATOR, NOON) is None
    machine.door_opened(1, NOON)
    machine.look({**FULL, 1: ""}, NOON)
    machine.look(FULL, NOON)
    machine.door_shut(1, NOON + timedelta(seconds=40))

    assert said(machine)[2:] == [
        ("door-opened", 1, True),
        ("seal-taken", 1, True),
        ("seal-returned", 1, True),
        ("door-shut", 1, True),
    ]
    assert not machine.kept.is_locked


def test_a_door_that_nobody_let_open_locks_until_the_signer_unlocks() -> None:
    machine = cabinet(Parts())
    machine.take(frame(ticket()), NOON)
    machine.door_opened(1, NOON)

    assert machine.open(ticket().uid, OPERATOR, NOON) is Cannot.LOCKED
    assert said(machine)[1:3] == [("door-opened", 1, False), ("alarm", "tamper", False)]
    machine.take(frame(Instruction("D-0009", 1, Order.UNLOCK, {}), Frame.ORDER), NOON)
    assert machine.open(ticket().uid, OPERATOR, NOON) is None


def test_the_neighbour_of_the_seal_that_was_asked_for_is_missed_even_after_a_cut() -> None:
    parts = Parts()
    machine = cabinet(parts)
    machine.take(frame(ticket()), NOON)
    machine.open(ticket().uid, OPERATOR, NOON)
    machine = cabinet(parts)
    machine.look({**FULL, 2: ""}, NOON)

    assert said(machine)[-2:] == [("seal-taken", 2, True), ("alarm", "seal-missing", True)]
    assert machine.kept.is_locked


def test_another_seal_in_a_slot_is_told_once() -> None:
    machine = cabinet(Parts())
    for _ in range(2):
        machine.look({**FULL, 1: OTHER_SEAL}, NOON)

    assert [one for one, _, _ in said(machine)[1:]] == ["seal-taken", "alarm", "wrong-seal"]


def test_a_door_that_is_held_open_is_told_once() -> None:
    machine = cabinet(Parts())
    machine.take(frame(ticket()), NOON)
    machine.open(ticket().uid, OPERATOR, NOON)
    machine.door_opened(1, NOON)
    for seconds in (60, 120, 121, 500):
        machine.tick(NOON + timedelta(seconds=seconds))

    assert [one for one in said(machine) if one[0] == "alarm"] == [("alarm", "door-held", True)]


@pytest.mark.parametrize("kind", Alarm)
def test_an_alarm_is_told_and_locks_where_somebody_is_inside(kind: Alarm) -> None:
    machine = cabinet(Parts())
    machine.alarm(kind, NOON)

    assert said(machine)[-1] == ("alarm", kind.value, False)
    assert machine.kept.is_locked is (kind in {Alarm.TAMPER, Alarm.EMERGENCY_KEY, Alarm.SEAL_MISSING})


def test_a_session_that_leaves_its_fence_or_its_window_or_loses_its_seal_stamps_no_more() -> None:
    parts = Parts()
    machine = cabinet(parts)
    given = ticket(place=SHANGHAI)
    machine.take(frame(given), NOON)
    assert machine.open(given.uid, OPERATOR, NOON) is None
    parts.where = (SHANGHAI.latitude + 100_000, SHANGHAI.longitude)
    assert machine.reserve(NOON) is Cannot.PLACE
    parts.where = (SHANGHAI.latitude, SHANGHAI.longitude)
    assert machine.reserve(NOON) is None
    assert machine.fire(given.closes_at) is Cannot.LATE
    parts.seals = frozenset({OTHER_SEAL})
    assert machine.fire(NOON) is Cannot.WRONG_SEAL
    assert parts.counter == 0


def test_it_tells_where_it_is_while_a_ticket_fences_it_and_at_no_other_time() -> None:
    parts = Parts()
    machine = cabinet(parts)
    parts.where = (SHANGHAI.latitude, SHANGHAI.longitude)
    machine.tick(NOON)
    assert "position" not in types(machine)
    machine.take(frame(ticket(place=SHANGHAI)), NOON)
    for minutes in (0, 9, 11, 60 * 24):
        machine.tick(NOON + timedelta(minutes=minutes))

    assert types(machine).count("position") == 2


def at_a_cabinet() -> tuple[Parts, Watched, Ticket]:
    parts = Parts()
    parts.disk = Kept(mounted={str(slot): seal for slot, seal in FULL.items()}).to_bytes()
    parts.seals = frozenset(FULL.values())
    machine = Watched(replace(IDENTITY, is_cabinet=True), parts, parts.save, kept=parts.disk, at=NOON)
    given = replace(ticket(impressions=1), mode=Mode.HAND)
    machine.take(frame(given), NOON)
    return parts, machine, given


def moved(parts: Parts, machine: Watched, slots: Mapping[int, str]) -> None:
    machine.door_opened(1, NOON)
    parts.seals = frozenset(slots.values()) - {""}
    machine.look(slots, NOON)
    machine.door_shut(1, NOON)


def test_a_ticket_by_hand_lets_a_seal_out_once_and_in_again_though_its_time_is_over() -> None:
    parts, machine, given = at_a_cabinet()
    assert machine.open(given.uid, OPERATOR, NOON) is None
    assert machine.reserve(NOON) is Cannot.USED_UP
    moved(parts, machine, FULL)  # looked in, and took nothing
    assert machine.open(given.uid, OPERATOR, NOON) is None
    moved(parts, machine, {**FULL, 1: ""})
    machine.take(frame(Instruction("D-0009", 1, Request.WITHDRAW, {"ticket": given.uid}), Frame.REQUEST, GATEWAY), NOON)
    late = given.closes_at + timedelta(days=3)
    assert machine.open(given.uid, "9" * 32, late) is Cannot.NOT_THE_OPERATOR
    assert machine.open(given.uid, OPERATOR, late) is None
    moved(parts, machine, FULL)

    assert machine.open(given.uid, OPERATOR, NOON) in {Cannot.WITHDRAWN, Cannot.USED_UP}
    assert not machine.kept.is_locked
    assert [one for one in types(machine) if one.startswith("seal")] == ["seal-taken", "seal-returned"]


def test_by_hand_another_slot_or_the_same_seal_twice_is_an_alarm_that_locks() -> None:
    _, machine, given = at_a_cabinet()
    machine.open(given.uid, OPERATOR, NOON)
    machine.door_opened(2, NOON)
    assert said(machine)[-1] == ("alarm", "tamper", True)
    _, machine, given = at_a_cabinet()
    machine.open(given.uid, OPERATOR, NOON)
    machine.door_opened(1, NOON)
    for slots in ({**FULL, 1: ""}, FULL, {**FULL, 1: ""}):
        machine.look(slots, NOON)
    assert said(machine)[-1] == ("alarm", "seal-missing", True)
    assert machine.kept.is_locked


def test_nothing_but_a_cabinet_opens_by_hand_and_a_cabinet_by_nothing_else() -> None:
    _, at_hand, _ = at_a_cabinet()
    stamping = replace(ticket(impressions=3), uid="9" * 32)
    at_hand.take(frame(stamping), NOON)
    assert at_hand.open(stamping.uid, OPERATOR, NOON) is Cannot.OTHER_KIND
    machine = cabinet(Parts())
    given = replace(ticket(impressions=1), mode=Mode.HAND)
    machine.take(frame(given), NOON)
    assert machine.open(given.uid, OPERATOR, NOON) is Cannot.OTHER_KIND
