"""What is sent packed: pages in whose address nobody outside could write anything, and our own files."""

import gzip
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_PAGE: Final = "text/html"
_WANTED: Final = "gzip"
_MOST: Final = 9


class PackedPages(GZipMiddleware):
    """Packs a page whose address asks nothing, and adds up to a hundred bytes at random.

    How well a page packs says whether words in it come twice. A stranger can have a signed-in person open an address
    and count what comes back: words in a query would stand in the page beside what is secret in it, so that such a
    page is sent as it is (ADR 96).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith(_PAGE)
        if not is_page or response.streaming or request.META.get("QUERY_STRING") or request.method != "GET":
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed


def packed(data: bytes) -> bytes:
    """Return a file of ours as small as it gets: it holds no secret, and is packed once."""
    return gzip.compress(data, _MOST, mtime=0)


def is_wanted(request: HttpRequest) -> bool:
    """Return whether the browser takes packed answers."""
    return _WANTED in request.headers.get("Accept-Encoding", "")


def vary(response: HttpResponseBase) -> None:
    """Say that another browser may be answered otherwise."""
    patch_vary_headers(response, ("Accept-Encoding",))
