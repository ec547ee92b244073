"""The master key in a file, for an installation that starts unattended; where custodians keep it, no file is read."""

import os
import secrets
from pathlib import Path

from privyseal.signer.database import CannotStart, Database
from privyseal.signer.keys import Keys, kept_by
from privyseal.signer.shares import SECRET_BYTES


def opened(database: Database, path: Path) -> Keys:
    """Return the keys, open by their file, or sealed until custodians come; or say why neither can be."""
    keeping = kept_by(database)
    if keeping is None:
        return Keys(database, _made(path))
    if keeping.needed:
        return Keys(database)
    if not path.exists():
        raise CannotStart(f"The key file {path} is not there: without it the signer's keys cannot be opened.")
    return Keys(database, _read(path))


def _made(path: Path) -> bytes:
    """Return the file's key, made where there is none: on the disk for good before anything is kept under it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        _keep_name(path.parent)
    return _read(path)


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        master = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key file {path} cannot be read.") from error
    if len(master) != SECRET_BYTES:
        raise CannotStart(f"The key file {path} does not hold a key of {SECRET_BYTES} bytes.")
    return master
