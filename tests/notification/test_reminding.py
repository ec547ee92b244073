"""Days that come are told of once, to those who can still do something."""

from datetime import datetime, timedelta

import pytest

from privyseal.custody import actions as custody
from privyseal.custody.models import Alarm
from privyseal.custody.rules import Ending
from privyseal.identity.models import Person
from privyseal.language.messages import DUE
from privyseal.notification import reminding
from privyseal.notification.models import Message
from privyseal.notification.reminding import remind
from privyseal.notification.rules import REMINDED
from privyseal.seals import actions as seals
from privyseal.seals.models import Seal
from privyseal.seals.rules import Act
from privyseal.signer.client import Client
from tests.by_hand import Out, turn
from tests.conftest import Use, apply, say_yes

DAY = timedelta(days=1)


def heard(person: Person) -> list[str]:
    return list(Message.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_every_kind_of_day_has_its_words() -> None:
    assert {row.kind for row in REMINDED} == set(DUE)


@pytest.mark.documents
def test_a_seal_that_is_not_put_back_and_photographs_that_are_owed_are_told_of_once_and_become_incidents(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    remind(noon)
    turn(out, wang, jian, noon, impressions=2)
    custody.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)

    for hour in range(0, 9 * 24, 6):
        remind(noon + timedelta(hours=hour))

    assert [heard(wang).count(kind) for kind in ("hand.debt-stands", "hand.still-out")] == [1, 1]
    assert heard(gu).count("hand.still-out") == 1
    away = Alarm.objects.filter(kind="not-returned")
    custody.watch_alarms(noon + timedelta(hours=23))
    assert not away.exists()
    custody.watch_alarms(noon + timedelta(hours=25))
    assert away.get().incident.seal == out.permit.seal


def test_who_holds_a_permit_hears_a_day_before_it_is_over_and_only_once(
    approved: Use, wang: Person, ma: Person, noon: datetime
) -> None:
    end = approved.permit.expires_at
    remind(noon)
    assert heard(wang) == []

    remind(end - DAY)
    remind(end - DAY + timedelta(hours=1))

    assert heard(wang) == ["permit.ending"]
    assert heard(ma) == []


def test_a_permit_that_is_used_up_is_not_told_of(approved: Use, wang: Person, noon: datetime) -> None:
    remind(noon)
    permit = approved.permit
    permit.used = permit.impressions
    permit.save(update_fields=["used"])

    remind(permit.expires_at)

    assert heard(wang) == []


def test_what_nobody_decides_is_told_to_those_who_can(
    pending: Use, li: Person, wu: Person, wang: Person, noon: datetime
) -> None:
    remind(noon)
    say_nothing = noon + DAY + timedelta(minutes=1)

    remind(say_nothing)

    assert heard(li) == heard(wu) == ["application.waiting"]
    assert heard(wang) == []


def test_what_was_decided_is_not_told_of(pending: Use, li: Person, wu: Person, noon: datetime) -> None:
    remind(noon)
    say_yes(li, noon, pending.uid)

    remind(noon + 2 * DAY)

    assert "application.waiting" not in heard(wu)


def test_the_owner_of_an_incident_hears_before_its_day_and_after(
    official: Seal, zhao: Person, noon: datetime, signer: Client
) -> None:
    remind(noon)
    said = seals.Report(account="不见了")
    custody.report(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=said, signer=signer)

    for day in range(40):
        remind(noon + day * DAY)

    assert heard(zhao).count("incident.due") == 1
    assert heard(zhao).count("incident.overdue") == 1


def test_days_of_one_moment_are_all_told_of_however_many_are_written_at_once(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "_AT_ONCE", 2)
    remind(noon)
    for _ in range(5):
        say_yes(li, noon, apply(wang, noon, official, contract))

    remind(noon + 6 * DAY)

    assert heard(wang).count("permit.ending") == 5
