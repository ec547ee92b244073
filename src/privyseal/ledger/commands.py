"""The frame of every write: one transaction, refusals on record, the second click finds the first one's result."""

from collections.abc import Callable
from datetime import datetime
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import connection

from privyseal.kernel.canonical import Json, canonical, sha256, utc_text
from privyseal.kernel.errors import Refused
from privyseal.ledger.actors import Actor
from privyseal.ledger.models import CommandRow
from privyseal.ledger.refusals import record_refusal
from privyseal.ledger.transactions import transaction_required, writing

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound=Actor)


class CommandIdReused(Refused):
    code = "command-id-reused"


class Command(Generic[A, P, R]):
    """A write. Called, it runs; through ``once``, a known command id returns the first call's result.

    Results are ids, numbers or None: they are kept as JSON.
    """

    def __init__(self, name: str, function: Callable[Concatenate[A, datetime, P], R]) -> None:
        self.name = name
        self._function = function
        update_wrapper(self, function)

    def __call__(self, actor: A, at: datetime, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._framed(actor, at, lambda: self._function(actor, at, *args, **kwargs))

    def once(self, command_id: UUID, actor: A, at: datetime, *args: P.args, **kwargs: P.kwargs) -> R:
        digest = sha256(canonical({"args": [_plain(value) for value in args], "kwargs": _plain(kwargs)}))

        def run() -> R:
            known = _claim(command_id, self.name, actor, at, digest)
            if known is not None:
                return cast("R", known.result)
            result = self._function(actor, at, *args, **kwargs)
            CommandRow.objects.filter(pk=command_id).update(result=result)
            return result

        return self._framed(actor, at, run)

    def within(self, actor: A, at: datetime, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run as a part of a larger command, in its transaction."""
        return transaction_required(self._function)(actor, at, *args, **kwargs)

    def _framed(self, actor: A, at: datetime, run: Callable[[], R]) -> R:
        try:
            with writing():
                return run()
        except Refused as refusal:
            record_refusal(self.name, refusal, by=actor, at=at)
            raise


def command(name: str) -> Callable[[Callable[Concatenate[A, datetime, P], R]], Command[A, P, R]]:
    """Make the function a write that goes by this name in the ledger."""

    def wrap(function: Callable[Concatenate[A, datetime, P], R]) -> Command[A, P, R]:
        return Command(name, function)

    return wrap


@transaction_required
def _claim(command_id: UUID, name: str, actor: Actor, at: datetime, digest: str) -> CommandRow | None:
    """Take the id, or return the command that has it; a twin under way is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_command (id, name, actor, input_sha256, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [command_id, name, actor.pseudonym, digest, at],
        )
        if cursor.rowcount:
            return None
    known = CommandRow.objects.get(pk=command_id)
    if (known.name, known.actor, known.input_sha256) != (name, actor.pseudonym, digest):
        raise CommandIdReused(command=str(command_id))
    return known


def _plain(value: Any) -> Json:  # noqa: ANN401  a command's arguments are of every kind
    if isinstance(value, dict):
        # A digest of a password would let whoever reads the table guess at it.
        return {str(name): _plain(item) for name, item in value.items() if name != "password"}
    if isinstance(value, (list, tuple, frozenset, set)):
        items = [_plain(item) for item in value]
        return items if isinstance(value, (list, tuple)) else sorted(str(item) for item in items)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return _text_of(value)


def _text_of(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    return sha256(value) if isinstance(value, bytes) else repr(value)
