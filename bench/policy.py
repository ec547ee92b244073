"""What a decision table of five hundred rows costs: to find the row, to check it, to play it over what was."""

import time
from typing import Final

from bench import inside, probes
from bench.goals import POLICY_LOOKUP, POLICY_REPLAY
from bench.product import serving
from bench.report import Figure, Report, reached
from bench.tables import table
from privyseal.approvals.rules.asked import stages_for
from privyseal.approvals.rules.policies import Case, Table, findings_of
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose

_APPLICATIONS: Final = 10_000
_TIMES: Final = 2_000
_UNITS: Final = tuple(f"unit{number}" for number in range(60))
_SECONDS: Final = 120.0
_MILLISECONDS: Final = 1000


def run() -> Report:
    rows = table(_UNITS)
    with serving() as product:
        played = inside.ask(product, "replaying", str(_APPLICATIONS), seconds=_SECONDS)
        transaction = probes.empty_transaction(product.databases().web)
    figures = (
        reached(POLICY_LOOKUP, _lookup(rows) * _MILLISECONDS, transaction),
        reached(POLICY_REPLAY, played["seconds"], transaction),
        Figure("applications played over", played["looked_at"], ""),
        Figure("applications that would have had other stages", played["changed"], ""),
        Figure("a check of the table, its flaws found", _check(rows) * _MILLISECONDS, "ms"),
    )
    return Report("policy", figures)


def _lookup(rows: Table) -> float:
    """Return the time in which the last row is found, after all the others took nothing."""
    case = Case(Purpose.USE, frozenset({"official"}), frozenset({"unit0"}), None)
    began = time.perf_counter()
    for _ in range(_TIMES):
        stages_for(rows, [case])
    return (time.perf_counter() - began) / _TIMES


def _check(rows: Table) -> float:
    types = {kind.value: frozenset({kind.value}) for kind in SealType}
    began = time.perf_counter()
    findings_of(rows, types=types, chains={unit: frozenset({unit}) for unit in _UNITS})
    return time.perf_counter() - began
