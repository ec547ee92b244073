"""The numbered steps of a use and of the head that covers it, in their order, each marked where it is reached.

A mark does nothing. Tests end a process at one by ``watch``, which no setting, no argument and nobody in the product
calls: there is nothing that could be switched on by mistake.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Final


class Step(IntEnum):
    INTENDING = 1  # web: permit spent, intent recorded, nothing committed
    INTENDED = 2  # web or worker: committed, the key untouched
    SET_ASIDE = 3  # signer: the request has its claim, in memory alone
    JUDGED = 4  # signer: the bytes are made and judged, nothing is counted
    COUNTED = 5  # signer: counter, intent and bytes are committed, nobody has them
    ANSWERED = 6  # web or worker: the bytes are here, in memory alone
    STORED = 7  # web or worker: the file is stored, the result unknown to the record
    CONFIRMING = 8  # web or worker: the result is recorded, not committed
    CONFIRMED = 9  # web or worker: committed, nobody is told
    NUMBERED = 10  # worker: the facts have their index, no head covers them
    HEAD_CHECKED = 11  # signer: the head extends the last one, and is not kept
    HEAD_KEPT = 12  # signer: the head is kept, nobody has it
    HEAD_SIGNED = 13  # worker: the signed head is here, in memory alone


_watchers: Final[list[Callable[[Step], None]]] = []


def reached(step: Step) -> None:
    """Mark a step."""
    for watcher in _watchers:
        watcher(step)


def watch(watcher: Callable[[Step], None]) -> None:
    """Have every step told from now on: for tests alone."""
    _watchers.append(watcher)
