"""A pytest that has run every test once and then runs some of them over one change after another, forked."""

import gc
import marshal
import os
import shutil
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol

from tests.disk import quick_folder
from tests.mutation.codes import Place, place_of

# How much longer than at first a test may take over a change before it counts as hanging.
_SLOWER, _AT_LEAST_SECONDS = 10.0, 4.0
HANGS, NOBODY = "hangs", ""
_BROKE: Final = b"?"


@dataclass(frozen=True, slots=True)
class Watched:
    """Every test with its seconds, and which of them run a line of a file."""

    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[int, list[int]]]
    failed: list[str]


@dataclass(frozen=True, slots=True)
class Ask:
    """Put these codes where those functions are and run these tests, by their numbers, until one fails."""

    codes: list[tuple[Place, bytes]]
    tests: list[int]
    patience: int = 1


class Warm:
    """The plugin: answers each ``Ask`` with who noticed, or None where a code is of no function that lives now."""

    def __init__(self, files: Sequence[Path], line: Connection) -> None:
        self._files = frozenset(str(path) for path in files)
        self._line = line
        self._items: list[pytest.Item] = []
        self._seconds: list[float] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = session.items
        self._line.send(self._watched())
        functions = _functions(self._files)
        gc.collect()
        gc.freeze()
        while (ask := self._line.recv()) is not None:
            found = [(function, code) for place, code in ask.codes for function in functions.get(place, [])]
            known = all(functions.get(place) for place, _ in ask.codes)
            self._line.send(self._noticed(found, ask.tests, ask.patience) if known else None)
        return True

    def _watched(self) -> Watched:
        lines: dict[str, dict[int, list[int]]] = {file: defaultdict(list) for file in self._files}
        failed = []
        for number, item in enumerate(self._items):
            run = _Lines(self._files)
            begun = time.monotonic()
            following = self._items[number + 1] if number + 1 < len(self._items) else None
            with run:
                reports = runtestprotocol(item, nextitem=following, log=False)
            self._seconds.append(time.monotonic() - begun)
            failed += [item.nodeid for report in reports if report.failed]
            for file, line in run.seen:
                lines[file][line].append(number)
        said = {file: dict(of) for file, of in lines.items()}
        return Watched([item.nodeid for item in self._items], self._seconds, said, failed)

    def _noticed(self, changed: list[tuple[FunctionType, bytes]], tests: list[int], patience: int) -> str:
        reading, writing = os.pipe()
        folder = quick_folder("mutation-")
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._run_and_leave(changed, tests, folder, writing, patience)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        end_group(child)
        shutil.rmtree(folder, ignore_errors=True)
        with os.fdopen(reading, "rb") as said:
            os.set_blocking(reading, False)
            noticed = said.read() or b""
        if noticed == _BROKE:
            raise RuntimeError(f"a change could not be tried: {changed}")
        if noticed:
            return self._items[int(noticed)].nodeid
        return NOBODY if status == 0 else HANGS

    def _run_and_leave(
        self, changed: list[tuple[FunctionType, bytes]], tests: list[int], folder: Path, writing: int, patience: int
    ) -> None:
        try:
            os.setpgid(0, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            for function, code in changed:
                function.__code__ = as_code(code)
            chosen = [self._items[number] for number in tests]
            chosen[0].config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]  # noqa: SLF001  pytest's own
            for place, item in enumerate(chosen):
                longest = patience * (_AT_LEAST_SECONDS + _SLOWER * self._seconds[tests[place]])
                signal.setitimer(signal.ITIMER_REAL, longest)
                following = chosen[place + 1] if place + 1 < len(chosen) else None
                if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
                    os.write(writing, str(tests[place]).encode())
                    os._exit(1)
            os._exit(0)
        finally:
            os.write(writing, _BROKE)  # nobody failed, and yet this is not the end above
            os._exit(1)


class _Lines:
    """Notes which lines of some files run meanwhile, in any thread that begins meanwhile."""

    def __init__(self, files: frozenset[str]) -> None:
        self._files = files
        self.seen: set[tuple[str, int]] = set()

    def __enter__(self) -> None:
        threading.settrace(self._called)
        sys.settrace(self._called)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        threading.settrace(None)

    def _called(self, frame: FrameType, _event: str, _: Any) -> Any:  # noqa: ANN401  the interpreter's interface
        if frame.f_code.co_filename not in self._files:
            return None
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._ran

    def _ran(self, frame: FrameType, _event: str, _: Any) -> Any:  # noqa: ANN401  the interpreter's interface
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._ran


def _functions(files: frozenset[str]) -> dict[Place, list[FunctionType]]:
    """Return the functions of these files that live now, and forget what any of them remembers."""
    gc.unfreeze()
    found: dict[Place, list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():  # by their very type: to ask a lazy object what it is would wake it
        if type(one) is FunctionType and one.__code__.co_filename in files:
            found[place_of(one.__code__)].append(one)
        elif type(one) is _lru_cache_wrapper and str(one.__module__).startswith("privyseal."):
            one.cache_clear()
    return found


def as_code(said: bytes) -> CodeType:
    code = marshal.loads(said)  # noqa: S302  our own process wrote it
    assert isinstance(code, CodeType)
    return code


def end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
