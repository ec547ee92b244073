"""The device that is tried: a program that takes a line and answers with one, or a person who does what a line says."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

UNKNOWN: Final = "unknown"
_SECONDS: Final = 10


class Answer(NamedTuple):
    """``ok``, ``no`` or ``unknown``, and what else was said."""

    how: str
    more: str


class Bench(Protocol):
    def do(self, line: str) -> Answer:
        """Have one thing done at the device."""


class BenchSilent(Exception):
    """The bench program ended."""


class Program:
    """A program of the maker: lines in, answers out."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603  what whoever runs the check named, no shell
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def do(self, line: str) -> Answer:
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise BenchSilent
        try:
            to.write(line + "\n")
            to.flush()
        except BrokenPipeError as error:
            raise BenchSilent from error
        return _read(back.readline())


class Person:
    """Somebody at the terminal, who does it and types the answer."""

    def do(self, line: str) -> Answer:
        sys.stderr.write(f"At the device: {line}\n  ok, no REASON, or unknown: ")
        sys.stderr.flush()
        return _read(sys.stdin.readline())


def _read(line: str) -> Answer:
    if not line:
        raise BenchSilent
    how, _, more = line.strip().partition(" ")
    return Answer(how if how in {"ok", "no"} else UNKNOWN, more)


def said(command: Sequence[str]) -> str:
    return shlex.join(command)
