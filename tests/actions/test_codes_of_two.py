"""Codes that two people hold, and codes that somebody was made to ask for."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.codes import HALF
from privyseal.device.keypad import Entered
from privyseal.device.parts import Cannot
from privyseal.devices import actions
from privyseal.devices.models import Device, MachineUse
from privyseal.devices.queries import codes_of_two
from privyseal.devices.rules import CodeWordsAlike, CodeWordWrong
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.seals.models import Permit
from tests.actions.keepers import forbidden
from tests.at_machine import Bench, opened
from tests.conftest import holding, recorded

_WORDS = ("黄鹤楼上", "白云千载")


def _asked(bench: Bench, permit: Permit, by: Person, at: datetime, word: str = "") -> tuple[MachineUse, str]:
    line, signer = permit.lines.get().pk, bench.signer
    uid, digits = actions.open_machine(
        by, at, command_id=uuid4(), permit_uid=permit.uid, line_id=line, minutes=60, signer=signer, word=word
    )
    return MachineUse.objects.get(uid=uid), digits


def test_a_code_that_two_hold_opens_by_both_halves_alone(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, gu: Person, noon: datetime
) -> None:
    actions.set_confirmations(gu, noon, device_uid=bench.device.uid, confirmations=0, is_dual=True)
    holding(wang, Power.CUSTODY, bench.device.company, noon - timedelta(days=1))
    use, first = _asked(bench, permit, wang, noon)
    assert len(first) == len(actions.digits_of(wang, noon, use_uid=use.uid, signer=bench.signer)) == HALF
    for person, refusal in ((zhao, NotEntitled), (wang, DutiesNotSeparate)):
        with pytest.raises(refusal):
            actions.second_half(person, noon, use_uid=use.uid, signer=bench.signer)
    assert [codes_of_two(person, noon, bench.device) for person in (gu, wang)] == [[use], []]

    last = actions.second_half(gu, noon, use_uid=use.uid, signer=bench.signer)
    assert recorded()[-1] == "machine.half-told"
    assert bench.machine.enter(last + first, noon) is Entered.WRONG
    assert bench.machine.enter(first + last, noon) is Entered.ACCEPTED
    bench.sync(noon)
    with pytest.raises(OutOfTurn):
        actions.second_half(gu, noon, use_uid=use.uid, signer=bench.signer)


def test_who_is_made_to_ask_gets_a_code_that_looks_right_stamps_nothing_and_calls_for_help(
    bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.set_words(wang, noon, password=_WORDS)
    assert recorded()[-1] == "machine.words-set"
    for wrong in ("", "黄鹤楼"):
        with pytest.raises(CodeWordWrong):
            _asked(bench, permit, wang, noon, wrong)
    use, digits = _asked(bench, permit, wang, noon, _WORDS[1])

    (alarm,) = Alarm.objects.all()
    assert (use.is_forced, len(digits), alarm.kind) == (True, 2 * HALF, AlarmKind.FORCED)
    assert digits == actions.digits_of(wang, noon, use_uid=use.uid, signer=bench.signer)
    assert bench.machine.enter(digits, noon) is Entered.DURESS
    assert bench.machine.reserve(noon) is Cannot.NO_SESSION
    bench.sync(noon)
    assert Alarm.objects.count() == 1
    assert actions.end_forced(noon) == 0

    later = noon + timedelta(hours=2)
    assert [actions.end_forced(later) for _ in range(2)] == [1, 0]
    use.refresh_from_db()
    assert (use.closed_at, use.receipt_used, use.turn.use.permit.used) == (later, 0, 0)
    again, _ = _asked(bench, permit, wang, noon, _WORDS[0])
    assert (again.is_forced, Alarm.objects.count()) == (None, 1)
    with pytest.raises(OutOfTurn):  # of a whole code nobody is told a half
        actions.second_half(gu, noon, use_uid=again.uid, signer=bench.signer)


def test_words_are_two_or_none(wang: Person, noon: datetime) -> None:
    for alike in (("四个字符", "四个字符"), ("三个字", "另外四个"), ("", "另外四个")):
        with pytest.raises(CodeWordsAlike):
            actions.set_words(wang, noon, password=alike)
    actions.set_words(wang, noon, password=_WORDS)
    actions.set_words(wang, noon, password=("", ""))
    assert recorded()[-2:] == ["machine.words-set"] * 2


def test_only_a_code_is_halved_or_forced(bench: Bench, permit: Permit, wang: Person, noon: datetime) -> None:
    opened(bench, permit, wang, noon)
    assert not Device.objects.get().is_dual
    for said in ({"is_dual": True}, {"is_forced": True}):
        with forbidden("only_a_code_is_halved_or_forced"):
            MachineUse.objects.update(**said)
