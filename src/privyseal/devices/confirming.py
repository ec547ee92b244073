"""Who sees an impression before it is made, and agrees: who may approve with its seal, and has no part in it."""

from datetime import datetime

from django.db.models import Q

from privyseal.device.tickets import Mode
from privyseal.devices.models import Confirmation, Device, DevicePicture, MachineUse
from privyseal.devices.rules import ConfirmersMissing, EmergencyUnreviewed, Mark
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import evidence_of
from privyseal.seals.models import Permit
from privyseal.seals.places import place_of
from privyseal.signer.statement import parse
from privyseal.signer.terms import AtMachine


def confirmers_of(permit: Permit, at: datetime, *, operator: Person) -> frozenset[int]:
    """Return who may say of an impression that they saw it, by their keys."""
    may = identity.people_with(Power.APPROVE, place_of(permit.seal), at)
    return may - {operator.pk, permit.applicant_id}


def approved_at_machine(permit: Permit) -> AtMachine | None:
    """Return how the machine is to wait for people, as was approved; None where nothing was said of that."""
    said = (parse(one.statement).machine for one in evidence_of(permit))
    return next((one for one in said if one is not None), None)


@transaction_required
def check_enough(permit: Permit, at: datetime, *, operator: Person, needed: int) -> None:
    """Return if as many people are there as have to see each impression, or refuse what could never be stamped."""
    if needed and len(confirmers_of(permit, at, operator=operator)) < needed:
        raise ConfirmersMissing(needed=needed)


@transaction_required
def check_reviewed(device: Device, seal_id: int) -> None:
    """Return if no emergency at a machine, whose row is ours, or with this seal waits for its review, or refuse."""
    if is_unreviewed(device, seal_id):
        raise EmergencyUnreviewed(device=device.uid)


def is_unreviewed(device: Device | None, seal_id: int) -> bool:
    """Tell whether an emergency at a machine, or with its seal at another, waits for its review: no other begins."""
    emergencies = MachineUse.objects.filter(mode=Mode.EMERGENCY.value, reviewed_at=None, refused="")
    return device is not None and emergencies.filter(Q(device=device) | Q(turn__use__seal=seal_id)).exists()


@transaction_required
def is_seen_by_enough(use: MachineUse) -> bool:
    """Return whether the machine was told of as many as it had to wait for, who all saw its last picture."""
    if not use.confirmations:
        return True
    shown = use.pictures.filter(impression=use.number, is_before=True).order_by("-pk").values("sha256")[:1]
    told = use.confirmed.filter(impression=use.number, done_at__isnull=False, picture_sha256__in=shown)
    return told.count() >= use.confirmations


def waits_with(use: MachineUse) -> DevicePicture | None:
    """Return the picture of what lies under the seal that waits for others, None where none does or none has come."""
    if use.mode != Mode.CONFIRMED.value or use.mark != Mark.RESERVED.value or use.closed_at or use.withdrawn_at:
        return None
    shown = use.pictures.filter(impression=use.number, is_before=True, received_at__isnull=False)
    return shown.filter(sha256=use.shown_sha256).order_by("pk").first() if use.shown_sha256 else None


def agreed_to(use: MachineUse, picture: DevicePicture | None) -> list[Confirmation]:
    """Return who saw this picture of an impression that waits, and agreed."""
    seen = use.confirmed.filter(impression=use.number, refused=None, picture_sha256=picture.sha256 if picture else "")
    return list(seen.select_related("by").order_by("at", "pk"))
