"""One person at the pages: a session of their own on a connection that stays open."""

import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from bench.product import FIRST_PAGE, Broken

_SECONDS: Final = 30.0
_ANSWERED, _ELSEWHERE = 200, 302
_HAND_IN: Final = "/apply/use/"
_COMPANY: Final = re.compile(r'<option value="([0-9a-f]{32})"')
_BOUNDARY: Final = "a-bid"
_PART: Final = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="'
_PART_BYTES: Final = 1 << 20
_FORM: Final = "application/x-www-form-urlencoded"


class Browser:
    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        self._cookies: dict[str, str] = {}

    def sign_in(self, login: str, password: str) -> None:
        self.get(FIRST_PAGE)
        self._post(FIRST_PAGE, {"login": login, "password": password})

    def get(self, path: str) -> int:
        """Ask for a page or a file to its end and return its size."""
        return self._ask("GET", path, None, expected=_ANSWERED)

    def leads_to(self, path: str) -> str:
        """Return where a page leads on to; nothing while it stays."""
        self._connection.request("GET", path, None, self._headers())
        response = self._connection.getresponse()
        response.read()
        return response.headers.get("Location", "")

    def send_document(self, file: Path) -> str:
        """Hand a file in, read from the disk as it is sent; return the page that it leads to."""
        self._connection.request("GET", _HAND_IN, None, self._headers())
        company = _COMPANY.search(self._connection.getresponse().read().decode())
        if company is None:
            raise Broken("There is no company to hand a file in for.")
        fields = {"csrfmiddlewaretoken": self._cookies["csrftoken"], "command_id": str(uuid4()), "company": company[1]}
        head = "".join(f'{_PART}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        head += f'{_PART}file"; filename="{file.name}"\r\nContent-Type: application/pdf\r\n\r\n'
        tail = f"\r\n--{_BOUNDARY}--\r\n"
        size = str(len(head) + file.stat().st_size + len(tail))
        about = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Content-Length": size}
        with file.open("rb") as stream:
            body = chain((head.encode(),), iter(lambda: stream.read(_PART_BYTES), b""), (tail.encode(),))
            self._connection.request("POST", _HAND_IN, body, self._headers() | about)
            response = self._connection.getresponse()
            response.read()
        return response.headers["Location"]

    def approve(self, application_uid: str, shown_sha256: str) -> None:
        said = {"command_id": str(uuid4()), "step": "approve", "shown_sha256": shown_sha256, "comment": ""}
        self._post(f"/applications/{application_uid}/vote/", said)

    def close(self) -> None:
        self._connection.close()

    def _post(self, path: str, fields: Mapping[str, str]) -> None:
        """Send a form; what is accepted leads to another page."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self._cookies["csrftoken"]})
        self._ask("POST", path, body, expected=_ELSEWHERE)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def _ask(self, method: str, path: str, body: str | None, *, expected: int) -> int:
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = _FORM
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        size = 0
        while part := response.read(_PART_BYTES):
            size += len(part)
        if response.status != expected:
            raise Broken(f"{method} {path} was answered with {response.status}, not {expected}.")
        self._keep_cookies(response)
        return size

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(line).items():
                if name != "messages":  # what the next page would have shown
                    self._cookies[name] = cookie.value
