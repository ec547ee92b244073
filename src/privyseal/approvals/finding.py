"""Where the words that somebody looks for may stand in an application."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from privyseal.approvals.models import Application, Joint, Line
from privyseal.approvals.numbers import numbered
from privyseal.approvals.searching import contains, numbers_from, telling
from privyseal.identity.keys import among
from privyseal.ledger.rewording import Most, asked_with
from privyseal.seals.models import Seal

_FEW: Final = 200
_LOOKED_AT: Final = 500


class Said(NamedTuple):
    """What somebody looks for, and where it stands, by key: each a value that a question is asked with."""

    words: str
    telling: str
    is_in_many_documents: bool
    is_in_many_reasons: bool
    few: frozenset[int]  # the applications that say it, where few do
    seals: frozenset[int] | None  # those that are called so; None where many are
    first: str | None  # the uids that begin with it
    last: str | None
    number: str | None


def standing(words: str) -> Said:
    """Return where the words stand, whoever may see it: once, and in no order, for all ways to the applications.

    Where an order is asked for, a word that hardly anything says is taken for a common one, and all applications are
    walked to find some. What many of the newest say is found so at once, and by its index only after all were gathered.
    No index finds the names of seals: every one is looked at.
    """
    found = words, telling(words)
    newest = asked_with(_newest, Most(_LOOKED_AT))
    documents = None if _is_common(words, [name for name, _ in newest]) else _few_of(_in_documents, *found)
    reasons = None if _is_common(words, [reason for _, reason in newest]) else _few_of(_in_reasons, *found)
    few = (documents or frozenset()) | (reasons or frozenset())
    first, last = numbers_from(words) or (None, None)
    number = None if numbered(words) is None else words
    seals = _few_of(_seals_like if _has_capitals(words) else _seals_with, words)
    return Said(*found, documents is None, reasons is None, few, seals, first, last, number)


def _newest(most: int) -> QuerySet[Line, tuple[str, str]]:
    return Line.objects.order_by("-pk").values_list("document_name", "application__reason")[:most]


def _in_documents(words: str, telling: str, most: int) -> QuerySet[Line, int]:
    said = Line.objects.filter(contains("document_name", words, telling)).order_by()
    return said.values_list("application", flat=True)[:most]


def _in_reasons(words: str, telling: str, most: int) -> QuerySet[Application, int]:
    said = Application.objects.filter(contains("reason", words, telling)).order_by()
    return said.values_list("pk", flat=True)[:most]


def _seals_with(words: str, most: int) -> QuerySet[Seal, int]:
    # In letters without capitals, as Chinese is written: a third of what it costs to have every name in capitals.
    return Seal.objects.filter(_holds("name", words)).order_by().values_list("pk", flat=True)[:most]


def _seals_like(words: str, most: int) -> QuerySet[Seal, int]:
    return Seal.objects.filter(contains("name", words, "")).order_by().values_list("pk", flat=True)[:most]


def _has_capitals(words: str) -> bool:
    return words.upper() != words.lower()


def _holds(field: str, words: str) -> Q:
    return Q(GreaterThan(StrIndex(F(field), Value(words)), 0))


def _is_common(words: str, texts: Sequence[str]) -> bool:
    """Tell whether more than a hundredth say the words, or no index finds them."""
    said = sum(words.lower() in text.lower() for text in texts)
    return len(words) == 1 or said * 100 > len(texts)


def _few_of(find: Callable[..., QuerySet[Any, int]], *said: str) -> frozenset[int] | None:
    keys = asked_with(find, *said, Most(_FEW + 1))
    return frozenset(keys) if len(keys) <= _FEW else None


def saying(said: Said, *, seals: QuerySet[Seal]) -> Iterator[Q]:
    """Yield each place where the words stand, or may stand, one by one: each is found by an index of its own."""
    words, telling = said.words, said.telling
    if said.is_in_many_documents:
        lines = Line.objects.filter(contains("document_name", words, telling)).order_by()
        yield Q(pk__in=lines.values("application"))
    if said.is_in_many_reasons:
        yield contains("reason", words, telling)
    if said.few:
        yield among("pk", said.few)
    if said.seals is None or said.seals:
        so_called = contains("name", words, "") if said.seals is None else among("pk", said.seals)
        sealed = seals.filter(so_called).order_by().values("pk")
        yield Q(pk__in=Line.objects.filter(seal__in=sealed).order_by().values("application"))
    if said.first and said.last:
        yield _in_wholes(said.first, said.last)
        yield Q(uid__range=(said.first, said.last))
    if said.number and (number := numbered(said.number)) is not None:
        yield number


def said_by_part(words: str) -> Q:
    """Return the condition that the words stand somewhere in an application: asked of one row at a time, of a few."""
    # From here to here: an equality would have the planner gather every line that says a common word, for one row.
    own = Line.objects.filter(application__gte=OuterRef("pk"), application__lte=OuterRef("pk")).order_by()
    in_documents = contains("document_name", words, telling(words))
    said = contains("reason", words, telling(words))
    if (numbers := numbers_from(words)) is not None:
        said |= _in_wholes(*numbers)
    said |= Q(Exists(own.filter(in_documents))) | Q(Exists(own.filter(seal__name__icontains=words)))
    if (number := numbered(words)) is not None:
        said |= number
    return said if numbers is None else said | Q(uid__range=numbers)


def _in_wholes(first: str, last: str) -> Q:
    return Q(joint__in=Joint.objects.filter(uid__range=(first, last)).order_by().values("pk"))
