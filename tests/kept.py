"""What many tests begin with is built once and gone back to; each test finds a database of its own all the same."""

import copy
import inspect
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from django.db import connection, transaction

from tests.told_to_signer import told_about

# The time of what is kept is the real one, as the signer's is: it grows no older than a slow test's.
_MOST_SECONDS: Final = 15.0
_NEEDED: Final[dict[str, tuple[str, ...]]] = {}
_NAMED: Final = """
    SELECT uid FROM seal UNION ALL SELECT encode(uid, 'hex') FROM application UNION ALL SELECT uid FROM company
    UNION ALL SELECT pseudonym FROM person
"""
_HERE: Final = "tests.conftest"
_BUILT_IN: Final = {_HERE}


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    value: object
    block: transaction.Atomic


@dataclass(slots=True)
class Kept:
    """One transaction of this process, and in it what the last test began with, a savepoint below each piece.

    A test that begins alike goes back to where they part, and gets copies of what is there. All of it is built anew as
    soon as the signer, which takes nothing back, has written anything about it since, or after a quarter of a minute.
    """

    _outermost: transaction.Atomic | None = None
    _opened_at: float = 0.0
    _layers: list[_Layer] = field(default_factory=list)
    _wanted: Sequence[str] = ()
    _signer: sqlite3.Connection | None = None
    _signer_version: int = 0
    _names: Sequence[str] | None = None
    _told: Sequence[Any] = ()
    _copied: dict[int, Any] = field(default_factory=dict)

    def watch(self, signer: sqlite3.Connection | None) -> None:
        """Look from now on whether anything was written into this state of a signer."""
        self._signer = signer

    def enter(self, wanted: Sequence[str]) -> None:
        """Go back to what the last test and one that begins with this have in common."""
        if not self._can_go_on():
            self.leave()
        if self._outermost is None:
            self._outermost, self._opened_at = _entered(), time.monotonic()
        alike = 0
        for layer, name in zip(self._layers, wanted, strict=False):
            if layer.name != name:
                break
            alike += 1
        while len(self._layers) > alike:
            self._names = None
            _taken_back(self._layers.pop().block)
        self._wanted, self._copied = wanted, {}

    def give(self, name: str, make: Callable[[], object]) -> object:
        """Return a copy of what is there by this name, else make it."""
        if name not in self._wanted:
            return make()
        at = self._wanted.index(name)
        if at < len(self._layers):
            return copy.deepcopy(self._layers[at].value, self._copied)
        self._names = None
        with ExitStack() as undone:
            block = _entered()
            undone.callback(_taken_back, block)
            value = make()
            self._layers.append(_Layer(name, copy.deepcopy(value), block))
            undone.pop_all()
        return value

    @contextmanager
    def of_a_test(self) -> Iterator[None]:
        """Take back what is written within."""
        self._look_at_signer()
        block = _entered()
        try:
            yield
            if not connection.needs_rollback and connection.is_usable():
                connection.check_constraints()
        finally:
            _taken_back(block)
            self._wanted = ()

    def leave(self) -> None:
        """Take everything back: the database is as empty as it was."""
        while self._layers:
            _taken_back(self._layers.pop().block)
        if self._outermost is not None:
            _taken_back(self._outermost)
        self._outermost, self._wanted, self._names = None, (), None

    def _can_go_on(self) -> bool:
        is_young = time.monotonic() - self._opened_at < _MOST_SECONDS
        is_whole = not (connection.needs_rollback or connection.closed_in_transaction)
        return is_young and is_whole and (not self._layers or self._is_untold())

    def _look_at_signer(self) -> None:
        """Remember what the signer has been told of what is there before a test writes anything of its own."""
        if self._signer is None:
            return
        if self._names is None:
            self._names = _named()
            self._told = told_about(self._signer, self._names)
        self._signer_version = self._version()

    def _is_untold(self) -> bool:
        """Return whether the signer has been told nothing of it since."""
        if self._signer is None or self._signer_version == self._version():
            return True
        return self._names is not None and told_about(self._signer, self._names) == self._told

    def _version(self) -> int:
        if self._signer is None:
            return 0
        (version,) = self._signer.execute("PRAGMA data_version").fetchone()
        return int(version)


KEPT: Final = Kept()


def kept(function: Callable[..., object]) -> Any:  # noqa: ANN401  pytest's own kind of object
    """Make a fixture whose value and rows are kept between tests, in the order in which such fixtures are written."""
    name = function.__name__

    def given(**needed: object) -> object:
        return KEPT.give(name, lambda: function(**needed))

    given.__name__, given.__doc__, given.__module__ = name, function.__doc__, function.__module__
    signature = inspect.signature(function)
    vars(given)["__signature__"] = signature  # by which pytest gives what it needs
    _NEEDED[name] = tuple(signature.parameters)
    _BUILT_IN.add(function.__module__)
    return pytest.fixture(given)


def wanted_by(item: pytest.Item) -> tuple[str, ...] | None:
    """Name the kept fixtures a test begins with: none where it brings one of its own, nothing with its own database."""
    found: Mapping[str, Sequence[Any]] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  pytest's own
    if "db" not in found or found["db"][-1].func.__module__ != _HERE:
        return None
    names = tuple(name for name in _NEEDED if name in found)
    rests_on = {needed for name in names for needed in _NEEDED[name] if needed in found}
    return names if all(found[name][-1].func.__module__ in _BUILT_IN for name in rests_on.union(names)) else ()


def _named() -> list[str]:
    """Return by what names the signer knows anything of what is there."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED)
        return [name for (name,) in cursor.fetchall()]


def _entered() -> transaction.Atomic:
    block = transaction.atomic()
    vars(block)["_from_testcase"] = True  # as Django's own test case says of its transaction
    block.__enter__()
    return block


def _taken_back(block: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    block.__exit__(None, None, None)
