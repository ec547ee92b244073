"""Questions whose words are kept answer as if they had been put into words anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.ledger.wording import Wordings
from tests.conftest import new_person

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def returned_by(at: datetime) -> Callable[[], QuerySet[Person, Any]]:
    return lambda: Person.objects.filter(returned_at__lte=at).values_list("pk", flat=True)


def already_worded() -> QuerySet[Person, Any]:
    raise AssertionError("put into words a second time")


@pytest.mark.django_db
def test_words_that_are_kept_are_asked_anew_for_another_time() -> None:
    person, wordings = new_person("ma", "马一"), Wordings()
    assert wordings.ask("returned", NOON, returned_by(NOON)) == []

    Person.objects.filter(pk=person.pk).update(returned_at=NOON + timedelta(hours=1))

    assert wordings.ask("returned", NOON, already_worded) == []
    assert wordings.ask("returned", NOON + timedelta(hours=1), already_worded) == [person.pk]


@pytest.mark.django_db
def test_words_are_kept_for_what_they_are_about_alone() -> None:
    person, wordings = new_person("ma", "马一"), Wordings()
    for login, found in (("ma", [person.pk]), ("niu", [])):
        named = Person.objects.filter(login=login).values_list("pk", flat=True)
        assert [wordings.ask(login, NOON, build) for build in (named.all, already_worded)] == [found, found]


@pytest.mark.django_db
def test_a_time_reckoned_from_that_of_the_asking_is_reckoned_again() -> None:
    person, wordings = new_person("ma", "马一"), Wordings()
    Person.objects.filter(pk=person.pk).update(returned_at=NOON)

    for hours, found in ((1, []), (2, [person.pk])):
        at = NOON + timedelta(hours=hours)
        assert wordings.ask("an hour ago", at, returned_by(at - timedelta(hours=2))) == found


@pytest.mark.django_db
def test_a_day_reckoned_from_the_time_of_the_asking_is_reckoned_again() -> None:
    person, wordings = new_person("ma", "马一"), Wordings()
    Person.objects.filter(pk=person.pk).update(returned_at=NOON)

    for days, found in ((-1, []), (1, [person.pk])):
        at = NOON + timedelta(days=days)
        by_day = Person.objects.filter(returned_at__date__lte=at.date()).values_list("pk", flat=True)
        assert wordings.ask("by that day", at, by_day.all) == found


@pytest.mark.django_db
def test_what_cannot_be_found_is_not_asked_for_and_words_are_kept_for_the_latest_alone() -> None:
    wordings = Wordings(most=1)
    assert wordings.ask("nothing", NOON, lambda: Person.objects.filter(pk__in=[]).values_list("pk")) == []
    wordings.ask("first", NOON, returned_by(NOON))
    wordings.ask("second", NOON, returned_by(NOON))

    assert wordings.ask("second", NOON, already_worded) == []
    with pytest.raises(AssertionError, match="a second time"):
        wordings.ask("first", NOON, already_worded)
