"""Brings in large tables as an office does, by the pages' own actions: ``stock``.

Each is entered by the product's own worker of jobs. Answers with the seconds that took, and with the longest that a
fact of somebody else's had to wait meanwhile for its place in the tree.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection
from openpyxl import Workbook  # type: ignore[import-untyped]  # the library ships no types

from bench.product import Broken
from privyseal.config import demo
from privyseal.identity import actions
from privyseal.identity.models import Company, Person, Post, TableImport
from privyseal.identity.rules import Import, Power
from privyseal.identity.tables import Table
from privyseal.identity.tasks import PEOPLE_TABLE, POSTS_TABLE, UNITS_TABLE
from privyseal.seals.tasks import HOLDINGS_TABLE, SEALS_TABLE

PEOPLE: Final = 10_000
SEALS: Final = 2_000
_POSTS: Final = 1_000
_UNITS: Final = 100
_KEEPERS: Final = 100
_KEEPER: Final = "印章保管员"
_POLL_SECONDS: Final = 0.01
_MOST_SECONDS: Final = 240.0
_NUMBER: Final = "SELECT pg_current_xact_id()::text"
_IS_SAFE: Final = "SELECT %s::xid8 < pg_snapshot_xmin(pg_current_snapshot())"


def main(_words: Sequence[str]) -> None:
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    code, security = company.uscc, demo.person(demo.SECURITY)
    found = {"units": _entered(security, UNITS_TABLE, [(code, f"部门{unit}") for unit in range(_UNITS)])}
    found["people"] = _entered(
        security,
        PEOPLE_TABLE,
        [(f"e{number}", f"员工{number}", code, f"部门{number % _UNITS}", "2024-03-01") for number in range(PEOPLE)],
    )
    posts = [(code, f"部门{post % _UNITS}", f"岗位{post}", "staff") for post in range(_POSTS)]
    found["posts"] = _entered(security, POSTS_TABLE, [*posts, (code, "", _KEEPER, "seal-keeper")])
    _let_the_post_keep(company)
    holdings = [
        (f"e{number}", *(posts[number % _POSTS][:3] if number >= _KEEPERS else (code, "", _KEEPER)), "2026-01-01")
        for number in range(PEOPLE)
    ]
    found["holdings"] = _entered(security, HOLDINGS_TABLE, holdings)
    seals = [(code, f"合同专用章{seal}", "contract", "", f"e{seal % _KEEPERS}") for seal in range(SEALS)]
    found["seals"] = _entered(demo.person(demo.MANAGER), SEALS_TABLE, seals)
    json.dump(found, sys.stdout)


def _let_the_post_keep(company: Company) -> None:
    at, post = datetime.now(UTC), Post.objects.get(company=company, name=_KEEPER)
    mapping = actions.map_post(
        demo.person(demo.SECURITY), at, post_uid=post.uid, power=Power.CUSTODY, company_uid=company.uid
    )
    actions.confirm_mapping(demo.person(demo.AUDITOR), at, mapping_id=mapping)


def _entered(actor: Person, table: Table, rows: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Bring a table and have it entered; return the seconds that entering took, and the longest wait meanwhile."""
    sha256 = settings.BLOBS.put(_sheet(table, rows))
    uid = actions.bring_table(actor, datetime.now(UTC), table=table, sha256=sha256, called=_called(table))
    _wait_for(uid, Import.FINE)
    with _waiting() as longest:
        began = time.monotonic()
        actions.enter_table(actor, datetime.now(UTC), table=table, import_uid=uid)
        _wait_for(uid, Import.ENTERED)
        seconds = time.monotonic() - began
    return seconds, longest()


def _called(table: Table) -> dict[str, str]:
    """Return by which words the cells of a table call what has a code."""
    words = {"posts": ("staff", "seal-keeper"), "seals": ("contract",)}
    return {word: word for word in words.get(table.name, ())}


def _sheet(table: Table, rows: Sequence[Sequence[str]]) -> bytes:
    book, data = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    sheet.append([column.value for column in table.columns])
    for row in rows:
        sheet.append(list(row))
    book.save(data)
    return data.getvalue()


def _wait_for(uid: str, wanted: Import) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while (found := TableImport.objects.get(uid=uid)).state != wanted:
        if not Import(found.state).is_under_way and found.state != Import.FINE:
            raise Broken(f"The table is {found.state}: {found.errors or found.refusal}")
        if time.monotonic() > deadline:
            raise Broken(f"The table is still {found.state}.")
        time.sleep(_POLL_SECONDS)


@contextmanager
def _waiting() -> Iterator[Callable[[], float]]:
    """Meanwhile number a transaction again and again, and see how long until the integrator may count it."""
    waits, over = [0.0], threading.Event()

    def watch() -> None:
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as beside:
            while not over.is_set():
                waits.append(_seconds_until_safe(beside))

    thread = threading.Thread(target=watch, name="waiting")
    thread.start()
    try:
        yield lambda: max(waits)
    finally:
        over.set()
        thread.join()


def _seconds_until_safe(beside: "psycopg.Connection[tuple[str]]") -> float:
    (number,) = beside.execute(_NUMBER).fetchone() or ("0",)
    began = time.monotonic()
    while not (beside.execute(_IS_SAFE, [number]).fetchone() or (True,))[0]:
        time.sleep(_POLL_SECONDS)
    time.sleep(_POLL_SECONDS)
    return time.monotonic() - began - _POLL_SECONDS
