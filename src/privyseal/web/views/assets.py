"""Style sheets, scripts and the sign of the house: a handful of files, kept in memory by their path."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from privyseal.kernel.canonical import sha256
from privyseal.web.capabilities import capability
from privyseal.web.packed import is_wanted, packed, vary

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
    packed: bytes

    def etag_for(self, request: HttpRequest) -> str:
        """Return the mark of what this browser is sent: that of a packed file is another one."""
        return f'{self.etag[:-1]}-packed"' if self.is_packed_for(request) else self.etag

    def is_packed_for(self, request: HttpRequest) -> bool:
        return len(self.packed) < len(self.data) and is_wanted(request)


@cache
def _assets() -> dict[str, _Asset]:
    found = (path for path in _FOLDER.rglob("*") if path.suffix in _KINDS)
    return {path.relative_to(_FOLDER).as_posix(): _asset(path) for path in found}


def _asset(path: Path) -> _Asset:
    data = path.read_bytes()
    return _Asset(data, _KINDS[path.suffix], f'"{sha256(data)[:32]}"', packed(data))


def _etag(request: HttpRequest, name: str) -> str | None:
    found = _assets().get(name)
    return found.etag_for(request) if found else None


@capability("public")
@require_safe
@condition(etag_func=_etag)
def asset(request: HttpRequest, name: str) -> HttpResponse:
    found = _assets().get(name)
    if found is None:
        raise Http404
    is_packed = found.is_packed_for(request)
    response = HttpResponse(found.packed if is_packed else found.data, content_type=found.kind)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    vary(response)
    response.headers["Cache-Control"] = "no-cache"
    if name == _WORKER:
        response.headers["Service-Worker-Allowed"] = "/"
    return response
