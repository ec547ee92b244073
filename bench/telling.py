"""Messages to many people, first while nobody takes them, then by a real mail server: ``telling PEOPLE PORT``."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from privyseal.config.worker import WORDS
from privyseal.identity.models import Person
from privyseal.notification import outbox
from privyseal.notification.channels import Sender
from privyseal.notification.mail import Mail
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.rules import PAUSES, Channel, DeliveryState

_NOBODY: Final = 1  # a port on which nothing listens


def main(words: Sequence[str]) -> None:
    people, port = map(int, words)
    at = datetime.now(UTC)
    _write(people, at)
    refused = _seconds(at, _mail(_NOBODY))
    loss = _loss_seconds(at + PAUSES[0], _mail(port))
    sent = _seconds(at + PAUSES[0], _mail(port))
    arrived = Delivery.objects.filter(state=DeliveryState.SENT.value, is_urgent=False).count()
    json.dump({"refused_seconds": refused, "loss_seconds": loss, "sent_seconds": sent, "sent": arrived}, sys.stdout)


def _write(count: int, at: datetime) -> None:
    people = _people(count, at)
    _tell(people, at, cause="fact:0", kind="power.ended", urgency="prompt")


def _people(count: int, at: datetime) -> list[Person]:
    people = Person.objects.bulk_create(Person(login=f"reader-{number}", name="王用") for number in range(count))
    Address.objects.bulk_create(
        Address(person=person, channel="email", value=f"{person.login}@example.com", named_at=at, confirmed_at=at)
        for person in people
    )
    return people


def _tell(people: Sequence[Person], at: datetime, *, cause: str, kind: str, urgency: str) -> list[Delivery]:
    messages = Message.objects.bulk_create(
        Message(
            person=person,
            cause=cause,
            kind=kind,
            actor="service:bench",
            about={"person": person.pseudonym, "power": "use"},
            urgency=urgency,
            happened_at=at,
            made_at=at,
        )
        for person in people
    )
    deliveries = [
        Delivery(message=message, channel="email", due_at=at, is_urgent=urgency == "urgent") for message in messages
    ]
    return Delivery.objects.bulk_create(deliveries, batch_size=1000)


def _loss_seconds(at: datetime, mail: Mail) -> float:
    """Tell one person of a loss while everybody else waits, and return how long it took to leave."""
    (delivery,) = _tell([Person.objects.get(login="reader-0")], at, cause="fact:1", kind="seal.lost", urgency="urgent")
    began = time.perf_counter()
    while Delivery.objects.get(pk=delivery.pk).state != DeliveryState.SENT.value:
        outbox.send_due(lambda: at, senders={Channel.EMAIL: mail}, words=WORDS)
    return time.perf_counter() - began


def _seconds(at: datetime, mail: Mail) -> float:
    """Send whatever is due at this time, and return how long it took."""
    senders: dict[Channel, Sender] = {Channel.EMAIL: mail}
    began = time.perf_counter()
    while outbox.send_due(lambda: at, senders=senders, words=WORDS):
        pass
    return time.perf_counter() - began


def _mail(port: int) -> Mail:
    return Mail("127.0.0.1", port, "", "", "seals@example.com", "none")
