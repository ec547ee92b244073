"""Which tests are asked about a change: those that run what is changed, the cheapest first."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from tests.mutation.targets import ROOT, Target
from tests.mutation.warm import Watched

# What is changed while a module loads is used by many: so long is asked before a change counts as unnoticed.
_MOST_SECONDS: Final = 12.0
# What is said for ever stands there: it takes milliseconds, and names codes, words and limits of every module.
_PERMANENT: Final = "/test_permanent."


class Choice:
    """Knows who noticed changes of a module before: they are asked first."""

    def __init__(self, watched: Watched, targets: Iterable[Target]) -> None:
        self._watched = watched
        self._sources = {target.module: target.path.read_text("utf-8") for target in targets}
        self._paths = {target.module: str(target.path) for target in targets}
        self._noticed: dict[str, list[int]] = {target.module: [] for target in targets}
        self._numbers = {test: number for number, test in enumerate(watched.tests)}
        self._files = {test.partition("::")[0] for test in watched.tests}
        self._of_tests = {file: (ROOT / file).read_text("utf-8") for file in self._files}

    def noticed(self, module: str, test: str) -> None:
        number, known = self._numbers.get(test), self._noticed[module]
        if number is None:
            return
        if number in known:
            known.remove(number)
        known.insert(0, number)

    def of(self, module: str, line: int, *, before: str) -> list[int]:
        """Return the tests for a change within a function, first the one that noticed it before tests were others."""
        tree = ast.parse(self._sources[module])
        first, last = _statement(tree, line)
        run = self._watched.lines[self._paths[module]]
        tests = {test for at in range(first, last + 1) for test in run.get(at, [])}
        return self._limited(module, tests, before, called=_function(tree, line))

    def of_loading(self, module: str, line: int, *, before: str) -> list[int]:
        """Return the tests for a change of what runs as the module is loaded: those that run lines that name it."""
        names, of = _names(ast.parse(self._sources[module]), line)
        said = re.compile(r"\b(" + "|".join(names) + r")\b") if names else None
        run, by_line = self._watched.lines, set()
        for other, source in self._sources.items() if said else ():
            for number, text in enumerate(source.splitlines(), 1):
                if said and said.search(text):
                    by_line |= set(run[self._paths[other]].get(number, []))
        by_name = {
            number for test, number in self._numbers.items()
            if f"/test_{module.rpartition('.')[2]}." in test
            or _PERMANENT in test
            or (said and any(one.search(self._of_tests[test.partition("::")[0]]) for one in (said, *of)))
        }  # fmt: skip
        anywhere = {test for tests in run[self._paths[module]].values() for test in tests}
        first = self._limited(module, by_line | by_name, before)
        return first or self._limited(module, anywhere, before)

    def _limited(self, module: str, tests: set[int], before: str, *, called: str = "") -> list[int]:
        """Return the tests to ask, half of the time at most those of the own file or of one that names the function."""
        named = re.compile(rf"\b{called}\b") if called else None
        mark = f"/test_{module.rpartition('.')[2]}"
        own = {
            file for file in self._files
            if mark in file
            or _PERMANENT in file
            or (named is not None and named.search(self._of_tests[file]))
        }  # fmt: skip
        names, seconds, noticed = self._watched.tests, self._watched.seconds, self._noticed[module][:8]
        at_once = self._numbers.get(before)
        tests = tests if at_once is None else tests | {at_once}
        files = {test: names[test].partition("::")[0] for test in tests}
        order = sorted(tests, key=lambda one: (one != at_once, one not in noticed, files[one] not in own, seconds[one]))
        spent = {True: 0.0, False: 0.0}
        chosen: list[int] = []
        for test in order:
            is_own = files[test] in own
            if not chosen or spent[is_own] + seconds[test] <= _MOST_SECONDS / 2:
                spent[is_own] += seconds[test]
                chosen.append(test)
        return chosen


def _statement(tree: ast.Module, line: int) -> tuple[int, int]:
    """Return the lines of the innermost statement there, of one with a body those of its head."""
    first, last = line, line
    for node in _statements(tree):
        end = node.end_lineno or node.lineno
        if not node.lineno <= line <= end:
            continue
        body = getattr(node, "body", None)
        head = max(node.lineno, body[0].lineno - 1) if isinstance(body, list) and body else end
        if line <= head or not isinstance(body, list):
            first, last = node.lineno, head
    return first, last


def _function(tree: ast.Module, line: int) -> str:
    """Return the name of the innermost function around a line."""
    around = [
        node for node in _statements(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]  # fmt: skip
    return max(around, key=lambda node: node.lineno).name if around else ""


def _names(tree: ast.Module, line: int) -> tuple[list[str], list[re.Pattern[str]]]:
    """Return what the innermost thing that is changed there is called by, and how the classes about it are found."""
    found: list[str] = []
    classes: list[re.Pattern[str]] = []
    for node in _statements(tree):
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        if not first <= line <= (node.end_lineno or node.lineno):
            continue
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found = [name]
                classes += [re.compile(rf"\b{name}\b")] if isinstance(node, ast.ClassDef) else []
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name), *_]):
                found = [name]
    return [re.escape(name) for name in found], classes


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
