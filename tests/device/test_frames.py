"""Frames, events and tickets: what they say is kept to the bit, and nobody else can say it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from privyseal.device.events import ChainBroken, Event, EventsMissing, Head, Told, following, payload, read
from privyseal.device.signed import (
    MOST_CHARACTERS,
    Frame,
    FrameBroken,
    FrameForged,
    FrameKey,
    claimed,
    device_in,
    key_claimed,
    opened,
    signed,
)
from privyseal.device.tickets import Fence, Mode, Ticket

NOON: Final = datetime(2026, 11, 26, 4, tzinfo=UTC)
KEY: Final = ec.generate_private_key(ec.SECP256R1())
PUBLIC: Final = FrameKey.of(KEY.public_key())
TICKET: Final = Ticket(
    uid="0" * 32,
    device="D-0009",
    seal="1" * 32,
    permit="2" * 32,
    mode=Mode.COUNTED,
    operators=("3" * 32,),
    impressions=3,
    opens_at=NOON,
    closes_at=NOON + timedelta(hours=2),
    policy=7,
    document="4" * 64,
    place=Fence(31_230_416, 121_473_701, 200),
)


def chain(length: int) -> list[Event]:
    events, head = [], Head()
    for number in range(length):
        events.append(head.next("D-0009", Told.COMMITTED, NOON, ticket="0" * 32, said={"impression": number + 1}))
        head = Head.after(events[-1])
    return events


def test_a_frame_says_what_was_signed() -> None:
    text = signed(Frame.TICKET, TICKET.to_json(), KEY)

    assert Ticket.of(opened(text, Frame.TICKET, PUBLIC)) == TICKET


@given(st.data())
def test_a_frame_with_one_other_character_is_refused(data: st.DataObject) -> None:
    text = signed(Frame.TICKET, TICKET.to_json(), KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABab01-_.=é").filter(lambda one: one != text[at]))

    with pytest.raises((FrameBroken, FrameForged)):
        opened(text[:at] + other + text[at + 1 :], Frame.TICKET, PUBLIC)


def test_what_a_frame_claims_is_in_its_header_alone_and_the_rest_is_still_looked_at() -> None:
    header = signed(Frame.EVENTS, {"device": "D-0009"}, KEY).partition(".")[0]
    for text in (f"{header}.!.!", f"{header}.e30", f"{header}.e30.{'A' * 86}", header):
        assert (claimed(text), key_claimed(text)) == (Frame.EVENTS, PUBLIC.kid)
        with pytest.raises((FrameBroken, FrameForged)):
            opened(text, Frame.EVENTS, PUBLIC)
        with pytest.raises(FrameBroken):
            device_in(text)


def test_a_frame_of_another_kind_or_by_another_key_is_forged() -> None:
    text = signed(Frame.ORDER, TICKET.to_json(), KEY)
    stranger = ec.generate_private_key(ec.SECP256R1())

    with pytest.raises(FrameForged):
        opened(text, Frame.TICKET, PUBLIC)
    with pytest.raises(FrameForged):
        opened(signed(Frame.TICKET, TICKET.to_json(), stranger), Frame.TICKET, PUBLIC)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "." * 3, "A" * (MOST_CHARACTERS + 1)])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises((FrameBroken, FrameForged)):
        opened(text, Frame.TICKET, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"device": "d-0009"},
        {"seal": "x"},
        {"mode": "always"},
        {"operators": []},
        {"impressions": 0},
        {"impressions": True},
        {"closes_at": TICKET.to_json()["opens_at"]},
        {"confirmations": 1},
        {"mode": "confirmed"},
        {"mode": "one"},
        {"place": {"latitude": 91_000_000, "longitude": 0, "metres": 1}},
        {"document": "x"},
        {"more": 1},
    ],
)
def test_a_ticket_that_says_anything_else_opens_nothing(change: dict[str, Any]) -> None:
    with pytest.raises(FrameBroken):
        Ticket.of({**TICKET.to_json(), **change})


@given(st.integers(1, 64))
def test_events_come_back_as_they_were_told(length: int) -> None:
    told = chain(length)

    assert read(payload("D-0009", told)) == ("D-0009", tuple(told))
    assert following(Head(), told) == tuple(told)


def test_what_a_later_version_says_besides_is_kept_and_bound() -> None:
    later = {**chain(1)[0].to_json(), "ink": {"left": 40}, "type": "ink-low"}

    _, (event,) = read({"v": 1, "device": "D-0009", "events": [later]})

    assert (event.type, event.more, event.to_json()) == ("ink-low", {"ink": {"left": 40}}, later)
    assert event.digest != replace(event, more={}).digest


def test_events_that_came_before_are_passed_over_however_often_they_come() -> None:
    told = chain(5)
    head = Head.after(told[2])

    assert following(head, told) == tuple(told[3:])
    assert following(Head.after(told[4]), told) == ()


def test_a_gap_asks_for_what_is_missing() -> None:
    told = chain(5)

    with pytest.raises(EventsMissing) as refused:
        following(Head.after(told[1]), told[3:])
    assert refused.value.facts == {"device": told[3].device, "known": 2}


def test_another_story_is_seen() -> None:
    told, other = chain(3), chain(3)
    other[1] = replace(other[1], said={"impression": 9})
    other[2] = replace(other[2], previous=other[1].digest)

    for head, story in ((Head.after(told[0]), [told[1], other[2]]), (Head.after(told[1]), other), (Head(), told[::-1])):
        with pytest.raises((ChainBroken, EventsMissing)):
            following(head, story)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"v": 1, "device": "D-0009", "events": []},
        {"v": 1, "device": "D-0009", "events": [{}]},
        {"v": 1, "device": "D-0009", "events": ["x"]},
        {"v": 2, "device": "D-0009", "events": [chain(1)[0].to_json()]},
        {"v": 1, "device": "D-0008", "events": [chain(1)[0].to_json()]},
        {"v": 1, "device": "D-0009", "events": [{**chain(1)[0].to_json(), "number": 0}]},
        {"v": 1, "device": "D-0009", "events": [{**chain(1)[0].to_json(), "said": []}]},
        {"v": 1, "device": "D-0009", "events": [event.to_json() for event in chain(65)]},
    ],
)
def test_what_is_no_row_of_events_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(FrameBroken):
        read(said)


def test_a_zero_byte_that_no_database_keeps_is_in_no_event() -> None:
    fine, broken = (Head().next("D-0009", Told.HEALTH, NOON, said={"a": said}) for said in ("\\u0000", ["\0"]))

    assert read(payload("D-0009", [fine]))[1] == (fine,)
    with pytest.raises(FrameBroken):
        read(payload("D-0009", [broken]))
