"""Text messages by SMPP 3.4, with somebody else's message centre in a process of its own."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import transaction

from privyseal.config.worker import WORDS
from privyseal.identity.models import Person
from privyseal.notification.actions import send_again
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, PerhapsTaken, Receipt, Send, Sender, Text
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.outbox import send_due
from privyseal.notification.receipts import forget_old_parts, remember, take_receipts
from privyseal.notification.rules import RECEIPTS_LAST, Channel, DeliveryState
from privyseal.notification.smpp import pdus
from privyseal.notification.smpp.alphabets import GSM, UCS2, parts_of
from privyseal.notification.smpp.sender import Smpp
from privyseal.notification.smpp.session import Centre
from tests.running.served import free_port

CHINESE = "您的公章（S00001）已挂失停用，请登录系统处理。" * 5


@dataclass
class Heard:
    """What the centre says that it heard, in its order."""

    port: int
    process: subprocess.Popen[str]
    facts: list[dict[str, Any]] = field(default_factory=list)

    def until(self, name: str, times: int = 1) -> list[dict[str, Any]]:
        """Read on until the centre has said this so often, and return these."""
        assert self.process.stdout is not None
        while sum(name in fact for fact in self.facts) < times:
            self.facts.append(json.loads(self.process.stdout.readline()))
        return [fact for fact in self.facts if name in fact]


@pytest.fixture(scope="module")
def started() -> Iterator[Heard]:
    port = free_port()
    script = Path(__file__).with_name("centre.py")
    process = subprocess.Popen([sys.executable, script, str(port)], stdout=subprocess.PIPE, text=True)
    heard = Heard(port, process)
    heard.until("ready")
    yield heard
    process.kill()
    process.communicate()


@pytest.fixture
def centre(started: Heard) -> Heard:
    started.facts.clear()
    return started


@pytest.fixture
def smpp(centre: Heard) -> Iterator[Smpp]:
    sender = at(centre.port)
    yield sender
    sender.line.hang_up()


def at(port: int, *, as_payload: bool = False, seconds: float = 5, asks_after: float = 30) -> Smpp:
    there = Centre("127.0.0.1", port, "privyseal", "secret", window=2, seconds=seconds, asks_after_seconds=asks_after)
    return Smpp(there, "10690000", "示例科技", as_payload=as_payload, most_per_second=10_000)


def said(brief: str) -> list[Text]:
    return [Text("", "", "", brief=brief)]


def outcomes(smpp: Smpp, centre: Heard, count: int) -> list[Receipt]:
    """Return this many receipts, however late they come; the centre says when each was taken."""
    found: list[Receipt] = []
    while len(found) < count:
        found += smpp.receipts()
    centre.until("receipt", count)
    return found


def test_a_long_chinese_text_arrives_in_parts_that_belong_together(smpp: Smpp, centre: Heard) -> None:
    references = smpp.send("+8613800138000", said(CHINESE), language="zh-hans")

    parts = centre.until("said", len(references))
    raw = sorted(bytes.fromhex(part["said"]) for part in parts)
    assert {(part["to"], part["from"], part["coding"], part["class"]) for part in parts} == {
        ("8613800138000", "10690000", UCS2, 0x40)
    }
    assert [one[:6].hex()[:6] + one[:6].hex()[8:] for one in raw] == [f"05000303{number:02x}" for number in (1, 2, 3)]
    assert len({one[3] for one in raw}) == 1
    assert b"".join(one[6:] for one in raw).decode("utf-16-be") == f"【示例科技】{CHINESE}"
    assert all(len(one) <= 140 for one in raw)


def test_a_long_text_goes_as_one_payload_where_the_centre_takes_it(centre: Heard) -> None:
    sender = at(centre.port, as_payload=True)
    sender.send("+8613800138000", said(CHINESE), language="zh-hans")
    sender.line.hang_up()

    (part,) = centre.until("said")
    assert part["said"] == ""
    assert bytes.fromhex(part["more"]["0424"]).decode("utf-16-be") == f"【示例科技】{CHINESE}"


def test_the_network_says_what_became_of_each_part(smpp: Smpp, centre: Heard) -> None:
    arrived = smpp.send("+8613800138000", said("hello"), language="en")
    lost = smpp.send("+8613800138005", said("hello"), language="en")

    found = outcomes(smpp, centre, 2)

    assert found == [Receipt(arrived[0], True, "DELIVRD 11"), Receipt(lost[0], False, "UNDELIV 11")]
    assert [one["taken"] for one in centre.until("receipt", 2)] == [True, True]


@pytest.mark.parametrize(
    ("number", "raised"), [("+8613800138011", NeverTaken), ("+8613800138058", NotTaken), ("+8613800138020", NotTaken)]
)
def test_what_the_centre_refuses_is_tried_again_or_given_up(number: str, raised: type[Exception], smpp: Smpp) -> None:
    with pytest.raises(raised):
        smpp.send(number, said(CHINESE), language="zh-hans")


def test_one_session_serves_many_texts_and_ends_politely(centre: Heard) -> None:
    sender = at(centre.port)
    for _ in range(5):
        sender.send("+8613800138000", said("hello"), language="en")
    sender.line.hang_up()

    centre.until("unbound")
    assert len(centre.until("bound")) == 1


def test_a_centre_that_is_not_there_has_sent_nothing() -> None:
    with pytest.raises(NotTaken):
        at(1).send("+8613800138000", said("hello"), language="en")


class Scripted:
    """A centre that does what a test says, where the real one will not: it binds, then does as it is told."""

    def __init__(self, *turns: bytes | None) -> None:
        self.turns = turns
        self.heard: list[pdus.Pdu] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        line, _ = self.listener.accept()
        with suppress(ConnectionError), line, line.makefile("rb") as stream:
            for turn in self.turns:
                head = stream.read(4)
                if not head:
                    return
                self.heard.append(pdus.read(head + stream.read(pdus.length_of(head) - 4)))
                if turn is None:
                    return
                line.sendall(turn)
            stream.read(1)

    def close(self) -> None:
        self.listener.close()
        self.thread.join(5)


BOUND = pdus.Pdu(0x8000_0009, 0, 1, b"centre\0").packed()


def test_a_wrong_password_is_said_and_nothing_has_left() -> None:
    centre = Scripted(pdus.Pdu(0x8000_0009, 0x0E, 1).packed())
    with pytest.raises(NotTaken) as refusal:
        at(centre.port).send("+8613800138000", said("hello"), language="en")
    centre.close()

    assert refusal.value.facts["answer"] == "bind 0x0E"


def test_a_centre_that_hangs_up_after_a_text_may_have_taken_it_and_is_bound_again() -> None:
    centre = Scripted(BOUND, None)
    sender = at(centre.port)
    with pytest.raises(PerhapsTaken):
        sender.send("+8613800138000", said("hello"), language="en")
    centre.close()

    with pytest.raises(NotTaken):  # it tries anew, and nobody is there
        sender.send("+8613800138000", said("hello"), language="en")


def test_a_centre_that_falls_silent_may_have_taken_it() -> None:
    centre = Scripted(BOUND, b"")
    with pytest.raises(PerhapsTaken):
        at(centre.port, seconds=0.2).send("+8613800138000", said("hello"), language="en")
    centre.listener.close()


def test_a_refusal_of_the_second_part_may_have_let_the_first_arrive() -> None:
    taken, throttled = pdus.Pdu(0x8000_0004, 0, 2, b"m-1\0").packed(), pdus.Pdu(0x8000_0004, 0x58, 3).packed()
    centre = Scripted(BOUND, taken, throttled)
    with pytest.raises(PerhapsTaken):
        at(centre.port).send("+8613800138000", said(CHINESE), language="zh-hans")
    centre.listener.close()


def test_a_centre_that_asks_whether_we_are_there_is_answered() -> None:
    enquiry, taken = pdus.Pdu(0x15, 0, 77).packed(), pdus.Pdu(0x8000_0004, 0, 2, b"m-1\0").packed()
    centre = Scripted(BOUND, enquiry + taken, b"")
    sender = at(centre.port)
    sender.send("+8613800138000", said("hello"), language="en")
    sender.line.hang_up()
    centre.close()

    assert (centre.heard[2].command, centre.heard[2].sequence) == (0x8000_0015, 77)


def test_a_line_that_has_been_still_is_asked_after_and_dropped_where_it_does_not_answer() -> None:
    centre = Scripted(BOUND, pdus.Pdu(0x8000_0015, 0, 2).packed(), b"")
    sender = at(centre.port, seconds=0.2, asks_after=0)

    assert list(sender.receipts()) == []
    assert list(sender.receipts()) == []
    centre.listener.close()

    assert [pdu.command for pdu in centre.heard[1:]] == [0x15, 0x15]
    with pytest.raises(NotTaken):  # it was dropped, and nobody is there any more
        next(sender.receipts())


def test_what_is_no_smpp_ends_the_session() -> None:
    centre = Scripted(BOUND, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(PerhapsTaken):
        at(centre.port).send("+8613800138000", said("hello"), language="en")
    centre.listener.close()


def test_letters_of_the_telephones_alphabet_cost_one_place_and_others_two() -> None:
    assert [part.data_coding for part in parts_of("a" * 160, 1)] == [GSM]
    assert len(parts_of("a" * 161, 1)) == 2
    assert parts_of("€", 1)[0].text == b"\x1be"
    assert [part.data_coding for part in parts_of("印" * 70, 1)] == [UCS2]
    assert len(parts_of("印" * 71, 1)) == 2


def test_no_letter_is_torn_between_two_parts() -> None:
    gsm = parts_of("a" * 152 + "€" + "b" * 20, 1)
    assert [part.text[-1:] for part in gsm] == [b"a", b"b"]
    pair = parts_of("印" * 66 + "𠮷" + "印" * 10, 1)
    assert "".join(part.text.decode("utf-16-be") for part in pair) == "印" * 66 + "𠮷" + "印" * 10


def test_a_receipt_says_it_in_its_parameters_or_in_its_text() -> None:
    head = b"\0\0\0a\0\0\0b\0\x04\0\0\0\0\0\0\0\0"
    by_text = b"id:abc sub:001 dlvrd:001 submit date:2611 done date:2611 stat:EXPIRED err:000 text:x"
    written = pdus.Pdu(5, 0, 1, head + bytes([len(by_text)]) + by_text)
    by_parameter = pdus.Pdu(5, 0, 1, head + b"\0" + b"\0\x1e\0\x04abc\0" + b"\x04\x27\0\x01\x02")

    assert pdus.became(written) == pdus.Became("abc", False, "EXPIRED")
    assert pdus.became(by_parameter) == pdus.Became("abc", True, "DELIVRD")


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\0\0\0a\0\0\0b\0\x04\0\0\0\0\0\0\0\0\xff", b"\0\0\0a\0\0\0b\0\x00\0\0\0\0\0\0\0\0\2hi"]
)
def test_what_is_no_receipt_is_none(body: bytes) -> None:
    assert pdus.became(pdus.Pdu(5, 0, 1, body)) is None


@pytest.fixture
def by_sms(wang: Person, noon: datetime) -> Delivery:
    Address.objects.create(person=wang, channel="sms", value="+8613800138000", named_at=noon, confirmed_at=noon)
    message = Message.objects.create(
        person=wang,
        cause="fact:1",
        kind="seal.lost",
        actor="service:test",
        about={},
        urgency="urgent",
        happened_at=noon,
        made_at=noon,
    )
    return Delivery.objects.create(message=message, channel=Channel.SMS.value, due_at=noon)


def taken_until_told(smpp: Smpp, centre: Heard, noon: datetime) -> None:
    count = 0
    while not count:
        count = take_receipts(noon, senders={Channel.SMS: smpp})
    centre.until("receipt")


def test_a_delivery_says_that_it_arrived_once_the_network_does(
    by_sms: Delivery, smpp: Smpp, centre: Heard, noon: datetime
) -> None:
    senders: dict[Channel, Sender] = {Channel.SMS: smpp}
    send_due(lambda: noon, senders=senders, words=WORDS)
    assert Delivery.objects.get().state == DeliveryState.SENT.value

    taken_until_told(smpp, centre, noon)

    assert Delivery.objects.get().state == DeliveryState.DELIVERED.value


def test_a_delivery_that_the_network_lost_says_why_and_can_be_sent_again(
    by_sms: Delivery, zhou: Person, smpp: Smpp, centre: Heard, noon: datetime
) -> None:
    Address.objects.update(value="+8613800138005")
    send_due(lambda: noon, senders={Channel.SMS: smpp}, words=WORDS)
    taken_until_told(smpp, centre, noon)

    lost = Delivery.objects.get()
    assert (lost.state, lost.trouble, lost.said) == (DeliveryState.FAILED.value, "not-delivered", "UNDELIV 11")
    send_again(zhou, noon, delivery_uid=lost.uid)
    assert Delivery.objects.get().state == DeliveryState.WAITING.value
    assert not Delivery.objects.get().parts.exists()


class Says:
    """A channel that has just these receipts, and sends nothing."""

    channel: ClassVar[Channel] = Channel.SMS
    most_at_once: ClassVar[int] = 1

    def __init__(self, *receipts: Receipt) -> None:
        self._receipts = receipts

    def receipts(self) -> Iterator[Receipt]:
        yield from self._receipts

    @contextmanager
    def connected(self) -> Iterator[Send]:
        raise NotTaken

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        return [Gap(kind, language) for kind in kinds for language in languages]


def note(noon: datetime, *receipts: Receipt) -> None:
    take_receipts(noon, senders={Channel.SMS: Says(*receipts)})


def named(delivery: Delivery, at: datetime, *references: str) -> None:
    with transaction.atomic():
        remember({delivery.pk: references}, Channel.SMS.value, at)


def test_a_receipt_that_comes_before_its_delivery_was_written_down_counts(by_sms: Delivery, noon: datetime) -> None:
    note(noon, Receipt("m-1", is_delivered=True, said="DELIVRD"))
    Delivery.objects.update(state=DeliveryState.SENT.value)

    named(by_sms, noon, "m-1")

    assert Delivery.objects.get().state == DeliveryState.DELIVERED.value


def test_a_delivery_has_arrived_once_each_part_has(by_sms: Delivery, noon: datetime) -> None:
    Delivery.objects.update(state=DeliveryState.SENT.value)
    named(by_sms, noon, "m-1", "m-2")
    note(noon, Receipt("m-1", is_delivered=True, said="DELIVRD"))
    assert Delivery.objects.get().state == DeliveryState.SENT.value

    note(noon, Receipt("m-2", is_delivered=True, said="DELIVRD"))

    assert Delivery.objects.get().state == DeliveryState.DELIVERED.value


def test_a_name_that_a_centre_gives_a_second_time_says_nothing_of_the_first(by_sms: Delivery, noon: datetime) -> None:
    Delivery.objects.update(state=DeliveryState.SENT.value)
    named(by_sms, noon, "m-1")
    note(noon, Receipt("m-1", is_delivered=False, said="EXPIRED"))
    Delivery.objects.update(state=DeliveryState.SENT.value, trouble="", said="")

    named(by_sms, noon, "m-1")

    assert Delivery.objects.get().state == DeliveryState.SENT.value


def test_names_that_nobody_will_speak_of_are_forgotten(by_sms: Delivery, noon: datetime) -> None:
    note(noon, Receipt("m-1", is_delivered=True, said="DELIVRD"))

    forget_old_parts(noon + RECEIPTS_LAST + timedelta(seconds=1))
    named(by_sms, noon, "m-1")

    assert Delivery.objects.get().state == DeliveryState.WAITING.value
