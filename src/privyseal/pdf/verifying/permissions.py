"""What the signatures so far leave to whoever comes after: certification (DocMDP) and locked fields (FieldMDP)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.values import Reference, Value, parsed, text_of
from privyseal.pdf.verifying.signatures import Signature

NOTHING: Final = 1
"""P of a certification that permits no change."""
_USUAL: Final = 2
_LEVELS: Final = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True)
class Lock:
    """Fields that stay as they are: these, or all but these."""

    names: frozenset[str]
    is_inverted: bool

    def holds(self, name: str) -> bool:
        is_named = any(name == one or name.startswith(f"{one}.") for one in self.names)
        return is_named is not self.is_inverted


@dataclass(frozen=True, slots=True)
class Permissions:
    """``level`` is that of the strictest certification, None where nobody certified."""

    level: int | None
    locks: tuple[Lock, ...]

    def may_fill(self, name: str) -> bool:
        """Tell whether this form field may be filled in: only where somebody certified exactly that."""
        return self.level in {2, 3} and not any(lock.holds(name) for lock in self.locks)

    @property
    def may_sign(self) -> bool:
        return self.level != NOTHING

    @property
    def may_add_fields(self) -> bool:
        return self.level is None


def after(file: PdfFile, signatures: Iterable[Signature]) -> Permissions:
    """Return what these signatures together permit."""
    levels, locks = [], []
    for signature in signatures:
        for method, parameters in _transforms(file, signature):
            if method == "DocMDP":
                levels.append(_level(parameters, usual=_USUAL))
            if method in {"FieldMDP", "Lock"}:
                locks.append(_lock(parameters))
            if method == "Lock" and "P" in parameters:
                levels.append(_level(parameters, usual=NOTHING))
    return Permissions(min(levels, default=None), tuple(locks))


def _transforms(file: PdfFile, signature: Signature) -> Iterator[tuple[str, dict[str, Value]]]:
    written = signature.value.get(b"/Reference")
    entries = _resolved(file, parsed(written)[0]) if written else None
    for one in entries if isinstance(entries, list) else []:
        reference = _resolved(file, one)
        if isinstance(reference, dict):
            parameters = _resolved(file, reference.get("TransformParams"))
            yield (
                str(_resolved(file, reference.get("TransformMethod"))),
                parameters if isinstance(parameters, dict) else {},
            )
    lock = signature.field.get(b"/Lock")
    found = _resolved(file, parsed(lock)[0]) if lock else None
    if isinstance(found, dict):
        yield "Lock", found


def _level(parameters: dict[str, Value], *, usual: int) -> int:
    level = parameters.get("P", usual)
    return level if isinstance(level, int) and level in _LEVELS else NOTHING


def _lock(parameters: dict[str, Value]) -> Lock:
    action, named = parameters.get("Action"), parameters.get("Fields")
    names = (
        frozenset(text_of(one) for one in named if isinstance(one, bytes)) if isinstance(named, list) else frozenset()
    )
    if action == "Include":
        return Lock(names, is_inverted=False)
    return Lock(names if action == "Exclude" else frozenset(), is_inverted=True)


def _resolved(file: PdfFile, value: Value) -> Value:
    return file.value(value) if isinstance(value, Reference) else value
