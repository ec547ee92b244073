"""Style sheets, scripts and the sign of the house: a handful of files, kept in memory by their path."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from privyseal.kernel.canonical import sha256
from privyseal.web.capabilities import capability

_FOLDER: Final = Path(__file__).parent.parent / "static" / "web"
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
# It stands between every page and the network, not only between those beside it.
_WORKER: Final = "offline.js"


@dataclass(frozen=True, slots=True)
class _Asset:
    data: bytes
    kind: str
    etag: str


@cache
def _assets() -> dict[str, _Asset]:
    found = (path for path in _FOLDER.rglob("*") if path.suffix in _KINDS)
    return {path.relative_to(_FOLDER).as_posix(): _asset(path) for path in found}


def _asset(path: Path) -> _Asset:
    data = path.read_bytes()
    return _Asset(data, _KINDS[path.suffix], f'"{sha256(data)[:32]}"')


def _etag(_request: HttpRequest, name: str) -> str | None:
    found = _assets().get(name)
    return found.etag if found else None


@capability("public")
@require_safe
@condition(etag_func=_etag)
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    found = _assets().get(name)
    if found is None:
        raise Http404
    response = HttpResponse(found.data, content_type=found.kind)
    response.headers["Cache-Control"] = "no-cache"
    if name == _WORKER:
        response.headers["Service-Worker-Allowed"] = "/"
    return response
