"""Whose cosignatures the signer asks for, pinned in its own file: who starts it can ask for more, never for less."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.signer.database import CannotStart, Database
from privyseal.signer.unlocking import MOST_TOLD

_PINNED: Final = "SELECT version, keys, needed, seconds FROM quorum ORDER BY version DESC"


class Pinned:
    """``told`` is what the signer is started with: nothing, what is pinned, or more than that. Else it stops."""

    def __init__(self, database: Database, *, told: Quorum) -> None:
        self._database = database
        kept = _kept(database)
        if told.needed is not Needed.NONE and kept is not None and not told.is_at_least(kept):
            raise CannotStart(
                "This signer asks for other cosignatures than it is started with, and they are pinned: those who keep "
                "its keys change them, by privyseal signer cosigners."
            )
        self.quorum = kept or Quorum()
        if told.needed is not Needed.NONE and told != kept:
            self.pin(told)

    def every(self) -> list[tuple[int, Quorum]]:
        """Return the newest that were pinned, by number, the first of them first; none is ever taken out."""
        rows = self._database.every(_PINNED)[:MOST_TOLD]
        return [(version, _quorum(row)) for version, *row in reversed(rows)]

    def pin(self, quorum: Quorum) -> None:
        """Ask for this from now on, whatever the signer is started with."""
        said = (json.dumps([key.text for key in quorum.keys]), quorum.needed, int(quorum.within.total_seconds()))
        with self._database.writing() as connection:
            connection.execute("INSERT INTO quorum (keys, needed, seconds) VALUES (?, ?, ?)", said)
        self.quorum = quorum


def _kept(database: Database) -> Quorum | None:
    row = database.one(_PINNED)
    return None if row is None else _quorum(row[1:])


def _quorum(row: Sequence[Any]) -> Quorum:
    keys, needed, seconds = row
    return Quorum(tuple(map(CosignerKey.parse, json.loads(keys))), Needed(needed), timedelta(seconds=seconds))
