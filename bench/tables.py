"""A decision table as long as any: for every unit and span of amounts a row of its own."""

from collections.abc import Sequence
from typing import Final

from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.signer.statement import Purpose

ROWS: Final = 500
_STEP: Final = 10_000_00
_TWO: Final = (Seat(Who.APPROVER, needed=2),)


def table(units: Sequence[str]) -> tuple[Row, ...]:
    """Return five hundred rows: uses by unit and amount, and a last one for all that is left."""
    rows = [
        Row(
            stages=((Seat(Who.MANAGER),), _TWO) if number % 3 else (_TWO,),
            purposes=frozenset({Purpose.USE}),
            units=frozenset({units[number % len(units)]}),
            least=number // len(units) * _STEP,
            below=(number // len(units) + 1) * _STEP,
        )
        for number in range(ROWS - 1)
    ]
    return (*rows, Row(stages=(_TWO,)))
