"""Say that a copy agrees with its original."""

from collections.abc import Collection
from datetime import datetime

from privyseal.approvals.actions.deciding import ChangedSinceShown
from privyseal.approvals.comparing import LinesNotCompared, copies_among
from privyseal.approvals.locks import locked
from privyseal.approvals.models import CopyCheck
from privyseal.approvals.rules import Part, State
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("application.compare")
def compare_copy(
    actor: Person, at: datetime, *, application_uid: str, shown_sha256: str, positions: Collection[int]
) -> str:
    """Say, as whoever is named for it, of each line that is sealed as a copy that it agrees with its original."""
    application = locked(application_uid)
    identity.require_part(actor, at)
    check = CopyCheck.objects.select_for_update().filter(application=application, person=actor).first()
    if check is None:
        raise NotEntitled(part=Part.WITNESS.value)
    if application.state != State.PENDING.value or at >= application.expires_at or check.compared_at is not None:
        raise OutOfTurn(application=application.uid)
    lines = list(application.lines.all())
    if shown_sha256 != shown_digest(application, statements_of(application, lines), lines):
        raise ChangedSinceShown(application=application.uid)
    copies = copies_among(lines)
    if {line.position for line in copies} != {*positions}:
        raise LinesNotCompared(lines=len(copies), compared=len({*positions}))
    check.compared_at, check.shown_sha256 = at, shown_sha256
    check.save(update_fields=["compared_at", "shown_sha256"])
    book.record(
        "application.compared",
        by=actor,
        at=at,
        application=application.uid,
        documents=[line.document_sha256 for line in copies],
        lines=len(copies),
        shown_sha256=shown_sha256,
    )
    return application.state
