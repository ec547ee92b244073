"""A machine's log: kept short, written out to the bit, and refused once anything in it is another."""

import base64
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from jwt import PyJWS

from privyseal.device import logged
from privyseal.device.events import ChainBroken, Event, Head, Told, payload
from privyseal.device.logged import LogForeign, LogUnreadable
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, opened, signed
from privyseal.kernel.canonical import canonical
from privyseal.kernel.errors import Refused
from privyseal.signer import device_authority

NOON: Final = datetime(2026, 11, 26, 4, tzinfo=UTC)
KEY: Final = ec.generate_private_key(ec.SECP256R1())
BY: Final = FrameKey.of(KEY.public_key())
SERIAL: Final = "M-0007"
HOME: Final = device_authority.new_home(at=NOON)

_STRANGER: Final = ec.generate_private_key(ec.SECP256R1())
_OTHER: Final = base64.b64encode(device_authority.new_home(at=NOON).ca).decode()


def certificate(serial: str = SERIAL, by: device_authority.Home = HOME) -> bytes:
    made: x509.Certificate = device_authority.for_device(by, serial, BY, at=NOON)
    return made.public_bytes(Encoding.DER)


def nameless() -> bytes:
    """Return a certificate by this authority that names nobody."""
    by, key = x509.load_der_x509_certificate(HOME.ca), load_der_private_key(HOME.ca_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    until = NOON + timedelta(days=1)
    made = x509.CertificateBuilder(by.subject, x509.Name([]), KEY.public_key(), 7, NOON, until)
    return made.sign(key, SHA256()).public_bytes(Encoding.DER)


def told(first: int, *kinds: Told, head: Head | None = None) -> list[Event]:
    head, events = head or Head(first - 1, "0" * 64), []
    for number, kind in enumerate(kinds, first):
        events.append(
            head.next(SERIAL, kind, NOON, ticket="1" * 32, said={"impression": 1, "counter": number, "说": "印"})
        )
        head = Head.after(events[-1])
    return events


FIRST: Final = told(1, Told.SESSION_OPENED, Told.RESERVED, Told.FIRED)
SECOND: Final = told(4, Told.COMMITTED, head=Head.after(FIRST[-1]))
LATER: Final = told(9, Told.RELEASED)


def frame(events: list[Event]) -> str:
    return signed(Frame.EVENTS, payload(SERIAL, events), KEY)


def shortened(text: str, new: list[Event]) -> bytes:
    return logged.shortened(text, opened(text, Frame.EVENTS, BY), new, BY)


def log(*frames: str, given: bytes = certificate()) -> str:
    return logged.write(HOME.ca, [given], frames)


def test_a_frame_is_written_out_again_from_its_events_and_66_bytes() -> None:
    text = frame(FIRST)
    other_order = json.dumps({"typ": Frame.EVENTS, "kid": BY.kid, "alg": "ES256"}, separators=(",", ":"))
    by_other_software = PyJWS().encode(
        canonical(payload(SERIAL, FIRST)), KEY, "ES256", headers=json.loads(other_order), sort_headers=False
    )
    says_more = signed(Frame.EVENTS, {**payload(SERIAL, FIRST), "firmware": "2"}, KEY)
    known_in_part = frame([*FIRST, *SECOND])
    kept = [shortened(one, FIRST) for one in (text, by_other_software, says_more)]

    assert [len(one) for one in kept[:2]] == [66, 66]
    events = json.loads(json.dumps([event.to_json() for event in FIRST]))
    stranger = FrameKey.of(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert [logged.lengthened(one, events, [stranger, BY]) for one in kept] == [text, by_other_software, says_more]
    late = shortened(known_in_part, SECOND)
    assert logged.lengthened(late, [event.to_json() for event in SECOND], [BY]) == known_in_part
    with pytest.raises(FrameForged):
        logged.lengthened(kept[0], [*events[:2], {**events[2], "number": 7}], [BY])


def test_a_frame_that_was_altered_where_it_is_kept_is_none() -> None:
    told = [event.to_json() for event in FIRST]
    whole = bytes((255, len(FIRST)))
    by_another = signed(Frame.EVENTS, payload(SERIAL, FIRST), _STRANGER).encode()

    with pytest.raises(FrameForged):
        logged.lengthened(whole + zlib.compress(by_another), told, [BY])
    for spoilt in (b"no frame", zlib.compress(b"\xff"), zlib.compress(bytes(1 << 24))):
        with pytest.raises((FrameBroken, FrameForged)):
            logged.lengthened(whole + spoilt, told, [BY])


def test_a_log_says_what_was_signed_and_what_lies_between() -> None:
    found = logged.check(log(frame(FIRST), frame(SECOND), frame(LATER)), HOME.ca)

    assert (found.device, [event.number for event in found.events]) == (SERIAL, [1, 2, 3, 4, 9])
    assert (list(found.heads), list(found.gaps)) == (
        [Head.after(each[-1]) for each in (FIRST, SECOND, LATER)],
        [(4, 9)],
    )


def test_no_letter_of_a_log_is_changed_unseen() -> None:
    text = log(frame(FIRST), frame(SECOND))
    for place in range(0, len(text), 41):
        letter = "A" if text[place] != "A" else "B"
        with pytest.raises(Refused):
            logged.check(text[:place] + letter + text[place + 1 :], HOME.ca)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        (lambda: log(frame(SECOND), frame(FIRST[:1]), frame(told(5, Told.FIRED, Told.COMMITTED))), ChainBroken),
        (lambda: log(frame(FIRST), frame(told(4, Told.EXCESS))), ChainBroken),
        (lambda: log(signed(Frame.EVENTS, payload(SERIAL, FIRST), _STRANGER)), FrameForged),
        (lambda: log(frame(FIRST), given=certificate("M-0008")), LogForeign),
        (lambda: log(frame(FIRST), given=certificate(by=device_authority.new_home(at=NOON))), LogForeign),
        (lambda: log(frame(FIRST), given=nameless()), LogForeign),
        (lambda: re.sub("authority .*", f"authority {_OTHER}", log(frame(FIRST))), LogForeign),
        (log, LogUnreadable),
        (lambda: log(frame(FIRST)) + "frames\n", LogUnreadable),
        (lambda: log(frame(FIRST)).replace("certificate ", "certificate A"), LogUnreadable),
    ],
)
def test_what_is_no_log_of_this_machine_is_refused(changed: object, refusal: type[Refused]) -> None:
    assert callable(changed)
    with pytest.raises(refusal):
        logged.check(changed(), HOME.ca)
