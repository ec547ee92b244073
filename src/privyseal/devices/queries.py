"""Which machines an actor may see."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.custody.queries import permits_visible_to
from privyseal.device.tickets import Mode
from privyseal.devices.confirming import confirmers_of, waits_with
from privyseal.devices.models import (
    CabinetOpening,
    Device,
    DeviceEvent,
    DevicePicture,
    DeviceSlot,
    MachineUse,
    Mounting,
    Unlocking,
)
from privyseal.devices.mounted import stamping_machines
from privyseal.devices.rules import STAMPS, TIES, Mark, Tie
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import INSTALLATION_POWERS, Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Permit, Seal
from privyseal.seals.queries.register import key_visible_to, visible_to
from privyseal.seals.rules import FINAL, SealKind

MOST_WAITING: Final = 100
_CARRIED_AFTER: Final = timedelta(days=1)


def devices_visible_to(actor: Person, at: datetime) -> QuerySet[Device]:
    """Return the machines where an actor manages, keeps seals or answers for security; all for the auditor."""
    powers = identity.powers_of(actor, at)
    devices = Device.objects.select_related("company", "unit", "keeper").order_by("company__name", "name", "pk")
    if powers.reads_everything or powers.anywhere(Power.SECURITY):
        return devices
    return devices.filter(among("company_id", powers.companies(*(power for power, _ in TIES))))


def device_visible_to(actor: Person, at: datetime, uid: str) -> Device:
    device = devices_visible_to(actor, at).filter(uid=uid).first()
    if device is None:
        raise NotFound(device=uid)
    return device


def device_to_carry_for(actor: Person, at: datetime, uid: str) -> Device:
    """Return a machine that an actor looks after or stamps with, or did just now: what it tells they may carry."""
    device = Device.objects.exclude(key="").filter(uid=uid, is_through_cloud=False).select_related("company").first()
    own = MachineUse.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at - _CARRIED_AFTER), turn__use__operator=actor)
    if device is None or not (ties_to(actor, at, device) or own.filter(device=device).exists()):
        raise NotFound(device=uid)
    return device


def ties_to(actor: Person, at: datetime, device: Device) -> frozenset[Tie]:
    powers = identity.powers_of(actor, at)
    here = frozenset(tie for power, tie in TIES if device.company_id in powers.companies(power))
    return here | {tie for power, tie in TIES if power in INSTALLATION_POWERS and powers.anywhere(power)}


def held_in(actor: Person, at: datetime, device: Device) -> QuerySet[DeviceSlot]:
    """Return the seals that a machine holds, slot by slot."""
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    return DeviceSlot.objects.filter(device__in=seen).select_related("seal").order_by("number", "pk")


def open_mounting(actor: Person, at: datetime, device: Device) -> Mounting | None:
    """Return what is asked for and not decided yet."""
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    waiting = Mounting.objects.filter(device__in=seen, decided_at=None)
    return waiting.select_related("seal", "asked_by").order_by("pk").first()


def refused_mountings(actor: Person, at: datetime, device: Device) -> list[Mounting]:
    """Return what the key last refused to have put into a machine or out of it, where nothing came after."""
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    last = Mounting.objects.filter(device__in=seen).select_related("seal").order_by("slot", "-pk").distinct("slot")
    return [mounting for mounting in last if mounting.refused]


def refused_mounting_of(actor: Person, at: datetime, seal: Seal) -> Mounting | None:
    """Return why the key last refused that a seal is mounted, where nobody asked for it there again."""
    refused = next(iter(asked_with(_refused_on, key_visible_to(actor, at, seal))), None)
    if refused is None or refused.device.ended_at is not None:
        return None
    later = Mounting.objects.filter(device=refused.device_id, seal=seal, pk__gt=refused.pk)
    return None if later.exists() else refused


def _refused_on(seal: int) -> QuerySet[Mounting]:
    found = Mounting.objects.filter(seal=seal, refused__isnull=False).select_related("device")
    return found.order_by("-pk")[:1]


def open_unlocking(actor: Person, at: datetime, device: Device) -> Unlocking | None:
    """Return what is asked for and not decided yet."""
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    return Unlocking.objects.filter(device__in=seen, decided_at=None).select_related("asked_by").order_by("pk").first()


def groups_visible_to(actor: Person, at: datetime) -> list[str]:
    """Return the names under which machines go together."""
    named = devices_visible_to(actor, at).exclude(group="")
    return list(named.order_by("group").values_list("group", flat=True).distinct())


def uses_to_confirm(actor: Person, at: datetime) -> list[tuple[MachineUse, DevicePicture]]:
    """Return the uses whose impression waits for others, with its picture, where the actor may say they saw it."""
    powers = identity.powers_of(actor, at)
    mine = among("device__company_id", powers.companies(Power.APPROVE))
    found = MachineUse.objects.filter(mine, mode=Mode.CONFIRMED.value, mark=Mark.RESERVED.value, closed_at=None)
    waiting = found.select_related("device__company", "turn__use__permit__seal", "turn__use__operator").order_by("pk")
    shown = [(use, picture) for use in waiting[:MOST_WAITING] if (picture := waits_with(use))]
    return [each for each in shown if _may_confirm(actor, at, each[0])]


def use_to_confirm(actor: Person, at: datetime, uid: str) -> MachineUse:
    """Return a use at a machine of which the actor may say that they saw an impression, or refuse."""
    mine = among("device__company_id", identity.powers_of(actor, at).companies(Power.APPROVE))
    found = MachineUse.objects.select_related("device__company", "turn__use__permit__seal", "turn__use__operator")
    use = found.filter(mine, uid=uid).first()
    if use is None or not _may_confirm(actor, at, use):
        raise NotFound(machine_use=uid)
    return use


def emergencies_to_review(actor: Person, at: datetime) -> list[MachineUse]:
    """Return the emergencies that are over and not reviewed, where the actor may say what they were."""
    powers = identity.powers_of(actor, at)
    mine = among("device__company_id", powers.companies(Power.APPROVE))
    found = MachineUse.objects.filter(mine, mode=Mode.EMERGENCY.value, reviewed_at=None, refused="")
    over = found.filter(closed_at__isnull=False)
    over = over.select_related("device__company", "turn__use__permit__seal", "turn__use__operator").order_by("pk")
    return [use for use in over[:MOST_WAITING] if _may_confirm(actor, at, use)]


def codes_of_two(actor: Person, at: datetime, device: Device) -> list[MachineUse]:
    """Return the codes of a machine that two hold and nobody typed yet, which others than the actor asked for."""
    mine = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    found = MachineUse.objects.filter(device__in=mine, is_dual=True, ticket="", refused="", closed_at=None)
    found = found.filter(allowed_at__isnull=False, closes_at__gt=at).exclude(turn__use__operator=actor)
    return list(found.select_related("turn__use__permit__seal", "turn__use__operator").order_by("pk")[:MOST_WAITING])


def _may_confirm(actor: Person, at: datetime, use: MachineUse) -> bool:
    hand = use.turn.use
    return actor.pk in confirmers_of(hand.permit, at, operator=hand.operator)


def seals_to_mount(actor: Person, at: datetime, device: Device) -> QuerySet[Seal]:
    """Return the living rubber seals of the machine's company that no machine holds; for one that has ended, none."""
    if device.ended_at is not None:
        return Seal.objects.none()
    living = visible_to(actor, at).filter(company=device.company_id, kind=SealKind.PHYSICAL.value)
    held = DeviceSlot.objects.order_by().values("seal")
    return living.exclude(state__in=sorted(FINAL)).exclude(pk__in=held).order_by("number", "pk")


def machine_for(actor: Person, at: datetime, permit: Permit) -> Device | None:
    """Return the machine in service that holds a permit's seal and stamps with it."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("seal")
    living = Device.objects.filter(enrolled_at__isnull=False, ended_at=None, kind__in=[kind.value for kind in STAMPS])
    return living.filter(places__seal__in=seen).order_by("pk").first()


def machine_with(actor: Person, at: datetime, permit: Permit) -> Device | None:
    """Return the machine that holds a permit's seal, or is to hold it, and stamps with it, whatever state it is in."""
    if not permits_visible_to(actor, at).filter(pk=permit.pk).exists():
        return None
    return stamping_machines(permit.seal_id).first()


def uses_by_machine(actor: Person, at: datetime, permit: Permit) -> QuerySet[MachineUse]:
    """Return what machines were let do by a permit, the last first, with what they photographed."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    found = MachineUse.objects.filter(turn__use__permit__in=seen).select_related(
        "device", "turn__use__operator", "turn__line"
    )
    return found.prefetch_related("pictures", "turn__photographs")


def use_by_machine(actor: Person, at: datetime, permit: Permit, uid: str) -> MachineUse:
    use = uses_by_machine(actor, at, permit).filter(uid=uid).first()
    if use is None:
        raise NotFound(machine_use=uid)
    return use


def opening_of(actor: Person, at: datetime, permit: Permit) -> CabinetOpening | None:
    """Return the last time that a cabinet was let open for a permit."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    return CabinetOpening.objects.filter(permit__in=seen).select_related("device", "by").order_by("-pk").first()


def seals_out_of(actor: Person, at: datetime, device: Device) -> set[int]:
    """Return the seals that a cabinet let out and has not seen back."""
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    out = CabinetOpening.objects.filter(device__in=seen, taken_at__isnull=False, back_at=None)
    return set(out.order_by().values_list("permit__seal", flat=True))


def named_in(actor: Person, at: datetime, events: Sequence[DeviceEvent]) -> dict[str, str]:
    """Return the names of the operators and the seals that events of machines speak of."""
    said = [event.said.get("said", {}) for event in events]
    operators, seals = ({str(each.get(name, "")) for each in said} - {""} for name in ("operator", "seal"))
    named = visible_to(actor, at).filter(uid__in=sorted(seals)).order_by().values_list("uid", "name")
    return {**identity.names_of(sorted(operators)), **dict(named)}


def latest_events(actor: Person, at: datetime, device: Device, *, limit: int = 50) -> QuerySet[DeviceEvent]:
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    return DeviceEvent.objects.filter(device__in=seen).order_by("-epoch", "-number", "pk")[:limit]
