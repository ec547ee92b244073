"""Posts and units that bring their people powers."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions, queries
from privyseal.identity.models import Company, Grant, Person, Post, PostHolding, PowerMapping, Unit
from privyseal.identity.rules import (
    AlreadyHeld,
    Office,
    Power,
    PowersConflict,
    SelfConfirmation,
    SelfGrant,
    WrongReach,
)
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from tests.conftest import recorded

DAY = timedelta(days=1)


@pytest.fixture
def post(company: Company, long_ago: datetime) -> Post:
    return Post.objects.create(company=company, name="业务经理", office=Office.STAFF, opened_at=long_ago)


@pytest.fixture
def sales(company: Company, long_ago: datetime) -> Unit:
    return Unit.objects.create(company=company, name="销售部", opened_at=long_ago)


def fill(actor: Person, at: datetime, post: Post, person: Person, ends_at: datetime | None = None) -> int:
    return actions.fill_post(
        actor, at, post_uid=post.uid, person_pseudonym=person.pseudonym, starts_at=at, ends_at=ends_at
    )


def mapped(chen: Person, at: datetime, post: Post, power: Power = Power.USE) -> int:
    return actions.map_post(chen, at, post_uid=post.uid, power=power, company_uid=post.company.uid)


def confirmed(chen: Person, sun: Person, at: datetime, post: Post, power: Power = Power.USE) -> int:
    mapping = mapped(chen, at, post, power)
    actions.confirm_mapping(sun, at, mapping_id=mapping)
    return mapping


def uses(person: Person, company: Company, at: datetime) -> bool:
    return queries.powers_of(person, at).has(Power.USE, company.pk)


def test_a_post_brings_its_power_once_a_second_person_confirmed_the_mapping(
    chen: Person, sun: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    fill(chen, noon, post, stranger, ends_at=noon + DAY)
    mapping = mapped(chen, noon, post)
    assert not uses(stranger, company, noon)

    assert actions.confirm_mapping(sun, noon, mapping_id=mapping) == 1

    assert uses(stranger, company, noon)
    assert not uses(stranger, company, noon + DAY)
    assert recorded() == ["post.filled", "mapping.made", "mapping.confirmed", "power.granted"]


def test_whoever_takes_the_post_later_gets_the_power_and_loses_it_with_the_post(
    chen: Person, sun: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    confirmed(chen, sun, noon, post)

    holding = fill(chen, noon, post, stranger)
    assert uses(stranger, company, noon)
    actions.vacate_post(chen, noon, holding_id=holding)

    assert not uses(stranger, company, noon)
    assert recorded()[-2:] == ["power.ended", "post.vacated"]


def test_a_deputy_has_the_power_for_their_term(
    chen: Person,
    sun: Person,
    stranger: Person,
    zhou: Person,
    wang: Person,
    company: Company,
    post: Post,
    noon: datetime,
) -> None:
    actions.end_grant(chen, noon, grant_id=Grant.objects.get(person=wang).pk)
    confirmed(chen, sun, noon, post)
    fill(chen, noon, post, stranger)

    actions.fill_post(
        chen,
        noon,
        post_uid=post.uid,
        person_pseudonym=wang.pseudonym,
        starts_at=noon,
        ends_at=noon + DAY,
        deputy_for=stranger.pseudonym,
    )

    assert [uses(wang, company, noon), uses(wang, company, noon + DAY)] == [True, False]


def test_a_unit_brings_its_power_to_its_members_as_they_come_and_go(
    chen: Person, sun: Person, stranger: Person, company: Company, sales: Unit, noon: datetime
) -> None:
    said = {"person_pseudonym": stranger.pseudonym, "company_uid": company.uid}
    actions.join_company(chen, noon, joined_on=date(2026, 1, 5), **said)
    mapping = actions.map_unit(chen, noon, unit_uid=sales.uid, power=Power.USE, company_uid=company.uid)
    actions.confirm_mapping(sun, noon, mapping_id=mapping)
    held = [uses(stranger, company, noon)]

    for unit in (sales.uid, None, sales.uid):
        actions.move_within_company(chen, noon, unit_uid=unit, **said)
        held.append(uses(stranger, company, noon))
    actions.leave_company(chen, noon, left_on=date(2026, 12, 1), **said)

    assert [*held, uses(stranger, company, noon)] == [False, True, False, True, False]


def test_ending_a_mapping_ends_every_power_it_brought(
    chen: Person, sun: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    fill(chen, noon, post, stranger)
    mapping = confirmed(chen, sun, noon, post)

    assert actions.end_mapping(chen, noon, mapping_id=mapping) == 1

    assert not uses(stranger, company, noon)
    with pytest.raises(OutOfTurn):
        actions.end_mapping(chen, noon, mapping_id=mapping)
    with pytest.raises(OutOfTurn):
        actions.confirm_mapping(sun, noon, mapping_id=mapping)


def test_two_posts_may_bring_one_person_the_same_power_and_each_takes_its_own(
    chen: Person, sun: Person, stranger: Person, company: Company, post: Post, noon: datetime, long_ago: datetime
) -> None:
    other = Post.objects.create(company=company, name="项目经理", office=Office.STAFF, opened_at=long_ago)
    confirmed(chen, sun, noon, post)
    confirmed(chen, sun, noon, other)
    first = fill(chen, noon, post, stranger)
    fill(chen, noon, other, stranger)

    actions.vacate_post(chen, noon, holding_id=first)

    assert uses(stranger, company, noon)


def test_a_conflict_is_refused_at_the_mapping(chen: Person, zhao: Person, post: Post, noon: datetime) -> None:
    fill(chen, noon, post, zhao)

    with pytest.raises(PowersConflict) as refused:
        mapped(chen, noon, post)

    assert refused.value.facts == {"power": "use", "already": "manage"}
    assert not PowerMapping.objects.exists()


def test_a_post_brings_no_two_powers_that_cannot_meet(
    chen: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    mapped(chen, noon, post)

    with pytest.raises(PowersConflict):
        mapped(chen, noon, post, Power.MANAGE)
    with pytest.raises(AlreadyHeld):
        mapped(chen, noon, post)
    with pytest.raises(IntegrityError, match="powers_of_a_post_kept_apart"), transaction.atomic():
        PowerMapping.objects.create(post=post, power="manage", company=company, made_by=chen, made_at=noon)


def test_a_conflict_is_refused_when_the_post_is_taken(
    chen: Person, sun: Person, zhao: Person, post: Post, noon: datetime
) -> None:
    confirmed(chen, sun, noon, post)

    with pytest.raises(PowersConflict) as refused:
        fill(chen, noon, post, zhao)

    assert refused.value.facts == {"power": "use", "already": "manage"}
    assert not PostHolding.objects.exists()
    assert recorded()[-1] == "post.fill.refused"


def test_a_conflict_that_came_between_is_refused_at_the_confirmation(
    chen: Person, sun: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    mapping = mapped(chen, noon, post)
    fill(chen, noon, post, stranger)
    actions.grant_power(chen, noon, person_pseudonym=stranger.pseudonym, power=Power.MANAGE, company_uid=company.uid)

    with pytest.raises(PowersConflict):
        actions.confirm_mapping(sun, noon, mapping_id=mapping)

    assert PowerMapping.objects.get().confirmed_at is None


def test_nobody_maps_for_themselves(chen: Person, post: Post, noon: datetime, long_ago: datetime, sun: Person) -> None:
    PostHolding.objects.create(post=post, person=chen, appointed_by=sun, appointed_at=long_ago, starts_at=long_ago)

    with pytest.raises(SelfGrant):
        mapped(chen, noon, post)


def test_a_mapping_is_confirmed_by_neither_its_maker_nor_who_gains(
    chen: Person, sun: Person, post: Post, noon: datetime, long_ago: datetime
) -> None:
    mapping = mapped(chen, noon, post)
    with pytest.raises(SelfConfirmation):
        actions.confirm_mapping(chen, noon, mapping_id=mapping)
    PostHolding.objects.create(post=post, person=sun, appointed_by=chen, appointed_at=long_ago, starts_at=long_ago)

    with pytest.raises(SelfConfirmation):
        actions.confirm_mapping(sun, noon, mapping_id=mapping)

    assert recorded()[-1] == "mapping.confirm.refused"


def test_whoever_made_or_confirmed_a_mapping_does_not_come_to_profit_by_it(
    chen: Person, sun: Person, zhou: Person, stranger: Person, company: Company, post: Post, noon: datetime
) -> None:
    """They have left security and audit by then; the mapping still is theirs."""
    second = Person.objects.create(login="an", name="安二")
    Grant.objects.create(person=second, power="security", granted_at=noon, confirmed_at=noon, starts_at=noon)
    confirmed(chen, sun, noon, post)
    Grant.objects.filter(person__in=[chen, sun]).update(revoked_at=noon)

    for person, refusal in ((chen, SelfGrant), (sun, SelfConfirmation)):
        with pytest.raises(refusal):
            fill(second, noon, post, person)


@pytest.mark.parametrize("power", [Power.AUDIT, Power.SECURITY, Power.SYSTEM])
def test_an_office_is_given_singly_and_never_by_a_post(chen: Person, post: Post, power: Power, noon: datetime) -> None:
    with pytest.raises(WrongReach):
        mapped(chen, noon, post, power)


@pytest.mark.parametrize("person", ["zhou", "zhao", "stranger"])
def test_only_security_maps(person: str, request: pytest.FixtureRequest, post: Post, noon: datetime) -> None:
    actor = request.getfixturevalue(person)

    with pytest.raises(NotEntitled):
        mapped(actor, noon, post)

    assert recorded() == ["mapping.of-post.refused"]


def test_the_database_knows_that_a_mapped_power_has_its_holding(
    company: Company, stranger: Person, chen: Person, post: Post, noon: datetime
) -> None:
    mapping = PowerMapping.objects.get(pk=mapped(chen, noon, post))

    with pytest.raises(IntegrityError, match="mapped_power_has_its_holding"), transaction.atomic():
        Grant.objects.create(
            person=stranger, power="use", company=company, mapping=mapping, granted_at=noon, starts_at=noon
        )
    with pytest.raises(IntegrityError, match="a_post_or_a_unit_is_mapped"), transaction.atomic():
        PowerMapping.objects.create(power="use", company=company, made_by=chen, made_at=noon)
    with pytest.raises(IntegrityError, match="mapping_is_confirmed_by_another"), transaction.atomic():
        PowerMapping.objects.filter(pk=mapping.pk).update(confirmed_by=chen)
