"""One's own yes by passkey: to the page that shows it, and what is fetched from there, for one use or a mandate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from privyseal.approval_page.asking import MAX_CREDENTIALS, Ask
from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.approvals import actions, queries
from privyseal.approvals.actions import ChangedSinceShown, MandateWish
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.identity.models import Person
from privyseal.kernel.canonical import utc_text, utc_time
from privyseal.kernel.errors import NotEntitled
from privyseal.pdf.face import Face
from privyseal.seals.rules.persons import Limits
from privyseal.signer.passkeys import web_text
from privyseal.signer.statement import Statement
from privyseal.web import carried
from privyseal.web.approving import assertions_of, client, faces, language, names, on_one_line

_USE: Final = "use"
_MANDATE: Final = "mandate"


@dataclass(frozen=True, slots=True)
class Note:
    """Whose own yes is asked for, to which application or for which seal; the command that counts it counts it once.

    ``wish`` is the mandate that is given, in plain words.
    """

    person: str
    what: str
    uid: str
    command_id: str
    shown_sha256: str = ""
    wish: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return where it is seen afterwards."""
        return reverse("application" if self.what == _USE else "own-yes", args=[self.uid])


def lead(actor: Person, at: datetime, *, application_uid: str, shown_sha256: str, command_id: UUID) -> str:
    """Hand over the use that the actor's own yes is asked for, and return the address that shows it once, or refuse."""
    view = queries.application_visible_to(actor, at, application_uid)
    if "consent" not in view.may:
        raise NotEntitled(application=application_uid)
    if shown_sha256 != view.shown_sha256:
        raise ChangedSinceShown(application=application_uid)
    own = [one for one in view.application.own_yeses.all() if one.person_id == actor.pk and not one.is_there]
    said = actions.own_statements_of(own, view.statements, view.lines)
    note = Note(actor.pseudonym, _USE, application_uid, str(command_id), shown_sha256)
    return _shown(actor, at, said, note, dict(names(view)), faces(said, view))


def lead_to_mandate(actor: Person, at: datetime, *, seal_uid: str, wish: MandateWish, command_id: UUID) -> str:
    """Hand over the mandate that the actor wishes to give, and return the address that shows it once, or refuse."""
    mandate = actions.mandate_of(actor, at, seal_uid=seal_uid, wish=wish)
    note = Note(actor.pseudonym, _MANDATE, seal_uid, str(command_id), wish=_plain(wish))
    called = {mandate.seal.uid: mandate.seal.name, actor.pseudonym: actor.name, mandate.uid: mandate.purpose}
    called = {uid: said for uid, name in called.items() if (said := on_one_line(name))}
    return _shown(actor, at, [actions.mandate_statement_of(mandate)], note, called)


def count(code: str, at: datetime) -> tuple[Person, Note]:
    """Count the own yes that waits under a code, once, and return whose it is and to what, or refuse."""
    page = client()
    answered = page.fetch(code)
    note = carried.read(Note, answered.context)
    person = Person.objects.filter(pseudonym=note.person, is_active=True).first()
    if person is None:
        raise ApprovalCodeUnknown
    said, command = assertions_of(answered.answers), UUID(note.command_id)
    if note.what == _USE:
        about = {"application_uid": note.uid, "shown_sha256": note.shown_sha256}
        actions.consent.once(command, person, at, **about, assertions=said)
    else:
        actions.give_mandate.once(command, person, at, seal_uid=note.uid, wish=_wish(note.wish), assertions=said)
    page.counted(code)
    return person, note


def _shown(
    actor: Person,
    at: datetime,
    statements: Sequence[Statement],
    note: Note,
    called: dict[str, str],
    shown: tuple[Face, ...] = (),
) -> str:
    credentials = [web_text(bytes(one.credential)) for one in passkeys_of(actor, at)]
    if not credentials:
        raise NotEntitled(person=actor.pseudonym)
    ask = Ask(
        approver=actor.pseudonym,
        credentials=tuple(credentials[-MAX_CREDENTIALS:]),
        statements=tuple(statement.to_bytes().decode() for statement in statements),
        names=called,
        faces=shown,
        language=language(),
        zone=settings.TIME_ZONE,
        back=reverse("own-yes-back"),
        context=carried.written(note),
    )
    return f"{settings.APPROVAL_URL}/o/{client().show(ask, settings.BLOBS.mapped)}"


def _plain(wish: MandateWish) -> dict[str, str]:
    return {
        "uid": wish.uid,
        "purpose": wish.purpose,
        "paper_sha256": wish.paper_sha256,
        "starts_at": utc_text(wish.starts_at),
        "ends_at": utc_text(wish.ends_at),
        "uses": "" if wish.limits.uses is None else str(wish.limits.uses),
        "amount": "" if wish.limits.amount is None else str(wish.limits.amount),
    }


def _wish(said: dict[str, str]) -> MandateWish:
    uses, amount = said["uses"], said["amount"]
    return MandateWish(
        uid=said["uid"],
        purpose=said["purpose"],
        paper_sha256=said["paper_sha256"],
        starts_at=utc_time(said["starts_at"]),
        ends_at=utc_time(said["ends_at"]),
        limits=Limits(int(uses) if uses else None, Decimal(amount) if amount else None),
    )
