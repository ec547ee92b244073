"""Calls of a provider by HTTP, and what their failing means for a message."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from privyseal.egress import Answer, AnswerLost, HostNotAllowed, HostNotReached
from privyseal.notification.channels import Blocked, NotTaken, PerhapsTaken

_BUSY: Final = frozenset({429, 502, 503})
_REFUSED: Final = range(400, 500)


def posted(address: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return what the provider answers, a JSON object, also to what it refuses (HTTP 4xx).

    It raises NotTaken where the request cannot have arrived, PerhapsTaken where nobody knows.
    """
    return _said(asked(address, body, headers))


def got(address: str) -> dict[str, Any]:
    """Return what stands at the provider's address, as ``posted`` does."""
    return _said(asked(address, None, {}))


def _said(answer: Answer) -> dict[str, Any]:
    if answer.status in _BUSY:
        raise NotTaken(status=answer.status)
    is_refused = answer.status in _REFUSED
    if not answer.is_ok and not is_refused:
        raise PerhapsTaken(status=answer.status)
    try:
        value = json.loads(answer.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise (NotTaken if is_refused else PerhapsTaken)(status=answer.status)
    return value


def asked(address: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """Return whatever is answered, or raise what its failing means."""
    try:
        answer: Answer = settings.EGRESS.ask(address, body, headers)
    except HostNotAllowed as error:
        raise Blocked(host=error.facts["host"]) from error
    except HostNotReached as error:
        raise NotTaken(status=None) from error
    except AnswerLost as error:
        raise PerhapsTaken(status=None) from error
    return answer
