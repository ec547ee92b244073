"""Packs as one ZIP, written to the disk first: they may hold large files."""

import errno
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.timezone import localtime

from privyseal.storage import StorageFull

SUMS: Final = "SHA256SUMS"
_LINE: Final = "{}  {}\n"
_AS_IT_IS: Final = (".pdf", ".jpeg", ".png", ".webp", ".xlsx")


def packed(files: Iterable[tuple[str, Iterator[bytes]]], at: datetime) -> IO[bytes]:
    """Return a ZIP of files by their paths, each in parts, and their digests as ``sha256sum`` reads them.

    Refuses: storage-full. The caller closes the file.
    """
    file = TemporaryFile()  # noqa: SIM115  the answer closes it once it is sent
    try:
        _write(file, files, localtime(at).timetuple()[:6])
    except OSError as error:
        file.close()
        if error.errno == errno.ENOSPC:
            raise StorageFull from error
        raise
    return file


def _write(file: IO[bytes], files: Iterable[tuple[str, Iterator[bytes]]], made: tuple[int, ...]) -> None:
    sums: list[str] = []
    with ZipFile(file, "w") as archive:
        for path, parts in files:
            digest = sha256()
            with archive.open(_entry(path, made), "w", force_zip64=True) as entry:
                for part in parts:
                    digest.update(part)
                    entry.write(part)
            sums.append(_LINE.format(digest.hexdigest(), path))
        archive.writestr(_entry(SUMS, made), "".join(sums))


def _entry(path: str, made: tuple[int, ...]) -> ZipInfo:
    year, month, day, hour, minute, second = made
    entry = ZipInfo(path, (year, month, day, hour, minute, second))
    entry.compress_type = ZIP_STORED if path.endswith(_AS_IT_IS) else ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
