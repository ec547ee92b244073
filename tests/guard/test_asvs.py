"""The walk through the ASVS names what is there: every test, every file, every group once."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Final

from privyseal.config.documents import ROOT

PAGE: Final = ROOT / "docs" / "asvs.md"
CITED: Final = re.compile(r"`(?P<file>[a-z_/]+\.py)(?:::(?P<test>\w+))?`")
ROW: Final = re.compile(r"^\| (?P<group>V[0-9]+\.[0-9]+) \|.*\| (?P<there>\w+) \|", re.MULTILINE)
LINK: Final = re.compile(r"\]\(")


def missing(text: str) -> list[str]:
    """Return what a page cites and the tests do not have."""
    return [found.group() for found in CITED.finditer(text) if not _is_there(found["file"], found["test"])]


def _is_there(file: str, test: str | None) -> bool:
    path = ROOT / "tests" / file
    if not path.is_file():
        return False
    return test is None or test in _functions(path)


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_cited_is_there() -> None:
    assert missing(PAGE.read_text(encoding="utf-8")) == []


def test_a_test_that_is_gone_would_be_found() -> None:
    cited = "`edges/test_access.py::test_that_never_was` `edges/test_nothing.py` `guard/test_asvs.py`"

    assert missing(cited) == ["`edges/test_access.py::test_that_never_was`", "`edges/test_nothing.py`"]


def test_every_group_stands_once_and_shows_something() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if ROW.match(line)]

    groups = Counter(found["group"] for found in ROW.finditer(text))
    assert [group for group, times in groups.items() if times > 1] == []
    assert {found["there"] for found in ROW.finditer(text)} <= {"yes", "partly", "no"}
    assert [line for line in rows if not (CITED.search(line) or LINK.search(line))] == []
    walked = {group.partition(".")[0] for group in groups}
    assert walked == {f"V{chapter}" for chapter in range(1, 17)} - {"V9"}
