"""The table of the signer's checks names what is there: every function, every test, every refusal of the checks."""

import ast
import re
from pathlib import Path
from typing import Final

from privyseal.config.documents import ROOT
from privyseal.signer import refusals
from privyseal.signer.protocol import SignerRefused
from tests.guard.test_asvs import missing

PAGE: Final = ROOT / "docs" / "signer-checks.md"
SIGNER: Final = ROOT / "src" / "privyseal" / "signer"
CODE: Final = re.compile(r"`([a-z]+(?:-[a-z]+)*)`")
WHERE: Final = re.compile(r"`(?P<file>[a-z_]+\.py)::(?P<name>\w+)`")


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row below the heads of the tables."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| check |")]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def gone(text: str) -> list[str]:
    """Return the functions that a table names and the signer does not have."""
    return [found.group() for found in WHERE.finditer(text) if found["name"] not in _functions(SIGNER / found["file"])]


def _functions(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_each_check_names_a_function_and_a_test_that_are_there() -> None:
    table = rows(PAGE.read_text("utf-8"))

    assert [row for row in table if len(row) != 4] == []
    assert gone(" ".join(row[2] for row in table)) == []
    assert missing(" ".join(row[3] for row in table)) == []
    assert [row[0] for row in table if not (WHERE.search(row[2]) and "`signer/test_" in row[3])] == []
    assert gone("`checks.py::never_was` `nothing.py::nowhere` `checks.py::may_use`") == [
        "`checks.py::never_was`",
        "`nothing.py::nowhere`",
    ]


def test_every_refusal_of_the_checks_stands_there_and_none_that_nobody_raises() -> None:
    named = {code for row in rows(PAGE.read_text("utf-8")) for code in CODE.findall(row[1])}
    raised = set(re.findall(r'^    code = "([a-z-]+)"$', (SIGNER / "checks.py").read_text("utf-8"), re.MULTILINE))

    assert raised - named == set()
    assert sorted(named - refusals.BY_CODE.keys()) == []


def test_every_no_of_the_signer_is_known_to_its_caller() -> None:
    def below(kind: type[SignerRefused]) -> list[type[SignerRefused]]:
        return [each for one in kind.__subclasses__() for each in (one, *below(one))]

    ours = [one for one in below(SignerRefused) if one.__module__.startswith("privyseal.signer.")]
    assert [one.__name__ for one in ours if refusals.BY_CODE.get(one.code) is not one] == []
