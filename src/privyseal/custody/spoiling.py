"""Spoiled impressions and numbered blanks, counted: of a turn, a line, a permit, in books."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from privyseal.custody.models import Blank, Spoiled, Turn
from privyseal.custody.rules.blanks import Became
from privyseal.identity.keys import among
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Permit, PermitLine

_OUT: Final = Count("pk", filter=Q(became=Became.OUT.value))


def spoiled_of(turn: Turn) -> int:
    """Return how many impressions of a turn are called spoiled."""
    found: int | None = turn.spoiled.aggregate(spoiled=Sum("impressions"))["spoiled"]
    return found or 0


def anew_of_line(line: PermitLine) -> int:
    """Return how many impressions of a line went back to be made anew."""
    found: int | None = Spoiled.objects.filter(turn__line=line).aggregate(anew=Sum("anew"))["anew"]
    return found or 0


def anew_of(permit: Permit) -> int:
    """Return how many impressions went back to a permit to be made anew."""
    found: int | None = Spoiled.objects.filter(turn__use__permit=permit).aggregate(anew=Sum("anew"))["anew"]
    return found or 0


def spoiled_by_line(line_ids: Collection[int]) -> dict[int, int]:
    """Return of each of these lines how many impressions are spoiled, where some are: one question for all."""
    return dict(asked_with(_spoiled_by_line, frozenset(line_ids)))


def _spoiled_by_line(line_ids: frozenset[int]) -> QuerySet[Spoiled, tuple[int, int]]:
    found = Spoiled.objects.filter(among("turn__line_id", line_ids)).order_by().values("turn__line")
    return found.annotate(spoiled=Sum("impressions")).values_list("turn__line", "spoiled")


def spoiled_by_seal(line_ids: QuerySet[Any]) -> QuerySet[Spoiled, tuple[str, str, int]]:
    """Return how many impressions of these lines are spoiled, by number and name of the seal."""
    found = Spoiled.objects.filter(turn__line__in=line_ids).order_by()
    return found.values_list("turn__use__seal__number", "turn__use__seal__name").annotate(Sum("impressions"))


def spoiled_by_company(book_ids: QuerySet[Any]) -> dict[str, int]:
    """Return how many impressions of what was entered in these books are spoiled, by the name of the company."""
    found = Spoiled.objects.filter(turn__line__entry__book__in=book_ids).order_by()
    return dict(found.values_list("turn__use__seal__company__name").annotate(Sum("impressions")))


@dataclass(frozen=True, slots=True)
class Blanks:
    """So many blanks were stamped, and of so many nobody has said what became of them."""

    stamped: int = 0
    out: int = 0


def blanks_by_line(line_ids: Collection[int]) -> dict[int, Blanks]:
    """Return of each of these lines how many blanks were stamped, where some were: one question for all."""
    rows = asked_with(_blanks_by_line, frozenset(line_ids))
    return {line: Blanks(stamped, out) for line, stamped, out in rows}


def _blanks_by_line(line_ids: frozenset[int]) -> QuerySet[Blank, tuple[int, int, int]]:
    blanks = Blank.objects.filter(among("turn__line_id", line_ids)).order_by()
    return blanks.values_list("turn__line").annotate(stamped=Count("pk"), not_said=_OUT)


def blanks_by_seal(line_ids: QuerySet[Any]) -> QuerySet[Blank, tuple[str, str, int, int]]:
    """Return how many blanks were stamped on these lines, and not told of, by number and name of the seal."""
    blanks = Blank.objects.filter(turn__line__in=line_ids).order_by()
    by_seal = blanks.values_list("turn__use__seal__number", "turn__use__seal__name")
    return by_seal.annotate(stamped=Count("pk"), not_said=_OUT)


def blanks_by_company(book_ids: QuerySet[Any]) -> dict[str, Blanks]:
    """Return how many blanks were stamped of what was entered in these books, by the name of the company."""
    found = Blank.objects.filter(turn__line__entry__book__in=book_ids).order_by()
    rows = found.values_list("turn__use__seal__company__name").annotate(stamped=Count("pk"), not_said=_OUT)
    return {name: Blanks(stamped, out) for name, stamped, out in rows}


def waits_to_be_handed_in(permit: Permit) -> bool:
    """Return whether a spoiled page of a permit was not handed in yet."""
    return Spoiled.objects.filter(turn__use__permit=permit, taken_in_at=None).exists()
