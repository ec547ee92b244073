"""Jobs about people and companies: each reads the clock, makes one call, and may run twice."""

from typing import Final

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.identity import actions, queries
from privyseal.identity.actions.imports import enter_people, enter_posts, enter_units
from privyseal.identity.rules import (
    OPTIONAL,
    PEOPLE,
    POSTS,
    UNITS,
    Column,
    Power,
    people,
    posts,
    units,
)
from privyseal.identity.tables import Table

_TASK: Final = "identity.go-on-with-table"

PEOPLE_TABLE: Final = Table(
    name="people",
    power=Power.SECURITY,
    columns=PEOPLE,
    optional=frozenset(OPTIONAL),
    most=50_000,
    parse=lambda rows, _called: people(rows),
    wrong=queries.wrong_people,
    enter=enter_people,
    task=_TASK,
)
UNITS_TABLE: Final = Table(
    name="units",
    power=Power.SECURITY,
    columns=UNITS,
    optional=frozenset(),
    most=50_000,
    parse=lambda rows, _called: units(rows),
    wrong=queries.wrong_units,
    enter=enter_units,
    task=_TASK,
)
POSTS_TABLE: Final = Table(
    name="posts",
    power=Power.SECURITY,
    columns=POSTS,
    optional=frozenset({Column.UNIT}),
    most=10_000,
    parse=posts,
    wrong=queries.wrong_posts,
    enter=enter_posts,
    task=_TASK,
)
_TABLES: Final = {table.name: table for table in (PEOPLE_TABLE, UNITS_TABLE, POSTS_TABLE)}


@app.task(name=_TASK, retry=3)
def go_on_with_table(import_uid: str) -> None:
    table = _TABLES[queries.table_of_import(import_uid)]
    actions.go_on_with(now(), table=table, import_uid=import_uid)
