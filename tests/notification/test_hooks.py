"""Webhooks: signed as the standard says, retried, given up and resumed; ids leave the house, and nothing else."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pytest_django import Settings

from privyseal.egress import Egress
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.notification import actions
from privyseal.notification.actions import TooManyWebhooks, WebhooksNotSetUp
from privyseal.notification.hooks import call_due, forget_old_notices, public_key_of
from privyseal.notification.models import Notice, Subscription
from privyseal.notification.rules import MOST_WEBHOOKS, NOTICES_KEPT, SENDING_LASTS, WEBHOOK_GIVEN_UP_AFTER
from privyseal.webhooks import WebhookNotPossible
from tests.conftest import Use, recorded, say_yes
from tests.notification.conftest import Clock, begin_to_follow, catch_up
from tests.notification.provider import Provider, running


@pytest.fixture
def receiver() -> Iterator[Provider]:
    with running() as receiver:
        yield receiver


@pytest.fixture
def webhook(db: None, receiver: Provider, noon: datetime) -> Subscription:
    return Subscription.objects.create(name="OA", address=f"{receiver.address}/seals", kinds=[], made_at=noon)


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


def notice_to(webhook: Subscription, at: datetime, *, cause: str = "fact:1") -> Notice:
    about = {"seal": "5e" * 16}
    return Notice.objects.create(
        subscription=webhook, cause=cause, kind="seal.lost", about=about, happened_at=at, made_at=at, due_at=at
    )


def test_what_happens_is_told_by_ids_and_never_by_names_or_words(
    webhook: Subscription, receiver: Provider, pending: Use, li: Person, clock: Clock
) -> None:
    begin_to_follow(clock.at)
    say_yes(li, clock.at, pending.uid)
    catch_up(clock.at)
    call_due(clock)

    ((headers, _, body),) = receiver.requests
    said = json.loads(body)
    assert (said["type"], said["data"]["application"]) == ("application.approved", pending.uid)
    assert said["data"]["actor"] == li.pseudonym
    assert headers["webhook-id"] == f"msg_{Notice.objects.get().uid}"
    assert not any(word in body.decode("unicode_escape") for word in (li.name, "合同", "示例科技"))
    assert Notice.objects.get().state == "sent"


def test_a_receiver_checks_by_its_public_key_that_it_comes_from_us(
    webhook: Subscription, receiver: Provider, clock: Clock
) -> None:
    notice_to(webhook, clock.at)
    call_due(clock)

    ((headers, _, body),) = receiver.requests
    version, signature = headers["webhook-signature"].split(",")
    kind, _, key = public_key_of(webhook.uid).partition("_")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert (version, kind) == ("v1a", "whpk")
    Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(b64decode(signature), signed)


def test_each_webhook_has_a_key_of_its_own(webhook: Subscription) -> None:
    assert public_key_of(webhook.uid) != public_key_of("0" * 32)


def test_only_the_kinds_that_were_chosen_are_told(
    webhook: Subscription, pending: Use, li: Person, noon: datetime
) -> None:
    Subscription.objects.update(kinds=["seal.lost"])
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    catch_up(noon)

    assert not Notice.objects.exists()


def test_what_was_not_taken_comes_again_under_the_same_name(
    webhook: Subscription, receiver: Provider, clock: Clock
) -> None:
    notice_to(webhook, clock.at)
    receiver.status = 500
    call_due(clock)
    failed = Notice.objects.get()
    assert (failed.state, failed.trouble, failed.said) == ("waiting", "webhook-refused", "500")
    assert Subscription.objects.get().failing_since == clock.at

    receiver.status = 204
    clock.pass_by(timedelta(minutes=1))
    call_due(clock)

    assert Notice.objects.get().state == "sent"
    assert Subscription.objects.get().failing_since is None
    assert len({headers["webhook-id"] for headers, _, _ in receiver.requests}) == 1


def test_a_receiver_that_is_down_is_asked_once_a_turn_and_keeps_nothing_from_others(
    webhook: Subscription, receiver: Provider, clock: Clock
) -> None:
    down = Subscription.objects.create(name="down", address="http://127.0.0.1:1/", kinds=[], made_at=clock.at)
    first, second = notice_to(down, clock.at), notice_to(down, clock.at, cause="fact:2")
    notice_to(webhook, clock.at)

    call_due(clock)

    assert len(receiver.requests) == 1
    assert [Notice.objects.get(pk=one.pk).tries for one in (first, second)] == [1, 0]
    assert [Notice.objects.get(pk=one.pk).trouble for one in (first, second)] == ["host-not-reached", ""]


def test_a_redirect_is_not_followed(webhook: Subscription, receiver: Provider, clock: Clock) -> None:
    notice_to(webhook, clock.at)
    receiver.status = 302

    call_due(clock)

    assert (Notice.objects.get().trouble, Notice.objects.get().said) == ("webhook-refused", "302")


def test_an_address_inside_is_not_spoken_to(webhook: Subscription, settings: Settings, clock: Clock) -> None:
    settings.EGRESS = Egress()
    notice_to(webhook, clock.at)

    call_due(clock)

    assert Notice.objects.get().trouble == "host-not-allowed"


def test_who_takes_nothing_for_days_is_stopped_and_resumed_with_what_waits(
    webhook: Subscription, receiver: Provider, zhou: Person, clock: Clock
) -> None:
    notice_to(webhook, clock.at)
    receiver.status = 500
    ends = clock.at + WEBHOOK_GIVEN_UP_AFTER + timedelta(hours=2)
    while clock.at < ends:
        call_due(clock)
        clock.pass_by(timedelta(minutes=30))
        notice_to(webhook, clock.at, cause=f"fact:{clock.at}")
    assert Subscription.objects.get().stopped_at is not None
    asked, receiver.status = len(receiver.requests), 200
    call_due(clock)
    assert len(receiver.requests) == asked

    actions.resume_webhook(zhou, clock.at, subscription_uid=webhook.uid)
    while call_due(clock):
        pass

    assert not Notice.objects.filter(state="waiting").exists()
    assert recorded()[-1] == "webhook.resumed"


def test_who_says_gone_is_stopped_at_once(webhook: Subscription, receiver: Provider, clock: Clock) -> None:
    notice_to(webhook, clock.at)
    receiver.status = 410

    call_due(clock)

    assert Subscription.objects.get().stopped_at == clock.at


def test_a_notice_that_a_worker_died_over_is_told_again(
    webhook: Subscription, receiver: Provider, clock: Clock
) -> None:
    notice_to(webhook, clock.at)
    Notice.objects.update(state="sending", claimed_at=clock.at)
    assert call_due(clock) == 0

    clock.pass_by(SENDING_LASTS)

    assert call_due(clock) == 1
    assert Notice.objects.get().state == "sent"


def test_what_was_taken_is_forgotten_after_a_month(webhook: Subscription, receiver: Provider, clock: Clock) -> None:
    notice_to(webhook, clock.at)
    call_due(clock)

    forget_old_notices(clock.at + NOTICES_KEPT)
    assert Notice.objects.exists()
    forget_old_notices(clock.at + NOTICES_KEPT + timedelta(seconds=1))

    assert not Notice.objects.exists()


def test_a_webhook_is_set_up_tested_and_ended_and_each_is_recorded(zhou: Person, noon: datetime) -> None:
    uid = actions.subscribe(zhou, noon, name="OA", address="https://oa.example.com/", kinds=["seal.lost"])
    actions.try_webhook(zhou, noon, subscription_uid=uid)
    assert Notice.objects.get().kind == "webhook.test"
    actions.unsubscribe(zhou, noon, subscription_uid=uid)

    assert not Subscription.objects.exists()
    assert [kind for kind in recorded() if kind.startswith("webhook.")] == [
        "webhook.subscribed",
        "webhook.tested",
        "webhook.ended",
    ]


def test_a_notice_that_was_given_up_is_sent_again_once(webhook: Subscription, zhou: Person, noon: datetime) -> None:
    notice = notice_to(webhook, noon)
    Notice.objects.update(state="failed", trouble="host-not-reached")

    actions.send_notice_again(zhou, noon, notice_uid=notice.uid)

    assert Notice.objects.get().state == "waiting"
    with pytest.raises(NotFound):
        actions.send_notice_again(zhou, noon, notice_uid=notice.uid)


@pytest.mark.parametrize(
    "address",
    [
        "http://oa.example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "https://a:b@oa.example.com/",
        "https://oa.example.com/\r\nX: y",
        "https://oa.example.com:99999/",
        "https://例子.cn/",
        "oa.example.com",
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused(address: str, zhou: Person, noon: datetime) -> None:
    with pytest.raises(WebhookNotPossible):
        actions.subscribe(zhou, noon, name="OA", address=address, kinds=[])

    assert not Subscription.objects.exists()
    assert recorded()[-1] == "webhook.subscribe.refused"


def test_a_host_inside_that_was_named_needs_no_tls(zhou: Person, noon: datetime) -> None:
    actions.subscribe(zhou, noon, name="OA", address="http://127.0.0.1:8080/", kinds=[])

    assert Subscription.objects.exists()


def test_without_a_key_nobody_is_told(zhou: Person, noon: datetime, settings: Settings) -> None:
    settings.WEBHOOK_KEY = ""

    with pytest.raises(WebhooksNotSetUp):
        actions.subscribe(zhou, noon, name="OA", address="https://oa.example.com/", kinds=[])


def test_there_are_only_so_many(zhou: Person, noon: datetime) -> None:
    for number in range(MOST_WEBHOOKS):
        Subscription.objects.create(name=str(number), address="https://oa.example.com/", kinds=[], made_at=noon)

    with pytest.raises(TooManyWebhooks):
        actions.subscribe(zhou, noon, name="OA", address="https://oa.example.com/", kinds=[])


def test_whoever_does_not_run_the_installation_sets_up_nothing(zhao: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        actions.subscribe(zhao, noon, name="OA", address="https://oa.example.com/", kinds=[])

    assert not Subscription.objects.exists()
