"""Signature wrapping: the signed bytes are kept, and read from elsewhere."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import EVIL, Attack, Scene
from tests.engine.handmade import (
    CONTENT,
    byte_range,
    contents,
    with_byte_range,
)


def _wrapped(scene: Scene) -> bytes:
    """Return the file with its tail moved behind a block that puts a table where the tail says it is."""
    start, before, after, length = byte_range(scene.data)
    table_at = int(scene.data.rpartition(b"startxref")[2].split()[0])
    evil = b"%d 0 obj\n%b\nendobj\n" % (CONTENT, EVIL)
    rows = scene.data[table_at : scene.data.index(b"trailer", table_at)] + b"%d 1\n" % CONTENT
    block = b">>\nendobj\n".ljust(table_at - after) + rows
    at = len(scene.data[:after] + block) + len(b"0000000000 00000 n \n") + len(scene.data[table_at:])
    block += b"%010d 00000 n \n" % at + scene.data[scene.data.index(b"trailer", table_at) :]
    block = block.ljust(at - after) + evil
    moved = scene.data[:after] + block + scene.data[after:]
    return with_byte_range(moved, b"[%d %d %d %d]" % (start, before, after + len(block), length))


def _wide_hole(scene: Scene) -> bytes:
    start, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[%d %d %d %d]" % (start, before - 40, after, length))


def _not_to_the_end(scene: Scene) -> bytes:
    start, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[%d %d %d %d]" % (start, before, after, length - 30))


def _from_the_middle(scene: Scene) -> bytes:
    _, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[9 %d %d %d]" % (before - 9, after, length))


def _hole_elsewhere(scene: Scene) -> bytes:
    """Return the file whose contents stand outside its own hole: a second dictionary holds the real one."""
    value = scene.paper.values[-1]
    text = scene.paper.objects[value]
    return scene.paper.revised({value: text}).data


def _hidden_in_padding(scene: Scene) -> bytes:
    start, end = contents(scene.data)
    digits = scene.data[start:end]
    return scene.data[:start] + digits[:-60] + b"25252045" * 7 + b"0000" + scene.data[end:]


WRAPPED: Final[Mapping[str, Attack]] = {
    "a block in the hole": _wrapped,
    "a hole too wide": _wide_hole,
    "a range that stops early": _not_to_the_end,
    "a range that starts late": _from_the_middle,
    "a value written anew": _hole_elsewhere,
    "bytes hidden in the padding": _hidden_in_padding,
}
