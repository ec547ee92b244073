"""By when a use would be decided: by what its policy says at the latest, by how long uses of its kind took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low
from typing import Final

from django.utils.timezone import localdate, localtime

from privyseal.approvals.models import Application, Line
from privyseal.approvals.rules import State
from privyseal.approvals.rules.asked import asked_for
from privyseal.approvals.stages import cases_of, companies_inside, policy_in_force, table_of, units_of
from privyseal.identity.models import Person
from privyseal.identity.queries import calendar_of, company_visible_to
from privyseal.identity.rules.working_days import Calendar, day_after, due_after, worked_between
from privyseal.seals.models import Seal
from privyseal.signer.statement import Purpose

# Among so many of a company's last applications are those of the kind looked for, and so many of them say how long.
MOST_LOOKED_AT: Final = 500
MOST_COUNTED: Final = 50
FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """``usual_on`` is empty where fewer than FEWEST were decided, ``latest_at`` where some stage has no deadline."""

    usual_on: date | None
    uses: int
    latest_at: datetime | None
    stages: int


def estimate(actor: Person, at: datetime, asked: Application, seals: Iterable[Seal]) -> Estimate:
    """Return by when a use that is not sent in yet would be decided, as far as anybody can say."""
    company = company_visible_to(actor, at, asked.company.uid)
    calendar = calendar_of(company.pk)
    took = _days_taken(asked, calendar)
    usual = day_after(localdate(at), median_low(took), calendar) if len(took) >= FEWEST else None
    stages, latest = _latest(asked, [Line(seal=seal) for seal in seals], localtime(at), calendar)
    return Estimate(usual, len(took), latest, stages)


def _days_taken(asked: Application, calendar: Calendar) -> list[int]:
    """Return how many working days the last uses of the same category took until they were decided."""
    last = Application.objects.filter(company=asked.company).order_by("-pk").values("pk")[:MOST_LOOKED_AT]
    alike = Application.objects.filter(
        pk__in=last, purpose=Purpose.USE.value, state__in=[State.APPROVED.value, State.REJECTED.value]
    )
    alike = alike.filter(category__code=asked.category.code) if asked.category else alike.filter(category=None)
    times = alike.order_by("-pk").values_list("submitted_at", "decided_at")[:MOST_COUNTED]
    return [worked_between(localdate(began), localdate(decided), calendar) for began, decided in times if decided]


def _latest(asked: Application, lines: list[Line], begun: datetime, calendar: Calendar) -> tuple[int, datetime | None]:
    """Return how many stages decide, and when the last of them is due if each takes all its time."""
    policy = policy_in_force(asked.company_id)
    if policy is None:
        return 1, None
    table = table_of(policy.pk)
    units = units_of(asked.applicant_id, asked.company) if any(row.units for row in table) else []
    cases = cases_of(asked, lines, units=frozenset(unit.uid for unit in units), inside=companies_inside(table))
    stages = asked_for(table, cases)
    latest: datetime | None = begun
    for one in stages:
        latest = due_after(latest, one.deadline.span, calendar) if latest and one.deadline else None
    return len(stages), latest if stages else None
