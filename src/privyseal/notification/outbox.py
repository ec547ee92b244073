"""Messages on their way: claimed in one transaction, sent outside any, and what became of it written in another.

Any number of workers may do this at once. A delivery that somebody died over is sent once more and never a third time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import F

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.notification.channels import NeverTaken, NotTaken, PerhapsTaken, Sender, Text
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.rules import MOST_SENDS, SENDING_LASTS, Channel, DeliveryState, tried_again_at

BATCH: Final = 100
_WAITING: Final = DeliveryState.WAITING.value
_SENDING: Final = DeliveryState.SENDING.value

Clock: TypeAlias = Callable[[], datetime]


class AddressGone(Refused):
    """Whoever was to be told has taken the address away since."""

    code = "address-gone"


@dataclass(frozen=True, slots=True)
class Words:
    """How messages and codes are said; they come from above, where both languages are known."""

    message: Callable[[Message], Text]
    code: Callable[[Person, str], Text]


def send_due(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send what is due by the channels that are set up; return how many deliveries were tried."""
    give_up_on_the_dead(clock())
    claimed = _claim(clock(), senders)
    by_reader = groupby(claimed, key=lambda delivery: (delivery.message.person_id, delivery.channel))
    for (_, channel), group in by_reader:
        sender, deliveries = senders[Channel(channel)], list(group)
        for first in range(0, len(deliveries), sender.most_at_once):
            together = deliveries[first : first + sender.most_at_once]
            outcome = _try(together, sender, words)
            for delivery in together:
                _settle(delivery, outcome, clock())
    return len(claimed)


def send_codes(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send the codes that confirm new addresses; return how many were tried. Each goes out once."""
    at = clock()
    due = Address.objects.filter(code_due_at__lte=at, channel__in=[c.value for c in senders]).order_by("pk")[:BATCH]
    for address in due.select_related("person"):
        if Address.objects.filter(pk=address.pk, code_due_at=address.code_due_at).update(code_due_at=None):
            trouble = ""
            try:
                text = words.code(address.person, address.code)
                senders[Channel(address.channel)].send(
                    address.value, [text], language=address.person.language or settings.LANGUAGE_CODE
                )
            except (NotTaken, NeverTaken, PerhapsTaken) as refusal:
                trouble = refusal.code
            Address.objects.filter(pk=address.pk).update(code_sent_at=clock(), trouble=trouble)
    return len(due)


def give_up_on_the_dead(at: datetime) -> int:
    """Let go of what a worker claimed and died over: to be sent once more, or, where it may have left twice, never."""
    dead = Delivery.objects.filter(state=_SENDING, claimed_at__lte=at - SENDING_LASTS)
    ended = dead.filter(sends__gte=MOST_SENDS).update(
        state=DeliveryState.UNCLEAR.value, claimed_at=None, ended_at=at, trouble=PerhapsTaken.code
    )
    return ended + dead.filter(sends__lt=MOST_SENDS).update(state=_WAITING, claimed_at=None, due_at=at)


def _claim(at: datetime, senders: Mapping[Channel, Sender]) -> list[Delivery]:
    """Take what is due, and count it as sent before it is: a crash is then a send too many, not one too few."""
    with transaction.atomic(durable=True):
        due = Delivery.objects.filter(state=_WAITING, due_at__lte=at, channel__in=[c.value for c in senders])
        keys = list(
            due.order_by("due_at", "pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH]
        )
        Delivery.objects.filter(pk__in=keys).update(
            state=_SENDING, claimed_at=at, tries=F("tries") + 1, sends=F("sends") + 1
        )
    claimed = Delivery.objects.filter(pk__in=keys).select_related("message__person")
    return list(claimed.order_by("message__person", "channel", "pk"))


def _try(deliveries: Sequence[Delivery], sender: Sender, words: Words) -> Refused | None:
    person = deliveries[0].message.person
    address = Address.objects.filter(person=person, channel=sender.channel.value, confirmed_at__isnull=False).first()
    if address is None or not person.is_active:
        return AddressGone()
    try:
        texts = [words.message(delivery.message) for delivery in deliveries]
        sender.send(address.value, texts, language=person.language or settings.LANGUAGE_CODE)
    except (NotTaken, NeverTaken, PerhapsTaken) as refusal:
        return refusal
    return None


def _settle(delivery: Delivery, outcome: Refused | None, at: datetime) -> None:
    """Write down what became of a delivery that is still ours."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=_SENDING, claimed_at=delivery.claimed_at)
    if outcome is None:
        mine.update(state=DeliveryState.SENT.value, claimed_at=None, ended_at=at, trouble="")
        return
    again: datetime | None = None
    sends = delivery.sends
    if isinstance(outcome, NotTaken):
        sends -= 1  # nothing has left
        again = tried_again_at(at, made_at=delivery.message.made_at, tries=delivery.tries)
    elif isinstance(outcome, PerhapsTaken) and sends < MOST_SENDS:
        again = at + timedelta(minutes=1)
    end = DeliveryState.UNCLEAR if isinstance(outcome, PerhapsTaken) else DeliveryState.FAILED
    mine.update(
        state=_WAITING if again else end.value,
        claimed_at=None,
        due_at=again or delivery.due_at,
        ended_at=None if again else at,
        sends=sends,
        trouble=outcome.code,
    )
