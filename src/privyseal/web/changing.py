"""A change of the signer's rosters or charters by passkey: to the page that says it in words, and the yes fetched."""

from collections.abc import Mapping, Sequence
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
from privyseal.approvals.queries.charters import charter_visible_to
from privyseal.approvals.queries.passkeys import passkeys_of, passkeys_visible_to
from privyseal.approvals.queries.rosters import lists_visible_to
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.signer.changes import Change
from privyseal.signer.charters import SECURITY
from privyseal.signer.passkeys import web_text
from privyseal.web import carried
from privyseal.web.approving import assertions_of, client, language, on_one_line

_PASSKEY: Final = "passkey"
_CHARTER: Final = "charter"
_SEATS: Final = "seats"


@dataclass(frozen=True, slots=True)
class Note:
    """Who says yes to which passkey or charter; the command that counts it counts it once."""

    person: str
    what: str
    uid: str
    command_id: str


def has_voice(actor: Person, at: datetime) -> bool:
    """Return whether somebody's own passkey says yes to what is on the rosters."""
    return bool(passkeys_of(actor, at, roster=SECURITY))


def lead(actor: Person, at: datetime, *, passkey_uid: str, command_id: UUID) -> str:
    """Hand over which passkey is to be entered, and return the address that shows it once, or refuse."""
    offered = passkeys_visible_to(actor, at).filter(uid=passkey_uid).first()
    if offered is None:
        raise NotFound(passkey=passkey_uid)
    return _shown(
        passkeys_of(actor, at, roster=SECURITY),
        Note(actor.pseudonym, _PASSKEY, passkey_uid, str(command_id)),
        offered.entry,
        names={offered.person.pseudonym: offered.person.name},
        back=reverse("approval-passkey-confirmed"),
    )


def lead_to_charter(actor: Person, at: datetime, *, charter_uid: str, command_id: UUID, back: str) -> str:
    """Hand over which charter is to hold, and return the address that shows it once, or refuse."""
    proposed = charter_visible_to(actor, at, charter_uid)
    return _shown(
        passkeys_of(actor, at),
        Note(actor.pseudonym, _CHARTER, charter_uid, str(command_id)),
        proposed.change,
        names={proposed.seal.uid: proposed.seal.name} if proposed.seal else {},
        back=back,
    )


def lead_to_seats(actor: Person, at: datetime, *, list_uid: str, command_id: UUID) -> str:
    """Hand over which passkeys are to count in which companies, and return the address that shows it, or refuse."""
    made = lists_visible_to(actor, at).filter(uid=list_uid).first()
    if made is None:
        raise NotFound(list=list_uid)
    people = made.seats.values_list("passkey__person__pseudonym", "passkey__person__name")
    return _shown(
        passkeys_of(actor, at, roster=SECURITY),
        Note(actor.pseudonym, _SEATS, list_uid, str(command_id)),
        made.change,
        names=dict(people),
        back=reverse("rosters-agreed"),
    )


def count(actor: Person, at: datetime, *, code: str) -> None:
    """Count the yes that waits under a code, once, or refuse."""
    page = client()
    answered = page.fetch(code)
    note = carried.read(Note, answered.context)
    if note.person != actor.pseudonym:
        raise ApprovalCodeUnknown
    said, command = assertions_of(answered.answers), UUID(note.command_id)
    if note.what == _PASSKEY:
        actions.confirm_passkey.once(command, actor, at, passkey_uid=note.uid, assertions=said)
    elif note.what == _SEATS:
        actions.agree_seats.once(command, actor, at, list_uid=note.uid, assertions=said)
    else:
        actions.agree_charter.once(command, actor, at, charter_uid=note.uid, assertions=said)
    page.counted(code)


def _shown(own: Sequence[ApprovalPasskey], note: Note, change: Change, *, names: Mapping[str, str], back: str) -> str:
    ask = Ask(
        approver=note.person,
        credentials=tuple(web_text(bytes(one.credential)) for one in own[-MAX_CREDENTIALS:]),
        statements=(change.to_bytes().decode(),),
        names={uid: said for uid, name in names.items() if (said := on_one_line(name))},
        language=language(),
        zone=settings.TIME_ZONE,
        back=back,
        context=carried.written(note),
    )
    return f"{settings.APPROVAL_URL}/o/{client().show(ask, settings.BLOBS.mapped)}"
