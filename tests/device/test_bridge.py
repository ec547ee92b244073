"""A machine behind its maker's cloud: a real small HTTP server that is asked, tells, forgets, and is not believed."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.bridge.bridged import Bridged
from privyseal.bridge.cloud import CloudBroken
from privyseal.bridge.plain import PlainCloud
from privyseal.conformance.gateway import CODE, Gateway
from privyseal.conformance.trial import OPERATOR, PERMIT, SEAL
from privyseal.device.orders import Instruction, Request
from privyseal.device.tickets import Mode, Ticket
from privyseal.egress import Egress
from privyseal.simulator.home import Home
from privyseal.webhooks import HookUnsigned, checked, headers_for

OURS, THEIRS, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))
PICTURE: Final = b"\xff\xd8\xff a page"
GRANT: Final = "a" * 32


class FakeCloud(ThreadingHTTPServer):
    """It believes who signs as us, notes what it is asked, and answers 503 while ``is_away``."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.is_away = False
        super().__init__(("127.0.0.1", 0), _Asked)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Asked(BaseHTTPRequestHandler):
    server: FakeCloud

    def do_POST(self) -> None:
        body, status = self.rfile.read(int(self.headers["Content-Length"])), 200
        try:
            checked(OURS.public_key(), {name.lower(): said for name, said in self.headers.items()}, body, _now())
        except HookUnsigned:
            status = 401
        if self.server.is_away:
            status = 503
        if status == 200:
            self.server.asked.append((self.path, json.loads(body)))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def fake() -> Iterator[FakeCloud]:
    with FakeCloud() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(SEAL) as played:
        yield played


@pytest.fixture
def cloud(fake: FakeCloud) -> PlainCloud:
    return PlainCloud(fake.address, OURS, THEIRS.public_key(), Egress(frozenset({"127.0.0.1"})))


@pytest.fixture
def bridged(gateway: Gateway, cloud: PlainCloud, tmp_path: Path) -> Iterator[Bridged]:
    home = Home(tmp_path)
    made = Bridged(home, home.own(serial="CLOUD-1", kind="handheld", slots=1), cloud, _now)
    with closing(made):
        assert made.device.enrol(gateway.address, CODE) is None
        yield made


def offer(gateway: Gateway, bridged: Bridged, **changes: Any) -> None:  # noqa: ANN401  a field of ``Ticket``
    bare: dict[str, Any] = {"uid": GRANT, "device": "CLOUD-1", "seal": SEAL, "permit": PERMIT, "mode": Mode.COUNTED}
    bare |= {"operators": (OPERATOR,), "impressions": 2, "policy": 1, "epoch": 2}
    bare |= {"opens_at": _now() - timedelta(minutes=5), "closes_at": _now() + timedelta(minutes=5)}
    gateway.offer(Ticket(**{**bare, **changes}))
    bridged.device.exchange("test")


def call(cloud: PlainCloud, bridged: Bridged, name: str, happened: str, **said: object) -> None:
    """Have the cloud tell something, signed by it, as it comes in by HTTP."""
    bare = {
        "happened": happened,
        "device": "CLOUD-1",
        "grant": GRANT,
        "operator": "",
        "counter": 0,
        "picture": "",
        "alarm": "",
    }
    body = json.dumps({**bare, **said}).encode()
    bridged.hear(cloud.told(headers_for(THEIRS, name, _now(), body), body, _now()))


def types(gateway: Gateway, bridged: Bridged) -> list[str]:
    bridged.device.exchange("test")
    return [event.type for event in gateway.played.events if event.type != "started"]


def stamped(counter: int) -> dict[str, object]:
    return {"counter": counter, "picture": b64encode(PICTURE).decode()}


def test_a_ticket_goes_to_the_cloud_once_it_is_there_and_what_it_tells_is_counted_once(
    gateway: Gateway, bridged: Bridged, cloud: PlainCloud, fake: FakeCloud
) -> None:
    offer(gateway, bridged)
    fake.is_away = True
    assert (bridged.pass_on(), bridged.device.display) == (0, "answer-lost")
    fake.is_away = False
    assert [bridged.pass_on() for _ in range(2)] == [1, 0]
    assert [(path, said["grant"], said["impressions"]) for path, said in fake.asked] == [("/allow", GRANT, 2)]

    call(cloud, bridged, "m-1", "opened", operator=OPERATOR)
    for _ in range(2):
        call(cloud, bridged, "m-2", "stamped", **stamped(1))
    call(cloud, bridged, "m-3", "closed")

    assert types(gateway, bridged) == [
        "session-opened",
        "reserved",
        "fired",
        "photographed",
        "committed",
        "session-closed",
    ]
    bridged.device.send_pictures("test")
    assert list(gateway.played.pictures.values()) == [len(PICTURE)]


def test_what_the_ticket_does_not_allow_is_told_as_one_too_many(
    gateway: Gateway, bridged: Bridged, cloud: PlainCloud
) -> None:
    offer(gateway, bridged, impressions=1, mode=Mode.ONE)
    call(cloud, bridged, "m-1", "stamped", **stamped(1))
    call(cloud, bridged, "m-2", "opened", operator="b" * 32)
    call(cloud, bridged, "m-3", "opened", operator=OPERATOR)
    call(cloud, bridged, "m-4", "stamped", **stamped(2))
    call(cloud, bridged, "m-5", "stamped", **stamped(3))

    told = types(gateway, bridged)

    assert (told[0], told[1], told.count("excess"), told.count("committed")) == ("excess", "refused", 2, 1)


def test_a_count_that_no_machine_reaches_or_that_goes_back_is_an_alarm_and_hides_no_later_one(
    gateway: Gateway, bridged: Bridged, cloud: PlainCloud
) -> None:
    call(cloud, bridged, "m-1", "stamped", **stamped(40_000))
    call(cloud, bridged, "m-2", "stamped", **stamped(40_003))
    call(cloud, bridged, "m-3", "stamped", **stamped(40_002))  # told late: counted with the one before
    call(cloud, bridged, "m-4", "stamped", **stamped(40_003))
    assert types(gateway, bridged) == ["excess", "excess"]

    call(cloud, bridged, "m-5", "stamped", **stamped(2**53 - 1))
    call(cloud, bridged, "m-6", "stamped", **stamped(39_999))
    call(cloud, bridged, "m-7", "stamped", **stamped(40_004))

    assert types(gateway, bridged)[2:] == ["alarm", "alarm", "excess"]
    assert {event.said["kind"] for event in gateway.played.events if event.type == "alarm"} == {"tamper"}


def test_lock_and_withdrawal_reach_the_cloud_and_an_alarm_of_it_locks(
    gateway: Gateway, bridged: Bridged, cloud: PlainCloud, fake: FakeCloud
) -> None:
    offer(gateway, bridged)
    bridged.pass_on()
    gateway.request(Instruction("CLOUD-1", 1, Request.WITHDRAW, {"ticket": GRANT}))
    call(cloud, bridged, "m-1", "alarm", alarm="tamper")
    bridged.device.exchange("test")

    assert bridged.pass_on() == 2
    assert [path for path, _ in fake.asked] == ["/allow", "/lock", "/withdraw"]


def test_nobody_but_the_cloud_tells_and_only_of_its_machine(
    bridged: Bridged, cloud: PlainCloud, gateway: Gateway
) -> None:
    body = json.dumps({"happened": "closed"}).encode()
    old = _now() - timedelta(hours=1)
    for headers, said in (
        (headers_for(STRANGER, "m-1", _now(), body), body),
        (headers_for(THEIRS, "m-1", old, body), body),
        (headers_for(THEIRS, "m-1", _now(), body), body),
        (headers_for(THEIRS, "m-1", _now(), b"[" * 5000), b"[" * 5000),
        ({}, body),
    ):
        with pytest.raises(CloudBroken):
            cloud.told(headers, said, _now())
    with pytest.raises(CloudBroken):
        call(cloud, bridged, "m-2", "closed", device="CLOUD-2")
    assert types(gateway, bridged) == []
