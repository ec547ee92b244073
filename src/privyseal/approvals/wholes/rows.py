"""One application to several companies as one row of a list: which of its parts stands for it, and how all stand."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State

# Beside each row, by the index of the parts of a whole: a list costs as many questions with wholes as without.
_PARTS: Final = "parts_stand"

Page: TypeAlias = Callable[[int | None], Sequence[tuple[int, int | None]]]


@dataclass(frozen=True, slots=True)
class PartStands:
    """How one company's part stands, as everybody sees it who takes part in the whole."""

    company: str
    state: State


def keys_of_rows(page: Page, alike: Callable[[], QuerySet[Application]], *, limit: int) -> list[int]:
    """Return the keys of so many rows: of the parts of a whole among these the first alone stands for it.

    ``page`` returns key and whole of the next applications below a key, the newest first, ``limit`` at most. Wholes are
    few: asked of a page that has some, not of every row that words are looked for in.
    """
    keys: list[int] = []
    below: int | None = None
    while len(keys) < limit:
        found = page(below)
        wholes = {joint for _, joint in found if joint is not None}
        first = _first_parts(alike(), wholes) if wholes else {}
        keys += [key for key, joint in found if joint is None or first.get(joint) == key]
        if len(found) < limit:
            break
        below = found[-1][0]
    return keys[:limit]


def _first_parts(alike: QuerySet[Application], wholes: Collection[int]) -> dict[int, int]:
    first = alike.filter(joint__in=wholes).order_by().values("joint").annotate(first=Min("pk"))
    return dict(first.values_list("joint", "first"))


def with_parts(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Fetch with each application how the parts of its whole stand."""
    parts = Application.objects.filter(joint=OuterRef("joint")).order_by("pk")
    said = parts.values(said=JSONObject(company="company__name", state="state"))
    return applications.annotate(**{_PARTS: ArraySubquery(said)})


def parts_standing(application: Application) -> Sequence[PartStands]:
    """Return how the parts of a whole stand, where they were fetched; nothing where one company alone was asked."""
    return [PartStands(said["company"], State(said["state"])) for said in vars(application).get(_PARTS, ())]
