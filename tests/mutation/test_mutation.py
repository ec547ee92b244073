"""Changes are found and made one at a time; and, long, the tests notice nine of ten."""

import ast
import os
import time
from typing import Final

import pytest

from tests.long import Run
from tests.mutation.mutants import mutants, mutated
from tests.mutation.running import score
from tests.mutation.targets import TARGETS

LEAST: Final = 0.9
SOURCE: Final = '''
def f(x: int) -> bool:
    """Say."""
    if not x and 1 < x:
        raise ValueError("no")
    return x == 2
'''


def test_each_change_is_one_and_says_where_it_is() -> None:
    found = mutants(SOURCE)

    assert sorted((one.line, one.what) for one in found) == [
        (4, "1 is 2"),
        (4, "And is Or"),
        (4, "Lt is LtE"),
        (4, "condition turned round"),
        (4, "without not"),
        (5, "'no' is 'noX'"),
        (5, "nothing raised"),
        (6, "2 is 3"),
        (6, "Eq is NotEq"),
        (6, "None returned"),
    ]
    made = {ast.unparse(mutated(SOURCE, one.number)) for one in found}
    assert len(made) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) not in made


def test_every_module_to_change_and_its_tests_are_there() -> None:
    for target in TARGETS:
        assert score(target, until=0.0).of > 0


@pytest.mark.long
def test_mutation_score_of_signer_ledger_merkle_statement_and_charters() -> None:
    until = time.monotonic() + 60 * float(os.environ.get("MUTATION_MINUTES", "60"))
    scores = [score(target, until=until) for target in TARGETS]
    tried, of = sum(one.tried for one in scores), sum(one.of for one in scores)
    share = sum(one.killed for one in scores) / tried
    with Run("mutation", goal=of, unit=f"changes tried, {share:.1%} noticed") as run:
        run.add(tried)
    assert share >= LEAST
