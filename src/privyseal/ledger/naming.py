"""The names that the record was signed under: one from its founding, and another after each loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.kernel.note import Checkpoint, VerifierKey
from privyseal.ledger.models import Continuation
from privyseal.ledger.transactions import transaction_required

FIRST_FACT: Final = "installation.began-anew"


@dataclass(frozen=True, slots=True)
class Name:
    """A key of the log, and the size up to which its heads belong to this record; None for the one of now."""

    key: VerifierKey
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of the record, the first one first, and where each of the later ones begins."""

    every: Sequence[Name]

    @property
    def begins_at(self) -> frozenset[int]:
        return frozenset(name.until for name in self.every if name.until is not None)

    def of_head(self, size: int) -> VerifierKey:
        """Return by which key a head of this size is signed."""
        return next(name.key for name in self.every if name.until is None or size <= name.until)

    def called(self, origin: str) -> Name | None:
        return next((name for name in self.every if name.key.name == origin), None)


def names(now: VerifierKey) -> Names:
    """Return the names of the record; ``now`` is the key of today."""
    before = [
        Name(VerifierKey.parse(key), until)
        for key, until in Continuation.objects.order_by("begins_at").values_list("key_before", "begins_at")
    ]
    return Names([*before, Name(now)])


@transaction_required
def go_on_as(key: str, at: datetime, *, before: str, begins_at: int, known: Checkpoint) -> None:
    """Keep that the record goes on under another key from so many facts on, after it was known to have more."""
    Continuation.objects.create(
        begins_at=begins_at, key_before=before, key=key, known_size=known.size, known_root=known.root, at=at
    )


def continuations() -> Sequence[Continuation]:
    """Return each time the record went on after a loss, the newest first."""
    return list(Continuation.objects.order_by("-begins_at"))
