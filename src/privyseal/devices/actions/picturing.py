"""What a device photographed: the picture that one of its events names, kept encrypted, once."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from privyseal.custody.actions import Kept
from privyseal.custody.executor import EXECUTORS
from privyseal.custody.rules import How
from privyseal.custody.rules.photographs import THUMBNAIL_DOTS, kind_of
from privyseal.device.signed import FrameBroken
from privyseal.device.tickets import Mode
from privyseal.devices.locking import locked_by_serial
from privyseal.devices.models import DevicePicture
from privyseal.devices.rules import DeviceRevoked
from privyseal.kernel.canonical import sha256 as digest_of
from privyseal.kernel.file_kinds import PHOTOGRAPH
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf import confined
from privyseal.pdf.confined import Task

SHOW: Final = "devices.show-picture"


def take_picture(actor: Actor, at: datetime, *, picture: DevicePicture, data: bytes) -> None:
    """Keep a picture that was awaited, or refuse what is another one or none at all."""
    if len(data) != picture.bytes or digest_of(data) != picture.sha256 or not PHOTOGRAPH.takes(data):
        raise FrameBroken
    settings.VAULT.put(BytesIO(data))
    note_picture(actor, at, serial=picture.device.serial, sha256=picture.sha256)


@command("device.keep-picture")
def note_picture(actor: Actor, at: datetime, *, serial: str, sha256: str) -> str:
    """Put on record, once, that a picture is kept."""
    device = locked_by_serial(serial)
    if device.ending:
        raise DeviceRevoked(device=serial)
    if DevicePicture.objects.filter(device=device, sha256=sha256, received_at=None).update(received_at=at):
        book.record("device.pictured", by=actor, at=at, device=device.uid, picture_sha256=sha256)
        picture = DevicePicture.objects.select_related("use__turn__use__permit__seal").get(device=device, sha256=sha256)
        if picture.use is not None and picture.is_before and picture.use.mode == Mode.CONFIRMED.value:
            permit = picture.use.turn.use.permit
            about = {"device": device.uid, "permit": permit.uid, "seal": permit.seal.uid}
            said = {"machine_use": picture.use.uid, "impression": picture.impression}
            book.record("machine.confirmation-asked", by=actor, at=at, **about, **said)
        _show_later(DevicePicture.objects.get(device=device, sha256=sha256))
    return device.uid


@transaction_required
def _show_later(picture: DevicePicture) -> None:
    """Have a picture that is there, and shows an impression of a use, put beside the others of it."""
    if picture.use_id is not None and not picture.is_before:
        app.configure_task(SHOW).defer(picture_id=picture.pk)


def show_picture(actor: Actor, at: datetime, *, picture_id: int) -> None:
    """Put a picture that a machine took on record as a photograph of a stamped page; a second time changes nothing."""
    found = DevicePicture.objects.select_related("use__turn").get(pk=picture_id)
    if found.use is None or found.received_at is None:
        return
    data = b"".join(settings.VAULT.parts(found.sha256))
    small = settings.VAULT.put(BytesIO(confined.run(Task.THUMBNAIL, data, dots=THUMBNAIL_DOTS)))
    one = Kept(sha256=found.sha256, small_sha256=small, kind=kind_of(data), size=len(data))
    # Of several pictures of one impression the first that its events named counts; the others show it again.
    same = found.use.pictures.filter(impression=found.impression, is_before=False).order_by("pk")
    is_first = same.values_list("pk", flat=True).first() == found.pk
    taken_at, turn_uid = found.taken_at or found.named_at, found.use.turn.uid
    show = EXECUTORS[How.BY_MACHINE].photograph
    show(actor, at, turn_uid=turn_uid, kept=one, impressions=int(is_first), taken_at=taken_at)
