"""What there is to tell becomes a message for each of those whom it concerns, with its ways to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from privyseal.identity.models import Person
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.audiences import Around, Subject, everybody_in
from privyseal.notification.models import Address, Delivery, Message, Wishes
from privyseal.notification.rules import Audience, Quiet, Urgency, goes_out_at


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened or is due; ``cause`` tells it from all else, ``own`` tells even those who did it."""

    kind: str
    cause: str
    actor: str
    about: Mapping[str, Any]
    happened_at: datetime
    to: Sequence[Audience]
    urgency: Urgency
    own: bool = False


@transaction_required
def tell(news: Sequence[News], at: datetime) -> None:
    """Write down who is told of what; whoever was told of a cause before is not told again."""
    around = Around([item.about for item in news], at)
    found = [(item, everybody_in(item.to, Subject(item.about, around))) for item in news]
    people = frozenset[int]().union(*(keys for _, keys in found))
    here = dict(Person.objects.filter(pk__in=people, is_active=True).values_list("pk", "pseudonym"))
    messages = [
        Message(
            person_id=key,
            cause=item.cause,
            kind=item.kind,
            actor=item.actor,
            about=dict(item.about),
            urgency=item.urgency.value,
            happened_at=item.happened_at,
            made_at=at,
        )
        for item, keys in found
        for key in sorted(keys & here.keys())
        if item.own or here[key] != item.actor
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    if channels := _channels(here):
        uids = [message.uid for message in messages if message.person_id in channels]
        kept = Message.objects.filter(uid__in=uids).order_by("pk")
        Delivery.objects.bulk_create(_deliveries(list(kept), channels, at))


def _channels(people: Iterable[int]) -> dict[int, list[str]]:
    """Return by which channels each of these people can be reached beside their page."""
    channels: dict[int, list[str]] = {}
    confirmed = Address.objects.filter(person__in=people, confirmed_at__isnull=False).order_by("pk")
    for key, channel in confirmed.values_list("person_id", "channel"):
        channels.setdefault(key, []).append(channel)
    return channels


def _deliveries(messages: Sequence[Message], channels: Mapping[int, Sequence[str]], at: datetime) -> list[Delivery]:
    wishes = {row.person_id: row for row in Wishes.objects.filter(person__in=channels)}
    return [
        Delivery(message=message, channel=channel, due_at=due, is_urgent=message.urgency == Urgency.URGENT.value)
        for message in messages
        if (due := _due(message, wishes.get(message.person_id), at)) is not None
        for channel in channels[message.person_id]
    ]


def _due(message: Message, wishes: Wishes | None, at: datetime) -> datetime | None:
    """Return when the message may leave the page; None where its reader wants the day's news on the page alone."""
    urgency = Urgency(message.urgency)
    if wishes is not None and wishes.daily_on_page_only and urgency is Urgency.DAILY:
        return None
    quiet = Quiet(wishes.quiet_begins, wishes.quiet_ends) if wishes is not None else Quiet()
    return goes_out_at(localtime(at), urgency, quiet)
