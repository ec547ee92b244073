"""A cosigner's HTTP: one address to POST to, on a port or on a socket file."""

import logging
import os
import socket
import socketserver
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from privyseal.cosigner.answering import MOST_BYTES, PATH, Answer, Cosigner
from privyseal.cosigner.home import CosignerCannotStart

LOG: Final = logging.getLogger("privyseal.cosigner")
_IDLE_SECONDS: Final = 30.0


class Server(ThreadingHTTPServer):
    """Listens on ``host:port``, or on the path of a socket that nobody else may open."""

    daemon_threads = True

    def __init__(self, cosigner: Cosigner, where: tuple[str, int] | Path) -> None:
        self.cosigner = cosigner
        if isinstance(where, Path):
            self.address_family = socket.AF_UNIX
            _clear(where)
        try:
            super().__init__(os.fspath(where) if isinstance(where, Path) else where, _Handler)  # type: ignore[arg-type]  # an address of the family above
        except OSError as error:
            raise CosignerCannotStart(reason=f"The cosigner cannot listen on {where}: {error.strerror}.") from error

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "cosigner", 0


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "privyseal-cosigner"
    timeout = _IDLE_SECONDS

    def do_POST(self) -> None:
        answer = self._answered()
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        LOG.info("answered", extra={"status": int(answer.status)})

    def _answered(self) -> Answer:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True  # what follows is not read
            return Answer(HTTPStatus.BAD_REQUEST)
        body = self.rfile.read(int(length))
        if self.path != PATH:
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            return self.server.cosigner.add_checkpoint(body)
        except OSError:
            LOG.exception("not kept")  # a full disk: nothing was signed
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def address_string(self) -> str:
        return "cosigner"

    log_message: Callable[..., None] = staticmethod(lambda *_: None)  # one line an answer is ours


def _clear(path: Path) -> None:
    """Remove a socket that nobody answers on."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise CosignerCannotStart(reason=f"Another program answers on {path}.")
