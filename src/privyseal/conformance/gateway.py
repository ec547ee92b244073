"""A gateway and a signer that are played: they answer by the document, or badly where a case says so."""

import hashlib
import json
import ssl
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Protocol, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from privyseal.device import codes, enrolment, events, hello, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Enrolled
from privyseal.device.events import ChainBroken, Event, EventsMissing, Head
from privyseal.device.orders import Acknowledgement, Instruction, Order
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, claimed, opened, signed
from privyseal.device.tickets import Ticket
from privyseal.kernel.canonical import Json, utc_text

CODE: Final = "7K3M-9QX2-4TRW-8HNC-5VBD"
MASTER: Final = bytes(range(32))
_MOST_BYTES: Final = 9 << 20
_MOST_FRAMES: Final = 16
_HOST: Final = "127.0.0.1"


class Keys:
    """The keys of signer and gateway, and of somebody who is neither."""

    def __init__(self) -> None:
        self.signer, self.gateway, self.stranger, self.ca = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
        self.ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "conformance")])

    def certificate(self, key: ec.EllipticCurvePublicKey, name: str, *, is_ca: bool = False) -> bytes:
        """Return a certificate in DER, by the CA of this run."""
        now = datetime.now(UTC)
        subject = self.ca_name if is_ca else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address(_HOST))])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.ca.public_key())
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.ca_name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(authority, critical=False)
            .add_extension(names, critical=False)
            .add_extension(_usage(is_ca=is_ca), critical=True)
        )
        return made.sign(self.ca, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    off = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(digital_signature=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca, **off)


@dataclass
class Played:
    """What the gateway knows of the device, and how it behaves in the case that runs.

    ``heard`` is the digest of the newest hello, and ``time_order`` the number by which it is told the time in answer to
    the next, 0 for not. ``is_silent`` takes events and acknowledges none; ``is_away`` answers 503, and
    ``again_after`` 429 with so many seconds; ``proves`` gives its proof at enrolment.
    """

    serial: str = ""
    kind: str = ""
    enrolled_at: datetime | None = None
    seals: tuple[str, ...] = ()
    key: FrameKey | None = None
    holder: Holder | None = None
    names_epochs: bool = False
    head: Head = field(default_factory=Head)
    events: list[Event] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    pictures: dict[str, int] = field(default_factory=dict)
    hellos: list[hello.Hello] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    tickets: dict[str, str] = field(default_factory=dict)
    orders: dict[int, str] = field(default_factory=dict)
    requests: dict[int, str] = field(default_factory=dict)
    once: list[str] = field(default_factory=list)
    renewals: int = 0
    heard: str = ""
    time_order: int = 0
    asked: int = 0
    by_broker: int = 0
    broker: str = ""
    again_after: int = 0
    is_silent: bool = False
    is_away: bool = False
    proves: bool = True
    takes_pictures: bool = True


class Counter(Protocol):
    """Where the gateway is at a broker."""

    def attend(self, *, is_there: bool) -> None: ...
    def push(self, text: str) -> None: ...


class Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, seal: str) -> None:
        self.keys = Keys()
        self.played = Played(seals=(seal,))
        self.lock = threading.RLock()
        self._counter: Counter | None = None
        super().__init__((_HOST, 0), _Handler)
        self.socket = self._context().wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), name="gateway", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def address(self) -> str:
        return f"https://{_HOST}:{self.server_address[1]}"

    def meet_at(self, broker: str, counter: Counter) -> None:
        """Be at this broker too: frames are taken there alone from now on."""
        self.played.broker, self._counter = broker, counter

    def turn_away(self, *, again_after: int = 0) -> None:
        """Take nothing: be away, or tell to ask again after so many seconds."""
        self.played.is_away, self.played.again_after = not again_after, again_after
        if self._counter is not None:
            self._counter.attend(is_there=False)

    def come_back(self) -> None:
        was_there = not self.played.is_away and not self.played.again_after
        self.played.is_away, self.played.again_after = False, 0
        if self._counter is not None and not was_there:
            self._counter.attend(is_there=True)

    def push(self, text: str) -> None:
        """Say something by the broker that was not asked for."""
        if self._counter is not None:
            self._counter.push(text)

    def offer(self, ticket: Ticket) -> None:
        self.played.tickets[ticket.uid] = signed(Frame.TICKET, ticket.to_json(), self.keys.signer)

    def order(self, told: Instruction) -> str:
        text = self.played.orders[told.number] = signed(Frame.ORDER, told.to_json(), self.keys.signer)
        return text

    def order_time(self, number: int, at: datetime, asked: str) -> str:
        said: dict[str, Json] = {"at": utc_text(at), "asked": asked}
        told = Instruction(self.played.serial, number, Order.TIME, said)
        return signed(Frame.ORDER, told.to_json(), self.keys.signer)

    def request(self, told: Instruction) -> str:
        text = self.played.requests[told.number] = signed(Frame.REQUEST, told.to_json(), self.keys.gateway)
        return text

    def say_once(self, text: str) -> None:
        """Send a frame with the next answer, once, right or not."""
        self.played.once.append(text)

    def acknowledged(self, digest: str = "", key: ec.EllipticCurvePrivateKey | None = None) -> str:
        head = self.played.head
        said = Acknowledgement(self.played.serial, head.number, digest or head.digest)
        return signed(Frame.ACKNOWLEDGEMENT, said.to_json(), key or self.keys.gateway)

    def kept(self, sha256: str, size: int, key: ec.EllipticCurvePrivateKey | None = None) -> str:
        said = hello.Picture(self.played.serial, sha256, size)
        return signed(Frame.KEPT, said.to_json(), key or self.keys.gateway)

    # --- answers ---

    def enrolled(self, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Json]]:
        try:
            asked = enrolment.asked(str(said.get("frame")))
        except (FrameBroken, FrameForged) as refusal:
            return self._broken("enrolment", refusal.code)
        secret = enrolment.secret_of(CODE)
        if not asked.knows(secret):
            self.played.broken.append("enrolment: the proof is not that of the document")
            return 401, {"code": "enrolment-refused"}
        played = self.played
        played.serial, played.kind, played.key = asked.device, asked.kind.value, asked.key
        played.seals = (played.seals[0], *[""] * (asked.slots - 1))
        played.holder, played.names_epochs = Holder(asked.device, played.seals[0], 2), asked.reads_epochs
        frame = self._frame(asked.key, asked.agreement)
        proof = enrolment.answered(secret, asked.device, frame)
        return 200, {"frame": frame, "proof": proof if played.proves else "0" * 64}

    def renewed(self, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Json]]:
        known = self.played.key
        if known is None:
            return 401, {"code": "device-unknown"}
        try:
            asked = enrolment.again(str(said.get("frame")), known)
        except (FrameBroken, FrameForged) as refusal:
            return self._broken("renewal", refusal.code)
        self.played.renewals += 1
        self.played.key = asked.key
        return 200, {"frame": self._frame(asked.key, asked.agreement)}

    def exchanged(self, said: Mapping[str, Any], *, is_by_broker: bool = False) -> tuple[int, Mapping[str, Json]]:
        self.played.asked += 1
        is_elsewhere = bool(self.played.broker) and not is_by_broker
        if self.played.is_away or self.played.again_after or is_elsewhere:
            return 429 if self.played.again_after else 503, {"code": "busy"}
        frames = said.get("frames")
        if not isinstance(frames, list) or not 1 <= len(frames) <= _MOST_FRAMES:
            return self._broken("frames", "frame-broken")
        answer: list[Json] = []
        for text in frames:
            refused = self._one(str(text), answer)
            if refused is not None:
                return refused
        if self.played.events and not self.played.is_silent:
            answer.insert(0, self.acknowledged())
        once, self.played.once = self.played.once, []
        return 200, {"frames": [*answer, *once]}

    def pictured(self, digest: str, header: str, body: bytes) -> tuple[int, Mapping[str, Json]]:
        key = self.played.key
        if not self.played.takes_pictures:
            return 503, {"code": "busy"}
        try:
            said = hello.picture(opened(header.removeprefix("Privyseal "), Frame.PICTURE, key)) if key else None
        except (FrameBroken, FrameForged) as refusal:
            return self._broken("picture", refusal.code)
        if said is None or hashlib.sha256(body).hexdigest() != digest or said.sha256 != digest:
            return self._broken("picture", "frame-broken")
        self.played.pictures[digest] = len(body)
        return 201, {}

    # --- inside ---

    def _one(self, text: str, answer: list[Json]) -> tuple[int, Mapping[str, Json]] | None:
        played = self.played
        if played.key is None:
            return 401, {"code": "device-unknown"}
        try:
            kind = claimed(text)
            said = opened(text, kind if kind is Frame.EVENTS else Frame.HELLO, played.key)
            if kind is Frame.EVENTS:
                self._take(events.read(said)[1])
            else:
                self.played.heard = hashlib.sha256(text.encode()).hexdigest()
                answer += self._lacking(hello.hello(said))
        except EventsMissing:
            return 409, {"code": "events-missing", "frames": [self.acknowledged()]}
        except ChainBroken:
            self.played.broken.append("events: they do not follow the ones before")
            return 409, {"code": "chain-broken"}
        except FrameForged:
            return self._broken("frame", "frame-forged", status=401)
        except FrameBroken:
            return self._broken("frame", "frame-broken")
        return None

    def _take(self, came: tuple[Event, ...]) -> None:
        played = self.played
        played.sizes.append(len(came))
        played.repeated += [event.number for event in came if event.number <= played.head.number]
        new = events.following(played.head, came)
        played.events += new
        played.head = Head.after(new[-1]) if new else played.head

    def _lacking(self, said: hello.Hello) -> list[Json]:
        played = self.played
        played.hellos.append(said)
        requests = [text for number, text in sorted(played.requests.items()) if number > said.requests]
        orders = [text for number, text in sorted(played.orders.items()) if number > said.orders]
        if played.time_order > said.orders:
            orders.append(self.order_time(played.time_order, datetime.now(UTC), played.heard))
        return [*requests, *orders, *(text for uid, text in played.tickets.items() if uid not in said.tickets)]

    def _broken(self, what: str, code: str, *, status: int = 400) -> tuple[int, Mapping[str, Json]]:
        self.played.broken.append(f"{what}: {code}")
        return status, {"code": code}

    def _frame(self, key: FrameKey, agreement: FrameKey) -> str:
        played, now = self.played, datetime.now(UTC)
        holder = played.holder or Holder("", "", 1)
        played.enrolled_at = played.enrolled_at or now
        said = Enrolled(
            device=played.serial,
            epoch=holder.epoch,
            certificate=self.keys.certificate(key.public(), played.serial),
            ca=self.keys.certificate(self.keys.ca.public_key(), "conformance", is_ca=True),
            signer=FrameKey.of(self.keys.signer.public_key()),
            gateway=FrameKey.of(self.keys.gateway.public_key()),
            code_key=wrapping.wrapped(codes.key_of(MASTER, holder), agreement),
            seals=played.seals,
            broker=played.broker,
            at=now,
            renew_at=now + timedelta(days=60),
            names_epochs=played.names_epochs,
        )
        return signed(Frame.ENROLLED, said.to_json(), self.keys.signer)

    def _context(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = ssl.DER_cert_to_PEM_cert(self.keys.certificate(key.public_key(), "gateway"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "gateway.pem"
            file.write_bytes(pem + certificate.encode("ascii"))
            context.load_cert_chain(file)
        return context


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    server_version = "privyseal-conformance"
    disable_nagle_algorithm = True  # the head of an answer and its body are two packets

    def do_POST(self) -> None:
        try:
            said = json.loads(self._body())
        except ValueError:
            said = None
        ways = {
            "/v1/frames": self.server.exchanged,
            "/v1/enrolment": self.server.enrolled,
            "/v1/renewal": self.server.renewed,
        }
        with self.server.lock:
            known = isinstance(said, dict) and self.path in ways
            status, answer = ways[self.path](said) if known else (400, {"code": "frame-broken"})
        self._answer(status, answer)

    def do_PUT(self) -> None:
        body, header = self._body(), self.headers.get("Authorization", "")
        with self.server.lock:
            status, answer = self.server.pictured(self.path.rsplit("/", 1)[-1], header, body)
        self._answer(status, answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the class above fixes
        """Say nothing: what is wrong stands in the report."""

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        return self.rfile.read(min(int(length) if length.isdigit() else 0, _MOST_BYTES))

    def _answer(self, status: int, said: Mapping[str, Json]) -> None:
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status in {429, 503}:
            self.send_header("Retry-After", str(self.server.played.again_after))
        self.end_headers()
        self.wfile.write(data)
