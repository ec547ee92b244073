"""Addresses of many rows: to have each resolved takes as long as to draw it."""

from functools import cache
from typing import Final

from django.urls import reverse

_SOME: Final = "0" * 32
_SOME_NUMBER: Final = "1000000000"


def link(route: str, uid: str) -> str:
    """Return the address of what has this uid, by a route that takes nothing else."""
    before, after = _around(route, _SOME)
    return f"{before}{uid}{after}"


def numbered(route: str, key: int) -> str:
    """Return the same of what has this number."""
    before, after = _around(route, _SOME_NUMBER)
    return f"{before}{key}{after}"


@cache
def _around(route: str, some: str) -> tuple[str, str]:
    before, _, after = reverse(route, args=[some]).partition(some)
    return before, after
