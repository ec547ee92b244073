"""Ending sessions. The next request of an ended one finds nobody signed in: there is nothing to wait for."""

from datetime import datetime
from typing import Final

from privyseal.identity import queries
from privyseal.identity.locks import locked_person
from privyseal.identity.models import EntryCode, FactorReset, Person, Session
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

MOST_SESSIONS: Final = 20
"""In so many browsers one person is signed in at once."""


class SessionsOwn(Refused):
    """One's own sessions are ended on one's own page."""

    code = "sessions-own"


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


@command("session.put-out")
def put_out(actor: Person, at: datetime, *, person_pseudonym: str) -> int:
    """End every session of somebody else, at once and alone: toward safety. Return how many there were."""
    queries.require(actor, at, Power.SECURITY, None)
    person = locked_person(person_pseudonym)
    if person == actor:
        raise SessionsOwn  # this door would put out the one who asks; the one on one's own page keeps them
    ended = forget_sessions_of(person)
    book.record("session.put-out", by=actor, at=at, person=person.pseudonym, sessions=ended)
    return ended


@transaction_required
def forget_sessions_of(person: Person, *, kept_sha256: str = "") -> int:
    """End every session of a person but one: for whoever leaves, or whose password or second factor changes."""
    ended, _ = Session.objects.filter(person=person).exclude(pk=kept_sha256).delete()
    return ended


@transaction_required
def end_what_was_open(at: datetime) -> tuple[int, int]:
    """End every session, entry code and asked reset, as after a restore; return how many of the first two.

    What a backup says is open may have been ended or used since it, and would open an account once more.
    """
    FactorReset.objects.filter(done_at=None, stopped_at=None).update(stopped_at=at)
    codes = EntryCode.objects.filter(used_at=None, replaced_at=None).update(replaced_at=at)
    ended, _ = Session.objects.all().delete()
    return ended, codes


def forget_ended_sessions(at: datetime) -> int:
    """Delete the rows of sessions that have ended by themselves."""
    forgotten, _ = Session.objects.filter(expire_date__lte=at).delete()
    return forgotten
