"""What a scan finds in who may do what."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from privyseal.identity import actions
from privyseal.identity.models import Company, Grant, Person, Post
from privyseal.identity.queries import findings_of_powers
from privyseal.identity.rules import LOOKS_FOR, Found, Office, Power

DAY = timedelta(days=1)


def of(kind: Found, at: datetime) -> list[tuple[str, Power | None]]:
    return [(one.name, one.power) for one in findings_of_powers(at) if one.found is kind]


@pytest.fixture
def tidy(zhou: Person, wang: Person, ma: Person, li: Person, wu: Person, noon: datetime) -> None:
    """Let everybody have been here, and every power have its end."""
    Person.objects.update(last_login=noon)
    Grant.objects.update(ends_at=noon + 300 * DAY)


def test_a_tidy_company_shows_only_who_is_alone(tidy: None, noon: datetime) -> None:
    assert {one.found for one in findings_of_powers(noon)} == {Found.SOLE_HOLDER}


def test_a_power_is_not_to_rest_on_one(tidy: None, zhao: Person, chen: Person, noon: datetime) -> None:
    assert of(Found.SOLE_HOLDER, noon) == [
        ("赵管", Power.MANAGE),
        ("陈安", Power.SECURITY),
        ("周维", Power.SYSTEM),
    ]


def test_a_power_without_an_end_is_found(tidy: None, wang: Person, noon: datetime) -> None:
    Grant.objects.filter(person=wang).update(ends_at=None)

    assert of(Found.WITHOUT_END, noon) == [("王用", Power.USE)]


def test_whoever_has_not_been_here_for_long_is_found(tidy: None, wang: Person, ma: Person, noon: datetime) -> None:
    Grant.objects.update(starts_at=noon - 200 * DAY)
    Person.objects.filter(pk=wang.pk).update(last_login=noon - 91 * DAY)
    Person.objects.filter(pk=ma.pk).update(last_login=None)

    assert sorted(name for name, _ in of(Found.DORMANT, noon)) == ["王用", "马行"]


def test_whoever_left_with_a_power_is_found(tidy: None, wang: Person, noon: datetime) -> None:
    Person.objects.filter(pk=wang.pk).update(is_active=False)

    assert of(Found.GONE, noon) == [("王用", Power.USE)]


def test_what_waits_for_a_week_is_found(
    tidy: None, chen: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    post = Post.objects.create(company=company, name="业务经理", office=Office.STAFF, opened_at=noon)
    actions.map_post(chen, noon, post_uid=post.uid, power=Power.USE, company_uid=company.uid)
    actions.grant_power(chen, noon, person_pseudonym=stranger.pseudonym, power=Power.USE, company_uid=company.uid)

    assert of(Found.UNCONFIRMED, noon + 6 * DAY) == []
    assert of(Found.UNCONFIRMED, noon + 7 * DAY) == [("丘外", Power.USE)]
    assert of(Found.UNCONFIRMED_MAPPING, noon + 7 * DAY) == [("业务经理", Power.USE)]


def test_two_powers_that_met_all_the_same_are_found(tidy: None, wang: Person, company: Company, noon: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE power_grant DROP CONSTRAINT powers_kept_apart")
    Grant.objects.create(
        person=wang, power=Power.MANAGE, company=company, granted_at=noon, confirmed_at=noon, starts_at=noon
    )

    (found,) = [one for one in findings_of_powers(noon) if one.found is Found.KEPT_APART]
    assert (found.name, found.power, found.already) == ("王用", Power.MANAGE, Power.USE)


def test_a_scan_costs_the_same_however_many_people(
    tidy: None, company: Company, noon: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    """Everything that is looked for is one read, and one more where somebody holds two that could be apart."""
    with django_assert_num_queries(8 + 1):  # type: ignore[attr-defined]  # a context manager
        findings_of_powers(noon)


@pytest.mark.invariant("S9", column="rule")
def test_everything_that_is_looked_for_is_weighed_once() -> None:
    assert [row.found for row in LOOKS_FOR if row.found in set(Found)] == [row.found for row in LOOKS_FOR]
    assert {row.found for row in LOOKS_FOR} == set(Found)
