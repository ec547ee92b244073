"""Jobs: left in the transaction of what they are about, done by the real worker, and once."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from openpyxl import Workbook  # type: ignore[import-untyped]  # the library ships no types
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from privyseal.config import jobs
from privyseal.identity import actions, progress, tasks
from privyseal.identity.models import Person, TableImport, Unit
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
from tests.conftest import USCC, holding, new_company, new_person, recorded
from tests.running.served import eventually

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)


@pytest.fixture
def db(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commits be real: the worker has a connection of its own, and here closes it after each job."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


@pytest.fixture
def chen(db: None) -> Person:
    chen, sun = new_person("chen", "陈安"), new_person("sun", "孙明")
    new_company("示例科技有限公司", USCC, registrar=chen, verifier=sun, at=NOON)
    return holding(chen, Power.SECURITY, None, NOON)


def stored(*rows: tuple[str, ...]) -> str:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    return settings.BLOBS.put(data.getvalue())


def test_the_worker_reads_a_table_and_then_enters_it(chen: Person) -> None:
    sha256 = stored(("company", "unit"), (USCC, "财务部/资金组"))
    uid = actions.bring_table(chen, NOON, table=tasks.UNITS_TABLE, sha256=sha256, called={})
    assert not Unit.objects.exists()

    jobs.run(wait=False)
    assert TableImport.objects.get(uid=uid).state == "fine"
    actions.enter_table(chen, NOON, table=tasks.UNITS_TABLE, import_uid=uid)
    jobs.run(wait=False)

    entered = TableImport.objects.get(uid=uid)
    assert (entered.state, entered.done, Unit.objects.count()) == ("entered", 2, 2)
    assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"succeeded"}


def test_what_is_refused_leaves_no_job_and_no_import(chen: Person) -> None:
    with pytest.raises(NotEntitled):
        actions.bring_table(new_person("qiu", "丘外"), NOON, table=tasks.UNITS_TABLE, sha256="0" * 64, called={})

    assert not ProcrastinateJob.objects.exists()
    assert not TableImport.objects.exists()


def tried_again() -> None:
    """Let the workers that died have been silent for long, look for what they left, and do what is to be done."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = '2000-01-01'")
    with suppress(AlreadyEnqueued):  # by the worker that was killed, whose half minute had come
        app.configure_task("jobs.retry-stalled").defer(timestamp=0)
    jobs.run(wait=False)


def killed_while_entering(committed: str, import_uid: str) -> None:
    """Let a worker begin to enter the table, and kill it then."""
    environment = {**os.environ, "PRIVYSEAL_DATABASE_URL": committed}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import ' || %s, 0))", [import_uid])
        worker = subprocess.Popen([sys.executable, "-m", "privyseal", "jobs"], env=environment)
        eventually(lambda: waits_for_a_lock(cursor))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        cursor.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        left = [pid for (pid,) in cursor.fetchall()]
    eventually(lambda: is_gone(left))


def is_gone(servers: list[int]) -> bool:
    """Tell whether the database has noticed that whom it served is dead, and taken back what they did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [servers])
        return not cursor.fetchone()[0]


def waits_for_a_lock(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return bool(cursor.fetchone()[0])


@pytest.fixture
def entering(chen: Person) -> str:
    """A table of units that is fine and whose entering has been asked for; return its uid."""
    sha256 = stored(("company", "unit"), (USCC, "财务部/资金组"))
    uid = actions.bring_table(chen, NOON, table=tasks.UNITS_TABLE, sha256=sha256, called={})
    jobs.run(wait=False)
    return actions.enter_table(chen, NOON, table=tasks.UNITS_TABLE, import_uid=uid)


def test_a_table_whose_worker_was_killed_is_entered_by_the_next_one(committed: str, entering: str) -> None:
    killed_while_entering(committed, entering)
    assert (actions.end_dead_tables(NOON), Unit.objects.count()) == (0, 0)

    tried_again()

    assert (TableImport.objects.get(uid=entering).state, Unit.objects.count()) == ("entered", 2)


def test_a_table_over_which_worker_after_worker_dies_is_ended_and_says_so(committed: str, entering: str) -> None:
    killed_while_entering(committed, entering)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 3 WHERE status = 'doing'")

    tried_again()
    assert [actions.end_dead_tables(NOON) for _ in range(2)] == [1, 0]

    ended = TableImport.objects.get(uid=entering)
    assert (ended.state, ended.refusal, Unit.objects.count()) == (
        "refused",
        {"code": "table-work-died", "facts": {"table": "units"}},
        0,
    )
    assert recorded()[-1] == "table.died"


def test_progress_is_seen_while_the_long_transaction_is_open(chen: Person) -> None:
    uid = actions.bring_table(chen, NOON, table=tasks.UNITS_TABLE, sha256="0" * 64, called={})

    with transaction.atomic():
        Person.objects.update(name="未提交")
        with progress.told(uid) as tell:
            tell(7)
            assert TableImport.objects.get(uid=uid).done == 7
        transaction.set_rollback(True)

    assert TableImport.objects.get(uid=uid).done == 7
