"""Who was erased and what was deleted, as a file beside a backup: no name in it, and in its own name its digest.

It is a note signed by the web application's key, so that nobody without the installation's secrets makes one up.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from privyseal.config.backup import archive
from privyseal.config.failures import CannotStart
from privyseal.kernel.note import NoteBroken, open_note, opened, sign_note, verifier_key

NAME: Final = "privyseal/erased/v1"
_SAID: Final = re.compile(r"\.erased-([0-9a-f]{64})(?:\.|$)")
_SHAPES: Final = (
    frozenset({"erasure", "person", "asked_by", "decided_by"}),
    frozenset({"file"}),
    frozenset({"document"}),
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A list that somebody brings to a restore; of ``note`` the signature is not checked yet."""

    lines: tuple[str, ...]
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a list asked for, how much of it a restore did again, and whom it could not erase."""

    asked: int
    done: int
    left: tuple[str, ...]
    sha256: str


def signed(lines: Iterable[str], data: Path) -> str:
    """Return the lines as a note that this installation's own key has signed."""
    return sign_note("".join(f"{line}\n" for line in (NAME, *lines)), NAME, _key(data))


def check(brought: Brought, data: Path) -> tuple[str, ...]:
    """Return the lines of a list if the key of the installation in this folder signed it, or say that it did not."""
    try:
        open_note(brought.note, verifier_key(NAME, _key(data)))
    except NoteBroken as error:
        raise CannotStart("The list of who was erased is not signed by this installation.") from error
    return brought.lines


def lay_beside(backup: Path, lines: Iterable[str], data: Path) -> tuple[Path, str]:
    """Write the list beside a backup, whole or not at all; return where, and its digest."""
    content = signed(lines, data).encode()
    digest = sha256(content).hexdigest()
    path = backup.with_name(f"{backup.stem}.erased-{digest}.jsonl")
    try:
        with archive.in_place_of(path) as file:
            file.write(content)
    except OSError as error:
        said = f"{path} cannot be written: {error.strerror}. The backup beside it is whole, and not on record: "
        raise CannotStart(said + "make room, and back up again.") from error
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
    return parse(content, str(path))


def parse(content: bytes, name: str) -> Brought:
    """Return a list as it was written, or say that it is none."""
    try:
        note = content.decode()
        first, *lines = opened(note)[0].splitlines()
        are_ours = first == NAME and all(_is_one(json.loads(line)) for line in lines)
    except (ValueError, NoteBroken) as error:
        raise CannotStart(f"{name} is not a list of `privyseal erased list`.") from error
    if not are_ours:
        raise CannotStart(f"{name} is not a list of `privyseal erased list`.")
    return Brought(tuple(lines), sha256(content).hexdigest(), note)


def _key(data: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key((data / "secrets" / "web.key").read_bytes(), None)
    except FileNotFoundError as error:
        raise CannotStart("Nothing is founded here yet: run `privyseal init` first.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotStart("secrets/web.key is not an Ed25519 key.")
    return key


def _is_one(said: object) -> bool:
    return isinstance(said, dict) and said.keys() in _SHAPES and all(isinstance(each, str) for each in said.values())
