"""The one place from which sealing speaks to the outside: a time stamp authority, by RFC 3161 over HTTP."""

import http.client
import secrets
import urllib.request
from collections.abc import Callable
from typing import Final

from django.conf import settings

from privyseal.pdf import timestamps
from privyseal.pdf.timestamps import TimestampRefused

_SECONDS: Final = 10
_MOST_BYTES: Final = 65_536
_NONCE_BITS: Final = 63


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An authority that sends us elsewhere is not the one that was configured."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def stamper() -> Callable[[bytes], bytes] | None:
    """Return what fetches a time stamp for a SHA-256, None where this installation uses no authority."""
    return time_stamp if settings.TSA_URL else None


def time_stamp(imprint: bytes) -> bytes:
    """Return the authority's token over this SHA-256, or refuse."""
    nonce = secrets.randbits(_NONCE_BITS)
    return timestamps.token_in(_asked(timestamps.query(imprint, nonce=nonce)), imprint=imprint, nonce=nonce)


def _asked(query: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(settings.TSA_URL, data=query, headers=headers)  # noqa: S310  http or https, by env.endpoint
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            body: bytes = answer.read(_MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise TimestampRefused(status=None) from error
    if len(body) > _MOST_BYTES:
        raise TimestampRefused(status=None)
    return body
