"""Files of tables that somebody brought: deleted once nobody needs them, or once somebody in them is erased.

(1) what goes is on record and committed; (2) the file is deleted, with no transaction open; (3) that is on record
"""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import F

from privyseal.identity.models import TableImport
from privyseal.identity.rules import Import
from privyseal.keeping.barring import is_stopped
from privyseal.keeping.locks import before_holds
from privyseal.keeping.models import Blotting, Erasure
from privyseal.keeping.tables import is_table_needed, tables_over
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import file_to_oneself

_KEEPER: Final = Service("keeper")
_WAITING: Final = (Import.READING, Import.FINE, Import.ENTERING)


class TableDeleted(Refused):
    """The file of this table is deleted: it waited too long, or somebody in it was erased."""

    code = "table-deleted"


def discard_tables_over(at: datetime) -> int:
    """Delete the files that nobody needs any more; return how many imports they were of."""
    over = tables_over(at)
    for pk in over:
        discard_table(at, import_id=pk)
    return len(over)


def discard_table(at: datetime, *, import_id: int, erasure_uid: str = "") -> None:
    """Delete the file of one import, unless the same bytes are needed for something else."""
    if not _let_go(_KEEPER, at, import_id=import_id, erasure_uid=erasure_uid):  # (1)
        return
    sha256 = TableImport.objects.only("sha256").get(pk=import_id).sha256
    with file_to_oneself(sha256):
        if not is_table_needed(sha256):
            settings.BLOBS.discard(sha256)  # (2)
    _confirm(_KEEPER, at, import_id=import_id)  # (3)


@command("table.let-go")
def _let_go(actor: Actor, at: datetime, *, import_id: int, erasure_uid: str) -> bool:
    """Put on record that a file goes; return whether it may: whom a hold covers keeps what names them."""
    before_holds()
    if erasure_uid and is_stopped(Erasure.objects.select_related("person").get(uid=erasure_uid).person):
        return False
    found = TableImport.objects.select_for_update().get(pk=import_id)
    if found.let_go_at is not None:
        return True
    found.let_go_at = at
    if found.state in _WAITING:
        refusal = TableDeleted(table=found.table)
        found.state, found.ended_at = Import.REFUSED, at
        found.refusal = {"code": refusal.code, "facts": dict(refusal.facts)}
    found.save(update_fields=["let_go_at", "state", "ended_at", "refusal"])
    Blotting.objects.filter(erasure__uid=erasure_uid).update(files=F("files") + 1)
    about: dict[str, Json] = {"erasure": erasure_uid} if erasure_uid else {}
    book.record("table.let-go", by=actor, at=at, table=found.table, table_sha256=found.sha256, **about)
    return True


@command("table.confirm-deleted")
def _confirm(actor: Actor, at: datetime, *, import_id: int) -> None:
    found = TableImport.objects.select_for_update().get(pk=import_id)
    if found.deleted_at is None:
        found.deleted_at = at
        found.save(update_fields=["deleted_at"])
        book.record("table.deleted", by=actor, at=at, table=found.table, table_sha256=found.sha256)
