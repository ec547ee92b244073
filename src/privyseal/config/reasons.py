"""The reasons that end the rows of the tables in the code."""

import ast
import inspect
from io import StringIO
from tokenize import COMMENT, generate_tokens
from types import ModuleType


def reasons(module: ModuleType, table: str) -> list[str]:
    """Return the comment that ends each row of a table; a row without one is a bug."""
    comments = _comments(module)
    ends = [row.end_lineno or 0 for row in _rows(module, table)]
    missing = [end for end in ends if end not in comments]
    if missing:
        raise LookupError(f"{module.__name__}.{table} has a row without its reason, in line {missing[0]}")
    return [comments[end] for end in ends]


def reasons_of_pairs(module: ModuleType) -> dict[str, str]:
    """Return the comments behind the tuples of a module, by how the tuple is written; empty where there is none."""
    comments = _comments(module)
    pairs = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.Tuple)]
    return {ast.unparse(pair): comments.get(pair.end_lineno or 0, "") for pair in pairs}


def _rows(module: ModuleType, table: str) -> list[ast.expr]:
    for node in _tree(module).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == table and isinstance(node.value, ast.Tuple):
            return node.value.elts
    raise LookupError(f"{module.__name__} has no table {table}")


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _comments(module: ModuleType) -> dict[int, str]:
    tokens = generate_tokens(StringIO(inspect.getsource(module)).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == COMMENT}
