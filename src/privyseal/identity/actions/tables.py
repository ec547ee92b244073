"""A table that is brought, read with every fault named, and entered by a job: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from privyseal.identity import progress, queries
from privyseal.identity.models import Person, TableImport
from privyseal.identity.rules import CellError, Import
from privyseal.identity.tables import Table
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import share_file, transaction_required

_MOST_KEPT: Final = 200
_UNDER_WAY: Final = [Import.READING, Import.ENTERING]
_ALIVE: Final = ["todo", "doing"]


class TableWorkDied(Refused):
    """Whatever read or entered the table is gone, and nothing of it is entered."""

    code = "table-work-died"


class TableEmpty(Refused):
    """There is no row below the headings."""

    code = "table-empty"


@command("table.bring")
def bring_table(actor: Person, at: datetime, *, table: Table, sha256: str, called: Mapping[str, str]) -> str:
    """Have a stored table read by a job, which enters nothing yet; return the import's uid."""
    _check_may_bring(actor, at, table)
    share_file(sha256)
    brought = TableImport.objects.create(
        table=table.name,
        sha256=sha256,
        called=dict(called),
        brought_by=actor,
        brought_at=at,
        state=Import.READING,
    )
    book.record("table.brought", by=actor, at=at, table=table.name, table_sha256=sha256)
    _defer(table, brought)
    return brought.uid


@command("table.enter")
def enter_table(actor: Person, at: datetime, *, table: Table, import_uid: str) -> str:
    """Have a table in which nothing was wrong entered by a job; only whoever brought it says so."""
    _check_may_bring(actor, at, table)
    found = TableImport.objects.select_for_update().filter(uid=import_uid, table=table.name, brought_by=actor).first()
    if found is None:
        raise NotFound(table=table.name)
    if found.state != Import.FINE:
        raise OutOfTurn(table=table.name)
    found.state = Import.ENTERING
    found.save(update_fields=["state"])
    book.record("table.entering", by=actor, at=at, table=table.name, table_sha256=found.sha256)
    _defer(table, found)
    return found.uid


def go_on_with(at: datetime, *, table: Table, import_uid: str) -> None:
    """Do what the import waits for; one that waits for nothing is left alone, so that a job may run twice."""
    found = TableImport.objects.select_related("brought_by").get(uid=import_uid)
    work = {Import.READING: read_table, Import.ENTERING: carry_table_in}.get(Import(found.state))
    if work is None:
        return
    try:
        work(found.brought_by, at, table=table, import_uid=import_uid)
    except Refused as refusal:
        give_table_up(found.brought_by, at, import_uid=import_uid, refusal=refusal)


@command("table.read")
def read_table(actor: Person, at: datetime, *, table: Table, import_uid: str) -> int:
    """Note every wrong cell of a table, by its look and as things stand; return how many there are."""
    _check_may_bring(actor, at, table)
    found = TableImport.objects.get(uid=import_uid)
    lines, errors = _lines(actor, at, table, found)
    if not lines:
        raise TableEmpty(table=table.name)
    book.record(
        "table.read",
        by=actor,
        at=at,
        table=table.name,
        table_sha256=found.sha256,
        rows=len(lines),
        errors=len(errors),
    )
    _save(found, at, Import.READING, Import.WRONG if errors else Import.FINE, errors, rows=len(lines))
    return len(errors)


@command("table.carry-in")
def carry_table_in(actor: Person, at: datetime, *, table: Table, import_uid: str) -> int:
    """Enter every row of a table, or nothing of it where a cell has become wrong; return how many were entered.

    Nothing is written or locked before every row is checked: from then on everybody's facts wait for this transaction.
    """
    _alone_with(import_uid)
    found = TableImport.objects.get(uid=import_uid)
    if found.state != Import.ENTERING:
        return 0
    _check_may_bring(actor, at, table)
    lines, errors = _lines(actor, at, table, found)
    if errors:
        _save(found, at, Import.ENTERING, Import.WRONG, errors, rows=len(lines))
        return 0
    with progress.told(import_uid) as tell:
        count = table.enter(actor, at, lines=lines, sha256=found.sha256, tell=tell)
    _save(found, at, Import.ENTERING, Import.ENTERED, (), rows=len(lines), done=count)
    return count


@command("table.give-up")
def give_table_up(actor: Person, at: datetime, *, import_uid: str, refusal: Refused) -> None:
    """Note why a table is not read or entered; the refusal itself is on record already."""
    waiting = TableImport.objects.filter(uid=import_uid, brought_by=actor, state__in=_UNDER_WAY)
    said = {"code": refusal.code, "facts": dict(refusal.facts)}
    waiting.update(state=Import.REFUSED, refusal=said, ended_at=at)


def end_dead_tables(at: datetime) -> int:
    """End each import that waits for a job that is no more; return how many there were."""
    dead = list(_dead().select_related("brought_by").order_by("pk"))
    for found in dead:
        end_dead_table(found.brought_by, at, import_uid=found.uid)
    return len(dead)


@command("table.end-dead")
def end_dead_table(actor: Person, at: datetime, *, import_uid: str) -> None:
    """Say that nothing comes of an import any more, unless a job has gone on with it meanwhile."""
    found = _dead().select_for_update().filter(uid=import_uid, brought_by=actor).first()
    if found is None:
        return
    refusal = TableWorkDied(table=found.table)
    found.state, found.ended_at = Import.REFUSED, at
    found.refusal = {"code": refusal.code, "facts": dict(refusal.facts)}
    found.save(update_fields=["state", "ended_at", "refusal"])
    book.record("table.died", by=actor, at=at, table=found.table, table_sha256=found.sha256)


def _dead() -> QuerySet[TableImport]:
    """Return the imports under way that no job works on or will: job and import begin in one transaction."""
    alive = ProcrastinateJob.objects.filter(lock=OuterRef("uid"), status__in=_ALIVE)
    return TableImport.objects.filter(~Exists(alive), state__in=_UNDER_WAY)


def _lines(actor: Person, at: datetime, table: Table, found: TableImport) -> tuple[Sequence[Any], list[CellError]]:
    from privyseal.identity import sheets  # noqa: PLC0415  openpyxl: an eighth of a start, 13 MB; few read tables

    rows = sheets.read(settings.BLOBS.get(found.sha256), table.columns, optional=table.optional, most=table.most)
    parsed = table.parse(rows, found.called)
    errors = [*parsed.errors, *table.wrong(actor, at, parsed.lines)]
    return parsed.lines, sorted(errors, key=lambda error: error.row)


@transaction_required
def _save(
    found: TableImport,
    at: datetime,
    before: Import,
    after: Import,
    errors: Sequence[CellError],
    *,
    rows: int,
    done: int = 0,
) -> None:
    """Move the import on, unless another run of the same job has done so: then everything is undone."""
    moved = TableImport.objects.filter(pk=found.pk, state=before).update(
        state=after,
        rows=rows,
        done=done,
        errors=[[error.row, str(error.column), error.wrong.value] for error in errors[:_MOST_KEPT]],
        error_count=len(errors),
        ended_at=at,
    )
    if not moved:
        raise OutOfTurn(table=found.table)


def _alone_with(import_uid: str) -> None:
    """Let a second run of the same job wait for the first, without touching the row that shows the progress."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import ' || %s, 0))", [import_uid])


def _check_may_bring(actor: Person, at: datetime, table: Table) -> None:
    if not queries.powers_of(actor, at).anywhere(table.power):
        raise NotEntitled(power=table.power.value)


def _defer(table: Table, found: TableImport) -> None:
    """Leave the job in this very transaction: it exists if and only if what it works on exists."""
    app.configure_task(table.task, lock=found.uid).defer(import_uid=found.uid)
