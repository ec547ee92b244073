"""What time brings to machines: one that nobody hears of, a wrong clock, a use that nothing allows any more."""

from datetime import datetime
from typing import Final

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.devices.actions.cabinets import watch_opening
from privyseal.devices.actions.opening import withdraw
from privyseal.devices.alarming import machines_to_look_at, raise_each, uses_to_stop
from privyseal.devices.cabinets import openings_to_look_at
from privyseal.devices.locking import locked_device
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command

SWEEP: Final = Service("sweep")


def watch_machines(at: datetime) -> int:
    """Open the incidents that machines bring by what they do not tell; return how many were looked at."""
    found = machines_to_look_at(at)
    for kind, uid in found:
        _raise(SWEEP, at, device_uid=uid, kind=kind)
    return len(found)


def stop_uses(at: datetime) -> int:
    """Take back tickets that nothing allows any more: permit ended, seal at rest, machine lost; return how many.

    A seal that a cabinet let out and that is not back in its time is an incident.
    """
    found, openings = uses_to_stop(), openings_to_look_at(at)
    for uid in found:
        withdraw(SWEEP, at, use_uid=uid)
    for uid in openings:
        watch_opening(SWEEP, at, opening_uid=uid)
    return len(found) + len(openings)


@command("machine.raise")
def _raise(actor: Actor, at: datetime, *, device_uid: str, kind: AlarmKind) -> str:
    device = locked_device(device_uid)
    raise_each(actor, at, device=device, kinds=[kind])
    return device.uid
