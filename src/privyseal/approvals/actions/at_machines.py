"""What approvers, and those near a machine, let it do: their yes is looked at, and kept for the key to look again."""

from datetime import datetime

from privyseal.approvals import at_machines
from privyseal.devices import actions as devices
from privyseal.devices.agreeing import to_confirm, to_mount, to_unlock
from privyseal.devices.granted import locked_machine_use
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Mounting, Unlocking
from privyseal.devices.mounted import seal_of
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.commands import command
from privyseal.signer.passkeys import PasskeyAssertion


@command("machine.agree")
def agree_to_impression(
    actor: Person, at: datetime, *, use_uid: str, picture_sha256: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> str:
    """Agree to the impression that waits, as its newest picture shows it, by what the seal's charter lets count."""
    use = locked_machine_use(use_uid)
    agreed, counts = to_confirm(use, picture_sha256), at_machines.to_confirm(use)
    said = at_machines.said(actor, at, agreed, assertions, counts)
    return devices.confirm.within(actor, at, use_uid=use_uid, picture_sha256=picture_sha256, assertion=said)


@command("device.agree-to-unlock")
def agree_to_unlock(
    actor: Person, at: datetime, *, unlocking_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> str:
    """Agree that a machine opens again, by what the charter of its company lets count."""
    asked = Unlocking.objects.select_related("device").filter(uid=unlocking_uid).first()
    if asked is None:
        raise NotFound(unlocking=unlocking_uid)
    device = locked_device(asked.device.uid)
    said = at_machines.said(actor, at, to_unlock(asked), assertions, at_machines.to_unlock(device))
    return devices.decide_unlocking.within(actor, at, unlocking_uid=unlocking_uid, is_agreed=True, assertion=said)


@command("device.agree-to-mounting")
def agree_to_mounting(
    actor: Person, at: datetime, *, mounting_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> str:
    """Agree that a seal goes into a machine or out of it, by what the charter of that seal lets count."""
    asked = Mounting.objects.select_related("device", "seal").filter(uid=mounting_uid).first()
    if asked is None:
        raise NotFound(mounting=mounting_uid)
    device, said = locked_device(asked.device.uid), None
    if device.ended_at is None:  # of a lost machine a seal is freed, and the key orders nothing
        said = at_machines.said(actor, at, to_mount(asked), assertions, at_machines.to_mount(device, seal_of(asked)))
    return devices.decide_mounting.within(actor, at, mounting_uid=mounting_uid, is_agreed=True, assertion=said)
