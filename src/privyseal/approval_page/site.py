"""The approval page as a WSGI application: no cookies, no keys, no third party, one way in and one way back."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import segno

from privyseal.approval_page import answering, drawing, enrolling, words
from privyseal.approval_page.answering import PasskeyAnswerRefused
from privyseal.approval_page.asking import Ask
from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.keeping import (
    A_PART,
    Answered,
    ApprovalCodeExpired,
    ApprovalCodeUnknown,
    ApprovalCodeUsed,
    Kept,
)
from privyseal.approval_page.leaving import is_inside
from privyseal.kernel.errors import NotFound, Refused
from privyseal.pdf.confined import Task, run
from privyseal.signer.passkeys import Page

LOG: Final = logging.getLogger("privyseal.approval_page")
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
_STATIC: Final = Path(__file__).parent / "static"
_FILES: Final = {
    "/page.css": "text/css; charset=utf-8",
    "/approve.js": "text/javascript; charset=utf-8",
    "/icon.svg": "image/svg+xml",
}
_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_MOST_ANSWER: Final = 400_000
_DRAWN_AT_ONCE: Final = 2
_YEAR_SECONDS: Final = 31_536_000
_CODE: Final = "(?P<code>[A-Za-z0-9_-]{43})"
_STATUS: Final[Mapping[type[Refused], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    ApprovalCodeUnknown: HTTPStatus.NOT_FOUND,
    ApprovalCodeExpired: HTTPStatus.GONE,
    ApprovalCodeUsed: HTTPStatus.GONE,
}
StartResponse = Callable[[str, list[tuple[str, str]]], object]


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    kind: str = _HTML
    status: HTTPStatus = HTTPStatus.OK
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as anything here looks at it."""

    method: str
    path: str
    host: str
    origin: str
    kind: str
    browser: str
    languages: str
    body: Callable[[], bytes]

    @property
    def language(self) -> str:
        return words.ENGLISH if self.languages.lower().startswith("en") else words.CHINESE

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> "Asked":
        said = environ.get("CONTENT_LENGTH") or "0"
        length = int(said) if said.isascii() and said.isdigit() else 0
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", ""),
            host=environ.get("HTTP_HOST", ""),
            origin=environ.get("HTTP_ORIGIN", ""),
            kind=environ.get("CONTENT_TYPE", "").partition(";")[0],
            browser=environ.get("HTTP_USER_AGENT", ""),
            languages=environ.get("HTTP_ACCEPT_LANGUAGE", ""),
            body=lambda: environ["wsgi.input"].read(length) if length <= _MOST_ANSWER else b"",
        )


class Site:
    """Answers browsers; ``home`` is the address of the web application, the only place that it leads back to."""

    def __init__(self, kept: Kept, clock: Callable[[], datetime], *, own: Page, home: str) -> None:
        self._kept = kept
        self._clock = clock
        self._own = own
        self._home = home
        self._drawing = threading.BoundedSemaphore(_DRAWN_AT_ONCE)

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer(Asked.of(environ))
        start_response(f"{answer.status.value} {answer.status.phrase}", self._headers(answer))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def answer(self, asked: Asked) -> Answer:
        """Return what a request is answered; whatever goes wrong says only its code."""
        for pattern, methods, act in _ROUTES:
            match = pattern.fullmatch(asked.path)
            if match and asked.method in methods:
                return self._answered(asked, act, match.groupdict())
        return self._refusal(asked, NotFound())

    def _answered(self, asked: Asked, act: Callable[..., Answer], named: Mapping[str, str]) -> Answer:
        # Under another name it would be somebody else's page.
        if asked.path != "/healthz" and asked.host != urlsplit(self._own.origin).netloc:
            return Answer(b"", status=HTTPStatus.MISDIRECTED_REQUEST)
        try:
            return act(self, asked, **named)
        except Refused as refusal:
            LOG.info("refused", extra={"code": refusal.code})
            return self._refusal(asked, refusal)

    def _refusal(self, asked: Asked, refusal: Refused) -> Answer:
        status = _STATUS.get(type(refusal), HTTPStatus.BAD_REQUEST)
        said = words.say(asked.language, refusal.code if refusal.code in words.REFUSALS else "other")
        if asked.method == "POST":
            return _json({"code": refusal.code, "words": said}, status=status)
        title = words.say(asked.language, "refused-title")
        page = drawing.refused(refusal.code, said, title=title, language=asked.language, home=self._home)
        return Answer(page.encode(), status=status)

    def _headers(self, answer: Answer) -> list[tuple[str, str]]:
        headers = {
            "Content-Type": answer.kind,
            "Content-Length": str(len(answer.body)),
            "Content-Security-Policy": CSP,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
            **answer.more,
        }
        if self._own.origin.startswith("https://"):
            headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
        return list(headers.items())

    def alive(self, _asked: Asked) -> Answer:
        return _json({"alive": True})

    def file(self, asked: Asked) -> Answer:
        more = {"Cache-Control": "no-cache"}
        return Answer((_STATIC / asked.path[1:]).read_bytes(), kind=_FILES[asked.path], more=more)

    def open(self, asked: Asked, code: str) -> Answer:
        """Spend the code and lead to the page; where no passkey can be used, keep it and say how to go on."""
        if is_inside(asked.browser):
            ask = self._kept.waiting(code, self._clock())
            return Answer(drawing.hand_over(ask.language, link=self._link(code), browser=asked.browser).encode())
        if asked.method == "HEAD":
            self._kept.waiting(code, self._clock())
            return Answer(b"")
        address = self._kept.open(code, self._clock())
        return Answer(b"", status=HTTPStatus.SEE_OTHER, more={"Location": f"/a/{address}"})

    def qr(self, _asked: Asked, code: str) -> Answer:
        """Draw the link that opens the page, for another device."""
        self._kept.waiting(code, self._clock())
        drawn = BytesIO()
        segno.make_qr(self._link(code)).save(drawn, kind="svg", border=4, xmldecl=False, light="#fff", nl=False)
        return Answer(drawn.getvalue(), kind="image/svg+xml")

    def _link(self, code: str) -> str:
        return f"{self._own.origin}/o/{code}"

    def page(self, _asked: Asked, code: str, part: str = "1") -> Answer:
        """Show what is asked; whoever comes back whose yes is here, and the word of it lost on its way, is led on."""
        at, number = self._clock(), int(part)
        ask = self._kept.answered_or_shown(code, at)
        if returns := self._kept.leads_on(code, at):
            return Answer(b"", status=HTTPStatus.SEE_OTHER, more={"Location": self._back(ask, returns)})
        if isinstance(ask, Enrol):
            made = drawing.enrolment(ask, address=code, own=self._own, home=self._home)
            return Answer(made.encode())
        here = ask.documents[(number - 1) * A_PART : number * A_PART]
        if number > 1 and not here:
            raise NotFound(part=number)
        documents = [self._kept.document(code, sha256, at) for sha256 in here]
        page = drawing.approval(ask, documents, part=number, address=code, own=self._own, home=self._home)
        return Answer(page.encode())

    def image(self, _asked: Asked, code: str, sha256: str, number: str) -> Answer:
        held = self._kept.document(code, sha256, self._clock())
        if not 1 <= int(number) <= len(held.pages):
            raise NotFound(page=int(number))
        with self._drawing:
            dpi = drawing.dots_an_inch(held.pages[int(number) - 1])
            return Answer(run(Task.PAGE, held.file, page=int(number), dpi=dpi), kind="image/png")

    def picture(self, _asked: Asked, code: str, sha256: str) -> Answer:
        """Give the photograph that is agreed to, as it was drawn when it was hashed."""
        return Answer(self._kept.picture(code, sha256, self._clock()), kind="image/jpeg")

    def take(self, asked: Asked, code: str) -> Answer:
        """Take the passkey's yes, once, and say where to go with it."""
        at = self._clock()
        ask = self._kept.answered_or_shown(code, at)
        if asked.origin != self._own.origin or asked.kind != _JSON:
            raise PasskeyAnswerRefused(reason="origin")
        try:
            said = json.loads(asked.body())
        except (ValueError, RecursionError) as error:
            raise PasskeyAnswerRefused(reason="shape") from error
        if isinstance(ask, Enrol):
            answered: Answered = (enrolling.made(ask, said, self._own),)
        else:
            answered = answering.assertions(ask, said, self._own)
        returns = self._kept.answer(code, answered, at)
        return _json({"to": self._back(ask, returns)})

    def _back(self, ask: Ask | Enrol, returns: str) -> str:
        return f"{self._home}{ask.back}?code={returns}"


def _json(said: Mapping[str, object], *, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(json.dumps(said).encode(), kind=_JSON, status=status)


_READ: Final = frozenset({"GET", "HEAD"})
_ROUTES: Final[tuple[tuple[re.Pattern[str], frozenset[str], Callable[..., Answer]], ...]] = (
    (re.compile("/healthz"), _READ, Site.alive),
    (re.compile("/page.css|/approve.js|/icon.svg"), _READ, Site.file),
    (re.compile(f"/o/{_CODE}"), _READ, Site.open),
    (re.compile(f"/o/{_CODE}/code.svg"), _READ, Site.qr),
    (re.compile(f"/a/{_CODE}"), _READ, Site.page),
    (re.compile(f"/a/{_CODE}/part-(?P<part>[1-9][0-9]{{0,2}})"), _READ, Site.page),
    (re.compile(f"/a/{_CODE}/(?P<sha256>[0-9a-f]{{64}})/(?P<number>[0-9]{{1,4}}).png"), _READ, Site.image),
    (re.compile(f"/a/{_CODE}/(?P<sha256>[0-9a-f]{{64}}).jpg"), _READ, Site.picture),
    (re.compile(f"/a/{_CODE}/answer"), frozenset({"POST"}), Site.take),
)
