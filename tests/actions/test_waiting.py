"""What waits for somebody is found in its order, and costs no more the more there is."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from privyseal.approvals import queries
from privyseal.approvals.models import Application, Casting
from privyseal.identity.models import Person
from privyseal.seals.models import Seal
from tests.conftest import apply, say_yes


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
        with CaptureQueriesContext(connection) as captured:
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
