"""Changes are found and made one at a time; and, long, the tests notice nine of ten of each part."""

import ast
import os
import subprocess
import sys
import time

import pytest

from tests.long import written_down
from tests.mutation.codes import exchanged
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import mutants, mutated
from tests.mutation.running import Score, score
from tests.mutation.targets import PARTS, ROOT, SUITES

LEAST = 0.9
SOURCE = '''
def f(x: int) -> bool:
    """Say."""
    if not x and 1 < x:
        raise ValueError("no")
    return x == 2
'''


def test_each_change_is_one_and_says_where_it_is() -> None:
    found = mutants(SOURCE)

    assert sorted((one.line, one.what) for one in found if not one.is_needless) == [
        (4, "1 is 2"),
        (4, "And is Or"),
        (4, "Lt is LtE"),
        (4, "condition turned round"),
        (4, "without not"),
        (5, "nothing raised"),
        (6, "2 is 3"),
        (6, "Eq is NotEq"),
        (6, "None returned"),
    ]
    assert [one.what for one in found if one.is_needless] == ["'no' is 'noX'"]
    made = {ast.unparse(mutated(SOURCE, one.number)) for one in found}
    assert len(made) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) not in made


def test_what_is_known_of_a_change_stays_known_for_as_long_as_its_function_stays() -> None:
    found = {one.key for one in mutants(SOURCE)}
    more = {one.key for one in mutants(f"LIMIT = 1\n{SOURCE}\nclass A:\n    def f(self):\n        return 2\n")}
    other = {one.key for one in mutants(SOURCE.replace("x == 2", "x == 3"))}

    assert len(found) == len(mutants(SOURCE))
    assert found < more
    assert not found & other


def test_what_is_loaded_is_exchanged_by_functions_and_the_rest_is_loaded_anew() -> None:
    old = compile("LIMIT = 1\nclass A:\n    word = 'a'\n    def f(self):\n        return 2\n", "a.py", "exec")
    within = compile("LIMIT = 1\nclass A:\n    word = 'a'\n    def f(self):\n        return 3\n", "a.py", "exec")
    loading = compile("LIMIT = 1\nclass A:\n    word = 'b'\n    def f(self):\n        return 2\n", "a.py", "exec")

    assert [code.co_qualname for code in exchanged(old, within) or []] == ["A.f"]
    assert exchanged(old, loading) is None
    assert exchanged(old, old) == []


def test_every_part_has_its_modules_and_its_tests() -> None:
    assert {target.part for suite in SUITES for target in suite.targets} == set(PARTS)
    assert all(target.path.exists() for suite in SUITES for target in suite.targets)
    assert all((ROOT / test).exists() for suite in SUITES for test in suite.tests)


def test_whatever_is_said_to_be_no_other_behaviour_is_there_still() -> None:
    lines = {
        (target.path.stem, line.strip())
        for suite in SUITES for target in suite.targets for line in target.path.read_text("utf-8").splitlines()
    }  # fmt: skip

    assert [(end, line) for end, line, _, why in EQUIVALENT if (end, line) not in lines or not why] == []


@pytest.mark.long("mutation-{part}")
@pytest.mark.parametrize("part", PARTS)
def test_mutation_score(part: str) -> None:
    minutes = os.environ.get("MUTATION_MINUTES", "60")
    subprocess.run([sys.executable, "-m", "tests.mutation", part, "--minutes", minutes], cwd=ROOT, check=True)
    scores = known(part)
    tried, killed = sum(one.tried for one in scores), sum(one.killed for one in scores)
    of = sum(one.of for one in scores)
    written_down(f"mutation-{part}", f"{tried:,} of {of:,} changes tried, {killed / tried:.1%} noticed")
    assert killed / tried >= LEAST


def known(part: str) -> list[Score]:
    """Return what is known of a part, without trying anything."""
    until = time.monotonic() - 1
    return [
        one for suite in SUITES
        for one in score(suite, [target for target in suite.targets if target.part == part], until=until)
    ]  # fmt: skip
