"""Who was erased and what was deleted, as a file beside a backup: no name in it, and in its own name its digest."""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from privyseal.config.failures import CannotStart

_MODE: Final = 0o600
_SAID: Final = re.compile(r"\.erased-([0-9a-f]{64})(?:\.|$)")
_SHAPES: Final = (frozenset({"erasure", "person", "asked_by", "decided_by"}), frozenset({"file"}))


@dataclass(frozen=True, slots=True)
class Brought:
    """A list that somebody brings to a restore."""

    lines: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a list asked for, how much of it a restore did again, and whom it could not erase."""

    asked: int
    done: int
    left: tuple[str, ...]
    sha256: str


def lay_beside(backup: Path, lines: Iterable[str]) -> tuple[Path, str]:
    """Write the list beside a backup, whole or not at all; return where, and its digest."""
    content = "".join(f"{line}\n" for line in lines).encode()
    digest = sha256(content).hexdigest()
    path = backup.with_name(f"{backup.stem}.erased-{digest}.jsonl")
    half = path.with_name(path.name + ".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return path, digest


def read(path: Path) -> Brought:
    """Return a list, or say what is wrong with it: cut short it would leave somebody's name where it was."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from error
    digest, said = sha256(content).hexdigest(), _SAID.search(path.name)
    if said is not None and said.group(1) != digest:
        raise CannotStart(f"{path} is not what its name says: it was cut short or changed. Bring another copy.")
    return Brought(parse(content, str(path)), digest)


def parse(content: bytes, name: str) -> tuple[str, ...]:
    """Return the lines of a list, or say that it is none."""
    try:
        lines = tuple(line for line in content.decode().splitlines() if line.strip())
        are_ours = all(_is_one(json.loads(line)) for line in lines)
    except ValueError as error:
        raise CannotStart(f"{name} is not a list of `privyseal erased list`.") from error
    if not are_ours:
        raise CannotStart(f"{name} is not a list of `privyseal erased list`.")
    return lines


def _is_one(said: object) -> bool:
    return isinstance(said, dict) and said.keys() in _SHAPES and all(isinstance(each, str) for each in said.values())
