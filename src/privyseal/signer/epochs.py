"""Which of an installation's signers counts: each restore begins an epoch, and the signer of an earlier one stops.

Kept in a file of its own beside the signer's, whole and for good, so that a replaced signer stays one.
"""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from privyseal.kernel.canonical import Json
from privyseal.signer.protocol import Frame, SignerUnavailable

FIRST: Final = 1
_FIELD: Final = "epoch"
_FILE: Final = "epoch.json"


class SignerReplaced(SignerUnavailable):
    """Another signer took over: this one counts no more, whoever asks."""

    code = "signer-replaced"


class SignerIsAnother(SignerUnavailable):
    """The caller knows an earlier signer than this one: it began before the restore."""

    code = "signer-is-another"


@dataclass(frozen=True, slots=True)
class Epoch:
    """``replaced_by`` is the later epoch that a caller named once, 0 before."""

    number: int = FIRST
    replaced_by: int = 0


class Epochs:
    """What admits a caller's question, or does not; without a folder every question passes."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._now = Epoch() if folder is None else read(folder)

    def admit(self, frame: Frame) -> Frame:
        """Return the question without its epoch, or refuse; who names none is asked for none, as a mere look at us."""
        header = dict(frame.header)
        asked = header.pop(_FIELD, None)
        if asked is None or self._folder is None:
            return Frame(header, frame.body)
        if isinstance(asked, int) and asked > self._now.number and not self._now.replaced_by:
            self._now = replace(self._now, replaced_by=asked)
            write(self._folder, self._now)
        if self._now.replaced_by:
            raise SignerReplaced(epoch=self._now.number, replaced_by=self._now.replaced_by)
        if asked != self._now.number:
            raise SignerIsAnother(epoch=self._now.number)
        return Frame(header, frame.body)


def with_epoch(header: dict[str, Json], epoch: int) -> dict[str, Json]:
    """Return a question's header with the epoch that its caller knows."""
    return {**header, _FIELD: epoch}


def read(folder: Path) -> Epoch:
    """Return the epoch of the signer in this folder; one from before there were epochs is of the first."""
    path = folder / _FILE
    if not path.exists():
        return Epoch()
    said = json.loads(path.read_text("utf-8"))
    return Epoch(number=said["number"], replaced_by=said["replaced_by"])


def write(folder: Path, epoch: Epoch) -> None:
    """Keep the epoch; when it returns, a power cut does not undo it."""
    path = folder / _FILE
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump({"number": epoch.number, "replaced_by": epoch.replaced_by}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
