"""What was found over rubber seals, from when on, and a seal that is missing, on their pages."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.utils.timezone import now

from privyseal.custody import actions
from privyseal.custody.models import AlarmRule
from privyseal.identity.models import Company, Person
from privyseal.notification.models import Message
from privyseal.seals.models import Incident, Permit, Seal
from privyseal.seals.permits import PermitRevoked
from privyseal.seals.rules import SealNotInForce
from tests.by_hand import Out
from tests.edges.conftest import Enter, command
from tests.notification.conftest import begin_to_follow, catch_up

pytestmark = pytest.mark.documents


def test_alarms_are_listed_and_their_thresholds_set(out: Out, company: Company, zhao: Person, enter: Enter) -> None:
    actions.watch_alarms(now() + timedelta(days=8))
    manager = enter(zhao)
    sent = {"lost_risk_minutes": "60", "not_returned_minutes": "600", "unused_days": "3", "debt_days": "1"}
    more = {"restamps": "2", "stock_take_days": "30", "made_anew": "1", "debt_reminder_minutes": "20"}

    page = manager.get("/alarms/").content.decode()
    unfilled = manager.post("/alarms/thresholds/", command(company=company.uid, **sent))
    refused = manager.post(
        "/alarms/thresholds/",
        command(company=company.uid, **sent | {"lost_risk_minutes": "700"}, **more),
    )
    manager.post("/alarms/thresholds/", command(company=company.uid, **sent, **more))

    assert "批后未用" in page
    assert (unfilled.status_code, refused.status_code) == (400, 409)
    assert AlarmRule.objects.get().not_returned_minutes == 600


def test_a_missing_seal_is_reported_from_the_first_page_in_two_taps(
    out: Out, wang: Person, gu: Person, zhao: Person, li: Person, enter: Enter
) -> None:
    begin_to_follow(datetime.now(UTC))
    keeper = enter(gu)
    assert 'href="/lost/"' in keeper.get("/").content.decode()  # the first tap
    assert out.permit.seal.uid in keeper.get("/lost/").content.decode()

    begun = monotonic()
    answer = keeper.post("/lost/", {"seal": out.permit.seal.uid})  # the second
    with pytest.raises((SealNotInForce, PermitRevoked)):
        actions.reserve(wang, now(), use_uid=out.uid, line_id=out.line, impressions=1)
    assert monotonic() - begun < 1

    incident = Incident.objects.get(kind="loss")
    assert answer.headers["Location"] == f"/incidents/{incident.uid}/"
    assert (Seal.objects.get(pk=out.permit.seal_id).state, Permit.objects.get(pk=out.permit.pk).used) == ("lost", 0)
    catch_up(datetime.now(UTC))
    told = set(Message.objects.filter(kind="seal.lost").values_list("person__login", flat=True))
    assert {"zhao", "li"} <= told
    assert "登报" in keeper.get(f"/incidents/{incident.uid}/").content.decode()
    assert enter(li).post("/lost/", {"seal": out.permit.seal.uid}).status_code in {403, 404}
