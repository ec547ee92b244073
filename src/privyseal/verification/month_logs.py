"""What machines signed of a month, as files of its pack that are written one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from privyseal.device import logged
from privyseal.devices.chains import AT_ONCE, Chain, Some, chains_of, read, told_last
from privyseal.identity.models import Person
from privyseal.ledger.proofs import NotYetProvable, receipt_for
from privyseal.verification.months import Month
from privyseal.verification.packs import Missing

MOST_A_FILE: Final = 1 << 23
MOST_IN_ALL: Final = 1 << 26
"""So many letters of logs are in one pack, 64 MB: some hundred thousand entries."""


@dataclass(slots=True)
class Packed:
    """What of a chain is in the pack, known once its files are written."""

    chain: Chain
    folder: str
    files: list[str] = field(default_factory=list)
    events: int = 0
    letters: int = 0
    missing: set[Missing] = field(default_factory=set)


class Logs:
    """The logs of a month. ``files`` is gone through once; what came of it then stands in ``packed``."""

    def __init__(
        self,
        actor: Person,
        at: datetime,
        month: Month,
        *,
        most: int = MOST_IN_ALL,
        a_file: int = MOST_A_FILE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._actor, self._at = actor, at
        self._most, self._a_file, self._at_once = most, a_file, at_once
        chains = chains_of(month.uses.order_by().values("line__permit"))
        self.packed = [Packed(chain, f"machines/{number}") for number, chain in enumerate(chains, 1)]

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield path and parts of each file; the parts of one are gone through before the next one is asked for."""
        for one in self.packed:
            some = read(self._actor, self._at, one.chain, at_once=self._at_once)
            while (first := self._next(one, some)) is not None:
                one.files.append(f"{one.folder}/log-{len(one.files) + 1}.txt")
                yield one.files[-1], self._log(one, first, some)
            if one.files:
                yield from _receipts(one)

    def _next(self, one: Packed, some: Iterator[Some]) -> Some | None:
        """Return what comes next of a chain and is to be written; None after the last, or where there is no room."""
        for found in some:
            one.missing |= {Missing(lack.value) for lack in found.lacks}
            if sum(each.letters for each in self.packed) >= self._most:
                one.missing.add(Missing.TOO_MUCH)
                return None
            if found.frames:
                return found
        return None

    def _log(self, one: Packed, first: Some, some: Iterator[Some]) -> Iterator[bytes]:
        given = [bytes(each.data) for each in one.chain.certificates]
        yield logged.write(bytes(one.chain.certificates[-1].authority), given, ()).encode()
        room, found = self._a_file, first
        while True:
            lines = "".join(map(logged.line_of, found.frames))
            one.events += found.events
            one.letters += len(lines)
            room -= len(lines)
            yield lines.encode()
            following = self._next(one, some) if room > 0 else None
            if following is None:
                return
            found = following


def _receipts(one: Packed) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the receipts that say since when these keys were the machine's, and the record knew the last entry."""
    facts = [(f"certificate-{number}", each.fact) for number, each in enumerate(one.chain.certificates, 1)]
    last = told_last(one.chain)
    facts += [("told", last.id)] if last else []
    for name, fact in facts:
        try:
            yield f"{one.folder}/record-{name}.txt", iter((receipt_for(fact).encode(),))
        except NotYetProvable:
            one.missing.add(Missing.NOT_YET)
