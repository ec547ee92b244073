"""A browser before this process: what is served over HTTP sees what the test's own transaction sees."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from queue import SimpleQueue
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

Environ: TypeAlias = dict[str, Any]
_UNCHANGED: Final = 304


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def tag(self) -> str:
        return dict(self.headers).get("ETag", "")


Answering: TypeAlias = Callable[[Environ], Answer]


@dataclass(slots=True)
class Served:
    """An origin: ``answers`` holds the last answer by path, whole, also where the browser has kept it."""

    origin: str
    answers: dict[str, Answer] = field(default_factory=dict)


class Here:
    """Lets other threads have something done by the one that holds the database, which waits for them in ``until``."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def done_here(self, answering: Answering) -> Answering:
        """Return what answers from any thread, by ``answering`` in the one that waits."""

        def ask(environ: Environ) -> Answer:
            future: Future[Answer] = Future()
            self._jobs.put(lambda: _settle(future, lambda: answering(environ)))
            return future.result()

        return ask

    def until(self, act: Callable[[], None]) -> None:
        """Do what is asked for until ``act`` ends, which runs in a thread of its own."""
        future: Future[None] = Future()

        def run() -> None:
            _settle(future, act)
            self._jobs.put(None)

        thread = threading.Thread(target=run)
        thread.start()
        while (job := self._jobs.get()) is not None:
            job()
        thread.join()
        future.result()


def _settle(future: Future[Any], act: Callable[[], Any]) -> None:
    try:
        future.set_result(act())
    except BaseException as error:  # noqa: BLE001  one message keeps nothing from the others: its asker raises it
        future.set_exception(error)


@contextmanager
def serving(answering_at: Callable[[str], Answering]) -> Iterator[Served]:
    """Answer browsers on a port of its own by what ``answering_at`` makes for that origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    served = Served(f"http://localhost:{server.server_port}")
    server.RequestHandlerClass = _handler(served, answering_at(served.origin))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(served: Served, answering: Answering) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = served.answers.get(self.path) if self.path.startswith("/static/") else None
            answer = known or answering(_environ(self, body))
            served.answers[self.path] = answer
            is_known = bool(answer.tag) and self.headers.get("If-None-Match") == answer.tag
            self._send(Answer(_UNCHANGED, answer.headers, b"") if is_known else answer)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # the browser has gone on to another page
                self.close_connection = True

        do_POST = do_GET  # noqa: N815  likewise

        def _send(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                if name != "Content-Length":
                    self.send_header(name, value)
            if answer.status != _UNCHANGED:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _environ(request: BaseHTTPRequestHandler, body: bytes) -> Environ:
    path, _, query = request.path.partition("?")
    said = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {
        **said,
        "REQUEST_METHOD": request.command,
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": request.headers.get("Host", "").rpartition(":")[2],
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
