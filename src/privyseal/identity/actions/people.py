"""Accounts of people, and what they do with their own."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from privyseal.identity import queries
from privyseal.identity.actions.sessions import MOST_SESSIONS
from privyseal.identity.models import Person, Session, new_uid
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Means, Power
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


class AlreadyRegistered(Refused):
    code = "already-registered"


class WeakPassword(Refused):
    code = "weak-password"


@command("person.enrol")
def enrol_person(
    actor: Person, at: datetime, *, login: str, name: str, password: str | None = None, pseudonym: str = ""
) -> str:
    """Create an account without any power; return its pseudonym. Without a password an entry code opens it.

    ``pseudonym`` is given where the person has put their passkey to it before, at a key ceremony.
    """
    queries.require(actor, at, Power.SECURITY, None)
    person = create_person(login=login, name=name, password=password, pseudonym=pseudonym)
    book.record("person.enrolled", by=actor, at=at, person=person.pseudonym)
    return person.pseudonym


@command("person.sign-in")
def record_sign_in(actor: Person, at: datetime, *, means: Means) -> None:
    """Record that somebody is let in; where they are in as many browsers as can be, the one seen longest ago is out."""
    _make_room_for_session(actor)
    book.record("person.signed-in", by=actor, at=at, means=means.value)


@transaction_required
def _make_room_for_session(person: Person) -> None:
    """End what was seen longest ago, so that one more is not too many."""
    mine = Session.objects.filter(person=person).order_by("-seen_at", "pk").values_list("pk", flat=True)
    Session.objects.filter(pk__in=list(mine[MOST_SESSIONS - 1 :])).delete()


@command("person.lock-out")
def record_lock_out(actor: Service, at: datetime, *, login: str) -> None:
    """Note that an account is shut for a while after too many failures; a login that nobody has is no account."""
    person = Person.objects.filter(login=login).first()
    if person is not None:
        book.record("person.locked-out", by=actor, at=at, person=person.pseudonym)


@command("person.sign-out")
def record_sign_out(actor: Person, at: datetime) -> None:
    book.record("person.signed-out", by=actor, at=at)


@command("person.set-language")
def set_language(actor: Person, at: datetime, *, language: str) -> None:
    actor.language = language
    actor.save(update_fields=["language"])
    book.record("person.language-set", by=actor, at=at, language=language)


@transaction_required
def create_person(*, login: str, name: str, password: str | None, pseudonym: str = "") -> Person:
    """Create an account, or refuse: weak-password, already-registered."""
    person = Person(login=plain_name(login), name=plain_name(name), pseudonym=pseudonym or new_uid())
    if password is None:
        person.set_unusable_password()
    else:
        check_password(password, person)
        person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    return person


def check_password(password: str, person: Person) -> None:
    """Return if the password may guard this account, or refuse."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise WeakPassword from error
