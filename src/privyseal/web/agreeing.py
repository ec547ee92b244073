"""What a machine is let do, agreed to by passkey: to the page that says it in words, and the yes fetched."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from privyseal.approvals import actions
from privyseal.approvals.models import ApprovalPasskey
from privyseal.devices.agreeing import to_confirm, to_mount, to_unlock
from privyseal.devices.confirming import waits_with
from privyseal.devices.models import MachineUse, Mounting, Unlocking
from privyseal.devices.mounted import seal_of
from privyseal.devices.rules import PictureChanged
from privyseal.identity.models import Person
from privyseal.web.one_yes import Note, counting, shown

_IMPRESSION: Final = "impression"
_UNLOCKING: Final = "unlocking"
_MOUNTING: Final = "mounting"


def lead_to_impression(
    actor: Person, own: Sequence[ApprovalPasskey], use: MachineUse, *, picture_sha256: str, command_id: UUID
) -> str:
    """Hand over which impression is agreed to, with its picture; return the address that shows it once, or refuse."""
    seal, waiting = use.turn.use.permit.seal, waits_with(use)
    if waiting is None or waiting.sha256 != picture_sha256:
        raise PictureChanged(machine_use=use.uid)
    return shown(
        own,
        Note(actor.pseudonym, _IMPRESSION, use.uid, str(command_id), picture_sha256),
        to_confirm(use, picture_sha256).to_bytes(),
        names={seal.uid: seal.name, use.device.serial: use.device.name},
        back=reverse("impression-agreed", args=[use.uid]),
        kept=_picture,
    )


def lead_to_unlocking(actor: Person, own: Sequence[ApprovalPasskey], asked: Unlocking, *, command_id: UUID) -> str:
    """Hand over which machine is to open again; return the address that shows it once, or refuse."""
    return shown(
        own,
        Note(actor.pseudonym, _UNLOCKING, asked.uid, str(command_id)),
        to_unlock(asked).to_bytes(),
        names={asked.device.serial: asked.device.name},
        back=reverse("unlocking-agreed", args=[asked.device.uid]),
        kept=_picture,
    )


def lead_to_mounting(actor: Person, own: Sequence[ApprovalPasskey], asked: Mounting, *, command_id: UUID) -> str:
    """Hand over which seal is to go where; return the address that shows it once, or refuse."""
    seal, device = seal_of(asked), asked.device
    return shown(
        own,
        Note(actor.pseudonym, _MOUNTING, asked.uid, str(command_id)),
        to_mount(asked).to_bytes(),
        names={device.serial: device.name, **({seal.uid: seal.name} if seal else {})},
        back=reverse("mounting-agreed", args=[device.uid]),
        kept=_picture,
    )


def count(actor: Person, at: datetime, *, code: str) -> None:
    """Count the yes that waits under a code, once, or refuse."""
    with counting(actor, code) as (note, command, said):
        if note.what == _IMPRESSION:
            seen = {"use_uid": note.uid, "picture_sha256": note.picture}
            actions.agree_to_impression.once(command, actor, at, **seen, assertions=said)
        elif note.what == _MOUNTING:
            actions.agree_to_mounting.once(command, actor, at, mounting_uid=note.uid, assertions=said)
        else:
            actions.agree_to_unlock.once(command, actor, at, unlocking_uid=note.uid, assertions=said)


@contextmanager
def _picture(sha256: str) -> Iterator[bytes]:
    yield b"".join(settings.VAULT.parts(sha256))
