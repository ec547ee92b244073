"""Evil annotation: something is put over the page."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import COVER, Attack, Scene
from tests.engine.handmade import (
    FORM,
    PAGE,
)
from tests.engine.papers import stream


def _annotation(kind: bytes, entries: bytes = b"") -> Attack:
    def attack(scene: Scene) -> bytes:
        shown = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
        annotation = b"<</Type/Annot/Subtype/%b/Rect[70 590 370 630]/F 4/AP<</N 16001 0 R>>%b>>" % (kind, entries)
        return scene.paper.revised({16_000: annotation, 16_001: shown, PAGE: scene.paper.page(16_000)}).data

    return attack


def _field_of(scene: Scene, old: bytes, new: bytes) -> bytes:
    widget = scene.paper.fields["A"]
    text = scene.paper.objects[widget]
    return scene.paper.revised({widget: text.replace(old, new)}).data


def _covering_field(scene: Scene) -> bytes:
    cover = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/V(1)/F 4/Rect[70 590 370 630]/P 11 0 R/AP<</N 16001 0 R>>>>"
    form = scene.paper.form().replace(b"/Fields[", b"/Fields[16000 0 R ")
    written = {16_000: field, 16_001: cover, FORM: form, PAGE: scene.paper.page(16_000)}
    return scene.paper.revised(written).data


ANNOTATED: Final[Mapping[str, Attack]] = {
    **{
        f"a {kind.decode()} on the page": _annotation(kind)
        for kind in (b"FreeText", b"Stamp", b"Redact", b"Ink", b"Square", b"Watermark", b"FileAttachment")
    },
    "a Link on the page": _annotation(b"Link", b"/A<</S/URI/URI(http://localhost/)>>"),
    "a field that covers": _covering_field,
    "a seal's look replaced": lambda scene: scene.paper.revised({15_002: stream(COVER, b"/BBox[0 0 80 60]")}).data,
    "a seal moved": lambda scene: _field_of(scene, b"/Rect[300 20", b"/Rect[100 20"),
    "a seal hidden": lambda scene: _field_of(scene, b"/F 132", b"/F 134"),
    "a seal renamed": lambda scene: _field_of(scene, b"/T(A)", b"/T(Z)"),
    "a seal without its value": lambda scene: _field_of(scene, b"/V 15001 0 R", b""),
    "a seal with another value": lambda scene: _field_of(scene, b"/V 15001 0 R", b"/V 16000 0 R"),
    "annotations removed": lambda scene: (
        scene.paper.revised({PAGE: scene.paper.page().partition(b"/Annots")[0] + b">>"}).data
    ),
}
