"""What approvers, and those near a machine, let it do: their yes is looked at, and kept for the key to look again."""

from datetime import datetime

from privyseal.approvals import at_machines
from privyseal.devices import actions as devices
from privyseal.devices.agreeing import to_confirm, to_unlock
from privyseal.devices.granted import locked_machine_use
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Unlocking
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
