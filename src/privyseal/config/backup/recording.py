"""What the record says of backups and of restores."""

from datetime import datetime
from typing import Any, Final

from privyseal.identity.models import Installation
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command

BACKUP: Final = Service("backup")
RESTORE: Final = Service("restore")


@command("installation.back-up")
def enter_backup(actor: Service, at: datetime, *, sha256: str, cut: int, erased_sha256: str) -> None:
    """Record that a backup and the list beside it were written, so that who reads the record can look for them."""
    about: dict[str, Json] = {"backup_sha256": sha256, "cut": cut, "erased_sha256": erased_sha256}
    book.record("installation.backed-up", by=actor, at=at, **about)


@command("installation.restore")
def enter_restored(actor: Service, at: datetime, *, epoch: int, said: dict[str, Any]) -> int:
    """Record what was restored, and begin the epoch of the signer that was; one of an earlier epoch stops at once."""
    installation = Installation.objects.select_for_update().get()
    installation.signer_epoch = max(installation.signer_epoch, epoch) + 1
    installation.save(update_fields=["signer_epoch"])
    book.record("installation.restored", by=actor, at=at, epoch=installation.signer_epoch, **said)
    return installation.signer_epoch
