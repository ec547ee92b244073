"""The one way out by HTTP: to an address that was checked, without redirects, within a time and a size."""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from privyseal.kernel.errors import Refused

SECONDS: Final = 10.0
MOST_BYTES: Final = 65_536

_Ip: TypeAlias = IPv4Address | IPv6Address
_US: Final = "Privyseal"
_NOTHING: Final[Mapping[str, str]] = {}
_OK: Final = range(200, 300)
# Where clouds answer with the machine's own secrets: nobody is sent there, named or not.
_METADATA: Final = frozenset(map(ip_address, ("169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
# Addresses in which another one is packed, to be looked at itself (RFC 6052); other tunnels are not used.
_NAT64: Final = ip_network("64:ff9b::/96")
# All that was ever given out to networks. Outside it stand what leads inside by other names: a site's own, translators.
_GIVEN_OUT: Final = ip_network("2000::/3")
_TUNNELS: Final = (ip_network("2002::/16"), ip_network("2001::/32"))


class HostNotReached(Refused):
    """The host cannot be reached: nothing has been sent."""

    code = "host-not-reached"


class HostNotAllowed(HostNotReached):
    """The host is inside the company, or this very machine, and was not named as one to be spoken to."""

    code = "host-not-allowed"


class AnswerLost(Refused):
    """The host fell silent, or said something that is no answer: what was sent may have arrived."""

    code = "answer-lost"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_ok(self) -> bool:
        return self.status in _OK


@dataclass(frozen=True, slots=True)
class Egress:
    """``inside`` names the hosts, by name or address, that may be on a network of the company or on this machine."""

    inside: frozenset[str] = field(default_factory=frozenset)

    def ask(
        self,
        address: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NOTHING,
        *,
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
    ) -> Answer:
        """POST the body, or GET where there is none, and return the answer; a redirect is an answer like any other.

        (1) every address of the name is allowed; (2) the connection goes to one of these; (3) the answer ends in time.
        It raises HostNotReached where nothing can have arrived, AnswerLost where nobody knows.
        """
        parts, ends = urlsplit(address), time.monotonic() + seconds
        sock = _connected(parts, self._allowed(parts), ends)  # (1), (2)
        late = threading.Timer(ends - time.monotonic(), _cut, [sock])  # (3)
        late.daemon = True
        late.start()
        try:
            connection = _spoken(parts, sock)
            connection.request("GET" if body is None else "POST", _path(parts), body, {"User-Agent": _US, **headers})
            answer = connection.getresponse()
            said = answer.read(most_bytes + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise AnswerLost(host=parts.hostname) from error
        finally:
            late.cancel()
            sock.close()
        if len(said) > most_bytes or time.monotonic() >= ends:
            raise AnswerLost(host=parts.hostname)
        return Answer(answer.status, said)

    def _allowed(self, parts: SplitResult) -> list[_Ip]:
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            raise HostNotAllowed(host=host)
        ips = _resolved(host, _port(parts))
        if not all(_is_public(ip) or (host in self.inside and _may_be_inside(ip)) for ip in ips):
            raise HostNotAllowed(host=host)
        return ips


def _resolved(host: str, port: int) -> list[_Ip]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostNotReached(host=host) from error
    return [_unpacked(ip_address(str(where[0]).partition("%")[0])) for *_, where in found]


def _unpacked(ip: _Ip) -> _Ip:
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _is_public(ip: _Ip) -> bool:
    is_given_out = isinstance(ip, IPv4Address) or ip in _GIVEN_OUT
    is_apart = ip.is_multicast or ip in _METADATA or any(ip in net for net in _TUNNELS)
    return ip.is_global and is_given_out and not is_apart


def _may_be_inside(ip: _Ip) -> bool:
    is_nowhere = ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved
    return not is_nowhere and ip not in _METADATA and not any(ip in net for net in _TUNNELS)


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise HostNotAllowed(host=parts.hostname) from error


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connected(parts: SplitResult, ips: list[_Ip], ends: float) -> socket.socket:
    """Return a socket to the first of the addresses that takes it; under TLS, one that has yet to shake hands."""
    trouble: OSError | None = None
    for ip in dict.fromkeys(ips):
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            sock = socket.create_connection((str(ip), _port(parts)), timeout=left)
        except OSError as error:
            trouble = error
            continue
        if parts.scheme == "http":
            return sock
        return secure().wrap_socket(sock, server_hostname=parts.hostname, do_handshake_on_connect=False)
    raise HostNotReached(host=parts.hostname) from trouble


def _spoken(parts: SplitResult, sock: socket.socket) -> HTTPConnection:
    """Return a connection over this socket, which is never opened anew."""
    kind = HTTPSConnection if isinstance(sock, ssl.SSLSocket) else HTTPConnection
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection = kind(parts.hostname or "", _port(parts))
    except (OSError, HTTPException, ValueError) as error:
        raise HostNotReached(host=parts.hostname) from error
    connection.sock, connection.auto_open = sock, 0
    return connection


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # also below TLS: whoever waits for it is woken


@cache
def secure() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads every root of the machine: once
