"""Spoiled impressions, counted: of a turn, a line, a permit."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet, Sum

from privyseal.custody.models import Spoiled, Turn
from privyseal.seals.models import Permit, PermitLine


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
    found = Spoiled.objects.filter(turn__line__in=line_ids).order_by().values("turn__line")
    return dict(found.annotate(spoiled=Sum("impressions")).values_list("turn__line", "spoiled"))


def spoiled_by_seal(line_ids: QuerySet[Any]) -> dict[str, int]:
    """Return how many impressions of these lines are spoiled, by number and name of the seal."""
    found = Spoiled.objects.filter(turn__line__in=line_ids).order_by()
    rows = found.values_list("turn__use__seal__number", "turn__use__seal__name").annotate(Sum("impressions"))
    return {f"{number} {name}": spoiled for number, name, spoiled in rows}


def spoiled_by_company(book_ids: QuerySet[Any]) -> dict[str, int]:
    """Return how many impressions of what was entered in these books are spoiled, by the name of the company."""
    found = Spoiled.objects.filter(turn__line__entry__book__in=book_ids).order_by()
    return dict(found.values_list("turn__use__seal__company__name").annotate(Sum("impressions")))


def waits_to_be_handed_in(permit: Permit) -> bool:
    """Return whether a spoiled page of a permit was not handed in yet."""
    return Spoiled.objects.filter(turn__use__permit=permit, taken_in_at=None).exists()
