"""A person's own password, as proof that it is still the same person."""

from datetime import datetime

from privyseal.identity.models import Person
from privyseal.identity.rules import Means, WrongPassword
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("factor.use-password")
def use_password(actor: Person, at: datetime, *, password: str) -> str:
    """Take the password as proof that it is still the same person."""
    if not actor.check_password(password):
        raise WrongPassword
    book.record("factor.used", by=actor, at=at, person=actor.pseudonym, means=Means.PASSWORD.value)
    return Means.PASSWORD.value
