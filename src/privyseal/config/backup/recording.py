"""What the record says of backups and of restores."""

from datetime import datetime
from typing import Any, Final

from privyseal.identity.actions import end_what_was_open
from privyseal.identity.models import Installation
from privyseal.kernel.canonical import Json
from privyseal.kernel.note import Checkpoint, VerifierKey
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.naming import go_on_as
from privyseal.notification.restored import hold_back

BACKUP: Final = Service("backup")
RESTORE: Final = Service("restore")


@command("installation.back-up")
def enter_backup(actor: Service, at: datetime, *, sha256: str, cut: int, erased_sha256: str) -> None:
    """Record that a backup and the list beside it were written, so that who reads the record can look for them."""
    about: dict[str, Json] = {"backup_sha256": sha256, "cut": cut, "erased_sha256": erased_sha256}
    book.record("installation.backed-up", by=actor, at=at, **about)


@command("installation.begin-anew")
def begin_anew(
    actor: Service, at: datetime, *, key: str, begins_at: int, known: Checkpoint, said: dict[str, Any]
) -> None:
    """Name the record otherwise from here on: the first fact of the new name says what is known and missing."""
    installation = Installation.objects.select_for_update().get()
    before, origin = installation.log_key, VerifierKey.parse(key).name
    go_on_as(key, at, before=before, begins_at=begins_at, known=known)
    installation.log_key, installation.origin = key, origin
    installation.save(update_fields=["log_key", "origin"])
    book.record(
        "installation.began-anew",
        by=actor,
        at=at,
        origin=origin,
        log_key=key,
        origin_before=VerifierKey.parse(before).name,
        log_key_before=before,
        begins_at=begins_at,
        known_size=known.size,
        known_root=known.root.hex(),
        **said,
    )


@command("installation.restore")
def enter_restored(
    actor: Service, at: datetime, *, began_at: datetime, epoch: int, said: dict[str, Any]
) -> tuple[int, int]:
    """Record what was restored, and begin the epoch of the signer that was; one of an earlier epoch stops at once.

    Return the epoch, and how many messages are held back.

    Everybody signs in anew, and by no code from before; no message leaves by itself that may have left before the
    restore began.
    """
    installation = Installation.objects.select_for_update().get()
    installation.signer_epoch = max(installation.signer_epoch, epoch) + 1
    installation.save(update_fields=["signer_epoch"])
    sessions, codes = end_what_was_open(at)
    held_back = hold_back(began_at)
    ended: dict[str, Json] = {"sessions": sessions, "entry_codes": codes, "messages": held_back}
    book.record("installation.restored", by=actor, at=at, epoch=installation.signer_epoch, **ended, **said)
    return installation.signer_epoch, held_back
