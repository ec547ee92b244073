"""What a device photographed: the picture that one of its events names, kept encrypted, once."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings

from privyseal.device.signed import FrameBroken
from privyseal.devices.locking import locked_by_serial
from privyseal.devices.models import DevicePicture
from privyseal.devices.rules import DeviceRevoked
from privyseal.kernel.canonical import sha256 as digest_of
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command

_KINDS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def take_picture(actor: Actor, at: datetime, *, picture: DevicePicture, data: bytes) -> None:
    """Keep a picture that was awaited, or refuse what is another one or none at all."""
    if len(data) != picture.bytes or digest_of(data) != picture.sha256 or not data.startswith(_KINDS):
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
    return device.uid
