"""Where a request comes from, as far as we can trust it."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the address of the caller: the one that the outermost of our own proxies saw."""
    own_proxies: int = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if own_proxies and len(seen) >= own_proxies:
        return seen[-own_proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
