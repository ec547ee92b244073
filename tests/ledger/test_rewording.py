"""Questions that are put into words once for everybody answer each with their own values."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.queries import Powers, names_visible_to, people_visible_to, powers_of
from privyseal.identity.queries.powers import standing_in
from privyseal.identity.rules import Held, Power
from privyseal.ledger.rewording import Most, NotReworded, Verbatim, asked_with, padded
from privyseal.seals.models import Seal
from privyseal.seals.places import reached_by
from tests.conftest import apply, new_person

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def _called(login: str) -> QuerySet[Person, int]:
    return Person.objects.filter(login=login).values_list("pk", flat=True)


def _back_since(at: datetime, people: frozenset[int], most: int) -> QuerySet[Person]:
    back = Person.objects.filter(among("pk", people), returned_at__gt=at - timedelta(hours=1))
    return back.select_related(None).prefetch_related("grants").order_by("pk")[:most]


def _called_by_half(person: int) -> QuerySet[Person, int]:
    return Person.objects.filter(pk=person, name="50%'s").values_list("pk", flat=True)


def _numbered(uid: str) -> QuerySet[Application, str]:
    return Application.objects.filter(uid=uid).values_list("uid", flat=True)


def _back_on(day: date, person: int | None) -> QuerySet[Person, int]:
    back = Person.objects.filter(returned_at__date=day).values_list("pk", flat=True)
    return back if person is None else back.filter(pk=person)


def _back_today(at: datetime) -> QuerySet[Person]:
    return Person.objects.filter(returned_at__gte=at.replace(hour=0, minute=0, second=0, microsecond=0))


def _with_grants(at: datetime) -> QuerySet[Person]:
    return Person.objects.prefetch_related(Prefetch("grants", Grant.objects.filter(starts_at__lte=at)))


def _like(login: str) -> QuerySet[Person]:
    return Person.objects.filter(login__contains=login)


def _beginning(login: Verbatim) -> QuerySet[Person, int]:
    return Person.objects.filter(login__startswith=login).values_list("pk", flat=True)


def _any_called(*logins: str) -> QuerySet[Person, int]:
    return Person.objects.filter(login__in=logins).order_by("pk").values_list("pk", flat=True)


def _in_a_list(people: frozenset[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=people)


def _asking(login: str) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=list(_called(login)))


def _managed(actor: Person, at: datetime) -> QuerySet[Company, int]:
    managed = Company.objects.filter(among("pk", powers_of(actor, at).companies(Power.MANAGE, Power.USE)))
    return managed.order_by("pk").values_list("pk", flat=True)


def _reached(actor: Person, at: datetime) -> QuerySet[Seal, int]:
    reached = Seal.objects.filter(reached_by(powers_of(actor, at), Power.USE))
    return reached.order_by("pk").values_list("pk", flat=True)


def _watched(actor: Person, at: datetime) -> QuerySet[Company, int]:
    watched = Company.objects.order_by("pk").values_list("pk", flat=True)
    return watched if powers_of(actor, at).reads_everything else watched.none()


def _made_in(kept: str) -> Callable[[str], QuerySet[Person, int]]:
    return lambda login: _called(login or kept)


def _namesakes(actor: Person, at: datetime) -> QuerySet[Person]:
    return Person.objects.filter(name=actor.name, returned_at__lt=at)


@pytest.mark.django_db
def test_the_words_of_a_question_are_asked_with_other_values() -> None:
    ma, niu = new_person("ma", "马一"), new_person("niu", "牛二")

    assert [asked_with(_called, login) for login in ("ma", "niu", "nobody")] == [[ma.pk], [niu.pk], []]


@pytest.mark.django_db
def test_a_text_of_our_own_is_another_question_and_may_be_a_part_of_one() -> None:
    ma, niu = new_person("ma", "马一"), new_person("niu", "牛二")

    assert [asked_with(_beginning, Verbatim(one)) for one in ("m", "ni")] == [[ma.pk], [niu.pk]]


@pytest.mark.django_db
def test_few_numbers_of_texts_are_told_apart() -> None:
    ma, niu = new_person("ma", "马一"), new_person("niu", "牛二")

    assert [len(padded(map(str, range(many)))) for many in (0, 1, 2, 3, 4, 5, 9)] == [0, 1, 2, 4, 4, 8, 16]
    assert [asked_with(_any_called, *padded(logins)) for logins in ({"niu", "ma", "no"}, {"ma"}, set[str]())] == [
        [ma.pk, niu.pk],
        [ma.pk],
        [],
    ]


def test_names_are_told_of_those_whom_a_reader_sees(wang: Person, li: Person, sun: Person, noon: datetime) -> None:
    stranger = new_person("ma", "马一")
    every = [one.pseudonym for one in (wang, li, sun, stranger)]

    for reader in (wang, li, sun, stranger):
        seen = people_visible_to(reader, noon).filter(pseudonym__in=every)
        assert names_visible_to(reader, noon, every) == dict(seen.values_list("pseudonym", "name"))
    assert names_visible_to(wang, noon, [stranger.pseudonym]) == {}


def test_an_id_that_is_kept_as_bytes_is_found_by_its_digits(
    official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract)

    assert [asked_with(_numbered, one) for one in (uid, uid[::-1], "no number")] == [[uid], [], []]


@pytest.mark.django_db
def test_times_reckoned_from_what_is_said_sets_and_bounds_are_those_that_are_said() -> None:
    ma, niu = new_person("ma", "马一"), new_person("niu", "牛二")
    Person.objects.filter(pk__in=[ma.pk, niu.pk]).update(returned_at=NOON)

    both, later = frozenset({ma.pk, niu.pk}), NOON + timedelta(hours=2)
    assert [one.login for one in asked_with(_back_since, NOON, both, Most(2))] == ["ma", "niu"]
    assert [one.login for one in asked_with(_back_since, NOON, both, Most(1))] == ["ma"]
    assert asked_with(_back_since, NOON, frozenset({niu.pk}), Most(2)) == [niu]
    assert (
        asked_with(_back_since, NOON, frozenset[int](), Most(2)) == asked_with(_back_since, later, both, Most(2)) == []
    )


@pytest.mark.django_db
def test_a_text_of_the_questions_own_stands_in_its_words() -> None:
    half, ma = new_person("half", "50%'s"), new_person("ma", "马一")

    with CaptureQueriesContext(connection) as captured:
        assert [asked_with(_called_by_half, one.pk) for one in (half, ma)] == [[half.pk], []]
    assert all("= '50%''s'" in query["sql"] for query in captured.captured_queries)


@pytest.mark.django_db
def test_a_day_is_the_one_that_is_said_and_what_is_not_said_is_another_question() -> None:
    ma = new_person("ma", "马一")
    Person.objects.filter(pk=ma.pk).update(returned_at=NOON)

    today = localdate(NOON)
    assert [asked_with(_back_on, day, ma.pk) for day in (today, today + timedelta(days=1))] == [[ma.pk], []]
    assert asked_with(_back_on, today, None) == [ma.pk]


@pytest.mark.django_db
def test_rows_come_whole_and_are_put_into_words_once() -> None:
    ma = new_person("ma", "马一")
    Person.objects.filter(pk=ma.pk).update(returned_at=NOON)

    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            (found,) = asked_with(_back_since, NOON, frozenset({ma.pk}), Most(1))
            assert (found.name, found.returned_at, list(found.grants.all())) == ("马一", NOON, [])
        assert len(captured) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("find", "said"),
    [
        (_back_today, NOON),
        (_with_grants, NOON),
        (_like, "m"),
        (_in_a_list, frozenset({1})),
        (_asking, "ma"),
        (_made_in("ma"), "ma"),
    ],
)
def test_a_question_that_goes_by_what_no_word_stands_for_is_not_asked(
    find: Callable[[Any], QuerySet[Person, Any]], said: str | datetime | frozenset[int]
) -> None:
    with pytest.raises(NotReworded):
        asked_with(find, said)


def test_a_question_goes_by_the_powers_of_whoever_asks_and_by_nothing_else_of_theirs(
    wang: Person, li: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    assert [asked_for(_managed, one, noon) for one in (wang, li, zhao)] == [[company.pk], [], [company.pk]]
    Grant.objects.filter(person=zhao).update(revoked_at=noon)
    assert [asked_for(_managed, one, noon) for one in (wang, zhao)] == [[company.pk], []]
    with pytest.raises(NotReworded):
        asked_for(_namesakes, wang, noon)


def test_powers_are_stood_for_as_they_are_also_those_that_nobody_can_hold_together(
    wang: Person, company: Company, noon: datetime
) -> None:
    both = Powers(frozenset({Held(Power.AUDIT, None), Held(Power.APPROVE, company.pk)}))

    with standing_in(wang, both):
        assert asked_for(_watched, wang, noon) == list(_watched(wang, noon)) == [company.pk]


def test_powers_over_single_seals_are_asked_for_in_words_for_as_many_seals(
    official: Seal, zhao: Person, wang: Person, noon: datetime
) -> None:
    assert asked_for(_reached, wang, noon) == [official.pk]
    used = Grant.objects.filter(person=wang, power=Power.USE.value)
    for _ in range(2):
        used.update(seal_uid="0" * 32)
        assert asked_for(_reached, wang, noon) == []
        used.update(seal_uid=official.uid)
        assert asked_for(_reached, wang, noon) == [official.pk]
    assert asked_for(_reached, zhao, noon) == []
