"""A copy of the signer's file as it is at one moment, taken beside a running signer, never on the disk unencrypted."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

FILE: Final = "signer.sqlite"


class CannotContinue(Exception):
    """The signer's file, or a copy of it, will not do; the message is one sentence for a person."""


def copied(data: Path) -> bytes:
    """Return the signer's file with everything that is committed, or say why not."""
    path = data / FILE
    if not path.exists():
        raise CannotContinue(f"There is no signer in {data}.")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
            source.backup(copy)
            return copy.serialize()
    except sqlite3.DatabaseError as error:
        raise CannotContinue(f"The signer's file in {data} cannot be copied: {error}.") from error
