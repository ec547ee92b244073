"""Who may keep which seals, by the rule and by the database; what a scan finds of it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from privyseal.identity import actions
from privyseal.identity.models import Company, Grant, Person, Post, PostHolding
from privyseal.identity.rules import Found, KeepsASeal, Office
from privyseal.ledger.transactions import writing
from privyseal.seals.keeping import check_may_keep
from privyseal.seals.models import Custody, Seal
from privyseal.seals.queries import scan, seals_one_may_miss
from privyseal.seals.rules import KEEPS_NOTHING, BarredFromKeeping, KeepersNotSeparate
from tests.actions.keepers import next_place
from tests.conftest import recorded


@pytest.fixture
def gu(stranger: Person, company: Company, long_ago: datetime) -> Person:
    """Keeps."""
    Grant.objects.create(
        person=stranger,
        power="custody",
        company=company,
        granted_at=long_ago,
        confirmed_at=long_ago,
        starts_at=long_ago,
    )
    return stranger


def seal_of(company: Company, kind: str, by: Person, at: datetime, number: str = "") -> Seal:
    return Seal.objects.create(
        company=company,
        place=next_place(company),
        number=number or kind[:12],
        name=number or kind,
        skeleton=number or kind,
        type=kind,
        kind="physical",
        created_by=by,
        created_at=at,
    )


def put_into(person: Person, office: Office, company: Company, by: Person, at: datetime) -> None:
    post = Post.objects.create(company=company, name=office.value, office=office, opened_at=at)
    PostHolding.objects.create(post=post, person=person, appointed_by=by, appointed_at=at, starts_at=at)


@pytest.mark.parametrize("office", KEEPS_NOTHING)
def test_whoever_decides_becomes_no_keeper(
    office: Office, gu: Person, chen: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    seal = seal_of(company, "contract", chen, noon)
    put_into(gu, office, company, chen, long_ago)

    with pytest.raises(BarredFromKeeping), writing():
        check_may_keep(gu, noon, seal=seal)
    with pytest.raises(IntegrityError, match="goes with no custody"), transaction.atomic():
        Custody.objects.create(seal=seal, keeper=gu, since=noon)


@pytest.mark.parametrize("office", KEEPS_NOTHING)
def test_whoever_is_going_to_decide_becomes_no_keeper_before_that(
    office: Office, gu: Person, chen: Person, company: Company, noon: datetime
) -> None:
    seal = seal_of(company, "contract", chen, noon)
    put_into(gu, office, company, chen, noon + timedelta(days=30))

    with pytest.raises(BarredFromKeeping), writing():
        check_may_keep(gu, noon, seal=seal)
    with pytest.raises(IntegrityError, match="goes with no custody"), transaction.atomic():
        Custody.objects.create(seal=seal, keeper=gu, since=noon)

    PostHolding.objects.update(revoked_at=noon)
    Custody.objects.create(seal=seal, keeper=gu, since=noon)


def test_a_keeper_takes_no_barred_post_that_begins_later(
    gu: Person, chen: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    Custody.objects.create(seal=seal_of(company, "contract", chen, noon), keeper=gu, since=long_ago)
    post = actions.open_post(chen, noon, company_uid=company.uid, name="某岗", office=Office.GENERAL_MANAGER)
    later = noon + timedelta(days=30)

    with pytest.raises(KeepsASeal):
        actions.fill_post(chen, noon, post_uid=post, person_pseudonym=gu.pseudonym, starts_at=later)

    assert not PostHolding.objects.exists()


def test_a_banks_reserved_set_has_two_keepers(gu: Person, chen: Person, company: Company, noon: datetime) -> None:
    finance, name = (seal_of(company, kind, chen, noon) for kind in ("finance", "legal-representative"))
    Custody.objects.create(seal=finance, keeper=gu, since=noon)

    with pytest.raises(KeepersNotSeparate) as refused, writing():
        check_may_keep(gu, noon, seal=name)
    with pytest.raises(IntegrityError, match="do not share a keeper"), transaction.atomic():
        Custody.objects.create(seal=name, keeper=gu, since=noon)

    assert refused.value.facts == {"seal_type": "legal-representative", "already": "finance"}


def test_a_scan_finds_keepers_from_before_the_rule(
    gu: Person, chen: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE custody DISABLE TRIGGER keeper_may_keep")
    put_into(gu, Office.GENERAL_MANAGER, company, chen, long_ago)
    for kind in ("finance", "legal-representative"):
        Custody.objects.create(seal=seal_of(company, kind, chen, noon), keeper=gu, since=noon)
    for number in range(9):
        Custody.objects.create(seal=seal_of(company, "other", chen, noon, f"O-{number}"), keeper=gu, since=noon)

    found = {one.found: (one.name, one.count) for one in scan(noon)}

    assert found[Found.BARRED_KEEPER] == ("丘外", 0)
    assert found[Found.SET_WITH_ONE_KEEPER] == ("丘外", 0)
    assert found[Found.TOO_MANY_SEALS] == ("丘外", 11)


@pytest.mark.parametrize("office", KEEPS_NOTHING)
def test_a_keeper_takes_no_barred_post_before_the_seal_is_handed_over(
    office: Office, gu: Person, chen: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    kept = Custody.objects.create(seal=seal_of(company, "contract", chen, noon), keeper=gu, since=long_ago)
    post = actions.open_post(chen, noon, company_uid=company.uid, name="某岗", office=office)

    def fill() -> int:
        return actions.fill_post(chen, noon, post_uid=post, person_pseudonym=gu.pseudonym, starts_at=noon)

    with pytest.raises(KeepsASeal):
        fill()
    assert (PostHolding.objects.count(), recorded()[-1]) == (0, "post.fill.refused")

    kept.until = noon
    kept.save(update_fields=["until"])
    assert PostHolding.objects.get(pk=fill()).person == gu


def test_the_database_refuses_a_barred_post_to_a_keeper(
    gu: Person, chen: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    Custody.objects.create(seal=seal_of(company, "contract", chen, noon), keeper=gu, since=long_ago)

    with pytest.raises(IntegrityError, match="barred_post_waits_for_the_handover"), transaction.atomic():
        put_into(gu, Office.FINANCE_HEAD, company, chen, noon)
    put_into(gu, Office.STAFF, company, chen, noon)


def test_the_database_refuses_two_living_seals_of_one_look(company: Company, chen: Person, noon: datetime) -> None:
    first = seal_of(company, "contract", chen, noon, "A1")
    second = seal_of(company, "contract", chen, noon, "B1")

    with pytest.raises(IntegrityError, match="one_live_seal_of_a_look"), transaction.atomic():
        Seal.objects.filter(pk=second.pk).update(skeleton=first.skeleton)
    with pytest.raises(IntegrityError, match="seal_has_a_look"), transaction.atomic():
        Seal.objects.filter(pk=second.pk).update(skeleton="")


def test_what_may_be_reported_lost_begins_with_what_is_in_hand_and_what_one_keeps(
    gu: Person, chen: Person, sun: Person, company: Company, noon: datetime
) -> None:
    one, kept, held, voided = (seal_of(company, "contract", chen, noon, number) for number in "1234")
    Seal.objects.update(state="active")
    Seal.objects.filter(pk=voided.pk).update(state="void")
    Custody.objects.create(seal=kept, keeper=gu, since=noon)

    assert seals_one_may_miss(gu, noon, in_hand=[held.pk], most=50) == [held, kept, one]
    assert seals_one_may_miss(sun, noon, in_hand=[held.pk], most=50) == [held, one, kept]
    assert seals_one_may_miss(sun, noon, in_hand=[held.pk], most=2) == [held, one]
