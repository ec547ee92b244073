"""Photographs of stamped pages, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.custody.models import Photograph, Turn
from privyseal.custody.queries import permits_visible_to
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound


def photographs_visible_to(actor: Person, at: datetime) -> QuerySet[Photograph]:
    """Return the photographs of what was stamped by the permits that somebody sees."""
    seen = permits_visible_to(actor, at).order_by().values("pk")
    found = Photograph.objects.filter(turn__use__permit__in=seen)
    return found.select_related("turn__line", "turn__use__permit__seal", "turn__use__operator", "by").order_by(
        "at", "pk"
    )


def photograph_visible_to(actor: Person, at: datetime, uid: str) -> Photograph:
    found = photographs_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(photograph=uid)
    return found


def turn_visible_to(actor: Person, at: datetime, uid: str) -> Turn:
    """Return some impressions that were taken together, of a permit that somebody sees."""
    seen = permits_visible_to(actor, at).order_by().values("pk")
    turn = Turn.objects.select_related("use").filter(use__permit__in=seen, uid=uid).first()
    if turn is None:
        raise NotFound(turn=uid)
    return turn
