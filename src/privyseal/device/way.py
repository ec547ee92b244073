"""The way to a gateway by HTTPS, of a device or of who carries for it: one connection, made anew when it breaks."""

import json
import ssl
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

NAME: Final = "gateway"
_MOST_BYTES: Final = 4 << 20
_SECONDS: Final = 70


class GatewayAway(Exception):
    """The gateway was not reached, or fell silent; everything is sent again."""


class Answer(NamedTuple):
    status: int
    said: Mapping[str, Any]
    retry_after: int


class _ByName(HTTPSConnection):
    """A connection whose other end has to be ``gateway`` by its certificate, whatever host it was reached under."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self._by = context

    def connect(self) -> None:
        HTTPConnection.connect(self)
        self.sock = self._by.wrap_socket(self.sock, server_hostname=NAME)


class Way:
    """Not for two threads at once. Without the CA of an enrolment nothing is believed that an answer does not prove."""

    def __init__(self, address: str, ca: bytes | str | None, *, seconds: float = _SECONDS) -> None:
        parts = urlsplit(address)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if ca is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.load_verify_locations(cadata=ca)
        self._connection = _ByName(parts.hostname or "", parts.port or 443, context, seconds)

    def frames(self, frames: Sequence[str]) -> Answer:
        return self._json("/v1/frames", {"frames": list(frames)})

    def carried(self, frames: Sequence[str]) -> Answer:
        return self._json("/v1/carried", {"frames": list(frames)})

    def enrolment(self, frame: str) -> Answer:
        return self._json("/v1/enrolment", {"frame": frame})

    def renewal(self, frame: str) -> Answer:
        return self._json("/v1/renewal", {"frame": frame})

    def picture(self, digest: str, picture: bytes, frame: str) -> Answer:
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        headers = {"Content-Type": kind, "Authorization": f"Privyseal {frame}"}
        return self._asked("PUT", f"/v1/pictures/{digest}", picture, headers)

    def carried_picture(self, digest: str, sealed: bytes, frame: str) -> Answer:
        headers = {"Content-Type": "application/jose", "Authorization": f"Privyseal {frame}"}
        return self._asked("PUT", f"/v1/carried/{digest}", sealed, headers)

    def close(self) -> None:
        self._connection.close()

    def _json(self, path: str, said: Mapping[str, Any]) -> Answer:
        return self._asked("POST", path, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def _asked(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            return self._once(method, path, body, headers)
        except (OSError, HTTPException):
            self.close()  # the other end may have closed a connection that was idle
        try:
            return self._once(method, path, body, headers)
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise GatewayAway from error

    def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        data = answer.read(_MOST_BYTES)
        said = json.loads(data) if data else {}
        after = answer.getheader("Retry-After") or "0"
        return Answer(answer.status, said, int(after) if after.isdecimal() else 0)
