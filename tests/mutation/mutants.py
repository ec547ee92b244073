"""Every way in which one thing of a module is done otherwise. Pure: source in, changed trees out."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_OTHER: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
# These are turned round by themselves.
_TURNED: Final = (ast.Compare, ast.UnaryOp)
# What is said for people or the type checker: another word there is no other behaviour.
_SAID: Final = ("annotation", "returns", "type_params")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its number in the module, its line, and what it is."""

    number: int
    line: int
    what: str


def mutants(source: str) -> list[Mutant]:
    """Return every change that can be made to a module, in its order."""
    return [Mutant(number, line, what) for number, (line, what, _) in enumerate(_changes(ast.parse(source)))]


def mutated(source: str, number: int) -> ast.Module:
    """Return the module with that one change made."""
    tree = ast.parse(source)
    _, _, make = next(change for place, change in enumerate(_changes(tree)) if place == number)
    make()
    return ast.fix_missing_locations(tree)


_Change = tuple[int, str, Callable[[], None]]


def _changes(tree: ast.Module) -> Iterator[_Change]:
    for parent in _acting(tree):
        for field, value in ast.iter_fields(parent):
            if field in _SAID:
                continue
            if isinstance(value, list):
                for index, child in enumerate(value):
                    yield from _of(child, _into(value, index), near=parent)
            else:
                yield from _of(value, _as(parent, field), near=parent)


def _acting(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that do something, in the order of the source: no docstring, no import, no annotation."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        yield node
        children = [
            child for field, value in ast.iter_fields(node) if field not in _SAID
            for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST)
        ]  # fmt: skip
        waiting[:0] = [child for child in children if not _only_says(child)]


def _only_says(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _into(nodes: list[ast.AST], index: int) -> Callable[[ast.AST], None]:
    def put(new: ast.AST) -> None:
        nodes[index] = new

    return put


def _as(parent: ast.AST, field: str) -> Callable[[ast.AST], None]:
    return lambda new: setattr(parent, field, new)


def _of(node: object, put: Callable[[ast.AST], None], *, near: ast.AST | None = None) -> Iterator[_Change]:
    """Yield what can be done otherwise with one node, which ``put`` replaces where it stands."""
    if not isinstance(node, ast.AST) or _only_says(node):
        return
    line = getattr(node, "lineno", getattr(near, "lineno", 0))
    if (other := _OTHER.get(type(node))) is not None:
        yield line, f"{type(node).__name__} is {other.__name__}", lambda: put(other())
    if isinstance(node, ast.Constant) and (new := _constant(node.value)) is not None:
        yield line, f"{node.value!r} is {new.value!r}", lambda: put(new)
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield line, "without not", lambda: put(operand)
        case ast.Raise():
            yield line, "nothing raised", lambda: put(ast.Pass())
        case ast.Return(value=ast.AST()):
            yield line, "None returned", lambda: put(ast.Return(ast.Constant(None)))
        case ast.Expr(value=ast.Call()):
            yield line, "nothing called", lambda: put(ast.Pass())
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if not isinstance(test, _TURNED):
            turned = copy.copy(node)
            turned.test = ast.UnaryOp(ast.Not(), test)
            yield line, "condition turned round", lambda: put(turned)


def _constant(value: object) -> ast.Constant | None:
    match value:
        case bool():
            return ast.Constant(not value)
        case int():
            return ast.Constant(value + 1)
        case bytes():
            return ast.Constant(value + b"X")
        case str():
            return ast.Constant(value + "X")
    return None
