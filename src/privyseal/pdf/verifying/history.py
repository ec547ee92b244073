"""The revisions of a file from its first signature on: which signature ends which, and what each later one did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from privyseal.pdf.judgement import Change, ChangeKind, RevisionReport
from privyseal.pdf.reading.file import PdfFile, Revision
from privyseal.pdf.reading.sections import FREE
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.verifying import missing, permissions, revisions
from privyseal.pdf.verifying.signatures import Signature

_MAINTENANCE: Final = frozenset({ChangeKind.VALIDATION_DATA, ChangeKind.METADATA})
_LONGEST_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class History:
    """``places`` are the signatures' revisions, by their index in the file; None where a signature ends nowhere."""

    places: tuple[int | None, ...]
    reports: tuple[RevisionReport, ...]
    is_kept: bool = False
    """What stands behind the last signature, if anything does, is validation data alone."""

    def is_changed_after(self, place: int) -> bool:
        """Tell whether a revision behind this one did more than sign and keep validation data."""
        return any(not change.kind.is_permitted for report in self._after(place) for change in report.changes)

    def is_only_maintained_after(self, place: int) -> bool:
        kinds = [{change.kind for change in report.changes} for report in self._after(place)]
        return bool(kinds) and all(ChangeKind.VALIDATION_DATA in one and one <= _MAINTENANCE for one in kinds)

    def _after(self, place: int) -> list[RevisionReport]:
        return [report for report in self.reports if report.number > place + 1]


def told(file: PdfFile, signatures: Sequence[Signature]) -> History:
    """Return what happened from the first signature on; a later revision is judged by what those before permit."""
    chain = file.revisions
    places = tuple(_place(file.data, chain, one) for one in signatures)
    known = [place for place in places if place is not None]
    if not known:
        return History(places, ())
    first = min(known)
    changes = {place: list(_changes(chain, place, signatures, places)) for place in range(first + 1, len(chain))}
    for place, number in _brought(file, chain, first):
        changes[place].append(Change(ChangeKind.MISSING_BEFORE, str(number)))
    signed = [one.field.name for one, place in zip(signatures, places, strict=True) if place == first]
    changes[first] = [Change(ChangeKind.SIGNED, name) for name in signed]
    reports = (RevisionReport(place + 1, chain[place].end, tuple(changes[place])) for place in sorted(changes))
    tail = range(max(known) + 1, len(chain))
    is_kept = all(revisions.is_validation_alone(chain[place - 1].file, chain[place]) for place in tail)
    return History(places, tuple(reports), is_kept)


def _changes(
    chain: Sequence[Revision], place: int, signatures: Sequence[Signature], places: Sequence[int | None]
) -> tuple[Change, ...]:
    so_far = [one for one, signed in zip(signatures, places, strict=True) if signed is not None and signed < place]
    before = chain[place - 1].file
    return revisions.compare(before, chain[place], permissions.after(before, so_far))


def _place(data: Data, chain: Sequence[Revision], signature: Signature) -> int | None:
    """Return the revision that ends where this signature ends, but for the end of its last line."""
    for place, revision in enumerate(chain):
        low, high = sorted((signature.end, revision.end))
        if high - low <= _LONGEST_GAP and not data[low:high].strip(b"\r\n"):
            return place
    return None


def _brought(file: PdfFile, chain: Sequence[Revision], first: int) -> list[tuple[int, int]]:
    homes: dict[int, int] = {}
    for place in range(first + 1, len(chain)):
        for number, entry in revisions.changed(chain[place - 1].file, chain[place]).items():
            before = chain[place - 1].file.entry(number)
            if entry.kind != FREE and (before is None or before.kind == FREE):
                homes.setdefault(number, place)
    found = missing.brought(file, {number: chain[place].start for number, place in homes.items()})
    return [(homes[number], number) for number in sorted(found)]
