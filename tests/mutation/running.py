"""Run the tests of a module over one change after another, each in a process of its own, while there is time."""

import ast
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.mutation.mutants import Mutant, mutants, mutated
from tests.mutation.targets import Target

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = ROOT / ".long" / "mutation"
KILLED, SURVIVED = "killed", "survived"
_LEAST_SECONDS: Final = 20.0
_HEAVY: Final = ("pytest", "cryptography.x509", "pikepdf", "psycopg")


class TestsFail(Exception):
    """The tests fail over the module as it is: nothing can be said of changes."""


@dataclass(slots=True)
class Score:
    """What became of a module's changes so far."""

    module: str
    of: int
    found: dict[int, str]
    changes: Sequence[Mutant]

    @property
    def tried(self) -> int:
        return len(self.found)

    @property
    def killed(self) -> int:
        return sum(1 for what in self.found.values() if what == KILLED)

    @property
    def survivors(self) -> list[Mutant]:
        return [one for one in self.changes if self.found.get(one.number) == SURVIVED]


def score(target: Target, *, until: float, tries: int | None = None) -> Score:
    """Try changes that were not tried yet, until that time, in an order that makes any part a fair sample."""
    source = _path(target.module).read_text("utf-8")
    changes = mutants(source)
    kept = KEPT / f"{target.module}.json"
    mark = _mark(target, source)
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    found = {int(number): what for number, what in known["found"].items()} if known.get("mark") == mark else {}
    order = [one for one in _shuffled(changes) if one.number not in found][:tries]
    if order and time.monotonic() < until:
        seconds = _as_it_is(target)
        for one in order:
            if time.monotonic() >= until:
                break
            found[one.number] = _tried(target, one.number, seconds=max(_LEAST_SECONDS, 4 * seconds))
            _keep(kept, {"mark": mark, "found": found})
    return Score(target.module, len(changes), found, changes)


def _as_it_is(target: Target) -> float:
    for name in _HEAVY:
        importlib.import_module(name)  # once, for every change
    begun = time.monotonic()
    if _tried(target, None, seconds=600) != SURVIVED:
        raise TestsFail(target.module)
    return time.monotonic() - begun


def _tried(target: Target, number: int | None, *, seconds: float) -> str:
    """Run the tests in a process of its own; one that hangs was noticed as well."""
    child = os.fork()
    if child == 0:
        _run_and_leave(target, number, seconds)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return KILLED


def _run_and_leave(target: Target, number: int | None, seconds: float) -> None:
    code = 99
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os.chdir(ROOT)
        if number is not None:
            sys.meta_path.insert(0, _Mutating(target.module, number))
        code = int(importlib.import_module("pytest").main(_words(target)))
    finally:
        os._exit(code)


def _words(target: Target) -> list[str]:
    # Without the watch over coverage, random order or a cache: as few things as can be, and the first no is enough.
    plain = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-m", "not long and not running"]
    if target.apart:
        folder = Path(target.tests[0]).parent
        plain += ["-c", os.devnull, f"--rootdir={ROOT}", f"--confcutdir={ROOT / folder}", "-p", "no:django"]
    own = f"test_{target.module.rpartition('.')[2]}.py"
    return [*plain, *sorted(target.tests, key=lambda test: not test.endswith(own))]  # who should notice is asked first


class _Mutating(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, with one change made to it."""

    def __init__(self, module: str, number: int) -> None:
        self._module, self._number = module, number

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self._module:
            return None
        return importlib.util.spec_from_file_location(name, _path(name), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        path = _path(self._module)
        tree: ast.Module = mutated(path.read_text("utf-8"), self._number)
        exec(compile(tree, str(path), "exec"), module.__dict__)  # noqa: S102  our own source, with one change


def _path(module: str) -> Path:
    return ROOT / "src" / Path(*module.split(".")).with_suffix(".py")


def _mark(target: Target, source: str) -> str:
    """Name what a result depends on: the module and its tests."""
    said = sha256(source.encode())
    for test in target.tests:
        said.update((ROOT / test).read_bytes())
    return said.hexdigest()


def _shuffled(changes: Sequence[Mutant]) -> list[Mutant]:
    return random.Random(7).sample(list(changes), len(changes))  # noqa: S311  not a secret


def _keep(path: Path, said: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_text(json.dumps(said), "utf-8")
    half.replace(path)
