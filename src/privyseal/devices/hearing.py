"""What a machine is known by, up to where its events are kept, and what it lacks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.device import signed
from privyseal.device.enrolment import DeviceUnknown
from privyseal.device.hello import Hello
from privyseal.device.orders import AFTER, Acknowledgement, Instruction, Request
from privyseal.device.signed import Frame, FrameBroken, FrameKey
from privyseal.devices.models import Device, DeviceOrder, DevicePicture, DeviceRequest, Unlocking
from privyseal.devices.rules import CLOCK_TOLERANCE, MOST_PICTURE_BYTES, DeviceRevoked, DeviceState, PictureUnknown
from privyseal.kernel import shapes

_HALF: Final = 32
_MOST_AT_ONCE: Final = 100
_OF_A_PICTURE: Final = frozenset({"v", "device", "sha256", "bytes"})


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a device is to be told now: requests for the gateway to sign, frames of the signer as they are."""

    requests: Sequence[Instruction]
    frames: Sequence[str]
    is_clock_wrong: bool

    @property
    def is_nothing(self) -> bool:
        return not self.requests and not self.frames


def known_device(serial: str) -> Device:
    """Return a device that was enrolled, also one that has ended since, or refuse."""
    device = Device.objects.filter(serial=serial).exclude(key="").first()
    if device is None:
        raise DeviceUnknown(device=serial)
    return device


def key_for(device: Device, frame: str, at: datetime) -> FrameKey:
    """Return the key that a frame of this device has to be by: that in force, or the one before while it holds."""
    if device.key_before_until is not None and at < device.key_before_until:
        before = _key(device.key_before)
        if signed.key_claimed(frame) == before.kid:
            return before
    return _key(device.key)


def acknowledged(serial: str) -> Acknowledgement:
    """Return up to where a device's events are kept."""
    device = known_device(serial)
    return Acknowledgement(serial, device.known, device.head)


def acknowledged_each(serials: Collection[str]) -> Sequence[Acknowledgement]:
    """Return up to where the events of each of these devices are kept."""
    found = Device.objects.filter(serial__in=serials).exclude(key="").order_by("pk")
    return [Acknowledgement(*each) for each in found.values_list("serial", "known", "head")]


def lacking(device: Device, hello: Hello, at: datetime) -> Lacking:
    """Return what a device does not have yet; one that has ended is told to lock itself, and nothing else."""
    wanted = device.requests.filter(number__gt=hello.requests).exclude(_of_before(device)).order_by("number", "pk")
    if device.state is DeviceState.RETIRED:
        raise DeviceRevoked(device=device.serial)
    if device.state is DeviceState.LOST:
        locks = wanted.filter(type=Request.LOCK.value)
        if not locks.exists():
            raise DeviceRevoked(device=device.serial)
        # It is told nothing else any more: to lock follows on whatever it took.
        alone = [replace(one, said={}) for one in _instructions(device, locks)]
        return Lacking(alone, (), is_clock_wrong=False)
    orders = device.orders.filter(ticket="", number__gt=hello.orders).order_by("number", "pk")
    open_tickets = DeviceOrder.objects.filter(device=device, closes_at__gt=at, withdrawn_at=None).exclude(ticket="")
    tickets = open_tickets.exclude(ticket__in=hello.tickets).order_by("pk")
    frames = [*orders.values_list("frame", flat=True)[:_MOST_AT_ONCE]]
    frames += tickets.values_list("frame", flat=True)[:_MOST_AT_ONCE]
    return Lacking(
        _following(hello.requests, _instructions(device, wanted)),
        frames,
        is_clock_wrong=abs(hello.at - at) > CLOCK_TOLERANCE,
    )


def awaited_picture(frame: str, at: datetime, *, sha256: str) -> DevicePicture:
    """Return the picture that a device says is its own, there or not, or refuse: no event of it names this one."""
    device = known_device(signed.device_in(frame))
    if device.ending:
        raise DeviceRevoked(device=device.serial)
    try:
        said = shapes.fields(signed.opened(frame, Frame.PICTURE, key_for(device, frame, at)), _OF_A_PICTURE)
        named, size = shapes.digest(said["sha256"]), shapes.integer(said["bytes"], least=1, most=MOST_PICTURE_BYTES)
    except shapes.Misshapen as error:
        raise FrameBroken from error
    if named != sha256:
        raise FrameBroken
    found = DevicePicture.objects.select_related("device").filter(device=device, sha256=named, bytes=size).first()
    if found is None:
        raise PictureUnknown(device=device.serial)
    return found


def devices_to_stop() -> QuerySet[Device]:
    """Return the ended devices of which the signer still has to be told."""
    return Device.objects.filter(ended_at__isnull=False, stopped_at=None).order_by("ended_at", "pk")


def _key(kept: str) -> FrameKey:
    coordinates = bytes.fromhex(kept)
    return FrameKey(coordinates[:_HALF], coordinates[_HALF:])


def _of_before(device: Device) -> Q:
    """Return which requests are of before an enrolment and mean nothing to it: all but what it still has to lock for.

    A lock is over once the key let the machine be unlocked; a withdrawal stands, as the machine forgot it.
    """
    if device.enrolled_at is None:
        return Q(pk=None)
    unlocked = Exists(Unlocking.objects.filter(device=OuterRef("device"), done_at__gt=OuterRef("made_at")))
    is_over = Q(type__in=[Request.FIND.value, Request.HEALTH.value]) | Q(unlocked, type=Request.LOCK.value)
    return Q(is_over, made_at__lt=device.enrolled_at)


def _following(taken: int, told: Sequence[Instruction]) -> list[Instruction]:
    """Return each so that it follows the one before it here, or what was taken: what lies between is not told."""
    found = []
    for one in told:
        found.append(replace(one, said={**one.said, AFTER: min(one.after, taken)}))
        taken = one.number
    return found


def _instructions(device: Device, wanted: QuerySet[DeviceRequest]) -> list[Instruction]:
    return [Instruction(device.serial, one.number, Request(one.type), one.said) for one in wanted[:_MOST_AT_ONCE]]
