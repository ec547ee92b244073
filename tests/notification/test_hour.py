"""A bad hour: a channel that is down, busy and silent in turn, workers that die, a ledger that is followed anew."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from privyseal.config.worker import WORDS
from privyseal.custody import actions as custody
from privyseal.identity.models import Person
from privyseal.notification.channels import Sender
from privyseal.notification.following import follow
from privyseal.notification.models import Delivery, Message, Position
from privyseal.notification.outbox import send_due
from privyseal.notification.rules import MOST_SENDS, Audience, Channel, DeliveryState, Urgency
from privyseal.notification.telling import News, tell
from privyseal.seals.actions.incidents import Report
from privyseal.seals.models import Seal
from privyseal.seals.rules import Act
from privyseal.signer.client import Client
from tests.conftest import Use, say_yes
from tests.notification.conftest import Clock, Office, begin_to_follow, catch_up, mail_at, reached
from tests.notification.test_outbox import Dies, delivery_to

READERS = 30


@pytest.fixture
def readers(db: None, noon: datetime) -> list[Delivery]:
    people = [Person.objects.create(login=f"reader-{number}", name="王用") for number in range(READERS)]
    for person in people:
        reached(person, noon)
    return [delivery_to(person, noon) for person in people]


def troubles(seed: int, mail: Sender, office: Office) -> Iterator[Sender]:
    """Return how the channel is, turn by turn: away, busy, with a worker that dies over it, or well."""
    chance = random.Random(seed)  # noqa: S311  a story, not a secret
    while True:
        kind = chance.choice(["away", "busy", "dies", "well"])
        office.answer = "451 try again later" if kind == "busy" else "250 OK"
        ways: dict[str, Sender] = {"away": mail_at(1), "dies": Dies(mail)}
        yield ways.get(kind, mail)


@pytest.mark.parametrize("seed", range(3))
def test_an_hour_of_trouble_loses_nothing_and_sends_nothing_a_third_time(
    seed: int, readers: list[Delivery], office: Office, mail: dict[Channel, Sender], noon: datetime
) -> None:
    clock, story = Clock(noon), troubles(seed, mail[Channel.EMAIL], office)
    while clock.at < noon + timedelta(hours=1):
        with suppress(SystemExit):
            send_due(clock, senders={Channel.EMAIL: next(story)}, words=WORDS)
        clock.pass_by(timedelta(minutes=3))
    office.answer = "250 OK"
    while Delivery.objects.filter(state__in=["waiting", "sending"]).exists():
        send_due(clock, senders=mail, words=WORDS)
        clock.pass_by(timedelta(minutes=3))

    arrived = Counter(office.receivers)
    assert len(arrived) == READERS
    assert max(arrived.values()) <= MOST_SENDS
    assert set(Delivery.objects.values_list("state", flat=True)) <= {"sent", "unclear"}


def test_a_ledger_that_is_followed_anew_tells_nobody_again(
    pending: Use, li: Person, wang: Person, noon: datetime
) -> None:
    reached(wang, noon)
    begin_to_follow(noon)
    begun = Position.objects.get().next_index
    say_yes(li, noon, pending.uid)
    catch_up(noon)
    told = (Message.objects.count(), Delivery.objects.count())

    Position.objects.update(next_index=begun)
    follow(noon)

    assert (Message.objects.count(), Delivery.objects.count()) == told


def test_a_loss_goes_out_before_whatever_else_waits(
    official: Seal,
    zhao: Person,
    li: Person,
    readers: list[Delivery],
    office: Office,
    mail: dict[Channel, Sender],
    noon: datetime,
    signer: Client,
) -> None:
    reached(li, noon)
    for number in range(150):
        delivery_to(zhao, noon, cause=f"fact:{number + 1000}")
    begin_to_follow(noon)
    custody.report(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=Report(account="出差时不见了"), signer=signer)
    catch_up(noon)

    send_due(Clock(noon), senders=mail, words=WORDS)

    assert Delivery.objects.get(message__person=li, message__kind="seal.lost").state == DeliveryState.SENT.value
    assert Delivery.objects.filter(state=DeliveryState.WAITING.value).exists()


def test_a_minute_in_which_thousands_are_told_something_fits_into_its_statements(wang: Person, noon: datetime) -> None:
    reached(wang, noon)
    about = {"person": wang.pseudonym}
    news = [
        News("power.ended", f"fact:{number}", "service:test", about, noon, (Audience.PERSON,), Urgency.PROMPT)
        for number in range(6000)
    ]

    with transaction.atomic():
        tell(news, noon)

    assert Delivery.objects.count() == 6000
