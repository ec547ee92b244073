"""Messages on their way: claimed in one transaction, sent outside any, and what became of them written in another.

Any number of workers may do this at once. A delivery that somebody died over is sent once more and never a third time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import F

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.notification.channels import NeverTaken, NotTaken, PerhapsTaken, Send, Sender, Text
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.rules import MOST_SENDS, SENDING_LASTS, Channel, DeliveryState, tried_again_at

BATCH: Final = 100
_WAITING: Final = DeliveryState.WAITING.value
_SENDING: Final = DeliveryState.SENDING.value

_SETTLED_AT_ONCE: Final = 20  # what comes twice at most, where somebody dies between sending and saying so
_AFTER_SILENCE: Final = timedelta(minutes=1)

Clock: TypeAlias = Callable[[], datetime]
Outcome: TypeAlias = tuple[Delivery, Refused | None]


class AddressGone(Refused):
    """Whoever was to be told has taken the address away since."""

    code = "address-gone"


@dataclass(frozen=True, slots=True)
class Words:
    """How messages and codes are said, each in its reader's language; they come from above, where both are known."""

    messages: Callable[[Sequence[Message]], list[Text]]
    code: Callable[[Person, str], Text]


def send_due(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send what is due by the channels that are set up; return how many deliveries were tried."""
    give_up_on_the_dead(clock())
    claimed = _claim(clock(), senders)
    texts = dict(
        zip((delivery.pk for delivery in claimed), words.messages([row.message for row in claimed]), strict=True)
    )
    addresses = _addresses(claimed)
    for channel, of_channel in groupby(claimed, key=lambda delivery: delivery.channel):
        sender = senders[Channel(channel)]
        outcomes: list[Outcome] = []
        with sender.connected() as send:
            for person, group in groupby(of_channel, key=lambda delivery: delivery.message.person):
                for together in _shares(list(group), sender.most_at_once):
                    said = [texts[delivery.pk] for delivery in together]
                    outcome = _try(send, addresses.get((person.pk, channel)), said, person)
                    outcomes += [(delivery, outcome) for delivery in together]
                if len(outcomes) >= _SETTLED_AT_ONCE:
                    _settle(outcomes, clock())
                    outcomes = []
        _settle(outcomes, clock())
    return len(claimed)


def send_codes(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send the codes that confirm new addresses; return how many were tried. Each goes out once."""
    at = clock()
    due = Address.objects.filter(code_due_at__lte=at, channel__in=[c.value for c in senders]).order_by("pk")[:BATCH]
    for address in due.select_related("person"):
        if Address.objects.filter(pk=address.pk, code_due_at=address.code_due_at).update(code_due_at=None):
            with senders[Channel(address.channel)].connected() as send:
                outcome = _try(send, address.value, [words.code(address.person, address.code)], address.person)
            trouble = outcome.code if outcome else ""
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
    return list(claimed.order_by("channel", "message__person", "pk"))


def _addresses(deliveries: Sequence[Delivery]) -> dict[tuple[int, str], str]:
    """Return where those who are still here are reached, by key and channel."""
    people = {delivery.message.person_id for delivery in deliveries}
    confirmed = Address.objects.filter(person__in=people, person__is_active=True, confirmed_at__isnull=False)
    return {(row.person_id, row.channel): row.value for row in confirmed.order_by("pk")}


def _shares(deliveries: Sequence[Delivery], most: int) -> Iterator[Sequence[Delivery]]:
    for first in range(0, len(deliveries), most):
        yield deliveries[first : first + most]


def _try(send: Send, address: str | None, texts: Sequence[Text], person: Person) -> Refused | None:
    if address is None:
        return AddressGone()
    try:
        send(address, texts, language=person.language or settings.LANGUAGE_CODE)
    except (NotTaken, NeverTaken, PerhapsTaken) as refusal:
        return refusal
    return None


def _settle(outcomes: Sequence[Outcome], at: datetime) -> None:
    """Write down what became of deliveries that are still ours: what is the same for many is written once."""
    same: dict[_End, list[int]] = {}
    for delivery, outcome in outcomes:
        same.setdefault(_end(delivery, outcome, at), []).append(delivery.pk)
    with transaction.atomic(durable=True):
        for end, keys in same.items():
            mine = Delivery.objects.filter(pk__in=keys, state=_SENDING, claimed_at=end.claimed_at)
            mine.update(
                state=end.state.value,
                claimed_at=None,
                due_at=end.due_at or F("due_at"),
                ended_at=None if end.due_at else at,
                sends=F("sends") - (1 if end.has_not_left else 0),
                trouble=end.trouble,
            )


def _end(delivery: Delivery, outcome: Refused | None, at: datetime) -> "_End":
    claimed_at = delivery.claimed_at
    if outcome is None:
        return _End(claimed_at, DeliveryState.SENT)
    if isinstance(outcome, NotTaken):
        again = tried_again_at(at, made_at=delivery.message.made_at, tries=delivery.tries)
        state = DeliveryState.WAITING if again else DeliveryState.FAILED
        return _End(claimed_at, state, again, has_not_left=True, trouble=outcome.code)
    if isinstance(outcome, PerhapsTaken):
        again = at + _AFTER_SILENCE if delivery.sends < MOST_SENDS else None
        state = DeliveryState.WAITING if again else DeliveryState.UNCLEAR
        return _End(claimed_at, state, again, trouble=outcome.code)
    return _End(claimed_at, DeliveryState.FAILED, trouble=outcome.code)


@dataclass(frozen=True, slots=True)
class _End:
    """What became of a delivery; ``due_at`` is when it is tried again."""

    claimed_at: datetime | None
    state: DeliveryState
    due_at: datetime | None = None
    has_not_left: bool = False
    trouble: str = ""
