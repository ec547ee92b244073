"""A company's chat on this machine: it gives tokens, takes messages, and refuses as the real ones do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Company(ThreadingHTTPServer):
    """``messages`` are what was taken. ``token`` is the one that counts now; ``answer`` stands before any other."""

    answer: dict[str, Any] | None = None
    secret = "secret"
    lasts = 7200
    status = 200

    def __init__(self) -> None:
        self.tokens_given = 0
        self.messages: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def token(self) -> str:
        return f"token-{self.tokens_given}"

    def say(self, path: str, query: dict[str, str], shown: str, said: dict[str, Any]) -> dict[str, Any]:
        if path.endswith(("/gettoken", "/internal")):
            account = {*query.values(), *map(str, said.values())}
            if account != {"company", self.secret}:
                return {"errcode": 40001, "code": 40001}
            self.tokens_given += 1
            token = {"access_token": self.token, "expires_in": self.lasts}
            return {"errcode": 0, "code": 0, **token, "tenant_access_token": self.token, "expire": self.lasts}
        if (query.get("access_token") or shown.removeprefix("Bearer ")) != self.token:
            return {"errcode": 42001} if "access_token" in query else {"code": 99991663}
        if self.answer is not None:
            return self.answer
        self.messages.append({"path": path, "query": query, **said})
        return {"errcode": 0} if "access_token" in query else {"code": 0}


class _Answering(BaseHTTPRequestHandler):
    server: Company

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, said: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        shown = self.headers.get("Authorization", "")
        answer = json.dumps(self.server.say(parts.path, dict(parse_qsl(parts.query)), shown, said)).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def running() -> Iterator[Company]:
    company = Company()
    thread = threading.Thread(target=company.serve_forever, args=(0.02,))
    thread.start()
    yield company
    company.shutdown()
    thread.join()
    company.server_close()
