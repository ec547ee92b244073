"""What there is to tell becomes a message for each of those whom it concerns, with its ways to them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from privyseal.identity.models import Person
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.audiences import Around, Subject, everybody_in
from privyseal.notification.models import Address, Delivery, Message, Muted, Unwanted, Wishes
from privyseal.notification.restored import MayHaveLeft
from privyseal.notification.rules import Audience, DeliveryState, Quiet, Urgency, goes_out_at


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened or is due; ``cause`` tells it from all else, ``own`` tells even those who did it.

    What ``is_from_before`` a restore may have been told: it is on the page, and leaves it by hand alone.
    """

    kind: str
    cause: str
    actor: str
    about: Mapping[str, Any]
    happened_at: datetime
    to: Sequence[Audience]
    urgency: Urgency
    own: bool = False
    is_from_before: bool = False


@transaction_required
def tell(news: Sequence[News], at: datetime) -> None:
    """Write down who is told of what; whoever was told of a cause before is not told again."""
    around = Around([item.about for item in news], at)
    subjects = [Subject(item.about, around) for item in news]
    found = [(item, everybody_in(item.to, subject)) for item, subject in zip(news, subjects, strict=True)]
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
        muted = _muted(zip(news, subjects, strict=True), channels)
        # A busy minute tells thousands: one statement takes 65,535 values, a dozen for each.
        deliveries = _deliveries(list(kept), channels, muted, at)
        _stop(deliveries, {item.cause for item in news if item.is_from_before}, at)
        Delivery.objects.bulk_create(deliveries, batch_size=1000)


def _channels(people: Iterable[int]) -> dict[int, list[str]]:
    """Return by which channels each of these people can be reached beside their page."""
    channels: dict[int, list[str]] = {}
    confirmed = Address.objects.filter(person__in=people, confirmed_at__isnull=False).order_by("pk")
    for key, channel in confirmed.values_list("person_id", "channel"):
        channels.setdefault(key, []).append(channel)
    return channels


def _muted(news: Iterable[tuple[News, Subject]], people: Iterable[int]) -> frozenset[tuple[int, str]]:
    """Return who does not want which cause off their page: all seals that it is about are muted, or their units are."""
    muted: dict[int, set[tuple[str, int]]] = {}
    for person, seal, unit in Muted.objects.filter(person__in=people).values_list("person_id", "seal_id", "unit_id"):
        muted.setdefault(person, set()).add(("seal", seal) if seal else ("unit", unit))
    found = set[tuple[int, str]]()
    for item, subject in news if muted else ():
        for person, what in muted.items():
            if subject.seals and all(what & {("seal", seal.pk), ("unit", seal.unit_id)} for seal in subject.seals):
                found.add((person, item.cause))
    return frozenset(found)


def _deliveries(
    messages: Sequence[Message],
    channels: Mapping[int, Sequence[str]],
    muted: frozenset[tuple[int, str]],
    at: datetime,
) -> list[Delivery]:
    unwanted = set(Unwanted.objects.filter(person__in=channels).values_list("person_id", "kind", "channel"))
    wishes = {row.person_id: row for row in Wishes.objects.filter(person__in=channels)}
    return [
        Delivery(message=message, channel=channel, due_at=due, is_urgent=message.urgency == Urgency.URGENT.value)
        for message in messages
        if (due := _due(message, wishes.get(message.person_id), at)) is not None
        if message.urgency == Urgency.URGENT.value or (message.person_id, message.cause) not in muted
        for channel in channels[message.person_id]
        if (message.person_id, message.kind, channel) not in unwanted
    ]


def _stop(deliveries: Iterable[Delivery], causes: Collection[str], at: datetime) -> None:
    for delivery in deliveries:
        if delivery.message.cause in causes and delivery.due_at <= at:
            delivery.state, delivery.ended_at = DeliveryState.UNCLEAR.value, at
            delivery.trouble = MayHaveLeft.code


def _due(message: Message, wishes: Wishes | None, at: datetime) -> datetime | None:
    """Return when the message may leave the page; None where its reader wants the day's news on the page alone."""
    urgency = Urgency(message.urgency)
    if wishes is not None and wishes.daily_on_page_only and urgency is Urgency.DAILY:
        return None
    quiet = Quiet(wishes.quiet_begins, wishes.quiet_ends) if wishes is not None else Quiet()
    return goes_out_at(localtime(at), urgency, quiet)
