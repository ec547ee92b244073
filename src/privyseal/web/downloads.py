"""Files that leave us: never run, never guessed at, kept by nobody on the way."""

from typing import IO, Final, TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from privyseal.kernel.canonical import sha256
from privyseal.storage import Folder
from privyseal.vault import Vault

PDF: Final = "application/pdf"
TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
JSON: Final = "application/json"
ATOM: Final = "application/atom+xml; charset=utf-8"
_Response = TypeVar("_Response", bound=HttpResponseBase)

_INERT: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def attachment(data: bytes, *, name: str, kind: str) -> HttpResponse:
    """Answer with a file to be saved under this name, in whatever script the name is."""
    return _saved_as(_inert(data, kind=kind), name)


def stored(blobs: Folder | Vault, sha256: str, *, name: str, kind: str) -> StreamingHttpResponse:
    """Answer with a stored file of any size, part by part."""
    response = StreamingHttpResponse(blobs.parts(sha256), headers=_headers(kind))
    response.headers["Content-Length"] = str(blobs.size(sha256))
    return _saved_as(response, name)


def written(file: IO[bytes], *, name: str, kind: str) -> FileResponse:
    """Answer with a file of our own making of any size, to be saved under this name; it is closed when it is sent."""
    file.seek(0)
    response = FileResponse(file, headers=_headers(kind))
    response.headers["Content-Type"] = kind  # told of it by a header alone, it guesses one
    return _saved_as(response, name)


def picture(data: bytes, *, kind: str, seconds: int) -> HttpResponse:
    """Answer with an image for our own pages; the address names its content, so it may be kept for a while."""
    response = _inert(data, kind=kind)
    response.headers["Cache-Control"] = f"private, max-age={seconds}"
    return response


def plain(text: str) -> HttpResponse:
    response = _inert(text.encode(), kind=TEXT)
    response.headers["Cache-Control"] = "no-cache"
    return response


def unchanging(data: bytes, *, is_public: bool) -> HttpResponse:
    """Answer with bytes that will always stand under this address; those not for everybody are kept by nobody."""
    response = _inert(data, kind=BYTES)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_public else "no-store"
    return response


def shared(request: HttpRequest, data: bytes, *, kind: str) -> HttpResponse:
    """Answer everybody with what may be kept, and is asked for again each time: unchanged, it does not come twice."""
    etag = f'"{sha256(data)}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = _inert(data, kind=kind) if unchanged is None else HttpResponse(status=unchanged.status_code)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _inert(data: bytes, *, kind: str) -> HttpResponse:
    return HttpResponse(data, headers=_headers(kind))


def _headers(kind: str) -> dict[str, str]:
    return {"Content-Type": kind, "Content-Security-Policy": _INERT, "X-Content-Type-Options": "nosniff"}


def _saved_as(response: _Response, name: str) -> _Response:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response
