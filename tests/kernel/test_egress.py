"""The way out: to public hosts and named ones, to the address that was checked, within a time and a size."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from privyseal import egress
from privyseal.egress import AnswerLost, Egress, HostNotAllowed, HostNotReached

HERE = Egress(frozenset({"127.0.0.1", "localhost"}))


@contextmanager
def answering(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answer as the function does, on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                say(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1]


def saying(answer: bytes, asked: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    def say(connection: socket.socket) -> None:
        heard = connection.recv(65_536)
        while b"Content-Length" in heard and not heard.partition(b"\r\n\r\n")[2]:
            heard += connection.recv(65_536)
        if asked is not None:
            asked.append(heard)
        connection.sendall(answer)

    return say


def test_an_answer_comes_back_with_its_status() -> None:
    asked: list[bytes] = []
    with answering(saying(b"HTTP/1.1 418 No\r\nContent-Length: 3\r\n\r\ntea", asked)) as port:
        answer = HERE.ask(f"http://127.0.0.1:{port}/pot?kind=1", b"body", {"Content-Type": "text/plain"})

    assert (answer.status, answer.body) == (418, b"tea")
    assert asked[0].startswith(b"POST /pot?kind=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert asked[0].endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.8",
        "172.16.3.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104  asked and not bound
        "224.0.0.1",
        "240.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[::ffff:0:7f00:1]",
        "[::7f00:1]",
        "[fec0::1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
    ],
)
def test_nothing_inside_is_spoken_to_unless_it_was_named(host: str) -> None:
    with pytest.raises(HostNotAllowed):
        Egress().ask(f"http://{host}/")


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "100.100.100.200", "255.255.255.255", "224.0.0.1", "fe80::1", "fd00:ec2::254"]
)
def test_what_no_company_runs_is_not_spoken_to_even_where_it_was_named(host: str) -> None:
    written = f"[{host}]" if ":" in host else host
    with pytest.raises(HostNotAllowed):
        Egress(frozenset({host})).ask(f"http://{written}/")


@pytest.mark.parametrize(
    "address", ["ftp://example.com/", "file:///etc/passwd", "http://", "https://example.com:99999/"]
)
def test_what_is_no_web_address_is_not_spoken_to(address: str) -> None:
    with pytest.raises(HostNotAllowed):
        Egress().ask(address)


def test_a_name_is_resolved_once_and_what_it_said_then_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time is how a checked address becomes another one."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *rest: int, **more: int) -> list[Any]:
        if host != "gateway.example":
            return real(host, port, *rest, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    heard: list[bytes] = []
    with answering(saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard)) as port:
        answer = Egress(frozenset({"gateway.example"})).ask(f"http://gateway.example:{port}/")

    assert (answer.status, asked) == (204, ["gateway.example"])
    assert f"Host: gateway.example:{port}".encode() in heard[0]


def test_a_name_of_which_one_address_is_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    where = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: where)

    with pytest.raises(HostNotAllowed):
        Egress().ask("http://half.example/")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with answering(saying(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) as port:
        answer = HERE.ask(f"http://127.0.0.1:{port}/")

    assert (answer.status, answer.is_ok) == (302, False)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as port:
        assert HERE.ask(f"http://127.0.0.1:{port}/").status == 204


def test_more_than_was_asked_for_is_no_answer() -> None:
    with answering(saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101)) as port, pytest.raises(AnswerLost):
        HERE.ask(f"http://127.0.0.1:{port}/", most_bytes=100)


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_whoever_answers_drop_by_drop_is_cut_off_in_time(begin: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(begin)
        with suppress(OSError):
            while not is_over.wait(0.02):
                connection.sendall(b"x")

    is_over = threading.Event()
    began = time.monotonic()
    with answering(drip) as port, pytest.raises(AnswerLost):
        HERE.ask(f"http://127.0.0.1:{port}/", seconds=0.3)
    is_over.set()

    assert time.monotonic() - began < 2


def test_whoever_hangs_up_may_have_heard() -> None:
    with answering(saying(b"")) as port, pytest.raises(AnswerLost):
        HERE.ask(f"http://127.0.0.1:{port}/", b"body")


def test_whoever_is_not_there_has_heard_nothing() -> None:
    with pytest.raises(HostNotReached) as refusal:
        HERE.ask("http://127.0.0.1:1/", b"body")

    assert refusal.type is HostNotReached


def test_a_name_that_nobody_has_is_not_reached() -> None:
    with pytest.raises(HostNotReached):
        Egress().ask("http://nobody.invalid/")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A certificate for localhost that this machine trusts, as a server holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    path = tmp_path / "server.pem"
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    (tmp_path / "roots.pem").write_bytes(pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    egress.secure.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    yield context
    egress.secure.cache_clear()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_is_spoken_with_the_name_that_the_certificate_has(host: str, trusted: ssl.SSLContext) -> None:
    answered = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def say(connection: socket.socket) -> None:
        with suppress(OSError), trusted.wrap_socket(connection, server_side=True) as secured:
            answered(secured)  # the whole request is read: a socket closed with some unread resets, answer and all

    with answering(say) as port:
        if host == "localhost":
            assert HERE.ask(f"https://{host}:{port}/", b"secret").body == b"ok"
        else:
            with pytest.raises(HostNotReached):
                HERE.ask(f"https://{host}:{port}/", b"secret")
