"""A change of the signer's rosters or charters by passkey: to the page that says it in words, and the yes fetched."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from privyseal.approvals import actions
from privyseal.approvals.queries.charters import charter_visible_to
from privyseal.approvals.queries.passkeys import passkeys_of, passkeys_visible_to
from privyseal.approvals.queries.rosters import lists_visible_to
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.signer.charters import SECURITY
from privyseal.web.one_yes import Note, counting, shown

_PASSKEY: Final = "passkey"
_CHARTER: Final = "charter"
_SEATS: Final = "seats"


def has_voice(actor: Person, at: datetime) -> bool:
    """Return whether somebody's own passkey says yes to what is on the rosters."""
    return bool(passkeys_of(actor, at, roster=SECURITY))


def lead(actor: Person, at: datetime, *, passkey_uid: str, command_id: UUID) -> str:
    """Hand over which passkey is to be entered, and return the address that shows it once, or refuse."""
    offered = passkeys_visible_to(actor, at).filter(uid=passkey_uid).first()
    if offered is None:
        raise NotFound(passkey=passkey_uid)
    return shown(
        passkeys_of(actor, at, roster=SECURITY),
        Note(actor.pseudonym, _PASSKEY, passkey_uid, str(command_id)),
        offered.entry.to_bytes(),
        names={offered.person.pseudonym: offered.person.name},
        back=reverse("approval-passkey-confirmed"),
        kept=settings.BLOBS.mapped,
    )


def lead_to_charter(actor: Person, at: datetime, *, charter_uid: str, command_id: UUID, back: str) -> str:
    """Hand over which charter is to hold, and return the address that shows it once, or refuse."""
    proposed = charter_visible_to(actor, at, charter_uid)
    return shown(
        passkeys_of(actor, at),
        Note(actor.pseudonym, _CHARTER, charter_uid, str(command_id)),
        proposed.change.to_bytes(),
        names={proposed.seal.uid: proposed.seal.name} if proposed.seal else {},
        back=back,
        kept=settings.BLOBS.mapped,
    )


def lead_to_seats(actor: Person, at: datetime, *, list_uid: str, command_id: UUID) -> str:
    """Hand over which passkeys are to count in which companies, and return the address that shows it, or refuse."""
    made = lists_visible_to(actor, at).filter(uid=list_uid).first()
    if made is None:
        raise NotFound(list=list_uid)
    people = made.seats.values_list("passkey__person__pseudonym", "passkey__person__name")
    return shown(
        passkeys_of(actor, at, roster=SECURITY),
        Note(actor.pseudonym, _SEATS, list_uid, str(command_id)),
        made.change.to_bytes(),
        names=dict(people),
        back=reverse("rosters-agreed"),
        kept=settings.BLOBS.mapped,
    )


def count(actor: Person, at: datetime, *, code: str) -> None:
    """Count the yes that waits under a code, once, or refuse."""
    with counting(actor, code) as (note, command, said):
        if note.what == _PASSKEY:
            actions.confirm_passkey.once(command, actor, at, passkey_uid=note.uid, assertions=said)
        elif note.what == _SEATS:
            actions.agree_seats.once(command, actor, at, list_uid=note.uid, assertions=said)
        else:
            actions.agree_charter.once(command, actor, at, charter_uid=note.uid, assertions=said)
