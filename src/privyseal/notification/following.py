"""Follow the ledger by index and write down who is told of what: each fact once, however often this is stopped."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from privyseal.identity.models import Person
from privyseal.ledger.queries import Fact, facts_from, tree_size
from privyseal.notification.audiences import Subject, everybody_in
from privyseal.notification.models import Address, Delivery, Message, Position, Wishes
from privyseal.notification.rules import Quiet, Told, Urgency, goes_out_at, told

BATCH: Final = 200
_FOLLOWER: Final = "people"
# What the words are made of; the rest stays in the ledger.
_SAID: Final = ("code", "of", "purpose", "power", "means", "channel")


def follow(at: datetime) -> int:
    """Write the messages of the next facts; return how many facts were looked at. One follower at a time."""
    with transaction.atomic(durable=True):
        position = _position()
        facts = facts_from(position.next_index, limit=BATCH)
        if facts:
            _tell(facts, at)
            position.next_index = facts[-1].index + 1  # type: ignore[operator]  # whatever is in the tree has its index
            position.save(update_fields=["next_index"])
    return len(facts)


def _position() -> Position:
    """Return the place to go on from, locked. An installation that has no place yet is told of nothing that is past."""
    known = Position.objects.select_for_update().filter(pk=_FOLLOWER).first()
    if known is not None:
        return known
    Position.objects.bulk_create([Position(follower=_FOLLOWER, next_index=tree_size())], ignore_conflicts=True)
    return Position.objects.select_for_update().get(pk=_FOLLOWER)


def _tell(facts: Sequence[Fact], at: datetime) -> None:
    write([message for fact in facts for message in _messages(fact, at)], at)


def write(messages: Sequence[Message], at: datetime) -> None:
    """Write messages that are not there yet, each with its ways to its reader, in the transaction that is open."""
    written = Message.objects.bulk_create(messages, ignore_conflicts=True)
    kept = Message.objects.filter(uid__in=[message.uid for message in written]).order_by("pk")
    Delivery.objects.bulk_create(_deliveries(list(kept), at))


def _messages(fact: Fact, at: datetime) -> Iterator[Message]:
    row = told(fact.kind, str(fact.data.get("code", "")))
    if row is None:
        return
    for person in active(_people(fact, row, at)):
        yield Message(
            person=person,
            cause=f"fact:{fact.index}",
            kind=fact.kind,
            actor=fact.actor,
            about=_about(fact),
            urgency=row.urgency.value,
            happened_at=fact.at,
            made_at=at,
        )


def active(people: frozenset[int]) -> QuerySet[Person]:
    """Return those of these people who have not left."""
    return Person.objects.filter(pk__in=people, is_active=True).order_by("pk")


def _people(fact: Fact, row: Told, at: datetime) -> frozenset[int]:
    subject = Subject(fact.subjects, at)
    people = everybody_in(row.to, subject)
    if row.own:
        return people
    return people - set(Person.objects.filter(pseudonym=fact.actor).values_list("pk", flat=True))


def _about(fact: Fact) -> dict[str, Any]:
    return {**fact.subjects, **{name: fact.data[name] for name in _SAID if name in fact.data}}


def _deliveries(messages: Sequence[Message], at: datetime) -> list[Delivery]:
    people = {message.person_id for message in messages}
    wishes = {row.person_id: row for row in Wishes.objects.filter(person__in=people)}
    confirmed = Address.objects.filter(person__in=people, confirmed_at__isnull=False).order_by("pk")
    channels: dict[int, list[str]] = {}
    for address in confirmed:
        channels.setdefault(address.person_id, []).append(address.channel)
    return [
        Delivery(message=message, channel=channel, due_at=due)
        for message in messages
        if (due := _due(message, wishes.get(message.person_id), at)) is not None
        for channel in channels.get(message.person_id, [])
    ]


def _due(message: Message, wishes: Wishes | None, at: datetime) -> datetime | None:
    """Return when the message may leave the page; None where its reader wants the day's news on the page alone."""
    urgency = Urgency(message.urgency)
    if wishes is not None and wishes.daily_on_page_only and urgency is Urgency.DAILY:
        return None
    quiet = Quiet(wishes.quiet_begins, wishes.quiet_ends) if wishes is not None else Quiet()
    return goes_out_at(localtime(at), urgency, quiet)
