"""What waits for somebody is found in its order, and costs no more the more there is."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privyseal.approvals import actions as approvals
from privyseal.approvals import queries
from privyseal.approvals.actions import Term
from privyseal.approvals.models import Application, Casting
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.queries.waiting import keys_waiting_for
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.keys import HowMany
from privyseal.identity.models import Grant, Person, PostHolding
from privyseal.identity.queries import powers_of, powers_remembered
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Seal
from tests.actions.policies import InForce, asks_for, deputise, post
from tests.conftest import apply, holding, new_company, say_yes


def test_what_waits_is_counted_only_as_far_as_it_is_shown(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    for _ in range(3):
        apply(wang, noon, official, contract)

    assert [queries.count_waiting_for(li, noon, most=most) for most in (2, 9)] == [2, 3]


def test_a_holder_of_many_permits_asks_no_more_than_a_holder_of_one(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    def asked() -> int:
        with powers_remembered(), CaptureQueriesContext(connection) as captured:
            assert queries.waiting_for(wang, noon + timedelta(hours=4), most=1, counted=1).oldest[0].uid == oldest
        return sum(len(query["sql"]) for query in captured.captured_queries)

    oldest = apply(wang, noon, official, contract)
    say_yes(li, noon, oldest)
    one = asked()
    for hours in (1, 2, 3):
        say_yes(li, noon + timedelta(hours=hours), apply(wang, noon + timedelta(hours=hours), official, contract))

    assert asked() == one


def test_what_somebody_may_decide_is_found_behind_much_that_they_may_not(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    uids = [apply(wang, noon + timedelta(seconds=number), official, contract) for number in range(6)]
    for one in Application.objects.filter(uid__in=uids[:5]):
        Casting.objects.create(application=one, person=li, is_witness=True)

    later = noon + timedelta(minutes=1)
    assert [one.uid for one in queries.waiting_for(li, later, most=1, counted=1).oldest] == uids[5:]
    assert queries.count_waiting_for(li, later, most=1) == 1


def one_by_one(actor: Person, at: datetime) -> set[int]:
    """Return what waits for somebody as the page of each application says it."""
    found = set()
    for one in Application.objects.all():
        try:
            may = application_visible_to(actor, at, one.uid).may
        except NotFound:
            continue
        found |= {one.pk} if may & {"approve", "consent", "compare", "seal"} else set()
    return found


@pytest.mark.parametrize(("more", "how_many"), [(0, HowMany.ONE), (1, HowMany.FEW), (20, HowMany.MANY)])
def test_what_waits_is_the_same_for_whoever_decides_in_one_company_and_in_many(
    more: int, how_many: HowMany, official: Seal, contract: str, wang: Person, li: Person, chen: Person, noon: datetime
) -> None:
    for number in range(more):
        uscc = f"{number:018d}"
        elsewhere = new_company(f"分公司{number}", uscc, registrar=chen, verifier=wang, at=noon)
        holding(li, Power.APPROVE, elsewhere, noon)
    uids = [apply(wang, noon + timedelta(seconds=number), official, contract) for number in range(2)]

    assert HowMany.of(powers_of(li, noon).companies(Power.APPROVE)) is how_many
    assert queries.count_waiting_for(chen, noon, most=9) == 0
    found = queries.waiting_for(li, noon + timedelta(minutes=1), most=9, counted=9)
    assert [one.uid for one in found.oldest] == uids


def test_what_waits_is_what_each_page_says_however_often_and_whatever_changed(
    in_force: InForce,
    official: Seal,
    contract: str,
    wang: Person,
    li: Person,
    wu: Person,
    chen: Person,
    noon: datetime,
) -> None:
    counted = []

    def same(at: datetime) -> None:
        for person in (li, wu):
            said = one_by_one(person, at)
            assert [set(keys_waiting_for(person, at, most=9)) for _ in range(2)] == [said, said]
            counted.append(len(said))

    company, later = official.company, noon + timedelta(days=2)
    seat = post(company, wu, Office.FINANCE_HEAD, noon, chen)
    in_force(asks_for((Seat(Who.OFFICE, "finance-head"),)))
    voted, _ = (apply(wang, noon, official, contract) for _ in range(2))
    same(noon)
    term = Term(noon, noon + timedelta(days=1))
    approvals.delegate(wu, noon, company_uid=company.uid, taker_pseudonym=li.pseudonym, term=term)
    say_yes(li, noon, voted)
    same(noon)
    PostHolding.objects.filter(post=seat).update(ends_at=later)
    same(later)
    deputise(post(company, wang, Office.STAFF, noon, chen), li, wang, noon, chen)
    same(noon)
    Grant.objects.filter(person=wu).update(revoked_at=noon)
    same(noon)
    assert counted == [0, 2, 1, 1, 0, 0, 0, 1, 0, 0]
