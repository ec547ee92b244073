"""Jobs about seals and keepers: each reads the clock, makes one call, and may run twice."""

from typing import Final

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.identity import actions
from privyseal.identity.actions.imports import enter_holdings
from privyseal.identity.queries import table_of_import
from privyseal.identity.rules import HOLDINGS, OPTIONAL, Power, holdings
from privyseal.identity.tables import Table
from privyseal.seals import queries
from privyseal.seals.actions.importing import enter_seals
from privyseal.seals.rules import SEALS, SEALS_OPTIONAL, SealType, seals

_TASK: Final = "seals.go-on-with-table"

SEALS_TABLE: Final = Table(
    name="seals",
    power=Power.MANAGE,
    columns=SEALS,
    optional=frozenset(SEALS_OPTIONAL),
    most=10_000,
    parse=lambda rows, called: seals(rows, {words: SealType(code) if code else None for words, code in called.items()}),
    wrong=queries.wrong_seals,
    enter=enter_seals,
    task=_TASK,
)
# Here and not beside the other tables of people: some posts go with no custody, and who keeps what is known here.
HOLDINGS_TABLE: Final = Table(
    name="holdings",
    power=Power.SECURITY,
    columns=HOLDINGS,
    optional=frozenset(OPTIONAL),
    most=10_000,
    parse=lambda rows, _called: holdings(rows),
    wrong=queries.wrong_holdings_and_keepers,
    enter=enter_holdings,
    task=_TASK,
)
_TABLES: Final = {table.name: table for table in (SEALS_TABLE, HOLDINGS_TABLE)}


@app.task(name=_TASK, retry=3)
def go_on_with_seals(import_uid: str) -> None:
    actions.go_on_with(now(), table=_TABLES[table_of_import(import_uid)], import_uid=import_uid)
