"""Each impression is seen by others before the seal comes down, where the machine asks for that; emergencies after."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from privyseal.device import signed
from privyseal.device.orders import Order
from privyseal.device.signed import Frame
from privyseal.device.tickets import Mode
from privyseal.devices.actions.opening import withdraw
from privyseal.devices.agreeing import confirmed, said_by, to_confirm
from privyseal.devices.confirming import confirmers_of, waits_with
from privyseal.devices.granted import locked_machine_use
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Confirmation, DeviceOrder, MachineUse
from privyseal.devices.queries import ties_to
from privyseal.devices.rules import (
    MOST_CONFIRMATIONS,
    DeviceAct,
    DeviceDiffers,
    PictureChanged,
    check_may,
)
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Ordered
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.statement import AnyAssertion

SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 100


@command("device.set-confirmations")
def set_confirmations(
    actor: Person, at: datetime, *, device_uid: str, confirmations: int, is_dual: bool | None = None
) -> str:
    """Say how many others see each impression at a machine first, and whether two people hold each of its codes.

    For uses that are opened from now on; None leaves the codes as they are.
    """
    device = locked_device(device_uid)
    if not 0 <= confirmations <= MOST_CONFIRMATIONS:
        raise DeviceDiffers(confirmations=confirmations)
    before, dual = device.confirmations, device.is_dual if is_dual is None else is_dual
    is_less = confirmations < before or dual < device.is_dual
    check_may(DeviceAct.CONFIRM_LESS if is_less else DeviceAct.CONFIRM_MORE, ties_to(actor, at, device), device.state)
    device.confirmations, device.is_dual = confirmations, dual
    device.save(update_fields=["confirmations", "is_dual"])
    about = {"device": device.uid, "company": device.company.uid}
    said = {"before": before, "confirmations": confirmations, "is_dual": dual}
    book.record("device.confirmations-set", by=actor, at=at, **about, **said)
    return device.uid


@command("machine.confirm")
def confirm(
    actor: Person, at: datetime, *, use_uid: str, picture_sha256: str, assertion: AnyAssertion | None = None
) -> str:
    """Agree to the impression that waits, having seen its newest picture; return the word's uid.

    ``assertion`` is what the actor's own passkey said, which was looked at before; without, we vouch for them.
    """
    use = locked_machine_use(use_uid)
    _check_confirmer(actor, at, use)
    picture = waits_with(use)
    if picture is None or picture.sha256 != picture_sha256:
        raise PictureChanged(machine_use=use_uid)
    made = Confirmation(use=use, impression=use.number, by=actor, at=at, picture_sha256=picture_sha256)
    made.said = said_by(actor, to_confirm(use, picture_sha256), assertion)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise OutOfTurn(machine_use=use_uid) from error
    book.record(
        "machine.confirmed",
        by=actor,
        at=at,
        **_about(use),
        impression=use.number,
        picture_sha256=picture_sha256,
        assurance=made.assurance,
    )
    return made.uid


@command("machine.decline")
def decline(actor: Person, at: datetime, *, use_uid: str) -> str:
    """Stop a use at a machine, as one who would have to agree to its impressions: one suffices."""
    use = locked_machine_use(use_uid)
    _check_confirmer(actor, at, use)
    if use.closed_at is not None:
        raise OutOfTurn(machine_use=use_uid)
    book.record("machine.declined", by=actor, at=at, **_about(use), impression=use.number)
    withdraw.within(actor, at, use_uid=use_uid)
    return use.uid


def confirm_at_signer(at: datetime, *, signer: Client) -> int:
    """Have the signer say to machines who agreed, until it has or the key refuses it; return how many it passed on."""
    passed = 0
    open_ones = Confirmation.objects.filter(done_at=None, refused=None, use__closed_at=None)
    waiting = open_ones.select_related("use__device", "use__turn__use__permit__seal", "by").order_by("at", "pk")
    for one in waiting[:_AT_ONCE]:
        order = Ordered(order=one.uid, device=one.use.device.serial, type=Order.CONFIRM, agreed=confirmed(one))
        try:
            frame = signer.order_device(order)
        except (SignerUnavailable, CosignersStale):
            break  # it stays agreed to: the sweep asks again
        except Refused as refusal:
            fail_confirmation(SWEEP, at, confirmation_uid=one.uid, code=refusal.code)
            continue
        keep_confirmation(SWEEP, at, confirmation_uid=one.uid, frame=frame)
        passed += 1
    return passed


@command("machine.pass-confirmation")
def keep_confirmation(actor: Actor, at: datetime, *, confirmation_uid: str, frame: str) -> None:
    """Keep the signer's word for the machine; a second time changes nothing."""
    whole = Confirmation.objects.select_related("use__device", "use__turn__use__permit__seal")
    found = whole.get(uid=confirmation_uid)
    device = locked_device(found.use.device.uid)
    if Confirmation.objects.filter(pk=found.pk, done_at=None).update(done_at=at):
        number = int(str(signed.said_by_itself(frame, Frame.ORDER)["number"]))
        DeviceOrder.objects.create(device=device, number=number, frame=frame, made_at=at)
        book.record("machine.confirmation-ordered", by=actor, at=at, **_about(found.use), impression=found.impression)


@command("machine.fail-confirmation")
def fail_confirmation(actor: Actor, at: datetime, *, confirmation_uid: str, code: str) -> None:
    """Put on record why the key does not take somebody's yes: it is void, and they may agree anew."""
    whole = Confirmation.objects.select_related("use__device", "use__turn__use__permit__seal")
    found = whole.get(uid=confirmation_uid)
    locked_device(found.use.device.uid)
    if Confirmation.objects.filter(pk=found.pk, done_at=None, refused=None).update(refused=code):
        about = _about(found.use)
        book.record("machine.confirmation-refused", by=actor, at=at, **about, impression=found.impression, code=code)


@command("machine.review")
def review(actor: Person, at: datetime, *, use_uid: str, is_right: bool) -> str:
    """Say of an emergency that is over whether it was one: what was not is an incident. Until then no other begins."""
    use = locked_machine_use(use_uid)
    _check_confirmer(actor, at, use)
    if use.mode != Mode.EMERGENCY.value or use.closed_at is None or use.reviewed_at is not None or use.refused:
        raise OutOfTurn(machine_use=use_uid)
    use.reviewed_by, use.reviewed_at, use.is_right = actor, at, is_right
    use.save(update_fields=["reviewed_by", "reviewed_at", "is_right"])
    book.record("machine.reviewed", by=actor, at=at, **_about(use), is_right=is_right, impressions=use.fired)
    if not is_right:
        seal = use.turn.use.permit.seal
        kind = IncidentKind.OTHER
        open_incident(actor, at, kind=kind, company=use.device.company, seal=seal, owner=actor, opener=actor)
    return use.uid


@transaction_required
def _check_confirmer(actor: Person, at: datetime, use: MachineUse) -> None:
    hand = use.turn.use
    if actor.pk not in confirmers_of(hand.permit, at, operator=hand.operator):
        raise NotEntitled(part="approver")


def _about(use: MachineUse) -> dict[str, str]:
    permit = use.turn.use.permit
    return {
        "machine_use": use.uid,
        "device": use.device.uid,
        "permit": permit.uid,
        "seal": permit.seal.uid,
        "application": permit.application_uid,
    }
