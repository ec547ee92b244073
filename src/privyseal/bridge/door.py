"""Where a maker's cloud tells what happened: one address, one machine, an answer only once it is on its disk."""

import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from privyseal.bridge.bridged import Bridged
from privyseal.bridge.cloud import Cloud, CloudBroken
from privyseal.bridge.plain import MOST_BYTES


class Door(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, bridged: Bridged, cloud: Cloud) -> None:
        self.bridged, self.cloud, self.lock = bridged, cloud, threading.Lock()
        super().__init__((host, port), _Call)


class _Call(BaseHTTPRequestHandler):
    server: Door
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        said = {name.lower(): value for name, value in self.headers.items()}
        try:
            told = self.server.cloud.told(said, body, datetime.now(UTC))
            with self.server.lock:
                self.server.bridged.hear(told)
        except CloudBroken:
            self._answer(HTTPStatus.UNAUTHORIZED)
            return
        self._answer(HTTPStatus.NO_CONTENT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the class above fixes
        """Say nothing: what is wrong stands in the answer."""

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
