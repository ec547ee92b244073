"""What a client asks for and makes of the answer, over a socket at whose other end a test says what it likes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from privyseal.device.orders import Order
from privyseal.device.signed import FrameKey
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.quorum import Quorum
from privyseal.kernel.shapes import base64_text
from privyseal.signer import answers, batches, certifying, device_requests, protocol, requests, unlocking
from privyseal.signer.charters import Charter
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.denials import Denial, What
from privyseal.signer.passkeys import Page
from privyseal.signer.protocol import Frame, SignerRefused
from privyseal.signer.requests import Request, parse_request
from privyseal.signer.statement import SESSION
from tests.signer.cast import FACE, MAKE, NOON, SEAL, USE, WANG, ZHAO, approved, uid

SIGNER: Final = FrameKey.of(derive_private_key(7, SECP256R1()).public_key())
YES: Final = (approved(USE),)
DENIED: Final = (Denial(What.MANDATE, uid("mandate")),)
PAGE: Final = "https://approve.example"
MADE: Final = answers.Made(b"certificate", "7f", NOON)
PUBLIC: Final = answers.Public(b"ca", b"crl", "log key", "seals.example", (b"paper",))
STATUS: Final = answers.Status(True, 3, "1.0", needed=3, missing=2)
HOUSE: Final = {"ca": base64_text(b"ca"), "certificate": base64_text(b"one"), "signer": SIGNER.to_json()}
TOLD: Final = {"frame": "frame", "epoch": 1, "serial": "7f", "not_after": "2026-11-23T12:00:00.000000Z"}
CLOSED: Final = {"grant": uid("grant"), "sequence": 1, "used": 0, "head": 5}
FOUND: Final[dict[str, Any]] = {
    "public_url": "https://seals.example",
    "origin": "seals.example/ledger",
    "web_key": bytes(range(32)),
}
ENROL: Final = device_requests.Enrol(
    frame="frame", company="91310000MA1FL0XX0A", gateway=SIGNER, broker="broker.example:8883"
)
ORDER: Final = device_requests.Ordered(order=uid("order"), device="PS-0001", type=Order.TIME, said={"asked": "5" * 64})
ALLOW: Final = device_requests.Allow(
    grant=uid("grant"),
    device="PS-0001",
    permit=uid("permit"),
    operators=(WANG,),
    impressions=1,
    opens_at=NOON,
    closes_at=NOON + timedelta(hours=1),
    approved=YES,
)
NOTHING: Final[dict[str, Json]] = {}
# What is called, what was asked, what is answered, and what comes of it.
CALLS: Final[dict[str, tuple[Callable[[Client], object], Request, Any, object]]] = {
    "status": (lambda c: c.status(), requests.Status(), STATUS.to_json(), STATUS),
    "public": (lambda c: c.public(), requests.Public(), PUBLIC.to_json(), PUBLIC),
    "ocsp": (lambda c: c.ocsp(b"question"), requests.Ocsp(b"question"), NOTHING, b"answer"),
    "found": (
        lambda c: c.found(**FOUND, is_demo=True),
        requests.Found(**FOUND, charter=Charter(approvals=1, assurance=SESSION), is_demo=True),
        PUBLIC.to_json(),
        PUBLIC,
    ),
    "open": (lambda c: c.open("PS1"), unlocking.Open("PS1"), NOTHING, None),
    "lock": (lambda c: c.lock(), unlocking.Lock(), NOTHING, None),
    "entrust": (
        lambda c: c.entrust(needed=2, shares=3, by=["a"]),
        unlocking.Entrust(needed=2, shares=3, by=("a",)),
        {"shares": ["a", "b"]},
        ("a", "b"),
    ),
    "confirm": (lambda c: c.confirm(["a", "b"]), unlocking.Confirm(("a", "b")), NOTHING, None),
    "pin cosigners": (
        lambda c: c.pin_cosigners(Quorum(), by=["a"]),
        unlocking.PinCosigners(quorum=Quorum(), by=("a",)),
        NOTHING,
        None,
    ),
    "pin page": (lambda c: c.pin_page(PAGE), requests.PinPage(Page(PAGE)), NOTHING, None),
    "change rule": (lambda c: c.change_rule(YES[0]), requests.ChangeRule(YES[0]), NOTHING, None),
    "make": (
        lambda c: c.make(seal=SEAL, approved=[approved(MAKE)], face=FACE, manager=ZHAO),
        requests.Make(seal=SEAL, approved=(approved(MAKE),), face=FACE, manager=ZHAO),
        MADE.to_json(),
        MADE,
    ),
    "certificate request": (
        lambda c: c.certificate_request(SEAL),
        certifying.CertificateRequest(SEAL),
        {"request": base64_text(b"request")},
        b"request",
    ),
    "certify": (
        lambda c: c.certify(seal=SEAL, certificate=b"one", between=[b"above"]),
        certifying.Certify(SEAL, b"one", (b"above",)),
        NOTHING,
        None,
    ),
    "suspend": (lambda c: c.suspend(seal=SEAL), requests.Suspend(seal=SEAL), NOTHING, None),
    "deny": (lambda c: c.deny(DENIED), requests.Deny(denied=DENIED), NOTHING, None),
    "ask own yes": (
        lambda c: c.ask_own_yes(seal=SEAL, kind="personal"),
        requests.AskOwnYes(seal=SEAL, type="personal"),
        NOTHING,
        None,
    ),
    "resume": (lambda c: c.resume(seal=SEAL, approved=YES), requests.Resume(seal=SEAL, approved=YES), NOTHING, None),
    "destroy": (lambda c: c.destroy(seal=SEAL, approved=YES), requests.Destroy(seal=SEAL, approved=YES), NOTHING, None),
    "checkpoint": (
        lambda c: c.checkpoint(size=2, root=bytes(32), old_size=1, proof=[bytes(32)]),
        requests.Checkpoint(size=2, root=bytes(32), old_size=1, proof=(bytes(32),)),
        {"note": "note"},
        "note",
    ),
    "cosigned": (lambda c: c.cosigned(note="note"), requests.Cosigned(note="note"), NOTHING, None),
    "serve devices": (
        lambda c: c.serve_devices(SIGNER, ["gate"]),
        device_requests.House(SIGNER, ("gate",)),
        HOUSE,
        answers.House(b"ca", b"one", SIGNER),
    ),
    "enrol": (lambda c: c.enrol(ENROL), ENROL, TOLD, answers.EnrolledDevice("frame", 1, "7f", NOON)),
    "end device": (lambda c: c.end_device("PS-0001"), device_requests.End("PS-0001"), NOTHING, None),
    "revoked": (lambda c: c.revoked_devices(), device_requests.Revoked(), {"crl": base64_text(b"crl")}, b"crl"),
    "authority": (lambda c: c.device_authority(), device_requests.Authority(), {"ca": base64_text(b"ca")}, b"ca"),
    "order": (lambda c: c.order_device(ORDER), ORDER, {"frame": "frame"}, "frame"),
    "orders of": (
        lambda c: c.orders_of("PS-0001", after=7),
        device_requests.Orders("PS-0001", 7),
        {"frames": ["one", "two"]},
        ["one", "two"],
    ),
    "allow": (lambda c: c.allow_device(ALLOW), ALLOW, {"answer": "12345"}, "12345"),
    "close": (
        lambda c: c.close_device("PS-0001", "123456789012"),
        device_requests.Close("PS-0001", "123456789012"),
        CLOSED,
        answers.Closed(uid("grant"), 1, 0, 5),
    ),
    "bits of head": (
        lambda c: c.bits_of_head("PS-0001", 7, "5" * 64),
        device_requests.Bound("PS-0001", 7, "5" * 64),
        {"head": 5},
        5,
    ),
}


class Far:
    """The other end: takes calls, keeps what was asked, and says what it was told to."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.says: list[Frame] = []
        self.asked: list[Frame] = []

    def take_calls(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                while (frame := protocol.receive(connection)) is not None:
                    self.asked.append(frame)
                    protocol.send(connection, self.says.pop(0))


@contextmanager
def called(path: Path) -> Iterator[Far]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        far = Far(listener)
        thread = threading.Thread(target=far.take_calls)
        thread.start()
        try:
            yield far
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_each_call_asks_for_one_thing_and_returns_what_was_answered(socket_path: Path) -> None:
    client = Client(socket_path)
    with called(socket_path) as far:
        for name, (call, request, result, expected) in CALLS.items():
            far.says = [protocol.answer(result, b"answer")]
            assert call(client) == expected, name
            assert parse_request(far.asked[-1].header) == request, name
            # What an operation answers with is read strictly: with one thing more it is no answer.
            far.says = [protocol.answer({**result, "more": 1})]
            if expected is None or name == "ocsp":
                call(client)
                continue
            with pytest.raises(SignerUnavailable):
                call(client)


def test_a_document_is_sent_with_its_digest_and_a_stamp_is_fetched_in_between(socket_path: Path) -> None:
    sealed: dict[str, Json] = {"sealed_sha256": "5" * 64, "sealed_at": "2026-11-23T12:00:00.000000Z"}
    imprints: list[bytes] = []

    def stamp(imprint: bytes) -> bytes:
        imprints.append(imprint)
        return b"token"

    said: dict[str, Any] = {"intent": uid("intent"), "operator": WANG, "approved": YES, "field": "Seal1"}
    with called(socket_path) as far:
        for more in ({}, {"member": bytes(64)}, {"stamp": stamp}):
            far.says = [protocol.answer(sealed, b"appended")]
            if "stamp" in more:
                far.says.insert(0, protocol.ask_for_stamp(bytes(32)))
            found = Client(socket_path).seal(**said, document=b"document", **more)
            assert found == answers.Sealed(b"appended", "5" * 64, NOON)
        asked = [parse_request(frame.header) for frame in far.asked[:3]]

    assert asked == [
        requests.Seal(**said, document_sha256=sha256(b"document"), time_stamp=is_stamped, member=member)
        for is_stamped, member in ((False, b""), (False, bytes(64)), (True, b""))
    ]
    assert [bytes(frame.body[:]) for frame in far.asked] == [b"document"] * 3 + [b"token"]
    assert (imprints, far.asked[3].header) == ([bytes(32)], {"token": "time-stamp"})


def test_each_document_of_a_batch_has_its_answer_or_there_is_none(socket_path: Path) -> None:
    one = answers.outcome_json(answers.Sealed(b"first", "5" * 64, NOON))
    documents = [(uid("1"), "Seal1", b"one"), (uid("2"), "Seal1", b"second")]
    each = tuple(
        batches.One(intent=intent, document_sha256=sha256(document), field=field, size=len(document))
        for intent, field, document in documents
    )
    with called(socket_path) as far:
        client = Client(socket_path)
        far.says = [protocol.answer({"each": [one, one]}, b"firstfirst"), protocol.answer({"each": [one]}, b"first")]
        found = client.seal_each(operator=WANG, approved=YES, each=documents)
        with pytest.raises(SignerUnavailable):
            client.seal_each(operator=WANG, approved=YES, each=documents)

    assert found == [answers.Sealed(b"first", "5" * 64, NOON)] * 2
    assert parse_request(far.asked[0].header) == batches.SealEach(operator=WANG, approved=YES, each=each)
    assert far.asked[0].body == b"onesecond"


def test_a_no_is_one_only_with_its_code_and_its_facts(socket_path: Path) -> None:
    with called(socket_path) as far:
        for code, facts in ((7, {}), ("seal-suspended", 7)):
            far.says = [Frame({"ok": False, "code": code, "facts": facts})]
            with pytest.raises(SignerUnavailable):
                Client(socket_path).status()
        far.says = [Frame({"ok": False, "code": "seal-suspended", "facts": {"seal": "s", "at": None, "list": [1]}})]
        with pytest.raises(SignerRefused) as refused:
            Client(socket_path).status()

    assert (refused.value.code, refused.value.facts) == ("seal-suspended", {"seal": "s", "at": None})


def test_a_caller_says_which_signer_it_knows_where_it_knows_one(socket_path: Path) -> None:
    known: list[int] = []

    def epoch() -> int:
        known.append(7)
        return 7

    with called(socket_path) as far:
        Client(socket_path).meet()
        Client(socket_path, epoch=epoch).meet()
        assert known == [7]
        far.says = [protocol.answer(STATUS.to_json())] * 2
        Client(socket_path).status()
        Client(socket_path, epoch=epoch).status()

    assert [frame.header for frame in far.asked] == [{"op": "status"}, {"op": "status", "epoch": 7}]
