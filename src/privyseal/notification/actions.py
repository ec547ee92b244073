"""What people do about messages: read them, say where and when they are reached, send again."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email

from privyseal.identity.models import Person
from privyseal.identity.queries import require
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.notification import queries
from privyseal.notification.hooks import TEST
from privyseal.notification.models import Address, Browser, Delivery, Muted, Notice, Subscription, Unwanted, Wishes
from privyseal.notification.push.encryption import Recipient
from privyseal.notification.push.sender import WebPush
from privyseal.notification.rules import (
    CODE_LASTS,
    MOST_BROWSERS,
    MOST_WEBHOOKS,
    Channel,
    DeliveryState,
    check_unwanted,
)
from privyseal.seals.queries import seal_visible_to
from privyseal.webhooks import check_address

_DIGITS: Final = 6
_LONGEST_AGENT: Final = 200
_LETTERS: Final = RegexValidator(r"\A[\w.+-]{1,64}\Z")


def _check_mail(value: str) -> None:
    """Return for an address whose name and domain may be in any script (RFC 6531), or raise ValidationError."""
    local, _, domain = value.rpartition("@")
    if local.isascii():
        validate_email(value)
    else:
        _LETTERS(local)
        validate_email(f"name@{domain}")


_MEMBER: Final = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")
# An e-mail address; a telephone number as ITU-T E.164 has it, with or without the country; what a chat calls a member.
_POSSIBLE: Final[Mapping[Channel, Callable[[str], None]]] = {
    Channel.EMAIL: _check_mail,
    Channel.SMS: RegexValidator(r"\A\+?[0-9]{6,15}\Z"),
    Channel.WECOM: _MEMBER,
    Channel.DINGTALK: _MEMBER,
    Channel.FEISHU: _MEMBER,
}
_SENT_AGAIN: Final = (DeliveryState.FAILED.value, DeliveryState.UNCLEAR.value)


class AddressNotPossible(Refused):
    code = "address-not-possible"


class AddressCodeWrong(Refused):
    code = "address-code-wrong"


class TooManyBrowsers(Refused):
    code = "too-many-browsers"


class PushNotSetUp(Refused):
    """The installation has no push service that it may speak to."""

    code = "push-not-set-up"


class WebhooksNotSetUp(Refused):
    """The installation has no key to sign with."""

    code = "webhooks-not-set-up"


class TooManyWebhooks(Refused):
    code = "too-many-webhooks"


@command("message.read")
def read_all(actor: Person, at: datetime, *, up_to_uid: str) -> int:
    """Take everything up to this message, the newest that was shown, as read; return how many were not before."""
    mine = queries.messages_visible_to(actor, at)
    last = mine.filter(uid=up_to_uid).first()
    if last is None:
        raise NotFound(message=up_to_uid)
    count = mine.filter(pk__lte=last.pk, read_at=None).order_by().update(read_at=at)
    if count:
        book.record("message.read", by=actor, at=at, person=actor.pseudonym, count=count)
    return count


@command("address.name")
def name_address(actor: Person, at: datetime, *, channel: Channel, value: str) -> str:
    """Say where one is reached: nothing but a code goes there before it is confirmed. Return the address's uid."""
    value = "".join(value.split())
    try:
        _POSSIBLE[channel](value)
    except (KeyError, ValidationError) as error:
        raise AddressNotPossible(channel=channel.value) from error
    Address.objects.filter(person=actor, channel=channel.value, confirmed_at=None).delete()
    address = Address.objects.create(
        person=actor,
        channel=channel.value,
        value=value,
        named_at=at,
        code="".join(secrets.choice("0123456789") for _ in range(_DIGITS)),
        code_due_at=at,
    )
    book.record("address.named", by=actor, at=at, person=actor.pseudonym, channel=channel.value)
    return address.uid


@command("address.confirm")
def confirm_address(actor: Person, at: datetime, *, address_uid: str, code: str) -> str:
    """Show by its code that one reads what goes there, or refuse; the address before it goes. The edge counts tries."""
    addresses = Address.objects.select_for_update().filter(person=actor, confirmed_at=None)
    address = addresses.filter(uid=address_uid).first()
    if address is None:
        raise NotFound(address=address_uid)
    is_right = secrets.compare_digest(code.strip().encode(), address.code.encode())
    if not is_right or at >= address.named_at + CODE_LASTS:
        raise AddressCodeWrong
    Address.objects.filter(person=actor, channel=address.channel, confirmed_at__isnull=False).delete()
    Address.objects.filter(pk=address.pk).update(confirmed_at=at, code="", code_due_at=None)
    book.record("address.confirmed", by=actor, at=at, person=actor.pseudonym, channel=address.channel)
    return address.uid


@command("address.remove")
def remove_address(actor: Person, at: datetime, *, address_uid: str) -> str:
    """Be reached there no more; what is on its way to it is not sent."""
    address = Address.objects.select_for_update().filter(person=actor, uid=address_uid).first()
    if address is None:
        raise NotFound(address=address_uid)
    address.delete()
    book.record("address.removed", by=actor, at=at, person=actor.pseudonym, channel=address.channel)
    return address_uid


@command("browser.name")
def name_browser(actor: Person, at: datetime, *, endpoint: str, p256dh: str, auth: str, agent: str) -> str:
    """Be told in this browser, also while it is closed; one that told somebody else before tells them nothing more."""
    sender = settings.SENDERS.get(Channel.PUSH)
    if not isinstance(sender, WebPush):
        raise PushNotSetUp
    sender.check(endpoint)
    Recipient.parse(p256dh, auth)
    for before in Browser.objects.select_for_update().filter(endpoint=endpoint):
        before.forget()
    if Browser.objects.filter(person=actor).count() >= MOST_BROWSERS:
        raise TooManyBrowsers(most=MOST_BROWSERS)
    said = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "agent": agent[:_LONGEST_AGENT]}
    browser = Browser.objects.create(person=actor, named_at=at, **said)
    push = {"person": actor, "channel": Channel.PUSH.value}
    if not Address.objects.filter(**push).exists():
        Address.objects.create(**push, value=actor.pseudonym, named_at=at, confirmed_at=at)
    book.record("address.confirmed", by=actor, at=at, person=actor.pseudonym, channel=Channel.PUSH.value)
    return browser.uid


@command("browser.remove")
def remove_browser(actor: Person, at: datetime, *, browser_uid: str) -> str:
    """Be told in that browser no more."""
    browser = Browser.objects.select_for_update().filter(person=actor, uid=browser_uid).first()
    if browser is None:
        raise NotFound(browser=browser_uid)
    browser.forget()
    book.record("address.removed", by=actor, at=at, person=actor.pseudonym, channel=Channel.PUSH.value)
    return browser_uid


@command("message.wish")
def set_wishes(actor: Person, at: datetime, *, begins: str, ends: str, daily_on_page_only: bool) -> None:
    """Set one's quiet hours, as ``HH:MM``, and whether the day's news stays on the page."""
    wanted = {
        "quiet_begins": time.fromisoformat(begins),
        "quiet_ends": time.fromisoformat(ends),
        "daily_on_page_only": daily_on_page_only,
    }
    Wishes.objects.update_or_create(person=actor, defaults=wanted)
    book.record("message.wishes-set", by=actor, at=at, person=actor.pseudonym)


@command("message.choose-ways")
def choose_ways(actor: Person, at: datetime, *, channels: Sequence[str], unwanted: Sequence[Sequence[str]]) -> int:
    """Say which kinds of messages one does not want by which of these channels, as pairs; return how many."""
    for kind, _ in unwanted:
        check_unwanted(kind)
    Unwanted.objects.filter(person=actor, channel__in=channels).delete()
    rows = [Unwanted(person=actor, kind=kind, channel=channel) for kind, channel in unwanted if channel in channels]
    Unwanted.objects.bulk_create(rows, ignore_conflicts=True)
    book.record("message.ways-chosen", by=actor, at=at, person=actor.pseudonym, count=len(rows))
    return len(rows)


@command("message.mute")
def mute(actor: Person, at: datetime, *, seal_uid: str, is_unit: bool, is_muted: bool) -> str:
    """Be told of a seal, or of all seals of its unit, on the page alone, or everywhere again."""
    seal = seal_visible_to(actor, at, seal_uid)
    if is_unit and seal.unit_id is None:
        raise NotFound(seal=seal_uid)
    what = {"unit_id": seal.unit_id} if is_unit else {"seal_id": seal.pk}
    if is_muted:
        Muted.objects.get_or_create(person=actor, **what)
        book.record("message.muted", by=actor, at=at, person=actor.pseudonym, seal=seal_uid)
    else:
        Muted.objects.filter(person=actor, **what).delete()
        book.record("message.unmuted", by=actor, at=at, person=actor.pseudonym, seal=seal_uid)
    return seal_uid


@command("message.send-again")
def send_again(actor: Person, at: datetime, *, delivery_uid: str) -> str:
    """Put what failed, or is not known to have arrived, on its way once more."""
    require(actor, at, Power.SYSTEM, None)
    failed = Delivery.objects.filter(uid=delivery_uid, state__in=_SENT_AGAIN)
    if not failed.update(
        state=DeliveryState.WAITING.value, due_at=at, tries=0, sends=0, ended_at=None, trouble="", said=""
    ):
        raise NotFound(delivery=delivery_uid)
    delivery = Delivery.objects.select_related("message__person").get(uid=delivery_uid)
    delivery.parts.all().delete()  # what is said of them now is not said of the next send
    book.record(
        "message.sent-again", by=actor, at=at, person=delivery.message.person.pseudonym, channel=delivery.channel
    )
    return delivery_uid


@command("webhook.subscribe")
def subscribe(actor: Person, at: datetime, *, name: str, address: str, kinds: Sequence[str]) -> str:
    """Have another program told of these kinds of facts, all where none is named; return the subscription's uid."""
    require(actor, at, Power.SYSTEM, None)
    if not settings.WEBHOOK_KEY:
        raise WebhooksNotSetUp
    check_address(address, inside=settings.EGRESS.inside)
    if Subscription.objects.count() >= MOST_WEBHOOKS:
        raise TooManyWebhooks(most=MOST_WEBHOOKS)
    subscription = Subscription.objects.create(name=name, address=address, kinds=sorted(kinds), made_at=at)
    book.record("webhook.subscribed", by=actor, at=at, webhook=subscription.uid, count=len(kinds))
    return subscription.uid


@command("webhook.end")
def unsubscribe(actor: Person, at: datetime, *, subscription_uid: str) -> str:
    """Tell the program nothing more; what waits for it is forgotten."""
    _subscription(actor, at, subscription_uid).delete()
    book.record("webhook.ended", by=actor, at=at, webhook=subscription_uid)
    return subscription_uid


@command("webhook.resume")
def resume_webhook(actor: Person, at: datetime, *, subscription_uid: str) -> str:
    """Tell a program again that was given up; what waited for it goes out now."""
    subscription = _subscription(actor, at, subscription_uid)
    if subscription.stopped_at is None:
        raise NotFound(webhook=subscription_uid)
    subscription.stopped_at = subscription.failing_since = None
    subscription.save(update_fields=["stopped_at", "failing_since"])
    book.record("webhook.resumed", by=actor, at=at, webhook=subscription_uid)
    return subscription_uid


@command("webhook.test")
def try_webhook(actor: Person, at: datetime, *, subscription_uid: str) -> str:
    """Send a notice that is about nothing; return its uid."""
    subscription = _subscription(actor, at, subscription_uid)
    notice = Notice(subscription=subscription, kind=TEST, about={}, happened_at=at, made_at=at, due_at=at)
    notice.cause = f"test:{notice.uid}"
    notice.save(force_insert=True)
    book.record("webhook.tested", by=actor, at=at, webhook=subscription_uid)
    return notice.uid


@command("webhook.send-again")
def send_notice_again(actor: Person, at: datetime, *, notice_uid: str) -> str:
    """Put a notice that was given up on its way once more, under the same name."""
    require(actor, at, Power.SYSTEM, None)
    failed = Notice.objects.filter(uid=notice_uid, state=DeliveryState.FAILED.value)
    if not failed.update(state=DeliveryState.WAITING.value, due_at=at, tries=0, ended_at=None, trouble="", said=""):
        raise NotFound(notice=notice_uid)
    book.record("webhook.sent-again", by=actor, at=at, notice=notice_uid)
    return notice_uid


def _subscription(actor: Person, at: datetime, uid: str) -> Subscription:
    require(actor, at, Power.SYSTEM, None)
    subscription = Subscription.objects.select_for_update().filter(uid=uid).first()
    if subscription is None:
        raise NotFound(webhook=uid)
    return subscription
