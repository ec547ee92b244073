"""Whatever comes as a frame, events, a ticket, an order, an acknowledgement: it is read, or refused with a code."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from privyseal.device import enrolment, events, hello, orders, signed
from privyseal.device.enrolment import Again, Asked, DeviceKind, Enrolled
from privyseal.device.events import Head, Told
from privyseal.device.hello import Hello, Picture
from privyseal.device.orders import Acknowledgement, Instruction, Order, Request
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, opened
from privyseal.device.tickets import Fence, Mode, Ticket
from privyseal.kernel.canonical import Json, canonical

NOON: Final = datetime(2026, 11, 26, 4, tzinfo=UTC)
KEY: Final = ec.generate_private_key(ec.SECP256R1())
PUBLIC: Final = FrameKey.of(KEY.public_key())
HEADER: Final = {"alg": "ES256", "kid": PUBLIC.kid, "typ": Frame.EVENTS.value}
TICKET: Final = Ticket(
    *("0" * 32, "D-0009", "1" * 32, "2" * 32, Mode.COUNTED, ("3" * 32,), 3, NOON, NOON + timedelta(hours=2), 7),
    document="4" * 64,
    place=Fence(31_230_416, 121_473_701, 200),
)
EVENT: Final = Head().next("D-0009", Told.COMMITTED, NOON, ticket="0" * 32, said={"impression": 1}).to_json()
SAID: Final[Mapping[Frame, Mapping[str, Json]]] = {
    Frame.TICKET: TICKET.to_json(),
    Frame.ORDER: Instruction("D-0009", 1, Order.CONFIRM, {"ticket": "0" * 32, "impression": 1}).to_json(),
    Frame.REQUEST: Instruction("D-0009", 1, Request.LOCK, {}).to_json(),
    Frame.ACKNOWLEDGEMENT: Acknowledgement("D-0009", 1, "5" * 64).to_json(),
    Frame.EVENTS: {"v": 1, "device": "D-0009", "events": [EVENT]},
    Frame.HELLO: Hello("D-0009", NOON, 3, 1, 2, ("0" * 32,), 50).to_json(),
    Frame.PICTURE: Picture("D-0009", "5" * 64, 9).to_json(),
    Frame.KEPT: Picture("D-0009", "5" * 64, 9).to_json(),
    Frame.ENROLMENT: Asked(
        *("D-0009", DeviceKind.HANDHELD, 1, "Model", "1.0", PUBLIC, PUBLIC, NOON), proof="5" * 64, reads_epochs=True
    ).to_json(),
    Frame.RENEWAL: Again("D-0009", PUBLIC, PUBLIC, NOON).to_json(),
    Frame.ENROLLED: Enrolled(
        *("D-0009", 1, b"certificate", b"ca", PUBLIC, PUBLIC, "wrapped", ("1" * 32, ""), "", NOON, NOON),
        names_epochs=True,
    ).to_json(),
}
READERS: Final[Mapping[Frame, Callable[[Mapping[str, Any]], object]]] = {
    Frame.TICKET: Ticket.of,
    Frame.ORDER: lambda said: orders.instruction(Frame.ORDER, said),
    Frame.REQUEST: lambda said: orders.instruction(Frame.REQUEST, said),
    Frame.ACKNOWLEDGEMENT: orders.acknowledgement,
    Frame.EVENTS: events.read,
    Frame.HELLO: hello.hello,
    Frame.PICTURE: hello.picture,
    Frame.KEPT: hello.picture,
    Frame.ENROLMENT: lambda said: enrolment.asked(signed.signed(Frame.ENROLMENT, said, KEY)),
    Frame.RENEWAL: lambda said: enrolment.again(signed.signed(Frame.RENEWAL, said, KEY), PUBLIC),
    Frame.ENROLLED: lambda said: enrolment.enrolled(signed.signed(Frame.ENROLLED, said, KEY)),
}

whole = st.integers(-(2**53) + 1, 2**53 - 1)
plain = st.none() | st.booleans() | whole | st.text(max_size=8) | st.sampled_from(["0" * 32, "D-0009", "5" * 64])
values = st.recursive(
    plain, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one), max_leaves=6
)


def in_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def refused_or_read(read: Callable[[], object]) -> object:
    try:
        return read()
    except (FrameBroken, FrameForged):
        return None


@given(st.text() | st.lists(st.binary(max_size=40).map(in_base64), max_size=4).map(".".join))
def test_what_is_no_frame_is_refused_with_a_code(text: str) -> None:
    assert refused_or_read(lambda: signed.claimed(text)) is None
    assert refused_or_read(lambda: opened(text, Frame.EVENTS, PUBLIC)) is None


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]), values))
def test_a_frame_with_any_other_header_is_refused_with_a_code(header: dict[str, Any]) -> None:
    text = f"{in_base64(json.dumps({**HEADER, **header}).encode())}.e30.{'A' * 86}"

    refused_or_read(lambda: signed.claimed(text))
    assert refused_or_read(lambda: opened(text, Frame.EVENTS, PUBLIC)) is None


@pytest.mark.parametrize("deep", [400, 900, 50_000])
def test_what_is_nested_too_deep_is_refused_with_a_code(deep: int) -> None:
    nested = b'{"a":' * deep + b"1" + b"}" * deep
    as_header = f"{in_base64(nested)}.e30.{'A' * 86}"
    header = {"typ": Frame.EVENTS.value, "kid": PUBLIC.kid}
    as_payload = signed._JWS.encode(nested, KEY, algorithm="ES256", headers=header)  # noqa: SLF001  bytes no writer of ours makes

    assert refused_or_read(partial(signed.claimed, as_header)) is None
    for text in (as_header, as_payload[: signed.MOST_CHARACTERS]):
        refused_or_read(partial(opened, text, Frame.EVENTS, PUBLIC))


@pytest.mark.parametrize("frame", Frame)
@given(st.data())
def test_what_is_read_says_again_what_was_read_whatever_was_changed(frame: Frame, data: st.DataObject) -> None:
    said: dict[str, Any] = {**SAID[frame]}
    for _ in range(data.draw(st.integers(1, 3))):
        inner: dict[str, Any] = said
        if frame is Frame.EVENTS and data.draw(st.booleans()):
            inner = {**EVENT}
            said["events"] = [inner]
        name = data.draw(st.sampled_from([*inner]) | st.text(max_size=8))
        inner[name] = data.draw(values)

    found = refused_or_read(lambda: READERS[frame](said))
    if isinstance(found, tuple):
        device, read = found
        assert [canonical(event.to_json()) for event in read] == [canonical(event) for event in said["events"]]
        assert device == said["device"]
        refused_or_read(lambda: events.following(Head(), read))
    elif found is not None:
        assert isinstance(found, (Ticket, Instruction, Acknowledgement, Hello, Picture, Asked, Again, Enrolled))
        kept = said.keys() & SAID[frame].keys()  # a hello may say more
        assert canonical(found.to_json()) == canonical({name: said[name] for name in kept})


@given(st.dictionaries(st.text(min_size=1, max_size=8), values), values, st.from_regex(r"\A[a-z][a-z-]{0,39}\Z"))
def test_members_and_types_of_later_versions_are_kept_to_the_bit(more: dict[str, Any], said: Json, kind: str) -> None:
    later = {**more, **EVENT, "type": kind, "said": {"later": said}}
    frame = {"v": 1, "device": "D-0009", "events": [later]}
    if r"\u0000" in canonical(later).decode().replace(r"\\", ""):  # no database keeps it
        assert refused_or_read(lambda: events.read(frame)) is None
        return
    _, (event,) = events.read(frame)

    assert canonical(event.to_json()) == canonical(later)
    assert events.following(Head(), [event]) == (event,)


@pytest.mark.parametrize("empty", [None, False, 0, [], {}])
@pytest.mark.parametrize(("frame", "name"), [(Frame.EVENTS, "ticket"), (Frame.TICKET, "document"), (Frame.TICKET, "v")])
def test_nothing_but_an_empty_text_says_none(frame: Frame, name: str, empty: Any) -> None:  # noqa: ANN401  any JSON
    said = {**SAID[frame], name: empty}
    if frame is Frame.EVENTS:
        said = {**SAID[frame], "events": [{**EVENT, name: empty}]}

    assert refused_or_read(lambda: READERS[frame](said)) is None


@pytest.mark.parametrize("one", [True, 2, "1", None])
def test_a_version_is_the_number_one(one: Json) -> None:
    for said in ({**SAID[Frame.EVENTS], "v": one}, {**SAID[Frame.EVENTS], "events": [{**EVENT, "v": one}]}):
        assert refused_or_read(partial(events.read, said)) is None
