"""How much is done at once on one machine, counted across processes: a slot is a file that one of them has locked."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from privyseal.kernel.errors import Refused

_LOOK_SECONDS: Final = 0.02


class Busy(Refused):
    """As many are being served as the machine is to serve at once."""

    code = "busy"


@contextmanager
def one_of(most: int, folder: Path) -> Iterator[None]:
    """Hold one of so many slots, or refuse at once: whoever waited would keep others from their pages."""
    descriptor = _first(most, folder)
    if descriptor is None:
        raise Busy(most=most)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def in_turn(most: int, waiting: int, folder: Path, *, seconds: float) -> Iterator[None]:
    """Hold one of so many slots, after others of one's own; refuse where more than so many wait, or for longer."""
    with one_of(most + waiting, folder / "line"):
        until = time.monotonic() + seconds
        while (descriptor := _first(most, folder)) is None:
            if time.monotonic() >= until:
                raise Busy(most=most)
            time.sleep(_LOOK_SECONDS)
        try:
            yield
        finally:
            os.close(descriptor)


def _first(most: int, folder: Path) -> int | None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tried = (_locked(folder / f"slot-{number}") for number in range(most))
    return next((one for one in tried if one is not None), None)


def _locked(slot: Path) -> int | None:
    """Return the descriptor that holds the slot; the kernel frees it with the process, however that ends."""
    descriptor = os.open(slot, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
