"""How long a device leaves its gateway alone that told it to: as long as it says, then twice as long, up to a limit."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.device.way import Answer

MOST: Final = timedelta(minutes=5)
_LATER: Final = frozenset((429, 503))


class Quiet:
    """By the device's own clock. One that was set back waits no longer than it was told."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._waits = timedelta()

    def holds(self, at: datetime) -> bool:
        return self._until is not None and timedelta() < self._until - at <= self._waits

    def note(self, answer: Answer, at: datetime) -> None:
        """Take note of an answer: one that is no refusal of this kind ends the waiting."""
        if answer.status not in _LATER:
            self._until, self._waits = None, timedelta()
            return
        told, twice = timedelta(seconds=answer.retry_after), min(2 * self._waits, MOST)
        self._waits = max(told, twice)
        self._until = at + self._waits
