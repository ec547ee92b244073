"""How a machine counts and whom it waits for, by what is stamped and what the machine asks."""

import pytest

from privyseal.device.enrolment import DeviceKind
from privyseal.device.tickets import Mode
from privyseal.devices.rules import ConfirmationNeedsNetwork, OnlyAtMachine, check_by_hand, mode_of
from privyseal.kernel.errors import OutOfTurn

USUAL = {"impressions": 6, "confirmations": 0, "is_across": False, "is_emergency": False, "is_by_code": False}


@pytest.mark.parametrize(
    ("more", "mode"),
    [
        ({"impressions": 1}, Mode.ONE),
        ({}, Mode.COUNTED),
        ({"is_by_code": True}, Mode.COUNTED),
        ({"is_across": True}, Mode.ACROSS),
        ({"is_across": True, "impressions": 1}, Mode.ACROSS),
        ({"is_across": True, "confirmations": 2}, Mode.CONFIRMED),
        ({"confirmations": 2, "is_emergency": True, "is_across": True}, Mode.EMERGENCY),
    ],
)
def test_a_machine_is_told_how_it_counts(more: dict[str, int], mode: Mode) -> None:
    assert mode_of(**{**USUAL, **more}) is mode  # type: ignore[arg-type]  # each of its kind


def test_a_code_waits_for_nobody_and_an_emergency_is_for_machines_that_wait() -> None:
    with pytest.raises(ConfirmationNeedsNetwork):
        mode_of(impressions=1, confirmations=1, is_across=False, is_emergency=False, is_by_code=True)
    with pytest.raises(OutOfTurn):
        mode_of(impressions=1, confirmations=0, is_across=False, is_emergency=True, is_by_code=False)


@pytest.mark.invariant("T15", column="rule")
@pytest.mark.parametrize("kind", DeviceKind)
def test_what_a_machine_stamps_with_is_used_by_no_hand(kind: DeviceKind) -> None:
    """Out of a cabinet people take a seal and stamp by hand."""
    if kind is DeviceKind.CABINET:
        check_by_hand([kind])
        return
    with pytest.raises(OnlyAtMachine):
        check_by_hand([DeviceKind.CABINET, kind])
