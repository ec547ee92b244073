"""A yes to one thing by passkey: to the page that says it in words, and fetched from there to be counted once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.conf import settings

from privyseal.approval_page.asking import MAX_CREDENTIALS, Ask
from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.approvals.models import ApprovalPasskey
from privyseal.identity.models import Person
from privyseal.signer.bodies import Body
from privyseal.signer.passkeys import PasskeyAssertion, web_text
from privyseal.web import carried
from privyseal.web.approving import assertions_of, client, language, on_one_line

Kept: TypeAlias = Callable[[str], AbstractContextManager[Body]]
"""What lies under a digest that the page shows."""


@dataclass(frozen=True, slots=True)
class Note:
    """Who says yes to what; the command that counts it counts it once."""

    person: str
    what: str
    uid: str
    command_id: str
    picture: str = ""


def shown(
    own: Sequence[ApprovalPasskey], note: Note, said: bytes, *, names: Mapping[str, str], back: str, kept: Kept
) -> str:
    """Hand over what is said yes to, and return the address that shows it once."""
    ask = Ask(
        approver=note.person,
        credentials=tuple(web_text(bytes(one.credential)) for one in own[-MAX_CREDENTIALS:]),
        statements=(said.decode(),),
        names={uid: line for uid, name in names.items() if (line := on_one_line(name))},
        language=language(),
        zone=settings.TIME_ZONE,
        back=back,
        context=carried.written(note),
    )
    return f"{settings.APPROVAL_URL}/o/{client().show(ask, kept)}"


@contextmanager
def counting(actor: Person, code: str) -> Iterator[tuple[Note, UUID, tuple[PasskeyAssertion, ...]]]:
    """Give what waits under a code, its command and what the passkeys said; counted once the block ends, or refused."""
    page = client()
    answered = page.fetch(code)
    note = carried.read(Note, answered.context)
    if note.person != actor.pseudonym:
        raise ApprovalCodeUnknown
    yield note, UUID(note.command_id), assertions_of(answered.answers)
    page.counted(code)
