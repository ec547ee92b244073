"""The page of the invariants: what always holds, and the tests that show it, read off the sources of the tests."""

import ast
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
TESTS: Final = ROOT / "tests"
STATEMENTS: Final = TESTS / "invariants.toml"
LONG_RUNS: Final = TESTS / "long.json"
_MARKER: Final = "pytest.mark.invariant"
_INCIDENT: Final = "pytest.mark.incident"
_FAILURE: Final = "pytest.mark.failure"


class Column(StrEnum):
    """Where an invariant is shown to hold."""

    RULE = "rule"
    DATABASE = "database"
    STATEFUL = "stateful"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Shown:
    """A test that says of itself what it shows."""

    file: Path
    name: str

    def link(self) -> str:
        words = self.name.removeprefix("test_").replace("_", " ")
        return f"[{words}](../{self.file.relative_to(ROOT).as_posix()})"


Proofs = Mapping[tuple[str, str], list[Shown]]


def statements() -> dict[str, dict[str, Any]]:
    """Return each invariant with its sentence and the reasons for what no test shows."""
    found: dict[str, dict[str, Any]] = tomllib.loads(STATEMENTS.read_text("utf-8"))["invariants"]
    return found


def incidents() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(STATEMENTS.read_text("utf-8"))["incidents"]
    return found


def proofs(folder: Path = TESTS) -> Proofs:
    """Return the tests by invariant and column, as ``@pytest.mark.invariant("S1", column="rule")`` says at each."""
    found: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for shown, call in _marked(folder, _MARKER):
        columns = [str(ast.literal_eval(word.value)) for word in call.keywords if word.arg == "column"]
        for invariant in call.args:
            found[str(ast.literal_eval(invariant)), columns[0]].append(shown)
    return found


def failures() -> dict[str, dict[str, str]]:
    """Return what goes wrong in the field with rubber seals, with why where no test can show all of it yet."""
    found: dict[str, dict[str, str]] = tomllib.loads(STATEMENTS.read_text("utf-8"))["failures"]
    return found


def stopped(folder: Path = TESTS) -> Mapping[str, list[Shown]]:
    """Return the tests by the incident that each is named after."""
    return _named(folder, _INCIDENT)


def prevented(folder: Path = TESTS) -> Mapping[str, list[Shown]]:
    """Return the tests by the failure in the field that each is named after."""
    return _named(folder, _FAILURE)


def _named(folder: Path, marker: str) -> Mapping[str, list[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for shown, call in _marked(folder, marker):
        found[str(ast.literal_eval(call.args[0]))].append(shown)
    return found


def empty_cells(said: Mapping[str, Mapping[str, Any]], shown: Proofs) -> list[str]:
    """Return the cells that hold neither a test nor a reason."""
    return [
        f"{name} {column}"
        for name in said
        for column in Column
        if not shown.get((name, column.value)) and not said[name].get(column.value)
    ]


def table() -> str:
    """Return the rows of the page."""
    said, shown = statements(), proofs()
    lines = ["| | always | rule | database | stateful | HTTP |", "| --- | --- | --- | --- | --- | --- |"]
    for name, row in said.items():
        cells = [_cell(shown.get((name, column.value), []), row.get(column.value, "")) for column in Column]
        lines.append(f"| {name} | {row['says']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def incident_table() -> str:
    return _what_stops(incidents(), stopped())


def failure_table() -> str:
    return _what_stops(failures(), prevented())


def _what_stops(said: Mapping[str, Mapping[str, str]], found: Mapping[str, list[Shown]]) -> str:
    lines = ["| what happened | what stops it here | what is still missing |", "| --- | --- | --- |"]
    for name, row in said.items():
        lines.append(f"| {row['says']} | {_cell(found.get(name, []), '')} | {row.get('missing', '')} |")
    return "\n".join(lines) + "\n"


def long_runs() -> str:
    """Return what the long tests found last, as each wrote it down at its end."""
    found = json.loads(LONG_RUNS.read_text("utf-8"))
    if not found:
        return "No full run has been written down yet.\n"
    lines = ["| command | result | commit | on |", "| --- | --- | --- | --- |"]
    for name, row in found.items():
        lines.append(f"| `./dev test --long {name}` | {row['result']} | {row['commit']} | {row['on']} |")
    return "\n".join(lines) + "\n"


def _cell(tests: list[Shown], reason: str) -> str:
    return "<br>".join([*(test.link() for test in tests), *([reason] if reason else [])])


def _marked(folder: Path, marker: str) -> Iterator[tuple[Shown, ast.Call]]:
    for file in sorted(folder.rglob("*.py")):
        source = file.read_text("utf-8")
        if marker not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for call in node.decorator_list:
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == marker:
                        yield Shown(file, node.name), call
