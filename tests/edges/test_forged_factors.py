"""A second factor that somebody wrote to the database: an incident of security, and not of whom it is about."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from privyseal.identity import marks
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound
from privyseal.notification.models import Message
from privyseal.seals import actions, queries
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import Ending, IncidentOpen
from tests.conftest import holding, new_person, recorded
from tests.edges.conftest import Enter, command
from tests.notification.conftest import begin_to_follow, catch_up


@pytest.fixture
def liu(chen: Person, long_ago: datetime) -> Person:
    """Security too."""
    return holding(new_person("liu", "刘安"), Power.SECURITY, None, long_ago)


@pytest.fixture
def forged(li: Person, wang: Person) -> Authenticator:
    """A factor of li's that bears another mark, beside one of wang's that bears ours."""
    own = Authenticator(user=wang, type="totp", data={"secret": "b"})
    marks.mark(own, wang)
    own.save()
    return Authenticator.objects.create(user=li, type="totp", data={"secret": "a", "mark": "0" * 64})


@pytest.fixture
def incident(forged: Authenticator, liu: Person, sun: Person, noon: datetime) -> Incident:
    actions.watch_factors(noon)
    return Incident.objects.get()


def test_a_forged_factor_opens_one_incident_and_tells_security_and_auditor(
    forged: Authenticator, chen: Person, liu: Person, sun: Person, li: Person, zhao: Person, noon: datetime
) -> None:
    begin_to_follow(noon)

    opened = [actions.watch_factors(noon) for _ in range(2)]
    catch_up(noon)

    found = Incident.objects.get()
    assert (opened, found.account_of, found.owner, found.due_at) == ([1, 0], li, chen, noon + timedelta(days=7))
    assert recorded()[-1] == "incident.factor-forged"
    told = Message.objects.filter(kind="incident.factor-forged").values_list("person__login", flat=True)
    assert set(told) == {"chen", "liu", "sun"}
    with pytest.raises(NotFound):
        queries.incident_visible_to(zhao, noon, found.uid)


def test_it_ends_by_two_security_people_once_the_factor_is_gone(
    incident: Incident, forged: Authenticator, chen: Person, liu: Person, noon: datetime
) -> None:
    def propose() -> None:
        actions.propose_end(chen, noon, incident_uid=incident.uid, outcome=Ending.SETTLED)

    with pytest.raises(IncidentOpen):
        propose()
    forged.delete()
    propose()
    with pytest.raises(DutiesNotSeparate):
        actions.end_incident(chen, noon, incident_uid=incident.uid)
    actions.end_incident(liu, noon, incident_uid=incident.uid)

    assert Incident.objects.get().ended_by == liu


def test_nobody_ends_it_who_may_not_grant_powers_or_whom_it_is_about(
    incident: Incident, forged: Authenticator, sun: Person, chen: Person, noon: datetime
) -> None:
    forged.delete()
    with pytest.raises(NotEntitled):
        actions.propose_end(sun, noon, incident_uid=incident.uid, outcome=Ending.SETTLED)
    Incident.objects.update(account_of=chen)
    with pytest.raises(DutiesNotSeparate):
        actions.propose_end(chen, noon, incident_uid=incident.uid, outcome=Ending.SETTLED)

    assert Incident.objects.get().proposed_by is None
    with pytest.raises(IntegrityError, match="incident_is_not_ended_by_whom_it_is_about"), transaction.atomic():
        Incident.objects.update(proposed_by=chen)


def test_security_sees_it_on_its_page_and_says_how_it_is_handled(
    incident: Incident, chen: Person, li: Person, zhao: Person, enter: Enter
) -> None:
    address = f"/incidents/{incident.uid}/"
    security = enter(chen)

    assert "第二验证因素疑似伪造" in security.get("/incidents/").content.decode()
    assert li.name in security.get(address).content.decode()
    assert security.post(f"{address}opinion/", command(opinion="已更换数据库口令")).status_code == 302
    assert enter(zhao).get(address).status_code == 404


def test_before_the_first_factor_bears_a_mark_nothing_is_called_forged(wang: Person, sun: Person) -> None:
    Authenticator.objects.create(user=wang, type="totp", data={"secret": "a"})

    assert actions.watch_factors(now()) == 0
