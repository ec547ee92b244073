"""What the companies' chat applications have in common: a token that lasts a while, and words that fit."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from privyseal.notification.calls import posted
from privyseal.notification.channels import NotTaken, PerhapsTaken, Text

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
MOST_AT_ONCE: Final = 8
_LONGEST_LINE: Final = 80  # eight of them in Chinese are less than the 2,048 bytes that WeCom takes
_LONGEST_BODY: Final = 400
_EARLY_SECONDS: Final = 300  # a token that ends while it is on its way is refused


class Tokens:
    """An access token while it lasts: fetched when there is none, before it ends, and after it was refused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._token = ""
        self._ends = 0.0

    def get(self, fetch: Callable[[], tuple[str, float]]) -> str:
        """Return a token; ``fetch`` returns one and for how many seconds it lasts. Without one nothing is sent."""
        if self._clock() >= self._ends:
            try:
                self._token, seconds = fetch()
            except PerhapsTaken as error:
                raise NotTaken(answer="token") from error
            self._ends = self._clock() + max(0.0, seconds - _EARLY_SECONDS)
        return self._token

    def forget(self) -> None:
        self._ends = 0.0


def sent(
    tokens: Tokens,
    fetch: Callable[[], tuple[str, float]],
    post: Callable[[str], dict[str, Any]],
    is_refused: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """Post with a token, and once more with a new one where it is refused; return what is answered."""
    said = post(tokens.get(fetch))
    if is_refused(said):
        tokens.forget()
        said = post(tokens.get(fetch))
    return said


def token_in(said: dict[str, Any], name: str, lasts: str) -> tuple[str, float]:
    """Return the token and its seconds, or raise NotTaken with the code that came instead."""
    token, seconds = said.get(name), said.get(lasts)
    if not isinstance(token, str) or not token or not isinstance(seconds, int | float):
        raise NotTaken(answer=f"token {code_in(said)}")
    return token, float(seconds)


def code_in(said: dict[str, Any]) -> str:
    """Return the code of an answer, as each of the three writes it."""
    return str(said.get("errcode", said.get("code", "")))


def posted_json(address: str, value: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return posted(address, json.dumps(value, ensure_ascii=False).encode(), {**_JSON, **(headers or {})})


def content(texts: Sequence[Text]) -> str:
    """Return one text in full, or a line for each of several. What an applicant wrote stays on the page."""
    if len(texts) == 1:
        (text,) = texts
        return "\n".join(filter(None, (text.brief, _cut(text.body, _LONGEST_BODY), text.url)))
    return "\n".join([*(f"· {_cut(text.brief, _LONGEST_LINE)}" for text in texts), texts[0].url])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
