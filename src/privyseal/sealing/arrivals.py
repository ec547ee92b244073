"""Large files that arrived: what they may be, and how they are made fit, from file to file."""

from collections.abc import Callable
from contextlib import closing
from typing import BinaryIO, Final

from django.conf import settings

from privyseal.pdf import confined
from privyseal.pdf.accepted import MAX_BYTES, USUAL, Accepted, Limits, NotAPdf
from privyseal.storage import Arrival

_HEAD_BYTES: Final = 1024
_ROOM: Final = 1.2
"""Written once more, and both are there until the end."""


def is_large(size: int) -> bool:
    """Tell whether a file of this size stays on the disk."""
    return size > MAX_BYTES


def leave(arrival: Arrival, *, copy_says: str) -> str:
    """Have a file that arrived whole wait for its job, or refuse as ``check`` does; return its name."""
    check(arrival, copy_says=copy_says)
    return arrival.leave()


def check(arrival: Arrival, *, copy_says: str) -> None:
    """Return if a large file may be what it is, or refuse what only a smaller one can be.

    A copy that says what it is for, a picture and an office file are read through memory.
    """
    if copy_says:
        USUAL.check_size(arrival.size)
    arrival.file.seek(0)
    if b"%PDF-" not in arrival.file.read(_HEAD_BYTES):
        raise NotAPdf


def made_fit(
    source: BinaryIO, size: int, *, password: str = "", tell: Callable[[int], None] = lambda _percent: None
) -> tuple[Accepted, str]:
    """Store a large file as it can be approved and sealed; return what is said of it and its digest, or refuse.

    (1) there is room for it; (2) it is read and written anew in a confined process, from file to file; (3) it is
    stored.
    """
    limits = Limits(size=settings.DOCUMENT_BYTES, pages=settings.DOCUMENT_PAGES)
    settings.BLOBS.check_room(int(_ROOM * size))  # (1)
    with closing(settings.BLOBS.arrival()) as into:
        accepted = confined.accept_large(source, into.file, limits=limits, tell=tell, password=password)  # (2)
        return accepted, into.keep()  # (3)
