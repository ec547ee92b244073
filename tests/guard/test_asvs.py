"""The walk through the ASVS names what is there: every test, every file, every group and every requirement once."""

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
NUMBERED: Final = re.compile(
    r"^\| (?P<number>V[0-9]+\.[0-9]+\.[0-9]+) \| (?P<there>[^|]+) \|(?P<rest>.*)$", re.MULTILINE
)
ASKED: Final = Path(__file__).with_name("asvs.txt")
# What would run text as code, or speak to what some requirements are about and we do not have.
RUNS: Final = re.compile(
    r"(?<![\w.])(?:eval|exec)\(|\bos\.system\b|shell=True"
    r"|^\s*(?:import|from) (?:pickle|marshal|shelve|yaml|ldap3?|lxml|memcache|pymemcache|jinja2)\b",
    re.MULTILINE,
)
SOURCE: Final = ROOT / "src" / "privyseal"


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


def requirements() -> list[str]:
    """Return the numbers of levels 1 and 2 in the chapters that are walked through one by one."""
    lines = [line for line in ASKED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [number for number, level in (line.split() for line in lines) if level in {"1", "2"}]


def test_every_requirement_of_five_chapters_stands_once_in_order_and_names_a_test() -> None:
    rows = list(NUMBERED.finditer(PAGE.read_text(encoding="utf-8")))

    assert [row["number"] for row in rows] == requirements()
    assert {row["there"] for row in rows} == {"yes", "partly", "no", "nothing of the kind"}
    assert [row["number"] for row in rows if not CITED.search(row["rest"])] == []


def test_nothing_runs_text_as_code_nor_speaks_what_is_not_there() -> None:
    found = [path.name for path in SOURCE.rglob("*.py") if RUNS.search(path.read_text(encoding="utf-8"))]

    assert found == []
    assert [bool(RUNS.search(line)) for line in ("x = eval(y)", "import pickle", "model.exec(x)")] == [
        True,
        True,
        False,
    ]


def test_the_menu_of_every_page_lets_one_sign_out() -> None:
    templates = SOURCE / "web" / "templates" / "web"

    assert "{% url 'sign-out' %}" in (templates / "parts" / "menu.html").read_text(encoding="utf-8")
    assert '{% include "web/parts/menu.html" %}' in (templates / "base.html").read_text(encoding="utf-8")
