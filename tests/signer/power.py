"""A disk in memory that loses what was not synced when the power goes, under a real SQLite."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import apsw

_numbers: Final = count()


@dataclass
class Stored:
    """One file: as programs see it, as the disk has it, and the writes that lie between."""

    seen: bytearray
    kept: bytearray
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)


class Disk:
    """Its power goes at a write or sync whose number was chosen; from then on nothing reaches it any more.

    Of the writes since the last sync of a file any may have reached the disk, in any order, one of them in half.
    """

    def __init__(self, files: dict[str, bytes], random: Random, *, cut_at: int) -> None:
        self.files = {name: Stored(bytearray(data), bytearray(data)) for name, data in files.items()}
        self.left: dict[str, bytes] | None = None
        self._random = random
        self._before_the_cut = cut_at

    @property
    def is_cut(self) -> bool:
        return self.left is not None

    def moves(self) -> None:
        """Count a write or a sync; the power goes before the chosen one."""
        self._before_the_cut -= 1
        if self._before_the_cut == 0:
            self.cut()

    def cut(self) -> None:
        if self.left is None:
            self.left = {name: self._survivor(file) for name, file in self.files.items()}

    def sync(self, file: Stored) -> None:
        for offset, data in file.pending:
            _apply(file.kept, offset, data)
        file.pending.clear()

    def _survivor(self, file: Stored) -> bytes:
        reached = [write for write in file.pending if self._random.random() < 0.5]
        self._random.shuffle(reached)
        for number, (offset, data) in enumerate(reached):
            is_torn = number == len(reached) - 1 and data is not None
            _apply(file.kept, offset, data[: len(data) // 2] if is_torn and data is not None else data)
        return bytes(file.kept)


def _apply(image: bytearray, offset: int, data: bytes | None) -> None:
    """Write at an offset; None cuts the file off there."""
    if data is None:
        del image[offset:]
        return
    image.extend(bytes(max(0, offset - len(image))))
    image[offset : offset + len(data)] = data


class _File(apsw.VFSFile):
    """An open file. SQLite's own base is not asked: there is nothing on any real disk."""

    def __init__(self, disk: Disk, stored: Stored) -> None:
        self._disk, self._stored = disk, stored

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  SQLite's names, here and below
        return bytes(self._stored.seen[offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802, ANN401  apsw's buffer
        self._disk.moves()
        self._stored.pending.append((offset, bytes(data)))
        _apply(self._stored.seen, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._stored.pending.append((size, None))
        _apply(self._stored.seen, size, None)

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self._disk.moves()
        self._disk.sync(self._stored)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._stored.seen)

    def xFileControl(self, _operation: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xLock(self, _level: int) -> None:  # noqa: N802
        """Nobody else has this disk."""

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        """As above."""

    def xClose(self) -> None:  # noqa: N802
        """What is not synced stays so."""


class _System(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, "")
        self.vfs_name = name
        self._disk = disk

    def xOpen(self, name: Any, _flags: list[int]) -> apsw.VFSFile:  # noqa: N802, ANN401  apsw's own type of names
        path = _plain(name)
        return _File(self._disk, self._disk.files.setdefault(path, Stored(bytearray(), bytearray())))

    def xDelete(self, name: str, _sync: bool) -> None:  # noqa: N802, FBT001  SQLite's signature
        self._disk.files.pop(_plain(name), None)

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802
        return _plain(name) in self._disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


def _plain(name: Any) -> str:  # noqa: ANN401  a text, or apsw's own type of names
    return Path(name if isinstance(name, str) else name.filename()).name


class _Rows:
    def __init__(self, cursor: apsw.Cursor, rowcount: int) -> None:
        self._cursor, self.rowcount = cursor, rowcount

    def fetchone(self) -> Any:  # noqa: ANN401  a row of whatever was asked
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def __iter__(self) -> Any:  # noqa: ANN401  as above
        return iter(self._cursor)


class _Connection:
    """As much of the standard library's connection as the signer uses, over apsw's."""

    def __init__(self, own: apsw.Connection) -> None:
        self._own = own

    def execute(self, statement: str, values: Sequence[Any] = ()) -> _Rows:
        cursor = self._own.cursor()
        cursor.execute(statement, values)
        return _Rows(cursor, self._own.changes())

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._own.cursor().executemany(statement, rows)

    @property
    def in_transaction(self) -> bool:
        return self._own.in_transaction

    def close(self) -> None:
        self._own.close()


class Plugged:
    """SQLite on this disk. Its shared memory is replaced by exclusive locking: the one difference to the product's."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._system = _System(f"power-{next(_numbers)}", disk)
        own = apsw.Connection(f"/{name}", vfs=self._system.vfs_name)
        own.cursor().execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        self.connection = cast("sqlite3.Connection", _Connection(own))

    def unplug(self) -> None:
        self.connection.close()
        self._system.unregister()
