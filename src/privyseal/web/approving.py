"""To the approval page and back: what is handed over to be shown, and the yes that is fetched.

The note that goes along is signed here: the approval page hands it back as it was, and cannot make one up.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from privyseal.approval_page.answering import PasskeyAnswerRefused
from privyseal.approval_page.asking import MAX_CREDENTIALS, Ask
from privyseal.approval_page.client import Client
from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.approval_page.words import CHINESE, ENGLISH
from privyseal.approvals import actions, queries
from privyseal.approvals.actions import ChangedSinceShown
from privyseal.approvals.own_passkeys import asked_of_passkeys, fitting
from privyseal.approvals.queries import ApplicationView
from privyseal.approvals.rules import Step
from privyseal.identity.models import Person
from privyseal.kernel import shapes
from privyseal.kernel.errors import NotEntitled
from privyseal.pdf.face import Face
from privyseal.signer.passkeys import PasskeyAssertion, web_text
from privyseal.signer.statement import Statement
from privyseal.web import carried
from privyseal.web.shown import applications

_LONGEST_NAME: Final = 300


@dataclass(frozen=True, slots=True)
class Note:
    """Whose yes is asked for, to what, in which words of theirs; the command that counts it counts it once."""

    person: str
    application: str
    shown_sha256: str
    command_id: str
    comment: str


def lead(actor: Person, at: datetime, note: Note) -> str:
    """Hand over what the actor's passkeys are to say yes to, and return the address that shows it once, or refuse.

    What a vote would be refused for is mostly refused here, before anybody is asked for a finger; the vote asks again.
    """
    view = queries.application_visible_to(actor, at, note.application)
    asks = asked_of_passkeys(view.application.purpose, [line.seal for line in view.lines])
    credentials = [web_text(bytes(one.credential)) for one in fitting(actor, at, asks)]
    if not credentials or "approve" not in view.may:
        raise NotEntitled(application=note.application)
    if note.shown_sha256 != view.shown_sha256:
        raise ChangedSinceShown(application=note.application)
    ask = Ask(
        approver=actor.pseudonym,
        credentials=tuple(credentials[-MAX_CREDENTIALS:]),
        statements=tuple(statement.to_bytes().decode() for statement in view.statements),
        names=dict(names(view)),
        faces=faces(view.statements, view),
        language=language(),
        zone=settings.TIME_ZONE,
        back=reverse("approval-back", args=[note.application]),
        context=carried.written(note),
    )
    return f"{settings.APPROVAL_URL}/o/{client().show(ask, settings.BLOBS.mapped)}"


def count(code: str, at: datetime, *, application_uid: str) -> Person:
    """Count the yes that waits under a code, once, and return whose it is, or refuse.

    Whoever brings the code need not be signed in: a passkey said whose yes it is, perhaps in another browser. The code
    is spent only when the yes is counted: what a crash cut off is taken up again.
    """
    page = client()
    answered = page.fetch(code)
    note = carried.read(Note, answered.context)
    person = Person.objects.filter(pseudonym=note.person, is_active=True).first()
    if person is None or note.application != application_uid:
        raise ApprovalCodeUnknown
    actions.vote.once(
        UUID(note.command_id),
        person,
        at,
        application_uid=note.application,
        step=Step.APPROVE,
        shown_sha256=note.shown_sha256,
        comment=note.comment,
        assertions=assertions_of(answered.answers),
    )
    page.counted(code)
    return person


def assertions_of(answers: Iterable[Mapping[str, Any]]) -> tuple[PasskeyAssertion, ...]:
    """Return the assertions that a page handed back, or refuse."""
    try:
        return tuple(PasskeyAssertion.parse(one) for one in answers)
    except shapes.Misshapen as error:
        raise PasskeyAnswerRefused(reason="shape") from error


def client() -> Client:
    return Client(Path(settings.APPROVAL_SOCKET))


def language() -> str:
    """Return in which of its two languages the page speaks to whoever reads ours."""
    return ENGLISH if get_language() == ENGLISH else CHINESE


def names(view: ApplicationView) -> Iterator[tuple[str, str]]:
    """Yield what the seals, people and documents of an application are called."""
    named = applications.names_in(view) | {view.application.applicant.pseudonym: view.application.applicant.name}
    for line in view.lines:
        named[line.seal.uid] = line.seal.name
        if line.document_sha256:
            named[line.document_sha256] = line.document_name
    for uid, name in named.items():
        if said := on_one_line(name):
            yield uid, said


def on_one_line(name: str) -> str:
    """Return a name as the page takes it: on one line, of characters that can be printed."""
    return " ".join("".join(each if each.isprintable() else " " for each in name).split())[:_LONGEST_NAME].strip()


def faces(statements: Iterable[Statement], view: ApplicationView) -> tuple[Face, ...]:
    """Return the faces that are to be made or put on documents, as far as the statements name any."""
    named = {one.seal for one in statements if one.make is not None or one.face_sha256}
    said = [view.application.terms.get("face") or line.seal.face for line in view.lines if line.seal.uid in named]
    return tuple(dict.fromkeys(Face.from_json(face) for face in said if face))
