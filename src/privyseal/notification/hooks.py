"""Webhooks: what happens is told to other programs, as Standard Webhooks 1.0 says, signed with Ed25519 (v1a).

A notice names ids and never people or texts. It comes at least once; ``webhook-id`` tells what came before.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from privyseal.egress import Answer, AnswerLost, HostNotReached
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger.queries import Fact
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.models import Notice, Subscription
from privyseal.notification.rules import (
    NOTICES_KEPT,
    SENDING_LASTS,
    WEBHOOK_GIVEN_UP_AFTER,
    DeliveryState,
    tried_again_at,
)
from privyseal.webhooks import headers_for, key_for, public_text

BATCH: Final = 10
TEST: Final = "webhook.test"
_WAITING: Final = DeliveryState.WAITING.value
_SENDING: Final = DeliveryState.SENDING.value
_GONE: Final = 410  # "the receiver does not want any more", in the standard's words


class WebhookRefused(Refused):
    """The receiver answered, and did not take it."""

    code = "webhook-refused"


@transaction_required
def put_on_their_way(facts: Iterable[Fact], at: datetime) -> None:
    """Write down which subscriptions hear of these facts."""
    subscriptions = list(Subscription.objects.filter(stopped_at=None).order_by("pk"))
    notices = [
        Notice(
            uid=_uid(subscription, fact),
            subscription=subscription,
            cause=f"fact:{fact.index}",
            kind=fact.kind,
            about={"index": fact.index, "actor": fact.actor, **fact.subjects},
            happened_at=fact.at,
            made_at=at,
            due_at=at,
        )
        for fact in facts
        for subscription in subscriptions
        if subscription.wants(fact.kind)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)


def call_due(clock: Callable[[], datetime]) -> int:
    """Tell subscribers what is due; return how many notices were claimed. One that fails keeps only its own waiting."""
    claimed_at = clock()
    Notice.objects.filter(state=_SENDING, claimed_at__lte=claimed_at - SENDING_LASTS).update(
        state=_WAITING, claimed_at=None
    )
    claimed = _claim(claimed_at)
    for _, of_one in groupby(claimed, key=lambda notice: notice.subscription_id):
        is_down = False
        for notice in of_one:
            if is_down:
                _mine(notice).update(state=_WAITING, claimed_at=None, tries=F("tries") - 1, due_at=clock())
                continue
            outcome = _call(notice, clock())
            is_down = outcome is not None
            _settle(notice, outcome, clock())
    return len(claimed)


def public_key_of(subscription_uid: str) -> str:
    """Return the key by which a receiver checks what comes, as the standard writes it."""
    return public_text(_key(subscription_uid).public_key())


def forget_old_notices(at: datetime) -> None:
    Notice.objects.filter(state=DeliveryState.SENT.value, made_at__lt=at - NOTICES_KEPT).delete()


def _uid(subscription: Subscription, fact: Fact) -> str:
    """Return the notice's name: the same where a restore tells of the fact again; an index may be another's then."""
    return sha256(f"{subscription.uid} {fact.id} {fact.at.isoformat()} {fact.kind} {fact.actor}".encode())[:32]


def _claim(at: datetime) -> list[Notice]:
    with transaction.atomic(durable=True):
        due = Notice.objects.filter(state=_WAITING, due_at__lte=at, subscription__stopped_at=None)
        due = due.order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))
        keys = list(due.values_list("pk", flat=True)[:BATCH])
        Notice.objects.filter(pk__in=keys).update(state=_SENDING, claimed_at=at, tries=F("tries") + 1)
    claimed = Notice.objects.filter(pk__in=keys).select_related("subscription")
    return list(claimed.order_by("subscription", "pk"))


def _call(notice: Notice, at: datetime) -> Refused | None:
    said = {"type": notice.kind, "timestamp": notice.happened_at.isoformat(), "data": notice.about}
    body = json.dumps(said, separators=(",", ":")).encode()
    headers = headers_for(_key(notice.subscription.uid), f"msg_{notice.uid}", at, body)
    try:
        answer: Answer = settings.EGRESS.ask(notice.subscription.address, body, headers)
    except (HostNotReached, AnswerLost) as refusal:
        return refusal
    return None if answer.is_ok else WebhookRefused(status=answer.status)


def _settle(notice: Notice, outcome: Refused | None, at: datetime) -> None:
    """Write down what became of a notice, and what that says of its subscriber."""
    subscriber = Subscription.objects.filter(pk=notice.subscription_id)
    if outcome is None:
        _mine(notice).update(state=DeliveryState.SENT.value, claimed_at=None, ended_at=at, trouble="", said="")
        subscriber.filter(failing_since__isnull=False).update(failing_since=None)
        return
    again = tried_again_at(at, made_at=notice.made_at, tries=notice.tries)
    _mine(notice).update(
        state=_WAITING if again else DeliveryState.FAILED.value,
        claimed_at=None,
        due_at=again or F("due_at"),
        ended_at=None if again else at,
        trouble=outcome.code,
        said=str(outcome.facts.get("status") or ""),
    )
    subscriber.filter(failing_since=None).update(failing_since=at)
    given_up = subscriber.filter(stopped_at=None, failing_since__lte=at - WEBHOOK_GIVEN_UP_AFTER)
    (subscriber if outcome.facts.get("status") == _GONE else given_up).update(stopped_at=at)


def _mine(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, state=_SENDING, claimed_at=notice.claimed_at)


def _key(subscription_uid: str) -> Ed25519PrivateKey:
    return key_for(settings.WEBHOOK_KEY, "webhook", subscription_uid)
