"""Sessions, as far as an actor has to do with them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import Person, Session


def sessions_visible_to(actor: Person, at: datetime) -> QuerySet[Session]:
    """Return the sessions in which the actor is signed in, the one used last first; nobody sees another person's."""
    return Session.objects.filter(person=actor, expire_date__gt=at).defer("session_data").order_by("-seen_at", "pk")
