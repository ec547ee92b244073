"""How often seals are used, and which nobody uses."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from privyseal.approvals.queries.statistics import statistics_of_book, statistics_of_group
from privyseal.identity.models import Company, Person
from privyseal.seals import actions, queries
from privyseal.seals.models import Filing, IdleRule, Seal
from tests.conftest import recorded
from tests.edges.conftest import Enter, command

pytestmark = pytest.mark.documents


def test_the_uses_of_a_book_are_counted_by_month_seal_unit_and_category(
    owed: Filing, company: Company, zhao: Person, noon: datetime
) -> None:
    today = localdate(noon)

    counted = statistics_of_book(zhao, noon, company, today.year)

    assert counted.months == [int(month == today.month) for month in range(1, 13)]
    assert [(one.name, one.uses, one.impressions) for one in counted.seals] == [(str(owed.entry.seal), 1, 1)]
    assert [(one.name, one.uses) for one in counted.units] == [("", 1)]
    assert [(one.name, one.uses) for one in counted.categories] == [("销售合同", 1)]


def test_a_group_is_counted_by_whoever_audits_it_and_where_one_manages(
    owed: Filing, company: Company, zhao: Person, sun: Person, ma: Person, noon: datetime
) -> None:
    year = localdate(noon).year

    found = [statistics_of_group(who, noon, year) for who in (sun, zhao, ma)]

    assert [[(one.name, one.uses) for one in each.companies] for each in found] == [
        [(company.name, 1)],
        [(company.name, 1)],
        [],
    ]
    assert [(one.name, one.uses) for one in found[0].types] == [("official", 1)]
    assert [sum(each.months) for each in found] == [1, 1, 0]


def test_the_page_draws_bars_and_says_the_same_in_a_table(
    owed: Filing, zhao: Person, sun: Person, enter: Enter
) -> None:
    page = enter(zhao).get("/registers/statistics/").content.decode()
    of_group = enter(sun).get("/registers/statistics/").content.decode()

    assert page.count('height="160" rx="2"') == 1
    assert "销售合同" in page
    assert "公章" in page
    assert "示例科技有限公司" in of_group
    assert enter(zhao).get("/registers/statistics/", {"year": "x", "company": "?"}).status_code == 200
    saved = enter(zhao).get("/registers/statistics.csv").content.decode("utf-8-sig")
    assert recorded()[-1] == "register.copied"
    assert "按印章" in saved
    assert "没有用印" in enter(zhao).get("/registers/statistics/", {"year": "2001"}).content.decode()


def test_one_sees_in_statistics_only_what_one_sees_in_the_register(
    owed: Filing, company: Company, ma: Person, noon: datetime
) -> None:
    assert sum(statistics_of_book(ma, noon, company, localdate(noon).year).months) == 0


def test_a_seal_is_idle_once_nobody_has_used_it_for_the_days_of_its_company(
    owed: Filing, second: Seal, company: Company, zhao: Person, noon: datetime
) -> None:
    official = owed.entry.seal
    later = noon + timedelta(days=queries.USUAL_IDLE_DAYS - 1)
    assert list(queries.idle_seals(zhao, later)) == []
    assert set(queries.idle_seals(zhao, later + timedelta(days=3))) == {official, second}

    actions.set_idle_days(zhao, noon, company_uid=company.uid, days=10)

    idle = {seal.pk: seal for seal in queries.idle_seals(zhao, noon + timedelta(days=11))}
    assert set(idle) == {official.pk, second.pk}
    assert (idle[official.pk].last_used_at, idle[second.pk].last_used_at) == (owed.entry.at, None)  # type: ignore[attr-defined]  # annotated
    assert IdleRule.objects.get().days == 10
    assert recorded()[-1] == "register.idle-days-set"


def test_idle_seals_stand_on_a_page_that_a_manager_sets_and_leave_as_a_table(
    official: Seal, company: Company, zhao: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    Seal.objects.update(created_at=noon - timedelta(days=200))
    browser = enter(zhao)

    assert official.number in browser.get("/registers/idle/").content.decode()
    text = b"".join(browser.get("/registers/idle.csv").streaming_content).decode()  # type: ignore[attr-defined]  # Django's stream
    assert recorded()[-1] == "register.copied"
    assert official.number in text
    assert browser.post("/registers/idle/days/", command(company=company.uid, days="300")).status_code == 302
    assert "没有闲置的印章" in browser.get("/registers/idle/").content.decode()
    assert enter(ma).post("/registers/idle/days/", command(company=company.uid, days="1")).status_code == 400
    assert IdleRule.objects.get().days == 300


def test_days_that_cannot_be_are_refused(official: Seal, company: Company, zhao: Person, noon: datetime) -> None:
    with pytest.raises(actions.DaysNotPossible):
        actions.set_idle_days(zhao, noon, company_uid=company.uid, days=0)

    assert IdleRule.objects.count() == 0
