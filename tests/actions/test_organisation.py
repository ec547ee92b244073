"""A group, its units and posts; people joining, standing in and leaving."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions, queries
from privyseal.identity.actions import AlreadyRegistered
from privyseal.identity.models import Company, Grant, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.names import skeleton
from privyseal.identity.rules import (
    AlreadyInPost,
    AlreadyMember,
    DeputyWithoutEnd,
    EntryCodeUnconfirmed,
    LastOfOffice,
    NobodyToDeputise,
    Office,
    PostHeld,
    Power,
    SelfAppointment,
    TermNotPossible,
    TreeHasACycle,
    UnitNotEmpty,
    UnitOfAnotherCompany,
)
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.ledger.models import FactRow
from tests.actions.policies import post as held_by
from tests.conftest import new_person, recorded

JOINED = date(2024, 3, 1)


def another(chen: Person, at: datetime, name: str, uscc: str) -> Company:
    return Company.objects.create(
        name=name,
        skeleton=skeleton(name),
        uscc=uscc,
        legal_representative="钱正",
        licence_sha256="1" * 64,
        registered_by=chen,
        registered_at=at,
    )


@pytest.fixture
def subsidiary(chen: Person, company: Company, long_ago: datetime) -> Company:
    return another(chen, long_ago, "示例建设有限公司", "91110108MA02ABCD3X")


@pytest.fixture
def finance(chen: Person, company: Company, noon: datetime) -> Unit:
    return Unit.objects.get(uid=actions.open_unit(chen, noon, company_uid=company.uid, name="财务部"))


@pytest.fixture
def cashier(chen: Person, finance: Unit, noon: datetime) -> Post:
    company = finance.company.uid
    uid = actions.open_post(
        chen, noon, company_uid=company, unit_uid=finance.uid, name="出纳", office=Office.SEAL_KEEPER
    )
    return Post.objects.get(uid=uid)


def test_a_group_is_a_tree_of_companies(chen: Person, company: Company, subsidiary: Company, noon: datetime) -> None:
    actions.place_company(chen, noon, company_uid=subsidiary.uid, parent_uid=company.uid)

    assert list(company.children.all()) == [subsidiary]
    assert recorded() == ["company.placed"]

    actions.place_company(chen, noon, company_uid=subsidiary.uid, parent_uid=None)

    assert list(company.children.all()) == []


def test_no_company_stands_above_itself(chen: Person, company: Company, subsidiary: Company, noon: datetime) -> None:
    actions.place_company(chen, noon, company_uid=subsidiary.uid, parent_uid=company.uid)

    for parent in (company, subsidiary):
        with pytest.raises(TreeHasACycle):
            actions.place_company(chen, noon, company_uid=company.uid, parent_uid=parent.uid)

    company.refresh_from_db()
    assert company.parent is None
    assert recorded()[-1] == "company.place.refused"


def test_the_database_knows_of_no_ring_either(company: Company, subsidiary: Company, finance: Unit) -> None:
    Company.objects.filter(pk=subsidiary.pk).update(parent=company)
    below = Unit.objects.create(company=company, parent=finance, name="资金组", opened_at=finance.opened_at)

    for rows, parent, name in (
        (Company.objects.filter(pk=company.pk), subsidiary, "company_tree_has_no_cycle"),
        (Company.objects.filter(pk=company.pk), company, "company_tree_has_no_cycle"),
        (Unit.objects.filter(pk=finance.pk), below, "unit_tree_has_no_cycle"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            rows.update(parent=parent)
        assert getattr(refused.value.__cause__, "diag").constraint_name == name  # noqa: B009  psycopg's own attribute


def test_the_database_keeps_units_posts_and_people_in_their_company(
    finance: Unit, subsidiary: Company, wang: Person, noon: datetime
) -> None:
    for name, create in (
        (
            "unit_stays_in_its_company",
            lambda: Unit.objects.create(company=subsidiary, parent=finance, name="x", opened_at=noon),
        ),
        (
            "post_is_in_a_unit_of_its_company",
            lambda: Post.objects.create(company=subsidiary, unit=finance, name="x", office="staff", opened_at=noon),
        ),
        (
            "member_is_in_a_unit_of_the_company",
            lambda: Membership.objects.create(company=subsidiary, unit=finance, person=wang, joined_on=JOINED),
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            create()


def test_units_stand_below_each_other_and_move(chen: Person, company: Company, finance: Unit, noon: datetime) -> None:
    funds = actions.open_unit(chen, noon, company_uid=company.uid, name="资金组", parent_uid=finance.uid)
    with pytest.raises(TreeHasACycle):
        actions.move_unit(chen, noon, unit_uid=finance.uid, parent_uid=funds)

    actions.move_unit(chen, noon, unit_uid=funds, parent_uid=None)

    assert Unit.objects.get(uid=funds).parent is None
    assert recorded() == ["unit.opened", "unit.opened", "unit.move.refused", "unit.moved"]


def test_a_unit_of_another_company_is_no_place(
    chen: Person, subsidiary: Company, finance: Unit, noon: datetime
) -> None:
    with pytest.raises(UnitOfAnotherCompany):
        actions.open_unit(chen, noon, company_uid=subsidiary.uid, name="资金组", parent_uid=finance.uid)

    elsewhere = actions.open_unit(chen, noon, company_uid=subsidiary.uid, name="工程部")
    with pytest.raises(UnitOfAnotherCompany):
        actions.move_unit(chen, noon, unit_uid=elsewhere, parent_uid=finance.uid)


def test_a_unit_and_a_post_have_their_name_to_themselves(
    chen: Person, company: Company, finance: Unit, cashier: Post, noon: datetime
) -> None:
    with pytest.raises(AlreadyRegistered):
        actions.open_unit(chen, noon, company_uid=company.uid, name="财务部")
    with pytest.raises(AlreadyRegistered):
        actions.open_post(chen, noon, company_uid=company.uid, unit_uid=finance.uid, name="出纳", office=Office.STAFF)


def test_a_unit_is_closed_when_nobody_and_nothing_is_left_in_it(
    chen: Person, finance: Unit, cashier: Post, noon: datetime
) -> None:
    with pytest.raises(UnitNotEmpty):
        actions.close_unit(chen, noon, unit_uid=finance.uid)

    actions.close_post(chen, noon, post_uid=cashier.uid)
    actions.close_unit(chen, noon, unit_uid=finance.uid)

    assert recorded()[-3:] == ["unit.close.refused", "post.closed", "unit.closed"]
    assert list(queries.units_visible_to(chen, noon)) == []
    with pytest.raises(NotFound):
        actions.close_unit(chen, noon, unit_uid=finance.uid)


def test_a_post_is_filled_and_vacated(chen: Person, wang: Person, cashier: Post, noon: datetime) -> None:
    holding = actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)
    with pytest.raises(PostHeld):
        actions.close_post(chen, noon, post_uid=cashier.uid)
    assert [held.person for held in queries.holdings_in_force(noon)] == [wang]

    actions.vacate_post(chen, noon, holding_id=holding)

    assert list(queries.holdings_in_force(noon)) == []
    assert recorded()[-3:] == ["post.filled", "post.close.refused", "post.vacated"]
    with pytest.raises(NotFound):
        actions.vacate_post(chen, noon, holding_id=holding)


def test_a_person_holds_several_posts_in_several_companies(
    chen: Person, wang: Person, cashier: Post, subsidiary: Company, noon: datetime
) -> None:
    director = actions.open_post(chen, noon, company_uid=subsidiary.uid, name="董事", office=Office.STAFF)

    for post in (cashier.uid, director):
        actions.fill_post(chen, noon, post_uid=post, person_pseudonym=wang.pseudonym, starts_at=noon)

    assert {held.post.company for held in queries.holdings_visible_to(wang, noon)} == {cashier.company, subsidiary}
    assert set(queries.companies_visible_to(wang, noon)) == {cashier.company, subsidiary}


def test_a_post_filled_twice_by_one_click_is_filled_once(
    chen: Person, wang: Person, cashier: Post, noon: datetime
) -> None:
    click = uuid4()

    both = [
        actions.fill_post.once(click, chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)
        for _ in range(2)
    ]

    assert (both[0], PostHolding.objects.count()) == (both[1], 1)
    with pytest.raises(AlreadyInPost):
        actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)


def test_nobody_appoints_themselves(chen: Person, cashier: Post, noon: datetime) -> None:
    with pytest.raises(SelfAppointment):
        actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=chen.pseudonym, starts_at=noon)

    with pytest.raises(IntegrityError, match="appointer_is_not_holder"), transaction.atomic():
        PostHolding.objects.create(post=cashier, person=chen, appointed_by=chen, appointed_at=noon, starts_at=noon)


def test_a_deputy_stands_in_for_a_holder_and_goes_with_them(
    chen: Person, wang: Person, ma: Person, cashier: Post, noon: datetime
) -> None:
    week = noon + timedelta(days=7)
    held = actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)
    actions.fill_post(
        chen,
        noon,
        post_uid=cashier.uid,
        person_pseudonym=ma.pseudonym,
        starts_at=noon,
        ends_at=week,
        deputy_for=wang.pseudonym,
    )
    assert {each.person for each in queries.holdings_in_force(noon)} == {wang, ma}
    assert {each.person for each in queries.holdings_in_force(week)} == {wang}

    actions.vacate_post(chen, noon, holding_id=held)

    assert list(queries.holdings_in_force(noon)) == []
    assert recorded()[-2:] == ["post.vacated", "post.vacated"]


@pytest.mark.parametrize(
    ("refusal", "deputised", "days"),
    [
        (NobodyToDeputise, "chen", 7),
        (NobodyToDeputise, "ma", 7),
        (DeputyWithoutEnd, "wang", None),
        (TermNotPossible, "wang", -1),
    ],
)
def test_a_deputy_needs_somebody_else_to_stand_in_for_and_a_last_day(
    refusal: type[Refused],
    deputised: str,
    days: int | None,
    chen: Person,
    wang: Person,
    ma: Person,
    cashier: Post,
    noon: datetime,
) -> None:
    actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)

    with pytest.raises(refusal):
        actions.fill_post(
            chen,
            noon,
            post_uid=cashier.uid,
            person_pseudonym=ma.pseudonym,
            starts_at=noon,
            ends_at=noon + timedelta(days=days) if days else None,
            deputy_for=Person.objects.get(login=deputised).pseudonym,
        )

    assert PostHolding.objects.count() == 1


def test_somebody_joins_and_moves_and_is_seen_by_their_colleagues(
    chen: Person, stranger: Person, wang: Person, company: Company, finance: Unit, noon: datetime
) -> None:
    who, where = stranger.pseudonym, company.uid
    actions.join_company(chen, noon, person_pseudonym=who, company_uid=where, joined_on=JOINED)
    actions.move_within_company(chen, noon, person_pseudonym=who, company_uid=where, unit_uid=finance.uid)

    (member,) = queries.memberships_visible_to(wang, noon)
    assert (member.person, member.unit) == (stranger, finance)
    assert list(queries.companies_visible_to(stranger, noon)) == [company]
    assert recorded()[-2:] == ["person.joined", "person.moved"]
    with pytest.raises(AlreadyMember):
        actions.join_company(chen, noon, person_pseudonym=who, company_uid=where, joined_on=JOINED)
    with pytest.raises(NotFound):
        actions.move_within_company(chen, noon, person_pseudonym=wang.pseudonym, company_uid=where, unit_uid=None)


def test_leaving_a_company_ends_what_ties_to_it_and_nothing_else(
    chen: Person, wang: Person, cashier: Post, subsidiary: Company, noon: datetime
) -> None:
    company, who = cashier.company, wang.pseudonym
    for where in (company, subsidiary):
        actions.join_company(chen, noon, person_pseudonym=who, company_uid=where.uid, joined_on=JOINED)
    actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=who, starts_at=noon)

    actions.leave_company(chen, noon, person_pseudonym=who, company_uid=company.uid, left_on=noon.date())

    assert queries.powers_of(wang, noon).held == frozenset()
    assert list(queries.companies_visible_to(wang, noon)) == [subsidiary]
    assert recorded()[-3:] == ["post.vacated", "power.ended", "person.left-company"]
    wang.refresh_from_db()
    assert wang.is_active
    with pytest.raises(NotFound):
        actions.leave_company(chen, noon, person_pseudonym=who, company_uid=company.uid, left_on=noon.date())


def test_leaving_the_group_ends_everything_and_the_account(
    chen: Person, wang: Person, ma: Person, cashier: Post, noon: datetime
) -> None:
    who = wang.pseudonym
    actions.join_company(chen, noon, person_pseudonym=who, company_uid=cashier.company.uid, joined_on=JOINED)
    actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=who, starts_at=noon)
    actions.fill_post(
        chen,
        noon,
        post_uid=cashier.uid,
        person_pseudonym=ma.pseudonym,
        starts_at=noon,
        ends_at=noon + timedelta(days=1),
        deputy_for=who,
    )

    actions.leave_group(chen, noon, person_pseudonym=who, left_on=noon.date())

    wang.refresh_from_db()
    assert (wang.is_active, wang.has_usable_password()) == (False, False)
    assert not Grant.objects.filter(person=wang, revoked_at=None).exists()
    assert not queries.holdings_in_force(noon).exists()
    assert not Membership.objects.filter(left_on=None).exists()
    assert recorded()[-4:] == ["post.vacated", "post.vacated", "power.ended", "person.left"]
    with pytest.raises(NotFound):
        actions.leave_group(chen, noon, person_pseudonym=who, left_on=noon.date())


def test_nobody_left_before_they_joined(chen: Person, wang: Person, company: Company, noon: datetime) -> None:
    who = wang.pseudonym
    actions.join_company(chen, noon, person_pseudonym=who, company_uid=company.uid, joined_on=JOINED)

    with pytest.raises(TermNotPossible):
        actions.leave_group(chen, noon, person_pseudonym=who, left_on=JOINED - timedelta(days=1))

    assert queries.powers_of(wang, noon).has(Power.USE, company.pk)


def test_the_last_person_of_an_office_cannot_leave(chen: Person, sun: Person, zhou: Person, noon: datetime) -> None:
    for last in (sun, zhou, chen):
        with pytest.raises(LastOfOffice):
            actions.leave_group(chen, noon, person_pseudonym=last.pseudonym, left_on=noon.date())

    assert Person.objects.filter(is_active=True).count() == 3
    assert set(recorded()) == {"person.leave.refused"}


def test_whoever_is_not_security_changes_nothing_of_the_organisation(
    zhao: Person, company: Company, noon: datetime
) -> None:
    who, where = zhao.pseudonym, company.uid
    for attempt in (
        lambda: actions.place_company(zhao, noon, company_uid=where, parent_uid=None),
        lambda: actions.open_unit(zhao, noon, company_uid=where, name="x"),
        lambda: actions.move_unit(zhao, noon, unit_uid="0" * 32, parent_uid=None),
        lambda: actions.close_unit(zhao, noon, unit_uid="0" * 32),
        lambda: actions.open_post(zhao, noon, company_uid=where, name="x", office=Office.STAFF),
        lambda: actions.close_post(zhao, noon, post_uid="0" * 32),
        lambda: actions.fill_post(zhao, noon, post_uid="0" * 32, person_pseudonym=who, starts_at=noon),
        lambda: actions.vacate_post(zhao, noon, holding_id=1),
        lambda: actions.join_company(zhao, noon, person_pseudonym=who, company_uid=where, joined_on=JOINED),
        lambda: actions.move_within_company(zhao, noon, person_pseudonym=who, company_uid=where, unit_uid=None),
        lambda: actions.leave_company(zhao, noon, person_pseudonym=who, company_uid=where, left_on=JOINED),
        lambda: actions.leave_group(zhao, noon, person_pseudonym=who, left_on=JOINED),
    ):
        with pytest.raises(NotEntitled):
            attempt()

    assert all(kind.endswith(".refused") for kind in recorded())


def test_the_organisation_on_record_names_nobody(chen: Person, wang: Person, cashier: Post, noon: datetime) -> None:
    actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)

    bodies = b"".join(bytes(body) for body in FactRow.objects.values_list("body", flat=True))
    assert all(word.encode() not in bodies for word in ("王用", "wang", "财务部", "出纳"))


def test_a_unit_takes_another_name_that_is_free(chen: Person, wang: Person, company: Company, noon: datetime) -> None:
    uid = actions.open_unit(chen, noon, company_uid=company.uid, name="财务部")
    actions.open_unit(chen, noon, company_uid=company.uid, name="法务部")

    actions.rename_unit(chen, noon, unit_uid=uid, name="财务中心")
    with pytest.raises(AlreadyRegistered):
        actions.rename_unit(chen, noon, unit_uid=uid, name="法务部")
    with pytest.raises(NotEntitled):
        actions.rename_unit(wang, noon, unit_uid=uid, name="别名")

    assert (Unit.objects.get(uid=uid).name, "unit.renamed" in recorded()) == ("财务中心", True)


def test_whoever_comes_back_has_nothing_and_no_way_in_without_a_second_person(
    chen: Person, sun: Person, wang: Person, zhao: Person, noon: datetime
) -> None:
    actions.leave_group(chen, noon, person_pseudonym=wang.pseudonym, left_on=noon.date())
    with pytest.raises(NotEntitled):
        actions.come_back(zhao, noon, person_pseudonym=wang.pseudonym)

    actions.come_back(chen, noon, person_pseudonym=wang.pseudonym)

    wang.refresh_from_db()
    assert (wang.is_active, wang.has_usable_password(), recorded()[-1]) == (True, False, "person.came-back")
    assert not queries.powers_of(wang, noon).held
    with pytest.raises(NotFound):
        actions.come_back(chen, noon, person_pseudonym=wang.pseudonym)
    code = actions.make_entry_code(chen, noon, person_pseudonym=wang.pseudonym, code="A" * 16)
    with pytest.raises(EntryCodeUnconfirmed):
        actions.open_account(wang, noon, code="A" * 16, password="a long enough password")
    actions.confirm_entry_code(sun, noon, entry_code_id=code)
    actions.open_account(wang, noon, code="A" * 16, password="a long enough password")


def test_powers_and_posts_of_one_person_are_those_that_a_reader_sees(
    company: Company, wang: Person, li: Person, sun: Person, noon: datetime
) -> None:
    stranger = new_person("ma", "马一")
    vacant, held = (held_by(company, wang, Office.UNIT_HEAD, noon, li, name=name) for name in ("left", "kept"))
    PostHolding.objects.filter(post=vacant).update(revoked_at=noon)

    for reader in (wang, li, sun, stranger):
        grants = queries.grants_visible_to(reader, noon).filter(person=wang)
        holdings = queries.holdings_visible_to(reader, noon).filter(person=wang)
        assert queries.grants_of(reader, noon, wang) == list(grants)
        assert queries.holdings_of(reader, noon, wang) == list(holdings)
    seen = [(len(queries.grants_of(who, noon, wang)) > 0, queries.holdings_of(who, noon, wang)) for who in (sun, li)]
    assert seen == [(True, [held.holdings.get()]), (False, [held.holdings.get()])]
    assert [queries.vacant_posts_of(who, noon, wang.pseudonym) for who in (sun, li, stranger)] == [
        [vacant],
        [vacant],
        [],
    ]
