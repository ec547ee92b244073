"""Messages on their way, by a real mail server: nothing is lost, and nothing is sent a third time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import ClassVar

import pytest

from privyseal.config.worker import WORDS
from privyseal.identity.models import Person
from privyseal.notification.actions import AddressNotPossible, name_address
from privyseal.notification.channels import Gap, NeverTaken, Send, Sender, Text
from privyseal.notification.claims import give_up_on_the_dead
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.outbox import send_codes, send_due
from privyseal.notification.rules import LONGEST, MOST_SENDS, SENDING_LASTS, Channel, DeliveryState
from tests.notification.conftest import Clock, Office, mail_at, reached


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


def delivery_to(person: Person, at: datetime, *, cause: str = "fact:1", kind: str = "power.ended") -> Delivery:
    message = Message.objects.create(
        person=person,
        cause=cause,
        kind=kind,
        actor="service:test",
        about={"person": person.pseudonym, "power": "use"},
        urgency="prompt",
        happened_at=at,
        made_at=at,
    )
    return Delivery.objects.create(message=message, channel=Channel.EMAIL.value, due_at=at)


@pytest.fixture
def waiting(wang: Person, noon: datetime) -> Delivery:
    reached(wang, noon)
    return delivery_to(wang, noon)


def now_of(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def content(letter: EmailMessage) -> str:
    return str(letter.get_content())


def test_a_message_arrives_in_its_readers_language_with_a_way_on(
    waiting: Delivery, wang: Person, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    assert send_due(clock, senders=mail, words=WORDS) == 1

    (letter,) = office.letters
    assert office.receivers == ["wang@example.com"]
    assert "权限" in str(letter["Subject"])
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "http://localhost:8000/powers/" in content(letter)
    assert (now_of(waiting).state, now_of(waiting).ended_at) == (DeliveryState.SENT.value, clock.at)


def test_what_is_due_together_comes_as_one_letter(
    waiting: Delivery, wang: Person, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    other = delivery_to(wang, clock.at, cause="fact:2", kind="power.confirmed")

    send_due(clock, senders=mail, words=WORDS)

    (letter,) = office.letters
    assert "2" in str(letter["Subject"])
    assert {now_of(one).state for one in (waiting, other)} == {DeliveryState.SENT.value}


def test_what_was_sent_is_not_sent_again(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    send_due(clock, senders=mail, words=WORDS)
    clock.pass_by(timedelta(days=1))

    assert send_due(clock, senders=mail, words=WORDS) == 0
    assert len(office.letters) == 1


def test_nothing_goes_out_before_its_time(
    wang: Person, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    reached(wang, clock.at)
    later = delivery_to(wang, clock.at)
    Delivery.objects.filter(pk=later.pk).update(due_at=clock.at + timedelta(minutes=1))

    assert send_due(clock, senders=mail, words=WORDS) == 0
    clock.pass_by(timedelta(minutes=1))
    assert send_due(clock, senders=mail, words=WORDS) == 1


def test_a_server_that_is_down_for_an_hour_costs_no_message(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    down, began = {Channel.EMAIL: mail_at(1)}, clock.at
    while clock.at < began + timedelta(hours=1):
        send_due(clock, senders=down, words=WORDS)
        clock.pass_by(timedelta(minutes=5))
    assert now_of(waiting).trouble == "channel-not-available"

    while now_of(waiting).state == DeliveryState.WAITING.value:
        send_due(clock, senders=mail, words=WORDS)
        clock.pass_by(timedelta(minutes=5))

    assert now_of(waiting).state == DeliveryState.SENT.value
    assert len(office.letters) == 1


def test_a_server_that_is_busy_is_tried_again(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    office.answer = "451 try again later"
    send_due(clock, senders=mail, words=WORDS)
    assert now_of(waiting).state == DeliveryState.WAITING.value

    office.answer = "250 OK"
    clock.pass_by(timedelta(minutes=1))
    send_due(clock, senders=mail, words=WORDS)

    assert now_of(waiting).state == DeliveryState.SENT.value


def test_an_address_that_does_not_exist_is_given_up_and_said(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    office.answer = "550 no such mailbox"

    send_due(clock, senders=mail, words=WORDS)

    assert (now_of(waiting).state, now_of(waiting).trouble) == (DeliveryState.FAILED.value, "address-not-reachable")


def test_a_channel_that_stays_down_is_given_up_in_the_end(waiting: Delivery, clock: Clock) -> None:
    down = {Channel.EMAIL: mail_at(1)}
    while now_of(waiting).state == DeliveryState.WAITING.value:
        send_due(clock, senders=down, words=WORDS)
        clock.pass_by(timedelta(hours=1))

    assert now_of(waiting).state == DeliveryState.FAILED.value
    assert clock.at - waiting.due_at <= LONGEST + timedelta(hours=2)


class Dies:
    """A worker's death at the worst moment: after the letter has left, before anybody wrote so."""

    channel: ClassVar[Channel] = Channel.EMAIL
    most_at_once: ClassVar[int] = 1

    def __init__(self, sender: Sender) -> None:
        self.sender = sender

    @contextmanager
    def connected(self) -> Iterator[Send]:
        with self.sender.connected() as send:

            def dies(address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
                send(address, texts, language=language)
                raise SystemExit

            yield dies

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        return self.sender.gaps(kinds, languages)


def test_whoever_dies_over_a_letter_makes_it_come_twice_and_never_three_times(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    dying: dict[Channel, Sender] = {Channel.EMAIL: Dies(mail[Channel.EMAIL])}
    for _ in range(5):
        with suppress(SystemExit):
            send_due(clock, senders=dying, words=WORDS)
        clock.pass_by(SENDING_LASTS)
        give_up_on_the_dead(clock())

    assert len(office.letters) == MOST_SENDS
    assert now_of(waiting).state == DeliveryState.UNCLEAR.value


class Slow:
    """A channel that takes its time, in which another worker comes by."""

    channel: ClassVar[Channel] = Channel.EMAIL
    most_at_once: ClassVar[int] = 1

    def __init__(self, sender: Sender, clock: Clock, lasts: timedelta) -> None:
        self.sender, self.clock, self.lasts = sender, clock, lasts

    @contextmanager
    def connected(self) -> Iterator[Send]:
        with self.sender.connected() as send:

            def takes_long(address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
                references = send(address, texts, language=language)
                self.clock.pass_by(self.lasts)
                send_due(self.clock, senders={self.channel: self.sender}, words=WORDS)
                return references

            yield takes_long

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        return self.sender.gaps(kinds, languages)


@pytest.fixture
def three(wang: Person, li: Person, zhao: Person, noon: datetime) -> list[Delivery]:
    for person in (wang, li, zhao):
        reached(person, noon)
    return [delivery_to(person, noon) for person in (wang, li, zhao)]


def test_a_slow_batch_is_left_to_whoever_is_at_it(
    three: list[Delivery], clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    slow: dict[Channel, Sender] = {Channel.EMAIL: Slow(mail[Channel.EMAIL], clock, SENDING_LASTS * 0.9)}

    send_due(clock, senders=slow, words=WORDS)

    assert sorted(office.receivers) == ["li@example.com", "wang@example.com", "zhao@example.com"]
    assert {(now_of(one).state, now_of(one).sends) for one in three} == {(DeliveryState.SENT.value, 1)}


def test_what_was_taken_over_from_a_batch_that_hangs_is_left_to_who_took_it(
    three: list[Delivery], clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    hanging: dict[Channel, Sender] = {Channel.EMAIL: Slow(mail[Channel.EMAIL], clock, SENDING_LASTS * 2)}

    send_due(clock, senders=hanging, words=WORDS)

    arrived = Counter(office.receivers)
    assert sorted(arrived.values()) == [1, 1, MOST_SENDS]
    assert {now_of(one).state for one in three} == {DeliveryState.SENT.value}


def test_a_message_without_words_fails_alone_and_keeps_nothing_from_the_others(
    three: list[Delivery], clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    first, *others = three
    Message.objects.filter(pk=first.message_id).update(about=["not what a fact is about"])

    send_due(clock, senders=mail, words=WORDS)

    assert sorted(office.receivers) == ["li@example.com", "zhao@example.com"]
    poisoned = now_of(first)
    assert (poisoned.state, poisoned.trouble, poisoned.sends) == (
        DeliveryState.FAILED.value,
        "message-without-words",
        0,
    )
    assert {now_of(one).state for one in others} == {DeliveryState.SENT.value}


def test_a_channel_that_breaks_over_one_letter_sends_the_others(
    three: list[Delivery], clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    Address.objects.filter(person__login="wang").update(value="wang@example.com\r\nBcc: x@example.com")

    send_due(clock, senders=mail, words=WORDS)

    assert sorted(office.receivers) == ["li@example.com", "zhao@example.com"]
    assert now_of(three[0]).trouble == "program-fault"


def test_what_another_worker_is_sending_is_left_to_it(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    Delivery.objects.filter(pk=waiting.pk).update(state=DeliveryState.SENDING.value, claimed_at=clock.at, sends=1)

    clock.pass_by(SENDING_LASTS / 2)

    assert send_due(clock, senders=mail, words=WORDS) == 0
    assert office.letters == []


def test_who_took_their_address_away_gets_nothing_more(
    waiting: Delivery, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    Address.objects.all().delete()

    send_due(clock, senders=mail, words=WORDS)

    assert office.letters == []
    assert now_of(waiting).trouble == "address-gone"


def test_a_new_address_gets_its_code_and_nothing_else(
    wang: Person, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    delivery_to(wang, clock.at)
    Address.objects.create(
        person=wang, channel="email", value="w@example.com", named_at=clock.at, code="012345", code_due_at=clock.at
    )

    send_due(clock, senders=mail, words=WORDS)
    send_codes(clock, senders=mail, words=WORDS)
    send_codes(clock, senders=mail, words=WORDS)

    (letter,) = office.letters
    assert "012345" in str(letter["Subject"])


def test_a_line_break_in_what_happened_makes_no_header(
    wang: Person, clock: Clock, office: Office, mail: dict[Channel, Sender]
) -> None:
    text = Text("one\nBcc: somebody@example.com", "body", "http://localhost:8000/")

    with mail[Channel.EMAIL].connected() as send:
        send("w@example.com", [text], language="en")

    (letter,) = office.letters
    assert letter["Bcc"] is None


def test_a_domain_in_chinese_goes_out_in_the_letters_that_every_server_takes(
    office: Office, mail: dict[Channel, Sender]
) -> None:
    with mail[Channel.EMAIL].connected() as send:
        send("wang@例子.公司", [Text("line", "body", "http://localhost:8000/")], language="en")

    assert office.receivers == ["wang@xn--fsqu00a.xn--55qx5d"]


def test_a_name_in_chinese_goes_out_where_the_server_speaks_it(office: Office, mail: dict[Channel, Sender]) -> None:
    with mail[Channel.EMAIL].connected() as send:
        send("王用@例子.公司", [Text("line", "body", "http://localhost:8000/")], language="en")

    assert office.receivers == ["王用@xn--fsqu00a.xn--55qx5d"]


def test_a_name_in_chinese_is_given_up_where_the_server_does_not_speak_it(plain_office: Office) -> None:
    with mail_at(plain_office.port).connected() as send, pytest.raises(NeverTaken) as refusal:
        send("王用@例子.公司", [Text("line", "body", "http://localhost:8000/")], language="en")

    assert refusal.value.facts["answer"] == "no SMTPUTF8"


@pytest.mark.parametrize("value", ["wang@例子.公司", "王用@例子.公司", "wang@example.com"])
def test_an_address_in_any_script_can_be_named(value: str, wang: Person, noon: datetime) -> None:
    name_address(wang, noon, channel=Channel.EMAIL, value=value)

    assert Address.objects.get().value == value


@pytest.mark.parametrize(
    "value", ["王 用<x>@例子.公司", "王用", "王用@", "@例子.公司", "王\r\nBcc:x@例子.公司", "王用@例子"]
)
def test_what_is_no_address_in_any_script_is_refused(value: str, wang: Person, noon: datetime) -> None:
    with pytest.raises(AddressNotPossible):
        name_address(wang, noon, channel=Channel.EMAIL, value=value)
