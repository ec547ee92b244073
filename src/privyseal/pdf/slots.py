"""How much is done at once on one machine, counted across processes: a slot is a file that one of them has locked."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from privyseal.kernel.errors import Refused


class Busy(Refused):
    """As many are being served as the machine is to serve at once."""

    code = "busy"


@contextmanager
def one_of(most: int, folder: Path) -> Iterator[None]:
    """Hold one of so many slots, or refuse at once: whoever waited would keep others from their pages."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tried = (_locked(folder / f"slot-{number}") for number in range(most))
    descriptor = next((one for one in tried if one is not None), None)
    if descriptor is None:
        raise Busy(most=most)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(slot: Path) -> int | None:
    """Return the descriptor that holds the slot; the kernel frees it with the process, however that ends."""
    descriptor = os.open(slot, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
