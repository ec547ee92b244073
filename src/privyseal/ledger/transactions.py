"""One transaction a command, and code that must never run outside it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


class OutsideTransaction(RuntimeError):
    """A bug: something that belongs inside a command ran without one."""


def writing() -> transaction.Atomic:
    """Return the outermost transaction; another one around it is a bug and raises."""
    return transaction.atomic(durable=True)


def transaction_required(function: Callable[P, R]) -> Callable[P, R]:
    """Make the function refuse to run outside a command; a test's own transaction does not count."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _in_command():
            raise OutsideTransaction(function.__qualname__)
        return function(*args, **kwargs)

    return run


def _in_command() -> bool:
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
