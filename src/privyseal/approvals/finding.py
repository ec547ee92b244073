"""Where the words that somebody looks for may stand in an application."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.approvals.models import Joint, Line
from privyseal.approvals.numbers import numbered
from privyseal.approvals.searching import contains, numbers_from
from privyseal.identity.keys import among
from privyseal.seals.models import Seal

_FEW: Final = 200


def seals_called(words: str) -> frozenset[int] | None:
    """Return the seals whose names contain the words, by key, or nothing where they are many.

    No index finds them, so every seal is looked at: once, and not by each way to the applications.
    """
    found = Seal.objects.filter(name__icontains=words).order_by().values_list("pk", flat=True)[: _FEW + 1]
    return frozenset(found) if len(found) <= _FEW else None


def saying(words: str, *, seals: QuerySet[Seal], called: frozenset[int] | None) -> Iterator[Q]:
    """Yield each place where the words may stand, one by one: each is found by an index of its own.

    ``called`` are the seals whose names contain them, unless they are many.
    """
    named = Line.objects.filter(contains("document_name", words)).order_by().values("application")
    yield Q(pk__in=named)
    if called is None or called:
        so_called = Q(name__icontains=words) if called is None else among("pk", called)
        sealed = seals.filter(so_called).order_by().values("pk")
        yield Q(pk__in=Line.objects.filter(seal__in=sealed).order_by().values("application"))
    yield from _of_all_parts(words)
    if (numbers := numbers_from(words)) is not None:
        yield Q(uid__range=numbers)
    if (number := numbered(words)) is not None:
        yield number


def said_by_part(words: str) -> Q:
    """Return the condition that the words stand somewhere in an application: asked of one row at a time, of a few."""
    # From here to here: an equality would have the planner gather every line that says a common word, for one row.
    own = Line.objects.filter(application__gte=OuterRef("pk"), application__lte=OuterRef("pk")).order_by()
    said = Q()
    for one in _of_all_parts(words):
        said |= one
    said |= Q(Exists(own.filter(contains("document_name", words)))) | Q(Exists(own.filter(seal__name__icontains=words)))
    if (number := numbered(words)) is not None:
        said |= number
    numbers = numbers_from(words)
    return said if numbers is None else said | Q(uid__range=numbers)


def _of_all_parts(words: str) -> Iterator[Q]:
    """Yield what says the same of every part of a whole: its reason, and its number."""
    yield contains("reason", words)
    if (numbers := numbers_from(words)) is not None:
        yield Q(joint__in=Joint.objects.filter(uid__range=numbers).order_by().values("pk"))
