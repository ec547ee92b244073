"""Who did it, as far as the ledger may know: an opaque name."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """Somebody or something that acts. People are 32 hex digits drawn at random; services say so."""

    @property
    def pseudonym(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Service:
    """A part of the installation that acts by itself, like the sweep that ends open intents."""

    name: str

    @property
    def pseudonym(self) -> str:
        return f"service:{self.name}"
