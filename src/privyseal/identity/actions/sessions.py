"""Ending sessions. The next request of an ended one finds nobody signed in: there is nothing to wait for."""

from datetime import datetime

from privyseal.identity.models import Person, Session
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@command("session.end")
def end_session(actor: Person, at: datetime, *, session_sha256: str) -> int:
    """End one of one's own sessions."""
    ended, _ = Session.objects.filter(person=actor, pk=session_sha256).delete()
    if not ended:
        raise NotFound
    book.record("session.ended", by=actor, at=at, person=actor.pseudonym, sessions=ended)
    return ended


@command("session.end-others")
def end_other_sessions(actor: Person, at: datetime, *, kept_sha256: str) -> int:
    """End all of one's own sessions but the one that asks; return how many there were."""
    ended = forget_sessions_of(actor, kept_sha256=kept_sha256)
    book.record("session.ended", by=actor, at=at, person=actor.pseudonym, sessions=ended)
    return ended


@transaction_required
def forget_sessions_of(person: Person, *, kept_sha256: str = "") -> int:
    """End every session of a person but one: for whoever leaves, or whose password or second factor changes."""
    ended, _ = Session.objects.filter(person=person).exclude(pk=kept_sha256).delete()
    return ended


def forget_ended_sessions(at: datetime) -> int:
    """Delete the rows of sessions that have ended by themselves."""
    forgotten, _ = Session.objects.filter(expire_date__lte=at).delete()
    return forgotten
