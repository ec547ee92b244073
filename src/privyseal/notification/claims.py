"""A worker's claim of deliveries: counted before anything is sent, held while it sends, and settled afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import F

from privyseal.kernel.errors import Refused
from privyseal.notification.channels import NotTaken, PerhapsTaken
from privyseal.notification.models import Delivery
from privyseal.notification.receipts import remember
from privyseal.notification.rules import MOST_SENDS, SENDING_LASTS, Channel, DeliveryState, tried_again_at

BATCH: Final = 100
_WAITING: Final = DeliveryState.WAITING.value
_SENDING: Final = DeliveryState.SENDING.value

_SETTLED_AT_ONCE: Final = 20  # what comes twice at most, where somebody dies between sending and saying so
_HELD_ANEW_AFTER: Final = SENDING_LASTS / 4
_AFTER_SILENCE: Final = timedelta(minutes=1)
_LONGEST_WORD: Final = 64


@dataclass(frozen=True, slots=True)
class Left:
    """The channel took it, and speaks of it by these references where it sends receipts."""

    references: Sequence[str] = ()


Outcome: TypeAlias = Refused | Left


class Claim:
    """Deliveries that this worker sends, and no other while it says in time that it is still at them."""

    def __init__(self, deliveries: Sequence[Delivery], at: datetime) -> None:
        self.deliveries = deliveries
        self._held_since = at
        self._open = {delivery.pk for delivery in deliveries}
        self._outcomes: list[tuple[Delivery, Outcome]] = []

    def still_ours(self, deliveries: Iterable[Delivery], at: datetime) -> list[Delivery]:
        """Return those that may be sent now: what another worker took over meanwhile is left to it."""
        if self._open and at >= self._held_since + _HELD_ANEW_AFTER:
            ours = Delivery.objects.filter(pk__in=self._open, state=_SENDING, claimed_at=self._held_since)
            ours.update(claimed_at=at)
            held = Delivery.objects.filter(pk__in=self._open, state=_SENDING, claimed_at=at)
            self._open, self._held_since = set(held.values_list("pk", flat=True)), at
        return [delivery for delivery in deliveries if delivery.pk in self._open]

    def end(self, deliveries: Iterable[Delivery], outcome: Outcome, at: datetime) -> None:
        """Remember what became of these, and write it down with others."""
        self._outcomes += [(delivery, outcome) for delivery in deliveries]
        if len(self._outcomes) >= _SETTLED_AT_ONCE:
            self.settle(at)

    def settle(self, at: datetime) -> None:
        """Write down what became of deliveries that are still ours: what is the same for many is written once."""
        same: dict[_End, list[int]] = {}
        for delivery, outcome in self._outcomes:
            same.setdefault(_end(delivery, outcome, at), []).append(delivery.pk)
        with transaction.atomic(durable=True):
            for end, keys in same.items():
                mine = Delivery.objects.filter(pk__in=keys, state=_SENDING, claimed_at=self._held_since)
                mine.update(
                    state=end.state.value,
                    claimed_at=None,
                    due_at=end.due_at or F("due_at"),
                    ended_at=None if end.due_at else at,
                    sends=F("sends") - (1 if end.has_not_left else 0),
                    trouble=end.trouble,
                    said=end.said,
                )
            self._remember_parts(at)
        self._open -= {delivery.pk for delivery, _ in self._outcomes}
        self._outcomes = []

    def _remember_parts(self, at: datetime) -> None:
        parts: dict[str, dict[int, Sequence[str]]] = {}
        for delivery, outcome in self._outcomes:
            if isinstance(outcome, Left) and outcome.references:
                parts.setdefault(delivery.channel, {})[delivery.pk] = outcome.references
        for channel, of_channel in parts.items():
            remember(of_channel, channel, at)


def claim_due(at: datetime, channels: Iterable[Channel]) -> Claim:
    """Take what is due, and count it as sent before it is: a crash is then a send too many, not one too few."""
    with transaction.atomic(durable=True):
        due = Delivery.objects.filter(state=_WAITING, due_at__lte=at, channel__in=[c.value for c in channels])
        keys = list(
            due.order_by("-is_urgent", "due_at", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:BATCH]
        )
        Delivery.objects.filter(pk__in=keys).update(
            state=_SENDING, claimed_at=at, tries=F("tries") + 1, sends=F("sends") + 1
        )
    claimed = Delivery.objects.filter(pk__in=keys).select_related("message__person")
    return Claim(list(claimed.order_by("channel", "message__person", "pk")), at)


def give_up_on_the_dead(at: datetime) -> int:
    """Let go of what a worker claimed and died over: to be sent once more, or, where it may have left twice, never."""
    dead = Delivery.objects.filter(state=_SENDING, claimed_at__lte=at - SENDING_LASTS)
    ended = dead.filter(sends__gte=MOST_SENDS).update(
        state=DeliveryState.UNCLEAR.value, claimed_at=None, ended_at=at, trouble=PerhapsTaken.code
    )
    return ended + dead.filter(sends__lt=MOST_SENDS).update(state=_WAITING, claimed_at=None, due_at=at)


@dataclass(frozen=True, slots=True)
class _End:
    """What became of a delivery; ``due_at`` is when it is tried again."""

    state: DeliveryState
    due_at: datetime | None = None
    has_not_left: bool = False
    trouble: str = ""
    said: str = ""


def _end(delivery: Delivery, outcome: Outcome, at: datetime) -> _End:
    if isinstance(outcome, Left):
        return _End(DeliveryState.SENT)
    said = str(outcome.facts.get("answer") or "")[:_LONGEST_WORD]
    if isinstance(outcome, NotTaken):
        again = tried_again_at(at, made_at=delivery.message.made_at, tries=delivery.tries)
        state = DeliveryState.WAITING if again else DeliveryState.FAILED
        return _End(state, again, has_not_left=True, trouble=outcome.code, said=said)
    if isinstance(outcome, PerhapsTaken):
        again = at + _AFTER_SILENCE if delivery.sends < MOST_SENDS else None
        state = DeliveryState.WAITING if again else DeliveryState.UNCLEAR
        return _End(state, again, trouble=outcome.code, said=said)
    return _End(DeliveryState.FAILED, has_not_left=True, trouble=outcome.code, said=said)
