"""Patterns that mean the same in every Python that we take."""

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import walk_packages
from re import _constants, _parser  # type: ignore[attr-defined]  # how the standard library reads a pattern
from typing import Any

import pytest

import privyseal.pdf


def patterns() -> dict[str, re.Pattern[Any]]:
    modules = [import_module(each.name) for each in walk_packages(privyseal.pdf.__path__, "privyseal.pdf.")]
    return {
        f"{module.__name__}.{name}": said
        for module in modules
        for name, said in vars(module).items()
        if isinstance(said, re.Pattern)
    }


def unsafe(items: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """Yield every possessive repetition that can fail after its first character.

    Before Python 3.11.5 such a pattern goes on from where it failed (bug 106052 of CPython), and takes what it should
    not.
    """
    for what, said in items:
        if what is _constants.POSSESSIVE_REPEAT and not all(map(cannot_fail_late, ways(said[2]))):
            yield str(said[2])
        for part in parts(said):
            yield from unsafe(part)


def ways(items: Sequence[tuple[Any, Any]]) -> Sequence[Sequence[tuple[Any, Any]]]:
    alone = len(items) == 1 and items[0][0] is _constants.BRANCH
    return items[0][1][1] if alone else [items]


def cannot_fail_late(items: Sequence[tuple[Any, Any]]) -> bool:
    return all(what is _constants.POSSESSIVE_REPEAT and said[0] == 0 for what, said in items[1:])


def parts(said: object) -> Iterator[Sequence[tuple[Any, Any]]]:
    if isinstance(said, _parser.SubPattern):
        yield said
    elif isinstance(said, (tuple, list)):
        for each in said:
            yield from parts(each)


def test_no_pattern_goes_on_from_the_middle_of_what_failed() -> None:
    found = patterns()

    assert len(found) > 20
    assert {
        name: bad for name, one in found.items() if (bad := list(unsafe(_parser.parse(one.pattern, one.flags))))
    } == {}


@pytest.mark.parametrize("pattern", [r"(?:ab)*+c", r"(?:<(?:ab)?+>)?", r"x(?:a|bc)++", r"(?>(?:a[0-9])*+)"])
def test_one_that_does_is_seen(pattern: str) -> None:
    assert list(unsafe(_parser.parse(pattern)))


@pytest.mark.parametrize("pattern", [r"[ab]*+c", r"(?:%[^\n]*+)*+", r"(?:[ ]|%[^\n]*+)++", r"(?>(?:a[0-9])*)"])
def test_one_that_does_not_is_let_be(pattern: str) -> None:
    assert list(unsafe(_parser.parse(pattern))) == []
