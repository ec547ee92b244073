"""Events of machines into the database, a frame a transaction, beside durable transactions with nothing in them."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection

from privyseal.device import events
from privyseal.device.events import MOST_AT_ONCE, Head, Told
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.models import Device
from privyseal.identity.models import Company, Person

_SERIAL: Final = "BENCH-1"
_KEY: Final = ec.generate_private_key(ec.SECP256R1())
_EVENTS: Final = {"one": 1, "some": 8, "many": MOST_AT_ONCE}


def main(words: Sequence[str]) -> None:
    rounds = int(words[0])
    at = datetime.now(UTC)
    _device(_SERIAL, at)
    head, took = Head(), {}
    for name, count in _EVENTS.items():
        frames = []
        for _ in range(rounds):
            head, frame = _frame(head, count, at)
            frames.append(frame)
        took[name] = rounds * count / _seconds(frames, _take)
    took["apart"] = _apart(rounds, at)
    took["empty"] = rounds / _seconds([""] * rounds, _nothing)
    json.dump(took, sys.stdout)


def _apart(rounds: int, at: datetime) -> float:
    """Return how many events a second are kept of many machines that tell one each, as a gateway at a broker does."""
    serials = [f"BENCH-{number:03}" for number in range(MOST_AT_ONCE)]
    for serial in serials:
        _device(serial, at)
    together, heads = [], [Head()] * len(serials)
    for _ in range(rounds):
        made = [_frame(head, 1, at, serial) for head, serial in zip(heads, serials, strict=True)]
        heads = [head for head, _ in made]
        together.append([(serial, frame) for serial, (_, frame) in zip(serials, made, strict=True)])
    began = time.perf_counter()
    for frames in together:
        if actions.keep_together(GATEWAY, datetime.now(UTC), frames=frames):
            raise RuntimeError("an event was not kept")
    return rounds * len(serials) / (time.perf_counter() - began)


def _take(frame: str) -> None:
    actions.take_events(GATEWAY, datetime.now(UTC), serial=_SERIAL, frame=frame)


def _nothing(_: str) -> None:
    """Commit a transaction that changes nothing and waits for the disk: one that writes no log does not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'bench', '')")


def _seconds(frames: Sequence[str], take: Callable[[str], None]) -> float:
    began = time.perf_counter()
    for frame in frames:
        take(frame)
    return time.perf_counter() - began


def _frame(head: Head, count: int, at: datetime, serial: str = _SERIAL) -> tuple[Head, str]:
    told = []
    for number in range(count):
        told.append(head.next(serial, Told.COMMITTED, at, ticket="0" * 32, said={"impression": number + 1}))
        head = Head.after(told[-1])
    return head, signed(Frame.EVENTS, events.payload(serial, told), _KEY)


def _device(serial: str, at: datetime) -> None:
    public = FrameKey.of(_KEY.public_key())
    Device.objects.create(
        company=Company.objects.order_by("pk")[0],
        kind="handheld",
        serial=serial,
        name="bench",
        slots=1,
        registered_by=Person.objects.order_by("pk")[0],
        registered_at=at,
        enrolled_at=at,
        epoch=1,
        key=(public.x + public.y).hex(),
        certificate="0" * 64,
        valid_until=at,
    )
