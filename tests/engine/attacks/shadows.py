"""Shadow: prepared before signing, shown after."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import COVER, EVIL, Attack, Scene, blank, changed, with_row
from tests.engine.handmade import (
    CATALOG,
    CONTENT,
    FONT,
    PAGE,
)
from tests.engine.papers import stream


def _layer(scene: Scene) -> bytes:
    unsigned = blank()
    shown = b"/OCProperties<</OCGs[16000 0 R]/D<</%b[16000 0 R]>>>>"
    group = b"<</Type/OCG/Name(cover)>>"
    signed = scene.signed(unsigned.revised({16_000: group, CATALOG: unsigned.catalog(shown % b"ON")}))
    return signed.revised({CATALOG: signed.catalog(shown % b"OFF")}).data


def _cover_removed(scene: Scene) -> bytes:
    unsigned = blank()
    form = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
    cover = b"<</Type/Annot/Subtype/Stamp/Rect[70 590 370 630]/F 4/AP<</N 16001 0 R>>>>"
    signed = scene.signed(unsigned.revised({16_000: cover, 16_001: form, PAGE: unsigned.page(16_000)}))
    return signed.revised({16_001: stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 0 0]"), PAGE: signed.page()}).data


def _hidden_twin(scene: Scene) -> bytes:
    """Return a paper with a second content inside its signed bytes, which a later table puts in force."""
    unsigned = blank()
    twin = b"\n%d 0 obj\n%b\nendobj\n" % (CONTENT, EVIL)
    objects = {16_000: stream(twin)}
    signed = scene.signed(unsigned.revised(objects))
    return with_row(signed.data, CONTENT, b"%010d 00000 n" % (signed.data.index(twin) + 1))


def _dangling(scene: Scene) -> bytes:
    """Return a paper that shows an object it has not got, which a later revision brings."""
    unsigned = blank()
    both = unsigned.page().replace(b"/Contents 10001 0 R", b"/Contents[10001 0 R 16000 0 R]")
    page = {PAGE: both}
    first = unsigned.revised(page).signed("A", scene.key, certify=scene.certify)
    return first.revised({16_000: EVIL}).data


def _dangling_ink(scene: Scene) -> bytes:
    """Return a paper that shows an object it has not got, which comes as the look of the next signature."""
    unsigned = blank()
    page = unsigned.page().replace(b"/Font<<", b"/XObject<</X 15012 0 R>>/Font<<")
    content = stream(b"BT /F 12 Tf 72 600 Td (Contract) Tj ET /X Do")
    first = unsigned.revised({PAGE: page, CONTENT: content}).signed("A", scene.key, certify=scene.certify)
    return first.signed("B", scene.key, ink=COVER).data


_OTHER_FONT: Final = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[48/nine/eight]>>>>"

SHADOWS: Final[Mapping[str, Attack]] = {
    "hide: a layer switched off": _layer,
    "hide: a cover removed": _cover_removed,
    "replace: the font": lambda scene: scene.paper.revised({FONT: _OTHER_FONT}).data,
    "replace: the font found elsewhere": lambda scene: (
        scene.paper.revised({16_000: _OTHER_FONT, PAGE: scene.paper.page().replace(b"/F 3 0 R", b"/F 16000 0 R")}).data
    ),
    "replace: the form's default look": changed(form=b"/DR<</Font<</F 3 0 R>>>>/Q 2"),
    "hide and replace: a twin in the signed bytes": _hidden_twin,
    "hide and replace: an object that was missing": _dangling,
    "hide and replace: a look that was missing": _dangling_ink,
}
