"""One person at the pages: a session of their own on a connection that stays open."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from bench.product import FIRST_PAGE, Broken

_SECONDS: Final = 30.0
_ANSWERED, _ELSEWHERE = 200, 302
_FORM: Final = "application/x-www-form-urlencoded"


class Browser:
    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        self._cookies: dict[str, str] = {}

    def sign_in(self, login: str, password: str) -> None:
        self.get(FIRST_PAGE)
        self._post(FIRST_PAGE, {"login": login, "password": password})

    def get(self, path: str) -> None:
        self._ask("GET", path, None, expected=_ANSWERED)

    def approve(self, application_uid: str, shown_sha256: str) -> None:
        said = {"command_id": str(uuid4()), "step": "approve", "shown_sha256": shown_sha256, "comment": ""}
        self._post(f"/applications/{application_uid}/vote/", said)

    def close(self) -> None:
        self._connection.close()

    def _post(self, path: str, fields: Mapping[str, str]) -> None:
        """Send a form; what is accepted leads to another page."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self._cookies["csrftoken"]})
        self._ask("POST", path, body, expected=_ELSEWHERE)

    def _ask(self, method: str, path: str, body: str | None, *, expected: int) -> None:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = _FORM
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        response.read()
        if response.status != expected:
            raise Broken(f"{method} {path} was answered with {response.status}, not {expected}.")
        self._keep_cookies(response)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(line).items():
                if name != "messages":  # what the next page would have shown
                    self._cookies[name] = cookie.value
