"""How long what is in a class is kept."""

from datetime import date

import pytest

from privyseal.approvals.rules.categories import Retention
from privyseal.keeping.terms import TERMS, ends_on, is_over


@pytest.mark.parametrize(
    ("retention", "came_on", "last"),
    [
        (Retention.TEN_YEARS, date(2026, 11, 26), date(2036, 11, 26)),
        (Retention.THIRTY_YEARS, date(2028, 2, 29), date(2058, 2, 28)),
        (Retention.PERMANENT, date(2026, 11, 26), None),
    ],
)
def test_a_class_keeps_for_its_years_and_a_permanent_one_for_ever(
    retention: Retention, came_on: date, last: date | None
) -> None:
    assert ends_on(retention, came_on) == last
    assert not is_over(retention, came_on, today=last or date.max)
    assert is_over(retention, came_on, today=date.max) == (last is not None)


def test_every_class_has_its_term() -> None:
    assert {row.retention for row in TERMS} == set(Retention)
