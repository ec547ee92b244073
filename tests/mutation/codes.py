"""Which functions a change of a module touches, so that they can be exchanged in a process that has loaded it."""

from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from types import CodeType
from typing import TypeAlias

Place: TypeAlias = tuple[str, str, int]


def place_of(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def exchanged(old: CodeType, new: CodeType) -> list[CodeType] | None:
    """Return the outermost functions that are otherwise, or None where something is that runs while loading."""
    ones, others = list(_within(old)), list(_within(new))
    if _loading(old) != _loading(new) or len(ones) != len(others):
        return None
    found: list[CodeType] = []
    for one, other in zip(ones, others, strict=True):
        if one == other:
            continue
        if sum(1 for sibling in ones if place_of(sibling) == place_of(one)) > 1 or one.co_freevars != other.co_freevars:
            return None
        if one.co_flags & CO_OPTIMIZED:
            found.append(other)
            continue
        deeper = exchanged(one, other)
        if deeper is None:
            return None
        found += deeper
    return found


def _loading(code: CodeType) -> object:
    consts = [(type(one), one) for one in code.co_consts if not isinstance(one, CodeType)]
    return code.co_code, code.co_names, repr(consts), len(code.co_consts)


def _within(code: CodeType) -> Iterator[CodeType]:
    return (one for one in code.co_consts if isinstance(one, CodeType))
