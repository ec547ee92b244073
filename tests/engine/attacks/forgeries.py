"""Universal signature forgery: what the verification needs is missing or empty."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.engine.attacks.scene import Attack, Scene, with_last
from tests.engine.handmade import (
    contents,
    paper,
    with_byte_range,
)


def _digits(scene: Scene, digits: Callable[[bytes], bytes]) -> bytes:
    start, end = contents(scene.data)
    return scene.data[:start] + digits(scene.data[start:end]) + scene.data[end:]


def _borrowed(scene: Scene) -> bytes:
    other = paper(payee="Eve").declared("A").signed("A", scene.key).data
    start, end = contents(other)
    return _digits(scene, lambda _: other[start:end])


FORGERIES: Final[Mapping[str, Attack]] = {
    "contents of zeros": lambda scene: _digits(scene, lambda digits: b"0" * len(digits)),
    "contents empty": lambda scene: _digits(scene, lambda digits: b" " * len(digits)),
    "contents cut short": lambda scene: _digits(scene, lambda digits: digits[:100].ljust(len(digits), b"0")),
    "contents no digits": lambda scene: _digits(scene, lambda digits: b"Z" * len(digits)),
    "contents absent": lambda scene: with_last(scene.data, b"/Contents<", b"/Contentz<"),
    "contents of another document": _borrowed,
    "byte range absent": lambda scene: with_last(scene.data, b"/ByteRange", b"/ByteRangf"),
    "byte range null": lambda scene: with_byte_range(scene.data, b" null"),
    "byte range empty": lambda scene: with_byte_range(scene.data, b"[]"),
    "byte range of zeros": lambda scene: with_byte_range(scene.data, b"[0 0 0 0]"),
    "byte range negative": lambda scene: with_byte_range(scene.data, b"[0 -1 -1 9]"),
    "byte range of three": lambda scene: with_byte_range(scene.data, b"[0 9 99]"),
    "byte range beyond the end": lambda scene: with_byte_range(scene.data, b"[0 9999999999 9999999999 1]"),
    "byte range of the head alone": lambda scene: with_byte_range(scene.data, b"[0 9 9 9]"),
    "format of nobody": lambda scene: with_last(scene.data, b"ETSI.CAdES", b"ETSI.CADES"),
    "value null": lambda scene: scene.paper.revised({scene.paper.values[-1]: b"null"}).data,
    "value without an entry": lambda scene: scene.paper.revised({scene.paper.values[-1]: b"<</Type/Sig>>"}).data,
}
