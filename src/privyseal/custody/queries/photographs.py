"""Photographs of stamped pages, as far as an actor may see them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from privyseal.custody.models import HandUse, Photograph, PhotographWaiver, Turn
from privyseal.custody.owing import unseen
from privyseal.custody.queries import permits_visible_to
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with


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


def use_visible_to(actor: Person, at: datetime, uid: str) -> HandUse:
    """Return one time that a seal was out, of a permit that somebody sees."""
    seen = permits_visible_to(actor, at).order_by().values("pk")
    use = HandUse.objects.filter(permit__in=seen, uid=uid).first()
    if use is None:
        raise NotFound(hand_use=uid)
    return use


@dataclass(frozen=True, slots=True)
class Debt:
    """A use of which so many impressions have to be seen on photographs, and are not."""

    use: HandUse
    missing: int
    waiver: PhotographWaiver | None


def debts_visible_to(actor: Person, at: datetime, *, of: Person | None) -> list[Debt]:
    """Return what is owed of photographs, the oldest first: by one person, or by anybody whose uses the actor sees."""
    missing: Counter[int] = Counter()
    if of == actor:
        owed = asked_with(_own_unseen, actor.pk)
    else:
        turns = unseen().filter(use__permit__in=permits_visible_to(actor, at).order_by().values("pk"))
        turns = turns.filter(use__ended_at__isnull=False)
        owed = list((turns if of is None else turns.filter(use__operator=of)).values_list("use_id", "missing"))
    for use, number in owed:
        missing[use] += number
    if not missing:
        return []
    uses = HandUse.objects.filter(pk__in=missing).select_related(
        "permit__seal__company", "operator", "waiver__asked_by"
    )
    return [Debt(use, missing[use.pk], getattr(use, "waiver", None)) for use in uses.order_by("ended_at", "pk")]


def _own_unseen(actor: int) -> QuerySet[Turn, tuple[int, int]]:
    """Whoever stamped sees their own uses."""
    own = unseen().filter(use__ended_at__isnull=False, use__operator=actor)
    return own.values_list("use_id", "missing")
