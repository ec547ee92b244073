"""What a restore has shown, in words that are printed and filed; and by whose leave facts were done without."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from privyseal import __version__
from privyseal.config.backup.erasures import Repeated
from privyseal.kernel.note import Checkpoint
from privyseal.signer.replaying import Replayed

_IS_ANEW: Final = "begins a name of its own"


@dataclass(frozen=True, slots=True)
class Leave:
    """By whose leave the record goes on without so many facts."""

    missing: int
    auditor: str
    password: str
    shares: Sequence[str]
    key_file: Path


@dataclass(frozen=True, slots=True)
class Lost:
    """What is lost, and how the record goes on: ``known`` is the last head that anybody had seen signed."""

    cut: int
    known: Checkpoint
    key: str
    custodians: int
    auditor: str
    permits: int
    mandates: int
    stopped: int
    unrecorded: Sequence[str]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a restore has shown."""

    backup_sha256: str
    made_at: str
    restored_at: datetime
    seconds: float
    cut: int
    facts: int
    heads: int
    root: str
    compared: Sequence[int]
    files: int
    replayed: Replayed
    waiting: int
    epoch: int
    log: str = field(default="")
    held_back: int = 0
    repeated: Repeated | None = None
    lost: Lost | None = None

    def text(self, *, is_drill: bool) -> str:
        replayed = self.replayed
        counts = (
            f"{replayed.uses} uses, {replayed.denied} denials, {replayed.suspended} suspensions, "
            f"{replayed.ended} ends of seals, {replayed.removed} passkeys taken off, "
            f"{replayed.grants} grants of machines, {replayed.taken_out} seals taken out of machines, "
            f"{replayed.on_mandates} uses under mandates"
        )
        lines = [
            "PRIVYSEAL RESTORE DRILL" if is_drill else "PRIVYSEAL RESTORE",
            f"Log            {self.log}",
            f"Backup         SHA-256 {self.backup_sha256}",
            f"Made           {self.made_at}",
            f"Restored       {self.restored_at.isoformat(timespec='seconds')} in {self.seconds:.1f} s",
            f"Version        {__version__}",
            f"Record         {self.facts} facts and {self.heads} heads derived again, {self.waiting} not numbered",
            f"Root           {self.root}",
            f"Cut            at {self.cut} facts; the record continues it",
            *_loss(self.lost),
            f"Compared with  {len(self.compared)} heads brought from elsewhere" + _listed(self.compared),
            f"Files          {self.files}, each with its digest",
            f"Signer         {_IS_ANEW if self.lost else 'continues its own last head'}; replayed: {counts}",
            f"Epoch          {self.epoch}: a signer of an earlier one is refused and stops",
            f"Without a key  {len(replayed.keyless)} seals" + _listed(replayed.keyless),
            f"Machines       {len(replayed.machines)} to be enrolled anew, with a new code each"
            + _listed(replayed.machines),
            *_unmounted(replayed.unmounted),
            f"Messages       {self.held_back} may have left since the copy: not sent by themselves; each can be sent",
            *_erasures(self.repeated),
        ]
        return "\n".join(lines) + "\n"


def _loss(lost: Lost | None) -> list[str]:
    if lost is None:
        return []
    opened = f"{lost.custodians} custodians" if lost.custodians else "a key file, which no custodian keeps"
    return [
        f"LOST           {lost.known.size - lost.cut} facts: {lost.cut} are here, {lost.known.size} had been signed",
        f"               {lost.known.origin}, root {lost.known.root.hex()}",
        f"Goes on as     {lost.key}",
        f"By leave of    auditor {lost.auditor}; keys opened by {opened}",
        f"Voided         {lost.permits} permits that were open, {lost.mandates} mandates for so many uses",
        f"Put to rest    {lost.stopped} seals that the key had stopped",
        f"Not on record  {len(lost.unrecorded)} uses that the key has counted" + _listed(lost.unrecorded),
        "TO DO          every cosigner: `privyseal cosigner follow`; the new key goes to whoever checks receipts",
    ]


def _unmounted(seals: Sequence[str]) -> list[str]:
    if not seals:
        return []
    said = (
        f"In machines    {len(seals)} seals went into one since: the key opens none for them. Take each out and put it",
        "               in again, on the page of its machine",
    )
    return [said[0], said[1] + _listed(seals)]


def _erasures(repeated: Repeated | None) -> list[str]:
    if repeated is None:
        return [
            "Erasures       NOT repeated: who was erased and what was deleted after the cut is back. Before anybody is",
            "               let in, run `privyseal erased again LIST` with the newest list that lies beside a backup.",
        ]
    lines = [
        f"Erasures       {repeated.done} of {repeated.asked} on the list done again; the rest was so already,",
        "               is not in this backup, or stands below",
        f"               list: SHA-256 {repeated.sha256}",
    ]
    if repeated.left:
        lines.append(
            "NOT erased     these people: something holds them in this record. End it, then run"
            " `privyseal erased again LIST`" + _listed(repeated.left)
        )
    return lines


def _listed(items: Sequence[object]) -> str:
    return "".join(f"\n               {item}" for item in items)
