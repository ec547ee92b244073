"""Where the words that somebody looks for may stand in an application."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.approvals.models import Application, Joint, Line
from privyseal.approvals.numbers import numbered
from privyseal.approvals.searching import contains, numbers_from
from privyseal.identity.keys import among
from privyseal.seals.models import Seal

_FEW: Final = 200
_LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """Where words stand, by key of application or seal, whoever may see them; None where they stand in many."""

    documents: frozenset[int] | None
    reasons: frozenset[int] | None
    seals: frozenset[int] | None


def standing(words: str) -> Standing:
    """Return where the words stand: once, and in no order, for all ways to the applications.

    Where an order is asked for, a word that hardly anything says is taken for a common one, and all applications are
    walked to find some. What many of the newest say is found so at once, and by its index only after all were gathered.
    No index finds the names of seals: every one is looked at.
    """
    newest = list(Line.objects.order_by("-pk").values_list("document_name", "application__reason")[:_LOOKED_AT])
    lines = Line.objects.filter(contains("document_name", words)).values_list("application", flat=True)
    reasons = Application.objects.filter(contains("reason", words)).values_list("pk", flat=True)
    seals = Seal.objects.filter(name__icontains=words).values_list("pk", flat=True)
    return Standing(
        None if _is_common(words, [name for name, _ in newest]) else _few_of(lines),
        None if _is_common(words, [reason for _, reason in newest]) else _few_of(reasons),
        _few_of(seals),
    )


def _is_common(words: str, texts: Sequence[str]) -> bool:
    """Tell whether more than a hundredth say the words, or no index finds them."""
    said = sum(words.lower() in text.lower() for text in texts)
    return len(words) == 1 or said * 100 > len(texts)


def _few_of(found: QuerySet[Any, int]) -> frozenset[int] | None:
    keys = list(found.order_by()[: _FEW + 1])
    return frozenset(keys) if len(keys) <= _FEW else None


def saying(words: str, *, seals: QuerySet[Seal], found: Standing) -> Iterator[Q]:
    """Yield each place where the words stand, or may stand, one by one: each is found by an index of its own."""
    if found.documents is None:
        yield Q(pk__in=Line.objects.filter(contains("document_name", words)).order_by().values("application"))
    if found.reasons is None:
        yield contains("reason", words)
    if few := (found.documents or frozenset()) | (found.reasons or frozenset()):
        yield among("pk", few)
    if found.seals is None or found.seals:
        so_called = Q(name__icontains=words) if found.seals is None else among("pk", found.seals)
        sealed = seals.filter(so_called).order_by().values("pk")
        yield Q(pk__in=Line.objects.filter(seal__in=sealed).order_by().values("application"))
    yield from _in_wholes(words)
    if (numbers := numbers_from(words)) is not None:
        yield Q(uid__range=numbers)
    if (number := numbered(words)) is not None:
        yield number


def said_by_part(words: str) -> Q:
    """Return the condition that the words stand somewhere in an application: asked of one row at a time, of a few."""
    # From here to here: an equality would have the planner gather every line that says a common word, for one row.
    own = Line.objects.filter(application__gte=OuterRef("pk"), application__lte=OuterRef("pk")).order_by()
    said = contains("reason", words)
    for one in _in_wholes(words):
        said |= one
    said |= Q(Exists(own.filter(contains("document_name", words)))) | Q(Exists(own.filter(seal__name__icontains=words)))
    if (number := numbered(words)) is not None:
        said |= number
    numbers = numbers_from(words)
    return said if numbers is None else said | Q(uid__range=numbers)


def _in_wholes(words: str) -> Iterator[Q]:
    if (numbers := numbers_from(words)) is not None:
        yield Q(joint__in=Joint.objects.filter(uid__range=numbers).order_by().values("pk"))
