"""Calls of a provider by HTTPS, and what their failing means for a message."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from privyseal.notification.channels import NotTaken, PerhapsTaken

_SECONDS: Final = 10
_MOST_BYTES: Final = 65_536
_BUSY: Final = frozenset({429, 502, 503})
_REFUSED: Final = range(400, 500)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A provider that sends us elsewhere is not the one that was configured."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def posted(address: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return what the provider answers, a JSON object, also to what it refuses (HTTP 4xx).

    It raises NotTaken where the request cannot have arrived, PerhapsTaken where nobody knows.
    """
    request = urllib.request.Request(address, body, dict(headers), method="POST")  # noqa: S310  of the configuration
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            said = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _BUSY:
                raise NotTaken(status=error.code) from error
            if error.code not in _REFUSED:
                raise PerhapsTaken(status=error.code) from error
            said = error.read(_MOST_BYTES)
    except urllib.error.URLError as error:  # before anything was sent
        raise NotTaken(status=None) from error
    except (OSError, http.client.HTTPException) as error:
        raise PerhapsTaken(status=None) from error
    return _object(said)


def _object(said: bytes) -> dict[str, Any]:
    try:
        value = json.loads(said)
    except ValueError as error:
        raise PerhapsTaken(status=None) from error
    if not isinstance(value, dict):
        raise PerhapsTaken(status=None)
    return value
