"""Reads of messages: everybody sees their own; how sending goes, who runs the installation and the auditor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries import powers_of, require
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
from privyseal.ledger.rewording import Most, asked_with
from privyseal.notification.models import (
    Address,
    Browser,
    Delivery,
    Message,
    Muted,
    Notice,
    Subscription,
    Unwanted,
    Wishes,
)
from privyseal.notification.rules import Channel, DeliveryState, Quiet
from privyseal.seals.models import Seal
from privyseal.seals.queries import seals_visible_to

_LATELY: Final = 200
_ENDED: Final = (DeliveryState.SENT.value, DeliveryState.DELIVERED.value)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many deliveries of a channel are in a state, up to now."""

    channel: str
    state: str
    count: int


def messages_visible_to(actor: Person, at: datetime) -> QuerySet[Message]:
    """Return one's own messages, newest first."""
    del at  # one's own, whenever
    return Message.objects.filter(person=actor).order_by("-pk")


def unread(actor: Person, at: datetime, *, most: int) -> int:
    """Count what somebody has not read yet, up to this many."""
    del at  # one's own, whenever
    return len(asked_with(_not_read, actor.pk, Most(most)))


def _not_read(actor: int, most: int) -> QuerySet[Message, int]:
    return Message.objects.filter(person=actor, read_at=None).order_by().values_list("pk", flat=True)[:most]


def addresses_visible_to(actor: Person, at: datetime) -> QuerySet[Address]:
    """Return one's own addresses: the confirmed one of a channel, then the new one. Browsers stand by themselves."""
    del at  # one's own, whenever
    return (
        Address.objects.filter(person=actor).exclude(channel=Channel.PUSH.value).order_by("channel", "named_at", "pk")
    )


def browsers_visible_to(actor: Person, at: datetime) -> QuerySet[Browser]:
    """Return the browsers in which somebody is told, the newest first."""
    del at  # one's own, whenever
    return Browser.objects.filter(person=actor).order_by("-pk")


def wishes_of(actor: Person) -> tuple[Quiet, bool]:
    """Return one's own quiet hours, and whether the day's news stays on the page."""
    wishes = Wishes.objects.filter(person=actor).first()
    return (Quiet(wishes.quiet_begins, wishes.quiet_ends), wishes.daily_on_page_only) if wishes else (Quiet(), False)


def unwanted_by(actor: Person) -> frozenset[tuple[str, str]]:
    """Return which kinds one does not want by which channels."""
    return frozenset(Unwanted.objects.filter(person=actor).order_by("pk").values_list("kind", "channel"))


def lately_told_of(actor: Person, at: datetime) -> list[tuple[Seal, bool, bool]]:
    """Return the seals that one was told of lately, or muted, each with whether it or its unit is muted."""
    recent = messages_visible_to(actor, at).values_list("about__seal", flat=True)[:_LATELY]
    muted = set(Muted.objects.filter(person=actor).order_by("pk").values_list("seal_id", "unit_id"))
    seals, units = {seal for seal, _ in muted if seal}, {unit for _, unit in muted if unit}
    seen = seals_visible_to(actor, at).filter(Q(uid__in=[uid for uid in recent if uid]) | Q(pk__in=seals))
    seen = seen.select_related("company", "unit").order_by("company__name", "number", "pk")
    return [(seal, seal.pk in seals, seal.unit_id in units) for seal in seen]


def deliveries_visible_to(actor: Person, at: datetime) -> QuerySet[Delivery]:
    """Return deliveries, newest first: one's own; all for who runs the installation, and for the auditor."""
    deliveries = Delivery.objects.select_related("message__person").order_by("-pk")
    powers = powers_of(actor, at)
    everything = powers.reads_everything or powers.anywhere(Power.SYSTEM)
    return deliveries if everything else deliveries.filter(message__person=actor)


def check_looks_after(actor: Person, at: datetime) -> None:
    """Return if they see how the channels are set up, or refuse: who runs the installation, and the auditor."""
    if not powers_of(actor, at).reads_everything:
        require(actor, at, Power.SYSTEM, None)


def troubled_deliveries(actor: Person, at: datetime) -> QuerySet[Delivery]:
    """Return what did not arrive, or is tried again: the page of who has to look after the channels."""
    check_looks_after(actor, at)
    return deliveries_visible_to(actor, at).exclude(state__in=_ENDED).exclude(trouble="")


def subscriptions_visible_to(actor: Person, at: datetime) -> QuerySet[Subscription]:
    """Return the webhooks, oldest first: for who runs the installation, and for the auditor."""
    check_looks_after(actor, at)
    return Subscription.objects.order_by("pk")


def troubled_notices(actor: Person, at: datetime) -> QuerySet[Notice]:
    """Return what a webhook did not take, or is tried again, newest first."""
    subscriptions = subscriptions_visible_to(actor, at)
    notices = Notice.objects.filter(subscription__in=subscriptions).exclude(trouble="")
    return notices.select_related("subscription").order_by("-pk")


def tallies(actor: Person, at: datetime) -> list[Tally]:
    """Return what waits and what failed, by channel: few rows, found by an index on what has not been sent."""
    powers = powers_of(actor, at)
    if not (powers.reads_everything or powers.anywhere(Power.SYSTEM)):
        raise NotEntitled(power=Power.SYSTEM.value)
    open_ones = Delivery.objects.exclude(state__in=_ENDED).order_by("channel", "state")
    counted = open_ones.values("channel", "state").annotate(count=Count("pk"))
    return [Tally(row["channel"], row["state"], row["count"]) for row in counted]
