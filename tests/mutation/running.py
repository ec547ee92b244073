"""Make one change after another, in an order that makes any part a fair sample, while there is time."""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import marshal
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Final

import hypothesis

from tests.disk import quick_folder
from tests.mutation.choosing import Choice
from tests.mutation.codes import exchanged, place_of
from tests.mutation.equivalent import reason
from tests.mutation.mutants import Mutant, mutants, mutated
from tests.mutation.targets import ROOT, Suite, Target
from tests.mutation.warm import HANGS, NOBODY, Ask, Warm, Watched, end_group

KEPT: Final = ROOT / ".long" / "mutation"
_LOADING, _SAME = "loading", "same"
_MORE_PATIENCE: Final = 5
_HEAVY: Final = ("pytest", "hypothesis", "cryptography.x509", "pikepdf", "pypdfium2", "psycopg", "fontTools.ttLib")


class TestsFail(Exception):
    """Tests fail over the modules as they are: nothing can be said of changes."""


@dataclass(slots=True)
class Score:
    """What became of a module's changes so far: who noticed each, or nobody.

    ``again`` are those tried before tests were others, with who noticed then; they count as unnoticed.
    """

    target: Target
    changes: Sequence[Mutant]
    found: dict[int, str]
    again: dict[int, str]

    @property
    def of(self) -> int:
        """Return how many changes there are, without those in which the compiler sees none."""
        return len(self.changes) - sum(1 for who in self.found.values() if who == _SAME)

    @property
    def tried(self) -> int:
        return len(self.again) + sum(1 for who in self.found.values() if who != _SAME)

    @property
    def killed(self) -> int:
        return sum(1 for who in self.found.values() if who not in (NOBODY, _SAME))

    @property
    def hanging(self) -> int:
        return sum(1 for who in self.found.values() if who == HANGS)

    @property
    def survivors(self) -> list[Mutant]:
        return [one for one in self.changes if one.number in self.again or self.found.get(one.number) == NOBODY]


def changes_of(target: Target) -> list[Mutant]:
    """Return the changes that are tried: all but those that are known to be no other behaviour."""
    source = target.path.read_text("utf-8")
    lines = source.splitlines()
    return [
        one for one in mutants(source)
        if not one.is_needless and reason(target.module, lines[one.line - 1], one.what) is None
    ]  # fmt: skip


def score(
    suite: Suite, targets: Sequence[Target], *, until: float, tries: int | None = None, again_only: bool = False
) -> list[Score]:
    """Try changes of these modules that were not tried yet, until that time; or only those that nobody noticed."""
    everything = _digest_of_tests(suite)
    scores = {}
    for target in targets:
        changes = changes_of(target)
        scores[target.module] = Score(target, changes, *_known(target, changes, everything))
    left = [(target, one) for target in targets for one in scores[target.module].changes
            if one.number not in scores[target.module].found]  # fmt: skip
    # What was tried before, and has to be again as tests are others, comes first.
    order = random.Random(7).sample(left, len(left))  # noqa: S311  not a secret
    order.sort(key=lambda one: one[1].number not in scores[one[0].module].again)
    if again_only:
        order = [(target, one) for target, one in order if one.number in scores[target.module].again]
    order = order[:tries]
    if not order or time.monotonic() >= until:
        return list(scores.values())
    _prepare(suite)
    with _warm(suite) as (line, watched):
        if (who := _cold(suite, None, 0, watched.tests, seconds=600)) != NOBODY:
            raise TestsFail(f"{who or 'some'}, once all was loaded anew")
        choice = _choice(suite, watched, scores)
        for place, (target, one) in enumerate(order):
            if time.monotonic() >= until:
                break
            known = scores[target.module]
            who = _tried(suite, target, one, line, watched, choice, before=known.again.get(one.number, NOBODY))
            known.found[one.number] = who
            known.again.pop(one.number, None)
            if who not in (NOBODY, HANGS, _LOADING, _SAME):
                choice.noticed(target.module, who)
            if place % 50 == 0:
                _keep(scores.values(), everything)
        _keep(scores.values(), everything)
    return list(scores.values())


def _choice(suite: Suite, watched: Watched, scores: Mapping[str, Score]) -> Choice:
    """Return what chooses tests; it knows who noticed most of each module's changes before."""
    choice = Choice(watched, suite.targets)
    for module, known in scores.items():
        for who, _ in reversed(Counter([*known.found.values(), *known.again.values()]).most_common(8)):
            choice.noticed(module, who)
    return choice


def _tried(
    suite: Suite, target: Target, one: Mutant, line: Connection, watched: Watched, choice: Choice, *, before: str
) -> str:
    source, path = target.path.read_text("utf-8"), str(target.path)
    new = compile(mutated(source, one.number), path, "exec")
    codes = exchanged(compile(source, path, "exec"), new)
    if codes == []:
        return _SAME
    if codes is not None:
        tests = choice.of(target.module, one.line, before=before)
        if not tests:
            return NOBODY
        said = [(place_of(code), marshal.dumps(code)) for code in codes]
        for patience in (1, _MORE_PATIENCE):  # a machine that others use as well is no test that hangs
            line.send(Ask(said, tests, patience))
            who = line.recv()
            if who not in (None, HANGS):
                return str(who)
        if who == HANGS:
            return HANGS
    tests = choice.of_loading(target.module, one.line, before=before)
    return _cold(suite, target, one.number, [watched.tests[test] for test in tests],
                 seconds=30 + 10 * sum(watched.seconds[test] for test in tests)) if tests else NOBODY  # fmt: skip


def _prepare(suite: Suite) -> None:
    """Load once, for every process, what is not changed itself."""
    os.chdir(ROOT)
    hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.load_profile("busy")  # a machine that others use as well is no test that fails
    for name in _HEAVY:
        importlib.import_module(name)
    if not suite.apart:
        importlib.import_module("tests.database")  # starts the one PostgreSQL
        for name in [name for name in sys.modules if name.partition(".")[0] == "privyseal"]:
            del sys.modules[name]  # every process loads anew what starting it took
    loaded = [target.module for target in suite.targets if target.module in sys.modules]
    if loaded:
        raise TestsFail(f"loaded before it could be changed: {loaded}")


@contextmanager
def _warm(suite: Suite) -> Iterator[tuple[Connection, Watched]]:
    ours, theirs = multiprocessing.Pipe()
    child = os.fork()
    if child == 0:
        ours.close()  # or it would wait for what nobody asks any more
        try:
            _silently()
            plugin = Warm([target.path for target in suite.targets], theirs)
            importlib.import_module("pytest").main(_words(suite, suite.tests), plugins=[plugin])
        finally:
            os._exit(1)
    theirs.close()
    try:
        watched = ours.recv()
        if watched.failed:
            raise TestsFail(", ".join(watched.failed))
        ours.send(Ask([], [number for number, _ in enumerate(watched.tests)]))
        if (who := ours.recv()) != NOBODY:
            raise TestsFail(f"{who}, once it was forked")
        yield ours, watched
        ours.send(None)
    finally:
        ours.close()
        os.waitpid(child, 0)


def _cold(suite: Suite, target: Target | None, number: int, tests: Sequence[str], *, seconds: float) -> str:
    """Load the changed module and run the tests, all in a process of its own."""
    folder = quick_folder("mutation-")
    said = folder / "noticed"
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.setpgid(0, 0)
            _silently()
            signal.setitimer(signal.ITIMER_REAL, seconds)
            if target is not None:
                sys.meta_path.insert(0, _Mutating(target, number))
            words = [*_words(suite, tests), f"--basetemp={folder / 'temporary'}"]
            code = int(importlib.import_module("pytest").main(words, plugins=[_Saying(said)]))
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    end_group(child)
    noticed = said.read_text("utf-8") if said.exists() else ""
    shutil.rmtree(folder, ignore_errors=True)
    if noticed:
        return noticed
    if os.WIFSIGNALED(status):
        return HANGS
    return NOBODY if status == 0 else _LOADING


class _Saying:
    """A pytest plugin that writes down which test fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logreport(self, report: object) -> None:
        if getattr(report, "failed", False) and not self._path.exists():
            self._path.write_text(str(getattr(report, "nodeid", "")), "utf-8")


def _silently() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    if "MUTATION_LOUD" not in os.environ:
        os.dup2(nowhere, 2)
    else:
        os.dup2(2, 1)


def _words(suite: Suite, tests: Sequence[str]) -> list[str]:
    # Without the watch over coverage or a cache: as few things as can be, and the first no is enough.
    plain = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-m", "not long and not running"]
    plain += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins are loaded once, before there is a pytest
    if suite.apart:
        plain += ["-c", os.devnull, f"--rootdir={ROOT}", f"--confcutdir={ROOT / 'tests' / 'signer'}"]
        plain += ["-p", "no:django", "-W", "ignore::pytest.PytestUnknownMarkWarning"]
    return [*plain, *(f"--ignore={ROOT / test}" for test in suite.without), *tests]


class _Mutating(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, with one change made to it."""

    def __init__(self, target: Target, number: int) -> None:
        self._target, self._number = target, number

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self._target.module:
            return None
        return importlib.util.spec_from_file_location(name, self._target.path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        tree = mutated(self._target.path.read_text("utf-8"), self._number)
        exec(compile(tree, str(self._target.path), "exec"), module.__dict__)  # noqa: S102  our own source, with one change


def _known(target: Target, changes: Iterable[Mutant], everything: str) -> tuple[dict[int, str], dict[int, str]]:
    """Return what is known, as who noticed is as before, or no test another where nobody did; and what was known."""
    kept = _kept(target)
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    found: dict[int, str] = {}
    again: dict[int, str] = {}
    for change in changes:
        if change.key in known:
            who, digest = known[change.key]
            (found if digest == _depends_on(target, who, everything) else again)[change.number] = who
    return found, again


def _depends_on(target: Target, who: str, everything: str) -> str:
    if who in (_LOADING, _SAME):
        return ""
    return everything + _digest(target.path) if who in (NOBODY, HANGS) else _digest(ROOT / who.partition("::")[0])


def _keep(scores: Iterable[Score], everything: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for one in scores:
        keys = {change.number: change.key for change in one.changes}
        found = {keys[number]: (who, _depends_on(one.target, who, everything)) for number, who in one.found.items()}
        found |= {keys[number]: (who, "again") for number, who in one.again.items()}
        path = _kept(one.target)
        half = path.with_suffix(".half")
        half.write_text(json.dumps(found, indent=0), "utf-8")
        half.replace(path)


def _kept(target: Target) -> Path:
    return KEPT / f"{target.module}.json"


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _digest_of_tests(suite: Suite) -> str:
    said = sha256()
    for place in suite.tests:
        for path in sorted((ROOT / place).rglob("*.py")) or [ROOT / place]:
            said.update(path.read_bytes())
    return said.hexdigest()
