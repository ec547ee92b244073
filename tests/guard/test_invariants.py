"""The page of the invariants is whole: every cell holds a test or a reason, and no test names what is not there."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path

from privyseal.config.invariants import (
    Column,
    empty_cells,
    failures,
    incidents,
    prevented,
    proofs,
    statements,
    stopped,
)
from tests.long import RESULTS

COUNTS = {"S": 9, "T": 29, "C": 5, "R": 2}
IDS = {f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)}


def test_every_invariant_has_its_row() -> None:
    assert set(statements()) == IDS


def test_every_cell_holds_a_test_or_a_reason() -> None:
    assert empty_cells(statements(), proofs()) == []


def test_an_empty_cell_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text('@pytest.mark.invariant("S1", column="rule")\ndef test_so() -> None: ...\n')

    found = proofs(tmp_path)

    assert [test.name for test in found["S1", "rule"]] == ["test_so"]
    assert empty_cells({"S1": {"says": "", "http": "no page"}}, found) == ["S1 database", "S1 stateful"]


def test_tests_name_invariants_and_columns_that_are_there() -> None:
    assert {name for name, _ in proofs()} <= IDS
    assert {column for _, column in proofs()} <= set(Column)


def test_every_incident_is_stopped_or_says_what_is_missing() -> None:
    tests = stopped()

    assert set(tests) <= set(incidents())
    assert [name for name, row in incidents().items() if name not in tests and not row.get("missing")] == []


def test_every_failure_in_the_field_is_done_to_a_machine_alone_and_to_one_at_a_broker() -> None:
    tests = prevented()

    assert set(tests) <= set(failures())
    both = {"test_field_failures.py", "test_field_failures_at_broker.py"}
    assert {name: both - {test.file.name for test in tests[name]} for name in failures()} == dict.fromkeys(
        failures(), frozenset()
    )


def test_every_long_run_is_called_by_the_name_that_its_result_stands_under() -> None:
    texts = {str(path): path.read_text("utf-8") for path in RESULTS.parent.rglob("test_*.py")}
    marked = "\n".join(args for text in texts.values() for args in re.findall(r"mark\.long\((.*?)\)", text))
    patterns = [re.sub(r"\{[\w.]+\}", "*", name) for name in re.findall(r'"([^"]+)"', marked)]
    named = [*texts, *(name for text in texts.values() for name in re.findall(r"\bdef (test_\w+)", text))]

    results = json.loads(RESULTS.read_text("utf-8"))

    assert [
        name for name in results
        if not any(name in one for one in named) and not any(fnmatch(name, pattern) for pattern in patterns)
    ] == []  # fmt: skip
