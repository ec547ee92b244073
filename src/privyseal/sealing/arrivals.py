"""Large files that arrived, before anybody asks for anything with them."""

from typing import Final

from privyseal.pdf.accepted import MAX_BYTES, USUAL, NotAPdf
from privyseal.storage import Arrival

_HEAD_BYTES: Final = 1024


def is_large(size: int) -> bool:
    """Tell whether a file of this size is taken in by a job."""
    return size > MAX_BYTES


def leave(arrival: Arrival, *, copy_says: str) -> str:
    """Have a file that arrived whole wait for its job, or refuse what only a smaller file can be; return its name.

    A copy that says what it is for, a picture and an office file are read through memory.
    """
    if copy_says:
        USUAL.check_size(arrival.size)
    arrival.file.seek(0)
    if b"%PDF-" not in arrival.file.read(_HEAD_BYTES):
        raise NotAPdf
    return arrival.leave()
