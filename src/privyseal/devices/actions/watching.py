"""What time brings to machines: one that nobody hears of, a wrong clock, a use that nothing allows any more."""

from datetime import datetime
from typing import Final

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.devices.actions.opening import withdraw
from privyseal.devices.alarming import machines_to_look_at, raise_each, uses_to_stop
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
    """Take back the tickets that nothing allows any more: permit ended, seal at rest, machine lost; return how many."""
    found = uses_to_stop()
    for uid in found:
        withdraw(SWEEP, at, use_uid=uid)
    return len(found)


@command("machine.raise")
def _raise(actor: Actor, at: datetime, *, device_uid: str, kind: AlarmKind) -> str:
    device = locked_device(device_uid)
    raise_each(actor, at, device=device, kinds=[kind])
    return device.uid
