"""Jobs about seals: each reads the clock, makes one call, and may run twice."""

from typing import Final

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.identity import actions
from privyseal.identity.rules import Power
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
    parse=lambda rows, called: seals(rows, {words: SealType(code) for words, code in called.items()}),
    wrong=queries.wrong_seals,
    enter=enter_seals,
    task=_TASK,
)


@app.task(name=_TASK, retry=3)
def go_on_with_seals(import_uid: str) -> None:
    actions.go_on_with(now(), table=SEALS_TABLE, import_uid=import_uid)
