"""The company's sign-in service: linked to somebody who is enrolled already, and never the other way round."""

from datetime import datetime

from django.db import IntegrityError, transaction

from privyseal.identity.actions.factors import AlreadyEnrolled
from privyseal.identity.models import Person, ProviderLink
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command


class ProviderUnknownPerson(Refused):
    """The service vouches for somebody, but nobody here is linked to them."""

    code = "provider-unknown-person"


@command("factor.link-provider")
def link_provider(actor: Person, at: datetime, *, issuer: str, subject: str) -> int:
    """Let the service sign the actor in from now on."""
    try:
        with transaction.atomic():
            link = ProviderLink.objects.create(person=actor, issuer=issuer, subject=subject, linked_at=at)
    except IntegrityError as error:
        raise AlreadyEnrolled from error
    book.record("factor.provider-linked", by=actor, at=at, person=actor.pseudonym)
    return link.pk


@command("factor.unlink-provider")
def unlink_provider(actor: Person, at: datetime) -> int:
    """Let the service sign the actor in no more."""
    ended, _ = ProviderLink.objects.filter(person=actor).delete()
    if not ended:
        raise NotFound
    book.record("factor.provider-unlinked", by=actor, at=at, person=actor.pseudonym)
    return ended


def person_behind_subject_of(issuer: str, subject: str) -> Person:
    """Return who is linked to the subject, or refuse: nobody is ever enrolled by a service."""
    link = ProviderLink.objects.select_related("person").filter(issuer=issuer, subject=subject).first()
    if link is None or not link.person.is_active:
        raise ProviderUnknownPerson
    return link.person
