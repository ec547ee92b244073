"""A key ceremony in person: each makes a passkey, and says yes by it, in a browser that the terminal leads to.

The approval page runs for as long as the ceremony; the way back of the browser ends here, where no web server runs yet.
"""

import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Final
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from privyseal.approval_page.asking import Ask
from privyseal.approval_page.client import ApprovalPageUnavailable, Client
from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.words import CHINESE
from privyseal.config import accounts, sockets
from privyseal.config.beginning import Member
from privyseal.config.children import Child
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Installation
from privyseal.config.processes import APPROVAL, wait_until
from privyseal.signer.passkeys import Credential, Page, PasskeyAssertion, web_text
from privyseal.web.approving import assertions_of, on_one_line
from privyseal.web.own_passkeys import verified

BACK: Final = "/ceremony/"
_CHALLENGE_BYTES: Final = 32
_STOP_SECONDS: Final = 3.0
_ANSWER: Final = (
    "<!doctype html><meta charset=utf-8><title>Privyseal</title><p>完成，请回到终端。Done: go back to the terminal.</p>"
)


class Desk:
    """``show`` tells a person where to go; ``returned`` waits for the code with which their browser comes back."""

    are_software: Final = False

    def __init__(
        self, page: Page, client: Client, show: Callable[[str, str], None], returned: Callable[[], str]
    ) -> None:
        self.page: Final = page
        self._client = client
        self._show = show
        self._returned = returned
        self._made: dict[str, bytes] = {}

    def make(self, who: Member, at: datetime) -> Credential:
        enrol = Enrol(
            person=who.pseudonym,
            name=on_one_line(who.name) or who.login,
            login=who.login,
            challenge=web_text(secrets.token_bytes(_CHALLENGE_BYTES)),
            excluded=tuple(web_text(one) for one in self._made.values()),
            language=CHINESE,
            back=BACK,
            context="",
        )
        answer = self._answered(f"{who.name}: make your passkey", self._client.enrol(enrol))
        made = verified(str(answer[0].get("attestation_object")), page=self.page)
        self._made[who.pseudonym] = made.credential
        return Credential(id=made.credential, person=who.pseudonym, key=made.key, is_bound=made.is_bound, starts_at=at)

    def say(self, who: Member, statement: bytes, names: Mapping[str, str], /) -> PasskeyAssertion:
        ask = Ask(
            approver=who.pseudonym,
            credentials=(web_text(self._made[who.pseudonym]),),
            statements=(statement.decode(),),
            names={uid: said for uid, name in names.items() if (said := on_one_line(name))},
            language=CHINESE,
            zone=settings.TIME_ZONE,
            back=BACK,
            context="",
        )
        opens = self._client.show(ask, settings.BLOBS.mapped)
        (yes,) = assertions_of(self._answered(f"{who.name}: read what begins here, and say yes", opens))
        return yes

    def _answered(self, words: str, opens: str) -> tuple[Mapping[str, object], ...]:
        self._show(words, f"{self.page.origin}/o/{opens}")
        return self._client.fetch(self._returned()).answers


@contextmanager
def returns(host: str, port: int) -> Iterator[Callable[[], str]]:
    """Take browsers' way back where the web server will be, and yield what waits for the next code."""
    codes: Queue[str] = Queue()

    class Back(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            for code in parse_qs(asked.query).get("code", []) if asked.path == BACK else []:
                codes.put(code)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(_ANSWER.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing: an address holds a code."""

    server = HTTPServer((host, port), Back)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield codes.get
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def open_desk() -> Iterator[Desk]:
    """Run the approval page, and take what browsers bring back, for as long as a ceremony takes."""
    installation = Installation.from_environment()
    path, front = installation.approval_socket, installation.front
    client = Client(path)
    sockets.make_private(path.parent, accounts.current())
    child = Child("The approval page", APPROVAL, installation.approval(), installation.data / "logs" / "approval.log")
    child.start()
    try:
        wait_until(lambda: _answers(client), "The approval page")
        with returns(front.host, front.port) as returned:
            yield Desk(Page(settings.APPROVAL_URL), client, _show, returned)
    except OSError as error:
        raise CannotStart(f"Port {front.port} of {front.host} cannot be used ({error.strerror}).") from error
    finally:
        child.ask_to_stop()
        child.end(seconds=_STOP_SECONDS)
        shutil.rmtree(path.parent, ignore_errors=True)


def _answers(client: Client) -> bool:
    try:
        client.status()
    except ApprovalPageUnavailable:
        return False
    return True


def _show(words: str, address: str) -> None:
    sys.stderr.write(f"{words}:\n  {address}\n")
    sys.stderr.flush()
