"""What a machine is let do, agreed to by passkey: to the page that says it in words, and the yes fetched."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from privyseal.approval_page.asking import MAX_CREDENTIALS, Ask
from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.approvals import actions
from privyseal.approvals.models import ApprovalPasskey
from privyseal.devices.agreeing import to_confirm, to_unlock
from privyseal.devices.confirming import waits_with
from privyseal.devices.models import MachineUse, Unlocking
from privyseal.devices.rules import PictureChanged
from privyseal.identity.models import Person
from privyseal.signer.agreements import Agreement
from privyseal.signer.passkeys import web_text
from privyseal.web import carried
from privyseal.web.approving import assertions_of, client, language, on_one_line

_IMPRESSION: Final = "impression"
_UNLOCKING: Final = "unlocking"


@dataclass(frozen=True, slots=True)
class Note:
    """Who agrees to which impression or unlocking; the command that counts it counts it once."""

    person: str
    what: str
    uid: str
    command_id: str
    picture: str = ""


def lead_to_impression(
    actor: Person, own: Sequence[ApprovalPasskey], use: MachineUse, *, picture_sha256: str, command_id: UUID
) -> str:
    """Hand over which impression is agreed to, with its picture; return the address that shows it once, or refuse."""
    seal, waiting = use.turn.use.permit.seal, waits_with(use)
    if waiting is None or waiting.sha256 != picture_sha256:
        raise PictureChanged(machine_use=use.uid)
    return _shown(
        own,
        Note(actor.pseudonym, _IMPRESSION, use.uid, str(command_id), picture_sha256),
        to_confirm(use, picture_sha256),
        names={seal.uid: seal.name, use.device.serial: use.device.name},
        back=reverse("impression-agreed", args=[use.uid]),
    )


def lead_to_unlocking(actor: Person, own: Sequence[ApprovalPasskey], asked: Unlocking, *, command_id: UUID) -> str:
    """Hand over which machine is to open again; return the address that shows it once, or refuse."""
    return _shown(
        own,
        Note(actor.pseudonym, _UNLOCKING, asked.uid, str(command_id)),
        to_unlock(asked),
        names={asked.device.serial: asked.device.name},
        back=reverse("unlocking-agreed", args=[asked.device.uid]),
    )


def count(actor: Person, at: datetime, *, code: str) -> None:
    """Count the yes that waits under a code, once, or refuse."""
    page = client()
    answered = page.fetch(code)
    note = carried.read(Note, answered.context)
    if note.person != actor.pseudonym:
        raise ApprovalCodeUnknown
    said, command = assertions_of(answered.answers), UUID(note.command_id)
    if note.what == _IMPRESSION:
        seen = {"use_uid": note.uid, "picture_sha256": note.picture}
        actions.agree_to_impression.once(command, actor, at, **seen, assertions=said)
    else:
        actions.agree_to_unlock.once(command, actor, at, unlocking_uid=note.uid, assertions=said)
    page.counted(code)


def _shown(
    own: Sequence[ApprovalPasskey], note: Note, agreed: Agreement, *, names: Mapping[str, str], back: str
) -> str:
    ask = Ask(
        approver=note.person,
        credentials=tuple(web_text(bytes(one.credential)) for one in own[-MAX_CREDENTIALS:]),
        statements=(agreed.to_bytes().decode(),),
        names={uid: said for uid, name in names.items() if (said := on_one_line(name))},
        language=language(),
        zone=settings.TIME_ZONE,
        back=back,
        context=carried.written(note),
    )
    return f"{settings.APPROVAL_URL}/o/{client().show(ask, _picture)}"


@contextmanager
def _picture(sha256: str) -> Iterator[bytes]:
    yield b"".join(settings.VAULT.parts(sha256))
