"""Powers given for a time, narrowed, and for a whole group."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from privyseal.identity import actions, queries
from privyseal.identity.actions import Narrowed
from privyseal.identity.models import Company, Grant, Membership, Person, Unit
from privyseal.identity.rules import (
    INSTALLATION_POWERS,
    AlreadyHeld,
    Held,
    Place,
    Power,
    PowersConflict,
    TermNotPossible,
    UnitOfAnotherCompany,
    kept_apart,
)
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.seals.models import Seal
from privyseal.seals.queries import seal_visible_to, seals_visible_to
from privyseal.seals.queries.register import this_one_visible_to
from tests.conftest import recorded

DAY = timedelta(days=1)


@pytest.fixture
def subsidiary(company: Company, chen: Person, long_ago: datetime) -> Company:
    said = {
        "legal_representative": "周全",
        "licence_sha256": "1" * 64,
        "registered_by": chen,
        "registered_at": long_ago,
    }
    return Company.objects.create(name="示例软件有限公司", uscc="91110108MA01ABCE1J", parent=company, **said)


@pytest.fixture
def sales(company: Company, long_ago: datetime) -> Unit:
    return Unit.objects.create(company=company, name="销售部", opened_at=long_ago)


@pytest.mark.invariant("S1", "S2", "S6", "S7", column="database")
def test_the_table_and_the_database_keep_the_same_powers_apart(
    stranger: Person, company: Company, subsidiary: Company, noon: datetime
) -> None:
    def accepts(*both: Held) -> bool:
        try:
            with transaction.atomic():
                for one in both:
                    Grant.objects.create(
                        person=stranger,
                        power=one.power,
                        company_id=one.company,
                        seal_uid=one.seal,
                        granted_at=noon,
                        starts_at=noon,
                    )
                transaction.set_rollback(True)
        except IntegrityError:
            return False
        return True

    held = [Held(power, None) for power in sorted(INSTALLATION_POWERS)]
    for power, where in product(sorted(set(Power) - INSTALLATION_POWERS), (company.pk, subsidiary.pk)):
        held += [Held(power, where), Held(power, where, seal="a" * 32), Held(power, where, seal="b" * 32)]
    pairs = list(product(held, held))

    assert len(pairs) == 27 * 27
    assert [pair for pair in pairs if accepts(*pair) != (pair[0] != pair[1] and not kept_apart(*pair))] == []


def test_a_power_comes_into_force_on_its_day_and_ends_on_its_day(
    chen: Person, sun: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    grant = actions.grant_power(
        chen,
        noon,
        person_pseudonym=stranger.pseudonym,
        power=Power.USE,
        company_uid=company.uid,
        starts_at=noon + DAY,
        ends_at=noon + 3 * DAY,
    )
    actions.confirm_grant(sun, noon, grant_id=grant)

    held = [queries.powers_of(stranger, noon + days * DAY).has(Power.USE, company.pk) for days in range(5)]
    assert held == [False, True, True, False, False]


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (2, 1), (2, 2)])
def test_a_term_lies_ahead_and_has_its_end_after_its_beginning(
    first: int, last: int, chen: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    with pytest.raises(TermNotPossible):
        actions.grant_power(
            chen,
            noon,
            person_pseudonym=stranger.pseudonym,
            power=Power.USE,
            company_uid=company.uid,
            starts_at=noon + first * DAY,
            ends_at=noon + last * DAY,
        )

    assert (Grant.objects.filter(person=stranger).count(), recorded()) == (0, ["power.grant.refused"])


def test_powers_that_cannot_meet_may_follow_each_other(
    chen: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    who, where, then = stranger.pseudonym, company.uid, noon + DAY
    actions.grant_power(chen, noon, person_pseudonym=who, power=Power.USE, company_uid=where, ends_at=then)

    with pytest.raises(PowersConflict):
        actions.grant_power(chen, noon, person_pseudonym=who, power=Power.MANAGE, company_uid=where)
    later = actions.grant_power(chen, noon, person_pseudonym=who, power=Power.MANAGE, company_uid=where, starts_at=then)

    assert Grant.objects.get(pk=later).starts_at == then


def test_a_power_is_not_given_twice(chen: Person, wang: Person, company: Company, noon: datetime) -> None:
    with pytest.raises(AlreadyHeld):
        actions.grant_power(chen, noon, person_pseudonym=wang.pseudonym, power=Power.USE, company_uid=company.uid)


def test_a_power_narrowed_to_a_unit_stays_in_its_company(
    chen: Person, sun: Person, stranger: Person, company: Company, subsidiary: Company, sales: Unit, noon: datetime
) -> None:
    def grant(company: Company) -> int:
        who, narrowed = stranger.pseudonym, Narrowed(sales.uid)
        return actions.grant_power(
            chen, noon, person_pseudonym=who, power=Power.USE, company_uid=company.uid, narrowed=narrowed
        )

    with pytest.raises(UnitOfAnotherCompany):
        grant(subsidiary)
    with pytest.raises(IntegrityError, match="power_is_narrowed_to_a_unit_of_its_company"), transaction.atomic():
        Grant.objects.create(
            person=stranger, power=Power.USE, company=subsidiary, unit=sales, granted_at=noon, starts_at=noon
        )

    actions.confirm_grant(sun, noon, grant_id=grant(company))

    powers = queries.powers_of(stranger, noon)
    assert not powers.has(Power.USE, company.pk)
    assert powers.over(Power.USE, Place(company.pk, "s", frozenset({sales.pk})))
    assert queries.people_with(Power.USE, company.pk, noon) == set()
    assert queries.people_with(Power.USE, Place(company.pk, units=frozenset({sales.pk})), noon) == {stranger.pk}


def test_a_power_for_a_group_is_one_grant_a_company_confirmed_together(
    chen: Person, sun: Person, stranger: Person, company: Company, subsidiary: Company, noon: datetime
) -> None:
    batch = actions.grant_in_group(
        chen, noon, person_pseudonym=stranger.pseudonym, power=Power.APPROVE, company_uid=company.uid
    )
    assert queries.powers_of(stranger, noon).held == set()

    assert actions.confirm_batch(sun, noon, batch=batch) == 2

    assert queries.powers_of(stranger, noon).companies(Power.APPROVE) == {company.pk, subsidiary.pk}
    assert recorded() == ["power.granted", "power.granted", "power.confirmed", "power.confirmed"]
    with pytest.raises(NotFound):
        actions.confirm_batch(sun, noon, batch=batch)


def test_a_conflict_in_one_company_of_a_group_stops_the_whole_wish(
    chen: Person, stranger: Person, company: Company, subsidiary: Company, noon: datetime
) -> None:
    who = stranger.pseudonym
    actions.grant_power(chen, noon, person_pseudonym=who, power=Power.MANAGE, company_uid=subsidiary.uid)

    with pytest.raises(PowersConflict):
        actions.grant_in_group(chen, noon, person_pseudonym=who, power=Power.USE, company_uid=company.uid)

    assert Grant.objects.filter(person=stranger).count() == 1


@pytest.mark.parametrize("confirm", [actions.confirm_grant, actions.confirm_batch])
def test_nobody_outside_security_and_audit_confirms(
    confirm: Callable[..., object], zhou: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        confirm(zhou, noon, **({"batch": "b"} if confirm is actions.confirm_batch else {"grant_id": 1}))


def test_a_conflict_that_slipped_past_grant_and_database_stops_the_act(
    wang: Person, ma: Person, company: Company, noon: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE power_grant DROP CONSTRAINT powers_kept_apart")
    Grant.objects.create(
        person=wang, power=Power.MANAGE, company=company, granted_at=noon, confirmed_at=noon, starts_at=noon
    )

    with pytest.raises(PowersConflict) as refused:
        queries.require(wang, noon, Power.USE, company.pk)

    assert refused.value.facts == {"power": "use", "already": "manage"}
    assert not queries.powers_of(wang, noon).has(Power.MANAGE, company.pk)
    assert queries.people_with(Power.USE, company.pk, noon) == {ma.pk}
    assert queries.people_with(Power.USE, company.pk, noon, among=[wang.pk]) == set()


def test_what_a_person_may_do_costs_one_query(
    wang: Person, noon: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        queries.powers_of(wang, noon)


def test_powers_are_read_once_while_something_is_only_shown(
    wang: Person, noon: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    with queries.powers_remembered(), django_assert_num_queries(1):
        seen = queries.powers_of(wang, noon)
        assert queries.powers_of(Person.objects.model(pk=wang.pk, is_active=True), noon) is seen
    assert seen.anywhere(Power.USE)

    Grant.objects.filter(person=wang).update(ends_at=noon)

    assert not queries.powers_of(wang, noon).anywhere(Power.USE)
    with queries.powers_remembered():
        assert not queries.powers_of(wang, noon).anywhere(Power.USE)


def test_which_seals_one_sees_is_built_once_for_the_same_powers_and_anew_for_others(
    wang: Person, company: Company, noon: datetime
) -> None:
    with queries.powers_remembered():
        powers = queries.powers_of(wang, noon)
        first = seals_visible_to(wang, noon)
        assert powers.built_once("seals", pytest.fail).query.where.children == first.query.where.children
        assert list(seals_visible_to(wang, noon).filter(company=company)) == list(first)
        assert seals_visible_to(wang, noon) is not seals_visible_to(wang, noon)  # a list never shows another's rows

    Grant.objects.filter(person=wang).update(ends_at=noon)

    with queries.powers_remembered():
        assert seals_visible_to(wang, noon).query.where.children != first.query.where.children


def test_where_somebody_belongs_is_asked_once_while_something_is_only_shown(
    wang: Person, company: Company, noon: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    Grant.objects.filter(person=wang).update(ends_at=noon)
    belongs = Membership.objects.create(person=wang, company=company, joined_on=noon.date())
    with queries.powers_remembered():
        assert list(queries.companies_visible_to(wang, noon)) == [company]
        with django_assert_num_queries(1):
            assert list(queries.companies_visible_to(wang, noon)) == [company]

    Membership.objects.filter(pk=belongs.pk).update(left_on=noon.date())

    with queries.powers_remembered():
        assert not queries.companies_visible_to(wang, noon).exists()


def test_a_seal_that_a_request_has_shown_is_not_looked_for_again_in_it_and_by_nobody_else(
    official: Seal, wang: Person, chen: Person, noon: datetime
) -> None:
    with queries.powers_remembered():
        seal_visible_to(wang, noon, official.uid)
        assert "company" not in str(this_one_visible_to(wang, noon, official.uid).query).partition("WHERE")[2]
        assert this_one_visible_to(wang, noon, official.uid).get() == official
        assert not this_one_visible_to(chen, noon, official.uid).exists()
        with pytest.raises(NotFound):
            seal_visible_to(chen, noon, official.uid)
        assert not this_one_visible_to(chen, noon, official.uid).exists()

    Grant.objects.filter(person=wang).update(ends_at=noon)

    assert not this_one_visible_to(wang, noon, official.uid).exists()
    with queries.powers_remembered():
        assert not this_one_visible_to(wang, noon, official.uid).exists()


def test_what_one_may_do_where_is_told_from_whole_narrowed_and_no_powers(company: Company, sales: Unit) -> None:
    powers = queries.Powers(
        frozenset({Held(Power.USE, company.pk), Held(Power.APPROVE, company.pk, sales.pk), Held(Power.AUDIT, None)})
    )
    here, nowhere = frozenset({company.pk}), frozenset[int]()

    assert [powers.companies(), powers.companies(Power.APPROVE), powers.companies(Power.AUDIT)] == [here, here, nowhere]
    assert [powers.whole_companies(Power.USE), powers.whole_companies(Power.APPROVE)] == [here, nowhere]
    assert (powers.anywhere(Power.APPROVE), powers.anywhere(Power.MANAGE)) == (True, False)
    assert (powers.reads_everything, powers.knows_everybody, powers.takes_part) == (True, True, False)
    assert queries.Powers(frozenset()).takes_part
