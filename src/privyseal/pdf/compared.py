"""Pictures of a document as it was sealed, beside what became of it, in words that need no PDF library."""

from dataclasses import dataclass
from typing import Final

MOST_PICTURES: Final = 4


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page as sealed and as it is now, PNG: None where there is no such page."""

    number: int
    sealed: bytes | None
    now: bytes | None

    @property
    def is_alike(self) -> bool:
        return self.sealed == self.now
