"""Expected refusals. Anything else that is raised is a bug."""

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

FactValue: TypeAlias = str | int | bool | None


class Refused(Exception):
    """The command was understood and declined.

    ``code`` is for programs and never changes; the words shown to people are looked up from it at
    the edge, in their language. ``facts`` are ids, counts and digests, never personal data.
    """

    code: ClassVar[str]

    def __init__(self, **facts: FactValue) -> None:
        super().__init__(self.code)
        self.facts: Mapping[str, FactValue] = facts

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({said})" if said else self.code


class NotFound(Refused):
    code = "not-found"


class NotEntitled(Refused):
    code = "not-entitled"


class OutOfTurn(Refused):
    code = "out-of-turn"


class DutiesNotSeparate(Refused):
    code = "duties-not-separate"
