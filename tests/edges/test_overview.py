"""The overview: what each may see, at one glance."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from privyseal.approvals.queries import overview
from privyseal.custody import actions
from privyseal.custody.models import TakeOut
from privyseal.identity.models import Person
from privyseal.seals.models import Filing, Seal
from privyseal.seals.rules.incidents import IncidentKind
from tests.conftest import apply
from tests.edges.conftest import Enter

pytestmark = pytest.mark.documents


def test_a_manager_sees_uses_by_month_and_unit_and_whoever_only_uses_seals_does_not(
    owed: Filing, zhao: Person, sun: Person, ma: Person, enter: Enter
) -> None:
    at = owed.entry.at
    counted, of_group = (overview.uses(who, at) for who in (zhao, sun))
    pages = [enter(who).get("/overview/").content.decode() for who in (zhao, sun, ma)]

    first = localdate(at).replace(day=1)
    assert [(month.first_on, month.uses) for month in counted.months if month.uses] == [(first, 1)]
    assert (counted.units, counted.companies, of_group.months) == ([("", 1)], (), counted.months)
    assert ["各月用印次数" in page for page in pages] == [True, True, False]
    assert ["公司本级" in page for page in pages] == [True, True, False]
    assert [page.count('class="panels"') for page in pages] == [1, 1, 1]


def test_what_is_undecided_is_counted_by_its_age_for_whoever_sees_it(
    official: Seal, contract: str, wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    apply(wang, noon, official, contract)

    ages = [overview.pending(li, noon + timedelta(days=days)).by_age for days in (0, 2, 6)]

    assert ages == [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert [sum(overview.pending(who, noon).by_age) for who in (wang, ma)] == [1, 0]
    assert sum(overview.pending(li, noon + timedelta(days=400)).by_age) == 0


def test_a_seal_that_is_out_too_long_is_named_and_what_was_found_is_counted(
    away: TakeOut, zhao: Person, ma: Person, enter: Enter
) -> None:
    at = away.due_at + timedelta(days=2)
    assert overview.overdue_returns(zhao, away.due_at, most=1) == overview.Overdue([], 0)

    actions.watch_alarms(at)

    late = [overview.overdue_returns(who, at, most=most) for who, most in ((zhao, 1), (zhao, 0), (ma, 1))]
    assert [(list(one.first), one.count) for one in late] == [([away], 1), ([], 1), ([], 0)]
    assert [dict(overview.trouble(who, at).found) for who in (zhao, ma)] == [{IncidentKind.UNUSED: 1}, {}]
    assert 'href="/alarms/">批后未用' in enter(zhao).get("/overview/").content.decode()
