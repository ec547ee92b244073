"""A provider of text messages on this machine: it checks each signature anew, and answers as the real ones do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Provider(ThreadingHTTPServer):
    """``requests`` are what came: headers, query, body. ``answer`` is what is said to the next ones."""

    answer: Any = None
    status = 200

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((headers, dict(parse_qsl(urlsplit(self.path).query)), body))
        said = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, args=(0.02,))
    thread.start()
    yield provider
    provider.shutdown()
    thread.join()
    provider.server_close()
