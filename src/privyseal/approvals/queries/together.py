"""Why somebody cannot decide an application beside others on one page."""

from datetime import datetime

from django.db.models import Q

from privyseal.approvals.queries import visible_to
from privyseal.approvals.rules import State
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound, Refused


class NotTogether(Refused):
    """No row of the policy lets this be decided beside others, or it is not this person who decides now."""

    code = "not-together"


class DecidedMeanwhile(Refused):
    code = "decided-meanwhile"


class VotedMeanwhile(Refused):
    """This person has decided on it, here or elsewhere, and others still have to."""

    code = "voted-meanwhile"


def why_not_together(actor: Person, at: datetime, uid: str) -> Refused:
    """Return why an actor cannot decide this beside others: it is decided, their turn is over, or no row lets it."""
    application = visible_to(actor, at).filter(uid=uid).first()
    if application is None:
        return NotFound(application=uid)
    if application.state != State.PENDING.value:
        return DecidedMeanwhile(application=uid)
    if application.votes.filter(Q(person=actor) | Q(for_person=actor)).exists():
        return VotedMeanwhile(application=uid)
    return NotTogether(application=uid)
