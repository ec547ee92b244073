"""A device and its server prove a code to each other; a secret is for one device; a device says what it lacks."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import enrolment, wrapping
from privyseal.device.enrolment import Again, Asked, DeviceKind, Enrolled
from privyseal.device.hello import hello
from privyseal.device.kept import MOST_WITHDRAWN, Kept
from privyseal.device.machine import Machine
from privyseal.device.orders import Instruction, Order, Request
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, opened, signed
from privyseal.kernel.canonical import Json, canonical, parse, utc_text
from tests.device.test_machine import (
    DEVICE,
    GATEWAY,
    IDENTITY,
    NOON,
    OPERATOR,
    SEAL,
    SIGNER,
    Parts,
    frame,
    ticket,
    with_session,
)

CODE: Final = "7K2M-9QTX-4B0H-ZZ3D-V8RC"
AGREEMENT: Final = ec.generate_private_key(ec.SECP256R1())
KEY: Final = FrameKey.of(DEVICE.public_key())


def _asked(code: str = CODE) -> Asked:
    agreement = FrameKey.of(AGREEMENT.public_key())
    bare = Asked("D-0009", DeviceKind.DESKTOP, 6, "K6", "1.0", KEY, agreement, NOON)
    return replace(bare, proof=bare.proved(enrolment.secret_of(code)))


def test_what_a_device_asks_is_read_once_its_own_key_signed_it() -> None:
    asked = _asked()

    assert enrolment.asked(signed(Frame.ENROLMENT, asked.to_json(), DEVICE)) == asked
    with pytest.raises(FrameForged):
        enrolment.asked(signed(Frame.ENROLMENT, asked.to_json(), GATEWAY))


def test_a_code_proves_this_device_and_these_keys_however_it_is_typed() -> None:
    asked, secret = _asked(" 7k2m 9qtx 4bOh zz3d v8rc"), enrolment.secret_of(CODE)

    assert asked.knows(secret)
    assert not _asked("7K2M-9QTX-4B0H-ZZ3D-V8R0").knows(secret)
    assert not replace(asked, slots=7).knows(secret)
    assert not replace(asked, agreement=KEY).knows(secret)


def test_a_secret_is_for_one_device_and_whole() -> None:
    text = wrapping.wrapped(bytes(range(32)), FrameKey.of(AGREEMENT.public_key()))

    assert wrapping.unwrapped(text, AGREEMENT) == bytes(range(32))
    head, _, nonce, sealed, tag = text.split(".")
    for broken in (
        f"{head}..{nonce}.{tag}.{sealed}",
        f"{head}.AA.{nonce}.{sealed}.{tag}",
        "a.b",
        text.replace(".", "!"),
    ):
        with pytest.raises(FrameBroken):
            wrapping.unwrapped(broken, AGREEMENT)
    with pytest.raises(FrameBroken):
        wrapping.unwrapped(text, DEVICE)


def test_what_a_device_is_told_is_by_the_signer_that_it_names() -> None:
    signer, gateway = (FrameKey.of(key.public_key()) for key in (SIGNER, GATEWAY))
    told = Enrolled("D-0009", 2, b"own", b"ca", signer, gateway, "a.b", (SEAL, ""), "b:8883", NOON, NOON)

    text = signed(Frame.ENROLLED, told.to_json(), SIGNER)

    for one in (told, replace(told, names_epochs=True)):
        assert enrolment.enrolled(signed(Frame.ENROLLED, one.to_json(), SIGNER)) == one
    assert enrolment.again_enrolled(text, signer) == told
    with pytest.raises(FrameForged):
        enrolment.again_enrolled(text, gateway)
    with pytest.raises(FrameForged):
        enrolment.enrolled(signed(Frame.ENROLLED, told.to_json(), GATEWAY))


def test_a_renewal_is_by_the_key_in_force() -> None:
    said = Again("D-0009", FrameKey.of(AGREEMENT.public_key()), KEY, NOON)

    assert enrolment.again(signed(Frame.RENEWAL, said.to_json(), DEVICE), KEY) == said
    with pytest.raises(FrameForged):
        enrolment.again(signed(Frame.RENEWAL, said.to_json(), AGREEMENT), KEY)


def test_a_point_that_is_not_on_the_curve_is_no_key() -> None:
    said = _asked().to_json()
    said["key"] = {**KEY.to_json(), "x": "A" * 43}

    with pytest.raises(FrameBroken):
        enrolment.asked(signed(Frame.ENROLMENT, said, DEVICE))


def test_a_device_says_what_it_has() -> None:
    machine = with_session(Parts(), ticket())

    said = hello(opened(machine.hello(NOON, wait=20), Frame.HELLO, KEY))

    assert (said.known, said.orders, said.requests, said.tickets, said.wait) == (2, 0, 0, (ticket().uid,), 20)
    with pytest.raises(FrameBroken):
        hello({**said.to_json(), "tickets": ["x"]})


def test_a_ticket_that_was_withdrawn_opens_nothing_and_is_not_taken_again() -> None:
    machine = Parts().start()
    machine.take(frame(ticket()), NOON)

    machine.take(frame(_withdrawn(), Frame.REQUEST, GATEWAY), NOON)
    machine.take(frame(ticket()), NOON)

    assert machine.open(ticket().uid, OPERATOR, NOON) is Cannot.NO_TICKET


def test_withdrawn_tickets_stay_withdrawn_until_their_window_ends_however_many_there_are() -> None:
    def withdrawn(kept: Kept, number: int, said: Json) -> Kept:
        return replace(kept, **kept.withdrawing(f"{number:032x}", said))

    mine, later = ticket(5), replace(ticket(6), closes_at=ticket().closes_at + timedelta(microseconds=1))
    kept = withdrawn(Kept(), 5, utc_text(mine.closes_at))
    for number in range(MOST_WITHDRAWN):  # of gateways that say no end, or nonsense: they go before any that has one
        kept = withdrawn(kept, 100 + number, (None, "~", "9", 7)[number % 4])
    assert (mine.uid in kept.withdrawn, len(kept.withdrawn), kept.forgot) == (True, MOST_WITHDRAWN, "")
    kept = replace(kept, withdrawn=dict.fromkeys((f"{one:032x}" for one in range(2_000, 3_000)), "2027-01-01"))
    kept = withdrawn(kept, 5, utc_text(mine.closes_at))

    assert (mine.uid in kept.withdrawn, kept.forgot) == (False, utc_text(mine.closes_at))
    assert [kept.is_withdrawn(one) for one in (mine, later)] == [True, False]
    machine = Machine(IDENTITY, Parts(), lambda _: None, kept=kept.to_bytes(), at=NOON)
    for one in (mine, later):
        machine.take(frame(one), NOON)
    assert [*machine.kept.tickets] == [later.uid]
    old = {**parse(Kept().to_bytes()), "withdrawn": [mine.uid]}  # a disk from before knows no ends
    assert Kept.of(canonical(old)).is_withdrawn(mine)


def test_a_ticket_that_is_withdrawn_while_it_is_used_stamps_no_more_after_a_cut_either() -> None:
    parts = Parts()
    with_session(parts, ticket()).take(frame(_withdrawn(), Frame.REQUEST, GATEWAY), NOON)

    machine = parts.start()

    assert machine.reserve(NOON) is Cannot.WITHDRAWN
    assert machine.close("withdrawn", NOON) is None


def test_which_seal_is_mounted_is_the_signers_word() -> None:
    machine = Parts().start()
    mounted = Instruction("D-0009", 1, Order.MOUNT, {"slot": 2, "seal": SEAL})

    with pytest.raises(FrameForged):
        machine.take(frame(mounted, Frame.ORDER, GATEWAY), NOON)
    machine.take(frame(mounted, Frame.ORDER), NOON)

    assert machine.kept.mounted == {"2": SEAL}


def _withdrawn() -> Instruction:
    return Instruction("D-0009", 1, Request.WITHDRAW, {"ticket": ticket().uid})
