"""Bytes at the end."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import NEW, Attack
from tests.engine.papers import contract

TRAILING: Final[Mapping[str, Attack]] = {
    "a line": lambda scene: scene.data + b"\n",
    "a comment": lambda scene: scene.data + b"% see above\n",
    "a second end": lambda scene: scene.data + b"%%EOF\n",
    "zeros": lambda scene: scene.data + bytes(512),
    "an archive": lambda scene: scene.data + b"PK\x05\x06" + bytes(18),
    "a second document": lambda scene: scene.data + contract(),
    "a table that changes nothing": lambda scene: scene.paper.revised({NEW: b"null"}).data,
    "the file cut short": lambda scene: scene.data[:-7],
}
