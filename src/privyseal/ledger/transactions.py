"""One transaction a command, and code that must never run outside it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import connection, transaction

# The role under which an auditor reads, and the schema in which it finds what hides a secret.
AUDIT_ROLE: Final = "privyseal_audit"
AUDIT_SCHEMA: Final = "audit"
_READ_ONLY: Final = (
    f"SET LOCAL ROLE {AUDIT_ROLE}; SET LOCAL search_path = {AUDIT_SCHEMA}, public; SET LOCAL transaction_read_only = on"
)

P = ParamSpec("P")
R = TypeVar("R")


class OutsideTransaction(RuntimeError):
    """A bug: something that belongs inside a command ran without one."""


def writing() -> transaction.Atomic:
    """Return the outermost transaction; another one around it is a bug and raises."""
    return transaction.atomic(durable=True)


@contextmanager
def reading_as_auditor() -> Iterator[None]:
    """Read under the audit role in a transaction that cannot write: whoever tries fails in the database.

    It is rolled back at its end, and the settings with it: there is nothing to commit.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_READ_ONLY)
        yield
        transaction.set_rollback(True)


def listed(values: Iterable[int | str]) -> str:
    """Return numbers or words of letters and digits as PostgreSQL writes an array; the driver looks at each sign."""
    return "{" + ",".join(map(str, values)) + "}"


def transaction_required(function: Callable[P, R]) -> Callable[P, R]:
    """Make the function refuse to run outside a command; a test's own transaction does not count."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _in_command():
            raise OutsideTransaction(function.__qualname__)
        return function(*args, **kwargs)

    return run


@transaction_required
def share_file(sha256: str) -> None:
    """Keep the file under this digest from being deleted until commit: what is written meanwhile may need it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('file ' || %s, 0))", [sha256])


@transaction_required
def look_into() -> None:
    """Let whoever is erased meanwhile be looked at again, by an incident that is opened now: nobody is named by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('incident', 0))")


@transaction_required
def is_nothing_looked_into() -> bool:
    """Let no incident be opened until commit, and return whether none is being opened now. It waits for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('incident', 0))")
        (is_ours,) = cursor.fetchone() or (False,)
    return bool(is_ours)


@contextmanager
def file_to_oneself(sha256: str) -> Iterator[None]:
    """Wait for whoever may come to need a file, and keep others from it while one looks whether it goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('file ' || %s, 0))", [sha256])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('file ' || %s, 0))", [sha256])


def _in_command() -> bool:
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
