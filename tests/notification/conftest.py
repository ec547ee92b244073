"""Facts given their index where they lie, and a mail server that keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from privyseal.identity.models import Person
from privyseal.ledger.models import FactRow, Leaf
from privyseal.notification.channels import Sender
from privyseal.notification.following import follow
from privyseal.notification.mail import Mail
from privyseal.notification.models import Address
from privyseal.notification.rules import Channel
from tests.running.served import free_port


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta) -> None:
        self.at += time


@dataclass
class Office:
    """A post office; ``answer`` is what it says to each letter."""

    port: int
    answer: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  its name
        if self.answer.startswith("250"):
            letter: Any = message_from_bytes(envelope.original_content or b"", policy=default)
            self.letters.append(letter)
            self.receivers += envelope.rcpt_tos
        return self.answer


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office(speaks_utf8=True) as office:
        yield office


@pytest.fixture
def plain_office() -> Iterator[Office]:
    with open_office(speaks_utf8=False) as office:
        yield office


@contextmanager
def open_office(*, speaks_utf8: bool) -> Iterator[Office]:
    office = Office(free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port, enable_SMTPUTF8=speaks_utf8)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def mail(office: Office) -> dict[Channel, Sender]:
    return {Channel.EMAIL: mail_at(office.port)}


def mail_at(port: int) -> Mail:
    return Mail("127.0.0.1", port, "", "", "seals@example.com", "none")


def index_facts() -> None:
    """Do as the integrator does, inside the test's own transaction."""
    start = Leaf.objects.count()
    waiting = FactRow.objects.filter(leaf=None).order_by("pk").values_list("pk", flat=True)
    Leaf.objects.bulk_create(Leaf(index=start + offset, fact_id=pk) for offset, pk in enumerate(waiting))


def begin_to_follow(at: datetime) -> None:
    index_facts()
    follow(at)


def catch_up(at: datetime) -> int:
    index_facts()
    return follow(at)


def reached(person: Person, at: datetime, value: str = "") -> Address:
    return Address.objects.create(
        person=person,
        channel=Channel.EMAIL.value,
        value=value or f"{person.login}@example.com",
        named_at=at,
        confirmed_at=at,
    )
