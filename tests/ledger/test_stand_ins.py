"""Whoever builds a question that is put into words once for everybody looks at nothing that it goes by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import and_, or_, sub
from typing import Any, TypeAlias

import pytest
from django.db.models import Q, QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.queries import powers_of
from privyseal.identity.rules import Power
from privyseal.ledger.rewording import NotReworded, asked_with
from tests.conftest import holding, new_person

Keys: TypeAlias = frozenset[int]
Found: TypeAlias = QuerySet[Person, int]

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ONE, TWO = frozenset({1, 2}), frozenset({2, 3})


def _people(*conditions: Q) -> Found:
    return Person.objects.filter(*conditions).order_by("pk").values_list("pk", flat=True)


def _all_if_a_member(one: int, keys: Keys) -> Found:
    return _people() if one in keys else _people(Q(pk=one))


def _all_if_it_is_the_same(one: int, other: int) -> Found:
    return _people() if one == other else _people(Q(pk__in=[one, other]))


def _without(some: Keys, others: Keys) -> Found:
    return _people(among("pk", some - others))


def _all_if_in_one_alone(one: int, some: Keys, others: Keys) -> Found:
    return _people() if one in some - others else _people(Q(pk=one))


def _all_if_one_is_less(one: int, other: int) -> Found:
    return _people() if other < one else _people(Q(pk__in=[one, other]))


def _all_if_it_is_earlier(at: datetime, other: datetime) -> Found:
    return _people() if other <= at else _people(Q(returned_at__lt=at), Q(returned_at__gt=other))


def _all_of_the_morning(at: datetime) -> Found:
    return _people() if at.hour > 11 else _people(Q(returned_at=at))


def _all_of_a_single_one(keys: Keys) -> Found:
    return _people() if len(keys) == 1 else _people(among("pk", keys))


def _in_small_letters(login: str) -> Found:
    return _people(Q(login=login.lower()))


def _without_spaces(login: str) -> Found:
    return _people(Q(login=login.strip()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("find", "said"),
    [
        (_all_if_a_member, (1, ONE)),
        (_all_if_it_is_the_same, (1, 2)),
        (_without, (ONE, TWO)),
        (_all_if_in_one_alone, (1, ONE, TWO)),
        (_all_if_one_is_less, (1, 2)),
        (_all_if_it_is_earlier, (NOON, NOON + timedelta(days=1))),
        (_all_of_the_morning, (NOON,)),
        (_all_of_a_single_one, (ONE,)),
        (_in_small_letters, ("Ma",)),
        (_without_spaces, ("ma",)),
    ],
)
def test_a_question_that_compares_what_it_goes_by_is_not_asked(
    find: Callable[..., Found], said: tuple[Any, ...]
) -> None:
    for _ in range(2):
        with pytest.raises(NotReworded, match="looks at"):
            asked_with(find, *said)


def _managed_alone(actor: Person, at: datetime) -> QuerySet[Company]:
    powers = powers_of(actor, at)
    return Company.objects.filter(among("pk", powers.companies(Power.MANAGE) - powers.companies(Power.CUSTODY)))


def _any_if_managed(actor: Person, at: datetime, company: int) -> QuerySet[Company]:
    return (
        Company.objects.all() if powers_of(actor, at).has(Power.MANAGE, company) else Company.objects.filter(pk=company)
    )


def _any_if_single(actor: Person, at: datetime, seal: str) -> QuerySet[Company]:
    single = powers_of(actor, at).single_seals(Power.CUSTODY)
    return Company.objects.all() if seal in single else Company.objects.filter(uid=seal)


def test_a_question_that_compares_powers_is_not_asked(zhao: Person, company: Company, noon: datetime) -> None:
    with pytest.raises(NotReworded, match="looks at"):
        asked_for(_any_if_managed, zhao, noon, company.pk)
    both = holding(zhao, Power.CUSTODY, company, noon)
    with pytest.raises(NotReworded, match="looks at"):
        asked_for(_managed_alone, both, noon)
    Grant.objects.filter(power=Power.CUSTODY.value).update(seal_uid="0" * 32)
    with pytest.raises(NotReworded, match="looks at"):
        asked_for(_any_if_single, zhao, noon, "1" * 32)


def _joined(one: int, other: int, some: Keys, others: Keys) -> Found:
    either = among("pk", some | others) | among("pk", some) | among("pk", others) | Q(pk__in=[one, other])
    return _people(either, ~Q(pk=one) | ~Q(pk=other))


def _those_if_any(login: str, keys: Keys) -> Found:
    found = _people(among("pk", keys)) if keys else _people()
    return found.filter(login=login) if login else found


@pytest.mark.django_db
def test_what_joins_what_it_goes_by_or_tells_whether_there_is_any_is_asked() -> None:
    ma, niu, yang = (new_person(login, login).pk for login in ("ma", "niu", "yang"))
    every = _people().count()

    assert asked_with(_joined, ma, niu, frozenset({niu}), frozenset({niu, yang})) == [ma, niu, yang]
    assert asked_with(_joined, ma, ma, frozenset({niu}), frozenset({ma})) == [niu]
    assert asked_with(_those_if_any, "", frozenset({ma, niu})) == [ma, niu]
    assert asked_with(_those_if_any, "niu", frozenset({ma, niu})) == [niu]
    assert len(asked_with(_those_if_any, "", frozenset[int]())) == every


_sets = st.frozensets(st.integers(0, 3))
_made_of_three = st.recursive(
    st.integers(0, 2), lambda part: st.tuples(st.sampled_from([or_, or_, sub, and_]), part, part), max_leaves=6
)


def _those(made: Any, *sets: Keys) -> Keys:  # noqa: ANN401 - a number, or an operator and two of these
    if isinstance(made, int):
        return sets[made]
    operator, one, other = made
    return frozenset(operator(_those(one, *sets), _those(other, *sets)))


def _any_of(made: Any, *sets: Keys) -> Found:  # noqa: ANN401 - as above
    return _people(among("pk", _those(made, *sets)))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(made=_made_of_three, several=st.lists(st.tuples(_sets, _sets, _sets), min_size=1, max_size=3))
def test_what_is_made_of_three_sets_is_refused_or_finds_what_it_finds_by_itself(
    made: Any,  # noqa: ANN401 - as above
    several: list[tuple[Keys, Keys, Keys]],
) -> None:
    keys = [(Person.objects.filter(login=login).first() or new_person(login, login)).pk for login in "abcd"]
    find = partial(_any_of, made)
    try:
        for numbers in several:
            sets = [frozenset(keys[number] for number in one) for one in numbers]
            assert asked_with(find, *sets) == list(find(*sets))
    except NotReworded:
        assert any(operator.__name__ in str(made) for operator in (sub, and_))
