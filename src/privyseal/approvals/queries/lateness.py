"""How often stages were late: by stage, by the applicant's unit, by category."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.timezone import get_current_timezone

from privyseal.approvals.models import Due
from privyseal.approvals.queries import applications_visible_to
from privyseal.identity.again import asked_for
from privyseal.identity.models import Company, Person

# Of a company's applications, so many of the last are looked at.
MOST_LOOKED_AT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """So many stages with a deadline began under a name, and so many of them were late."""

    name: str
    begun: int
    late: int


@dataclass(frozen=True, slots=True)
class Lateness:
    """A unit or category without a name is what belongs to none."""

    stages: Sequence[Kept]
    units: Sequence[Kept]
    categories: Sequence[Kept]


def lateness(actor: Person, at: datetime, company: Company, year: int) -> Lateness:
    """Count the stages with a deadline of a company's applications of one year, as far as an actor may see them."""
    zone = get_current_timezone()
    begins, ends = (datetime(each, 1, 1, tzinfo=zone) for each in (year, year + 1))
    rows = asked_for(_begun_in, actor, at, company.pk, begins, ends)
    return Lateness(
        stages=_summed((str(stage), count, late) for stage, _unit, _category, count, late in rows),
        units=_summed((unit or "", count, late) for _stage, unit, _category, count, late in rows),
        categories=_summed((category or "", count, late) for _stage, _unit, category, count, late in rows),
    )


def _begun_in(
    actor: Person, at: datetime, company: int, begins: datetime, ends: datetime
) -> QuerySet[Due, tuple[int, str | None, str | None, int, int]]:
    seen = applications_visible_to(actor, at).filter(company=company).order_by("-pk").values("pk")[:MOST_LOOKED_AT]
    begun = Due.objects.filter(application__in=seen, begun_at__isnull=False)
    begun = begun.filter(application__submitted_at__gte=begins, application__submitted_at__lt=ends)
    named = begun.annotate(category_name=KeyTextTransform("name_zh", "application__category__says"))
    grouped = named.order_by("stage").values_list("stage", "application__unit__name", "category_name")
    return grouped.annotate(begun=Count("stage"), late=Count("stage", filter=Q(lapsed_at__isnull=False)))


def _summed(rows: Iterable[tuple[str, int, int]]) -> list[Kept]:
    """Return the sums by name, what was late most often first."""
    begun, late = Counter[str](), Counter[str]()
    for name, count, over in rows:
        begun[name] += count
        late[name] += over
    return sorted((Kept(name, begun[name], late[name]) for name in begun), key=lambda one: (-one.late, one.name))
