"""Messages, addresses and deliveries as people read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language

from privyseal.language.messages import CHANNEL, DELIVERY_STATE, WAY, kind_in_words, path_of, texts_for
from privyseal.language.refusals import WORDS
from privyseal.notification.channels import Gap, Text
from privyseal.notification.hooks import public_key_of
from privyseal.notification.models import Address, Delivery, Message, Notice, Subscription
from privyseal.notification.queries import Tally
from privyseal.notification.rules import OBLIGED, REMINDED, TOLD, Channel, DeliveryState, Urgency
from privyseal.notification.seen import Seen
from privyseal.seals.models import Seal
from privyseal.web.shown.words import Badge

_HERE: Final = "/messages/"
_TONE: Final = {
    DeliveryState.WAITING: "pending",
    DeliveryState.SENDING: "pending",
    DeliveryState.SENT: "approved",
    DeliveryState.DELIVERED: "approved",
    DeliveryState.FAILED: "rejected",
    DeliveryState.UNCLEAR: "rejected",
}


@dataclass(frozen=True, slots=True)
class WayRow:
    channel: Promise
    badge: Badge
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    url: str
    text: Text
    is_urgent: bool
    is_unread: bool
    ways: Sequence[WayRow]


@dataclass(frozen=True, slots=True)
class AddressRow:
    uid: str
    channel: Promise
    value: str
    is_confirmed: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    uid: str
    person: str
    kind: str
    way: WayRow
    due_at: datetime
    tries: int
    trouble: str
    said: str
    can_be_sent_again: bool


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    uid: str
    name: str
    address: str
    kinds: Sequence[str]
    public_key: str
    failing_since: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    uid: str
    subscription: str
    kind: str
    badge: Badge
    due_at: datetime
    tries: int
    trouble: str
    said: str
    can_be_sent_again: bool


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of message; each way is what a form sends for it, what it is called, and whether it is wanted."""

    words: str
    is_obliged: bool
    ways: Sequence[tuple[str, Promise, bool]]


@dataclass(frozen=True, slots=True)
class SeenRow:
    way: str
    words: Promise
    is_set_up: bool
    title: str
    body: str
    letters: int
    parts: int
    template: str
    values: Sequence[tuple[str, str]]
    is_missing: bool


@dataclass(frozen=True, slots=True)
class MuteRow:
    uid: str
    seal: str
    unit: str
    is_muted: bool
    is_unit_muted: bool


def way_rows(unwanted: frozenset[tuple[str, str]], channels: Sequence[Channel]) -> list[KindRow]:
    return [
        KindRow(
            words=kind_in_words(row.kind),
            is_obliged=row.kind in OBLIGED,
            ways=[
                (f"{row.kind} {channel.value}", CHANNEL[channel], (row.kind, channel.value) not in unwanted)
                for channel in channels
            ],
        )
        for row in (*TOLD, *REMINDED)
    ]


def mute_rows(seals: Iterable[tuple[Seal, bool, bool]]) -> list[MuteRow]:
    return [
        MuteRow(
            uid=seal.uid,
            seal=f"{seal.name} · {seal.number} · {seal.company.name}",
            unit=seal.unit.name if seal.unit else "",
            is_muted=is_muted,
            is_unit_muted=is_unit_muted,
        )
        for seal, is_muted, is_unit_muted in seals
    ]


def message_rows(messages: Sequence[Message]) -> list[MessageRow]:
    texts = texts_for(messages, language=get_language() or "")
    return [
        MessageRow(
            url=path_of(message) if text else _HERE,
            text=text or Text(_trouble("message-without-words"), "", _HERE),
            is_urgent=message.urgency == Urgency.URGENT.value,
            is_unread=message.read_at is None,
            ways=[_way(delivery) for delivery in message.deliveries.all()],
        )
        for message, text in zip(messages, texts, strict=True)
    ]


def address_rows(addresses: Iterable[Address]) -> list[AddressRow]:
    return [
        AddressRow(
            address.uid,
            CHANNEL[Channel(address.channel)],
            address.value,
            address.confirmed_at is not None,
            _trouble(address.trouble),
        )
        for address in addresses
    ]


def delivery_rows(deliveries: Iterable[Delivery]) -> list[DeliveryRow]:
    """Return who should have been told of what kind of thing, without what it said."""
    ended = {DeliveryState.FAILED.value, DeliveryState.UNCLEAR.value}
    return [
        DeliveryRow(
            uid=delivery.uid,
            person=delivery.message.person.name,
            kind=kind_in_words(delivery.message.kind),
            way=_way(delivery),
            due_at=delivery.due_at,
            tries=delivery.tries,
            trouble=_trouble(delivery.trouble),
            said=delivery.said,
            can_be_sent_again=delivery.state in ended,
        )
        for delivery in deliveries
    ]


def subscription_rows(subscriptions: Iterable[Subscription]) -> list[SubscriptionRow]:
    return [
        SubscriptionRow(
            uid=row.uid,
            name=row.name,
            address=row.address,
            kinds=[kind_in_words(kind) for kind in row.kinds],
            public_key=public_key_of(row.uid) if settings.WEBHOOK_KEY else "",
            failing_since=row.failing_since,
            stopped_at=row.stopped_at,
        )
        for row in subscriptions
    ]


def notice_rows(notices: Iterable[Notice]) -> list[NoticeRow]:
    return [
        NoticeRow(
            uid=notice.uid,
            subscription=notice.subscription.name,
            kind=kind_in_words(notice.kind),
            badge=_badge(notice.state),
            due_at=notice.due_at,
            tries=notice.tries,
            trouble=_trouble(notice.trouble),
            said=notice.said,
            can_be_sent_again=notice.state == DeliveryState.FAILED.value,
        )
        for notice in notices
    ]


def tally_rows(tallies: Iterable[Tally]) -> list[tuple[Promise, Badge, int]]:
    return [(CHANNEL[Channel(row.channel)], _badge(row.state), row.count) for row in tallies]


def seen_row(one: Seen) -> SeenRow:
    return SeenRow(
        way=one.way.value,
        words=WAY[one.way],
        is_set_up=one.is_set_up,
        title=one.title,
        body=one.body,
        letters=len(one.body),
        parts=one.parts,
        template=one.template,
        values=list(one.values.items()),
        is_missing=one.is_missing,
    )


def gap_rows(gaps: Iterable[Gap]) -> list[str]:
    """Return what no approved text says, as it stands in the table of templates."""
    return [f'[{gap.language}."{gap.kind}"]' for gap in gaps]


def _way(delivery: Delivery) -> WayRow:
    return WayRow(CHANNEL[Channel(delivery.channel)], _badge(delivery.state), delivery.ended_at)


def _badge(state: str) -> Badge:
    return Badge(DELIVERY_STATE[DeliveryState(state)], _TONE[DeliveryState(state)])


def _trouble(code: str) -> str:
    return str(WORDS[code]) if code in WORDS else code
