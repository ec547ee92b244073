"""Powers, applications, seals: what is proved of them, and how their tables could be wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Final

from privyseal.approvals.rules import Asks, Part, Quorum
from privyseal.identity.rules import INSTALLATION_POWERS, Power, Reach
from privyseal.seals.rules import Alone
from tests.proved.each_step import at_every_step
from tests.proved.promises import always, nothing_yet
from tests.proved.proof import Theory
from tests.proved.steps import Tables, steps
from tests.proved.ways import ways
from tests.proved.world import FRAME


def _others(tables: Tables) -> Iterator[tuple[str, Tables]]:
    for power in (power for power in Power if power in INSTALLATION_POWERS and power not in tables.may_confirm):
        yield f"may_confirm with {power}", replace(tables, may_confirm=[*tables.may_confirm, power])
    for act, power in product(dict.fromkeys(row.act for row in tables.alone), Power):
        if Alone(act, power) not in tables.alone:
            yield f"alone with {act} by {power}", replace(tables, alone=[*tables.alone, Alone(act, power)])


def _other(power: Power) -> Power:
    return Power.USE if power is not Power.USE else Power.MANAGE


def _weaker_asks(row: Asks) -> Iterator[Asks]:
    ((stage, quorum),) = row.stages
    yield replace(row, applicant=_other(row.applicant))
    yield replace(row, stages=((_other(stage), quorum),))
    if quorum is not Quorum.ANY:
        yield replace(row, stages=((stage, Quorum.ANY),))
    if row.operator is not None:
        yield replace(row, operator=_other(row.operator))
    if row.receiver is not None:
        yield replace(row, receiver=_other(row.receiver))
    if row.witnesses:
        yield replace(row, witnesses=row.witnesses - 1)


# What a row may be weakened to, by its table.
_WEAKER: Final[Mapping[str, Callable[[Any], Iterable[Any]]]] = {
    "powers_kept_apart": lambda row: (
        replace(row, reach=Reach.COMPANY)
        for _ in (row,)
        if row.reach is Reach.ANYWHERE and not {row.first, row.second} <= INSTALLATION_POWERS
    ),
    "moves": lambda row: (replace(row, by=part) for part in (Part.APPLICANT, Part.APPROVER) if part is not row.by),
    "policies": _weaker_asks,
    "words": lambda row: (replace(row, people=row.people - 1) for _ in (row,) if row.people > 1),
}

SEALS: Final = Theory(FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, _WEAKER, _others)
