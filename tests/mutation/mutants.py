"""Every way in which one thing of a module is done otherwise. Pure: source in, changed trees out."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
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
# How an object is kept, how much is remembered for speed, what is drawn of it: nothing that anybody decides by.
_HOW_KEPT: Final = frozenset({"slots", "frozen", "repr", "maxsize", "help", "verbose_name"})
_LOGS: Final = frozenset({"LOG", "_log"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its number in the module, its line, what it is, and whether it can be no other behaviour.

    Its key is the same for as long as the function, or the statement outside of any, stays as it is.
    """

    number: int
    line: int
    what: str
    key: str
    is_needless: bool = False


def mutants(source: str) -> list[Mutant]:
    """Return every change that can be made to a module, in its order."""
    tree = ast.parse(source)
    needless = set(map(id, _needless(tree)))
    parts = list(_parts(tree, source.splitlines()))
    found: list[Mutant] = []
    before = Counter[str]()
    for number, (line, what, _, node) in enumerate(_changes(tree)):
        text = next((text for first, last, text in reversed(parts) if first <= line <= last), "")
        key = f"{sha256(text.encode()).hexdigest()[:16]} {before[text]}"
        before[text] += 1
        found.append(Mutant(number, line, what, key, id(node) in needless))
    return found


def mutated(source: str, number: int) -> ast.Module:
    """Return the module with that one change made."""
    tree = ast.parse(source)
    _, _, make, _ = next(change for place, change in enumerate(_changes(tree)) if place == number)
    make()
    return ast.fix_missing_locations(tree)


def _parts(tree: ast.Module, lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where each statement outside of functions stands and what it says, those of a class after it."""
    waiting: list[tuple[str, ast.stmt]] = [("", node) for node in tree.body]
    while waiting:
        within, node = waiting.pop(0)
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        last = node.end_lineno or node.lineno
        if isinstance(node, ast.ClassDef):
            within = f"{within}{node.name}."
            waiting += [(within, child) for child in node.body]
            yield first, last, within + "\n".join(lines[first - 1 : node.body[0].lineno - 1])
        else:
            yield first, last, within + "\n".join(lines[first - 1 : last])


_Change = tuple[int, str, Callable[[], None]]


def _needless(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is read by the type checker, by people or by tests that kill a process, and decides nothing."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=ast.Name(id="TypeAlias"), value=ast.AST() as value):
                yield from ast.walk(value)
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                yield from ast.walk(value)
            case ast.Call(func=ast.Name(id="cast" | "TypeVar"), args=[name, *_]):
                yield from ast.walk(name)
            case ast.Raise(exc=ast.Call(args=said)):  # a refusal's facts are named; what is not is a sentence
                yield from (one for one in said if isinstance(one, ast.Constant))
            case ast.keyword(arg="kw_only" | "strict", value=value):  # what mypy sees, and lengths that are the same
                yield value
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="steps")))):
                yield from ast.walk(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Return(value=ast.Constant(value=None)):
                yield node


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, Callable[[], None], object]]:
    for parent in _acting(tree):
        if _only_says(parent):
            continue
        for field, value in ast.iter_fields(parent):
            if field in _SAID:
                continue
            if isinstance(value, list):
                for index, child in enumerate(value):
                    yield from ((*change, child) for change in _of(child, _into(value, index), near=parent))
            else:
                yield from ((*change, value) for change in _of(value, _as(parent, field), near=parent))


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
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.keyword(arg=name):
            return name in _HOW_KEPT
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in _LOGS
    return False


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
